"""Finds the system's Chromium, or installs it where the machine lets us, or says how to get it."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The path of a browser that Playwright can drive."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def require() -> str:
    """The browser's path; ends the process with advice where there is none."""
    path = find()
    if path is None and shutil.which("apt-get") and os.geteuid() == 0:
        print("installing chromium", flush=True)
        subprocess.run(["apt-get", "update", "-q"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"], check=True)
        path = find()
    if path is None:
        sys.exit("The browser tests need Chromium: install it (Debian: apt-get install chromium) and try again.")
    return path


if __name__ == "__main__":
    print(require())
