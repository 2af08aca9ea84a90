"""SQLite locked by another process in mid-exam: a short lock is waited for, a long one is 503 and then 200."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

from app.extensions import db
from bench.population import fill, publish
from bench.service import ROOT, Place, application, place, serving
from proofs.pages import Page, account, at_work, await_answers, let_pass, pages_of

PAGES = 8
SHORT_S, LONG_S = 3, 30
HOLD = """
import sys, time
from app.transaction import sqlite
store = sqlite.connect(sys.argv[1], isolation_level=None, timeout=60)
store.execute("BEGIN IMMEDIATE")
time.sleep(float(sys.argv[2]))
store.rollback()
"""


def prove_locks(folder: Path, rng: Random) -> Iterator[str]:
    """Yields what was done, and a line for each promise that was broken."""
    where = place("sqlite", folder)
    app = application(where)
    with app.app_context():
        publish()
        population = fill(2 * PAGES, lambda _: None)
        with serving(where) as service:
            for seconds in (SHORT_S, LONG_S):
                pages = pages_of(app, service, population.take(PAGES).person_ids)
                with at_work(pages):
                    await_answers(pages)
                    let_pass(rng, 0.5)
                    _lock(where, seconds)
                    await_answers(pages, more=5)
                yield from account(f"locked for {seconds} s, {PAGES} pages", pages)
                yield from _felt(pages, seconds)
        db.engine.dispose()


def _lock(where: Place, seconds: int) -> None:
    """Another process holds the one write lock for so long, and writes nothing."""
    path = where.url.removeprefix("sqlite:///")
    command = [sys.executable, "-c", HOLD, path, str(seconds)]
    subprocess.run(command, cwd=ROOT, env=os.environ | where.environment, check=True, timeout=seconds + 120)


def _felt(pages: list[Page], seconds: int) -> Iterator[str]:
    """A lock that nobody had to wait for proves nothing, and a short one is no reason to send anybody away."""
    if max(page.longest_s for page in pages) < seconds - 1:
        yield f"BROKEN nobody waited for the lock of {seconds} s"
    if seconds == SHORT_S and any(page.refused for page in pages):
        yield "BROKEN a save was put off for a short lock"
    if seconds == LONG_S and not any(page.refused for page in pages):
        yield "BROKEN nobody was told to come back"
