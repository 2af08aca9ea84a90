"""Fixtures of the browser tests: the demo served on a port of its own, and the system's Chromium."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale, gettext
from flask_migrate import upgrade
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from werkzeug.serving import make_server

from app.factory import create_app
from app.journeys.demo import fill_demo
from app.journeys.demo_cast import DEMO_PASSWORD
from app.journeys.publishing import publish_content, read_content
from app.people.passwords import hash_password
from app.transaction import writing
from tests.browser_setup import require
from tests.conftest import settings_for

ROOT = Path(__file__).parents[2]
CHROMIUM = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")


@dataclass(frozen=True)
class Server:
    """The demo, served."""

    app: Flask
    url: str


# What a page keeps of the answers that are not sent, for looking into it from outside.
KEPT = """
window.kept = new Promise((resolve) => {
  const asked = indexedDB.open("acredita", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("unsent", { keyPath: ["attempt", "position"] });
  asked.onsuccess = () => {
    const done = (request) => new Promise((say) => (request.onsuccess = () => say(request.result)));
    const store = (mode) => asked.result.transaction("unsent", mode).objectStore("unsent");
    resolve({ rows: () => done(store("readonly").getAll()), put: (row) => done(store("readwrite").put(row)) });
  };
});
"""


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A migrated database with the sample content and the demo, behind a threaded server."""
    with serving(tmp_path_factory.mktemp("demo"), fill_with_demo) as served:
        yield served


@contextmanager
def serving(folder: Path, fill: Callable[[], None]) -> Iterator[Server]:
    """A migrated database, filled, behind a threaded server of its own."""
    settings = settings_for(f"sqlite:///{folder / 'acredita.db'}", folder)
    app = create_app(settings | {"WTF_CSRF_ENABLED": True, "DEMO": True})
    web = make_server("127.0.0.1", 0, app, threaded=True)
    app.config["BASE_URL"] = f"http://127.0.0.1:{web.server_port}"
    with app.app_context():
        upgrade()
        fill()
    thread = threading.Thread(target=web.serve_forever)
    thread.start()
    yield Server(app, app.config["BASE_URL"])
    web.shutdown()
    thread.join()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, once for all tests."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=require(), args=list(CHROMIUM))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A fresh window on the demo; an error in the page's console fails the test."""
    context = browser.new_context(base_url=server.url, locale="es")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def say(server: Server) -> Callable[..., str]:
    """The Spanish of an interface text: `say("Sign in")`."""

    def spanish(text: str, **values: object) -> str:
        with server.app.test_request_context(), force_locale("es"):
            return str(gettext(text, **values))

    return spanish


def sign_in(page: Page, who: str) -> None:
    """Sign in as one of the demo's people."""
    page.context.add_init_script(KEPT)
    page.goto("/sign-in")
    page.locator("input[name=email]").fill(f"{who}@demo.example")
    page.locator("input[name=password]").fill(DEMO_PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def fill_in(form: Locator, kind: str, answer: Any) -> None:
    """Give an answer in the fields of its kind."""
    match kind:
        case "numeric" | "short_text":
            form.locator("input[name=answer]").fill(str(answer))
        case "blanks" | "hotspot":
            for place, value in enumerate(answer):
                form.locator("input[name=answer]").nth(place).fill(str(value))
        case "matching" | "ordering":  # an element that takes its place moves those behind it: the first goes first
            for part, value in sorted(enumerate(answer), key=lambda pair: int(pair[1])):
                form.locator(f"#answer-{part + 1}").select_option(index=value + 1)  # the first says that none is chosen
        case _:
            for value in answer if isinstance(answer, list) else [str(answer).lower()]:
                form.locator(f"input[name=answer][value='{value}']").check()


def fill_with_demo() -> None:
    """The sample content and the demo."""
    content = read_content(ROOT)
    assert content.complaints == []
    secret = hash_password(DEMO_PASSWORD)
    with writing() as at:
        publish_content(content, at=at)
        fill_demo(secret, at=at)
