"""Pages of candidates while the store is hurt: each answer is sent with its key until it is kept, whatever comes."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from random import Random
from time import monotonic, sleep
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.exams.responses import Response
from app.extensions import db
from app.journeys.invariants import verify_all
from app.transaction import reading, snapshot
from bench.cast import Sitting, sign_in, sittings
from bench.client import HEAD_END, WrongAnswer, exchange
from bench.rows import EXAM, ITEMS
from bench.service import Service

PAUSE_S = 0.2
AWAY_S = 120.0  # who is not answered for longer has lost patience, and the proof with them


@dataclass
class Page:
    """What one candidate's page sends and hears. `over`: the attempt is closed, and the page has been told."""

    service: Service
    sitting: Sitting
    stop: threading.Event
    kept: dict[tuple[int, int], Any] = field(default_factory=dict)
    refused: int = 0
    cut: int = 0
    longest_s: float = 0
    trouble: str = ""
    over: bool = False

    def work(self) -> None:
        """Save one answer after the other until told to stop or the attempt is over."""
        for number in count():
            position, revision = number % ITEMS, number // ITEMS
            key = f"{self.sitting.attempt_id}-{number}"
            asked = self.sitting.save(position, revision, clear=revision % 2 == 1, key=key)
            if self.stop.is_set() or not self._send(position, asked):
                return

    def _send(self, position: int, asked: bytes) -> bool:
        """The same request again and again until it is answered for good; whether to go on."""
        began = monotonic()
        while not self.trouble and monotonic() - began < AWAY_S:
            status, head, reply = self._ask(asked)
            if status == 200:
                self.kept[position, reply["revision"]] = reply["answer"]
                self.longest_s = max(self.longest_s, monotonic() - began)
                return True
            if status == 409 and reply["code"] == "AttemptClosed":
                self.over = True
                return False
            if status not in (0, 503) or (status == 503 and b"\r\nRetry-After: " not in head):
                self.trouble = f"{status}: {head!r} {reply}"
            self.refused += status == 503
            self.cut += status == 0
            sleep(PAUSE_S)
        self.trouble = self.trouble or f"no answer within {AWAY_S:.0f} s"
        return False

    def _ask(self, asked: bytes) -> tuple[int, bytes, dict[str, Any]]:
        """Status 0: there was no answer, and nobody knows whether the request was heard."""
        try:
            head, _, body = exchange(self.service.address, asked).partition(HEAD_END)
        except (OSError, WrongAnswer):
            return 0, b"", {}
        return int(head.split(b" ", 2)[1]), head, json.loads(body)


def pages_of(app: Flask, service: Service, person_ids: Sequence[int]) -> list[Page]:
    """These people begin an exam, or go on with it, each at a page of their own; one event stops them all."""
    people = sign_in(app, person_ids)
    for person in people:
        exchange(service.address, person.send("POST", f"/api/v1/exams/{EXAM}/attempts", {"agreement": True}))
    stop = threading.Event()
    return [Page(service, sitting, stop) for sitting in sittings(people)]


@contextmanager
def at_work(pages: Sequence[Page]) -> Iterator[None]:
    """The pages save meanwhile; what they have begun to send is heard of before this ends."""
    threads = [threading.Thread(target=page.work) for page in pages]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        pages[0].stop.set()
        for thread in threads:
            thread.join()


def await_answers(pages: Sequence[Page], more: int = 1) -> None:
    """Wait until each page has heard of so many more answers kept."""
    wanted = [len(page.kept) + more for page in pages]
    until = monotonic() + AWAY_S
    while any(len(page.kept) < least for page, least in zip(pages, wanted, strict=True)):
        if monotonic() > until or any(page.trouble for page in pages):
            return  # `account` tells of it
        sleep(0.02)


def let_pass(rng: Random, most_s: float) -> None:
    """Until a moment that nobody can foresee."""
    sleep(rng.uniform(0, most_s))


def account(done: str, pages: Sequence[Page]) -> Iterator[str]:
    """What was done, and every promise that was broken."""
    lost = [f"attempt {page.sitting.attempt_id}: {loss}" for page in pages for loss in _losses(page)]
    trouble = [f"attempt {page.sitting.attempt_id}: {page.trouble}" for page in pages if page.trouble]
    with snapshot() as at:
        broken = list(verify_all(at))
    kept, cut, refused = (sum(each) for each in zip(*((len(p.kept), p.cut, p.refused) for p in pages), strict=True))
    longest = max(page.longest_s for page in pages)
    yield f"{done}: {kept:,} answers acknowledged, {cut} cut off, {refused} put off, {len(lost)} lost"
    yield f"the longest that an answer was not kept: {longest:.1f} s"
    yield from (f"BROKEN {line}" for line in [*lost, *trouble, *broken])


def _losses(page: Page) -> Iterator[str]:
    """Acknowledged revisions that the database does not hold as they were told, and kept ones that were not told."""
    with reading():
        query = select(Response).where(Response.attempt_id == page.sitting.attempt_id)
        stored = {(row.position, row.revision): json.loads(row.answer) for row in db.session.scalars(query)}
    for place, answer in page.kept.items():
        if place not in stored or stored[place] != answer:
            yield f"position and revision {place} was acknowledged as {answer!r}"
    for place in stored.keys() - page.kept.keys():
        yield f"position and revision {place} is kept and was not acknowledged, however often it was sent"
