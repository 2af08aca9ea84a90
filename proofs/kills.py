"""kill -9 of a web process, again and again, under people who save their answers: nothing acknowledged may be lost."""

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Any

import psutil
from sqlalchemy import select

from app.exams.responses import Response
from app.extensions import db
from app.journeys.invariants import verify_all
from app.transaction import reading, snapshot
from bench.cast import Sitting, sign_in, sittings
from bench.client import HEAD_END, WrongAnswer, exchange
from bench.population import fill, publish
from bench.rows import EXAM, ITEMS
from bench.service import WORKERS, Service, application, place, serving

SAVERS = 8
PATIENCE_S = 60.0


@dataclass
class Saver:
    """One candidate's page: it sends each answer until it hears that it is kept, and remembers every such reply."""

    service: Service
    sitting: Sitting
    stop: threading.Event
    kept: dict[tuple[int, int], Any] = field(default_factory=dict)
    cuts: int = 0
    trouble: str = ""

    def work(self) -> None:
        """Save one answer after another until told to stop."""
        revisions = [0] * ITEMS
        for number in count():
            if self.stop.is_set():
                return
            position = number % ITEMS
            revisions[position] = self._save(position, revisions[position], clear=number // ITEMS % 2 == 1)

    def _save(self, position: int, revision: int, *, clear: bool) -> int:
        """The revision that stands afterwards; an answer lost on its way may have been kept all the same."""
        asked = self.sitting.save(position, revision, clear=clear)
        try:
            status, reply = _read(exchange(self.service.address, asked))
        except (OSError, WrongAnswer):
            self.cuts += 1
            return revision
        if status == 200:
            self.kept[position, reply["revision"]] = reply["answer"]
            return int(reply["revision"])
        if status == 409 and "current" in reply:
            return int(reply["current"]["revision"])
        if status != 503:
            self.trouble = f"{status}: {reply}"
            self.stop.set()
        return revision


def prove_kills(database: str, folder: Path, rounds: int, rng: Random) -> Iterator[str]:
    """Yields what was done, and a line for each promise that was broken."""
    where = place(database, folder)
    app = application(where)
    with app.app_context():
        publish()
        people = sign_in(app, fill(SAVERS, lambda _: None).take(SAVERS).person_ids)
        with serving(where) as service:
            for person in people:
                exchange(service.address, person.send("POST", f"/api/v1/exams/{EXAM}/attempts", {"agreement": True}))
            stop = threading.Event()
            savers = [Saver(service, sitting, stop) for sitting in sittings(people)]
            kills = _kill_under(service, savers, rounds, rng)
        yield from _account(database, savers, kills)
        db.engine.dispose()


def _kill_under(service: Service, savers: Sequence[Saver], rounds: int, rng: Random) -> int:
    """Kill the process that answers, each time once it has kept some answers, at a moment that nobody can foresee."""
    threads = [threading.Thread(target=saver.work) for saver in savers]
    for thread in threads:
        thread.start()
    killed = 0
    try:
        for _ in range(rounds):
            _await_progress(service, savers)
            sleep(rng.uniform(0, 0.3))
            min(service.workers, key=psutil.Process.create_time).kill()
            killed += 1
        _await_progress(service, savers)
    finally:
        savers[0].stop.set()
        for thread in threads:
            thread.join()
    return killed


def _await_progress(service: Service, savers: Sequence[Saver]) -> None:
    """Wait until the service is whole again and each saver has heard of a new answer kept."""
    before = [len(saver.kept) for saver in savers]
    until = monotonic() + PATIENCE_S
    while any(len(saver.kept) <= seen for saver, seen in zip(savers, before, strict=True)) or (
        len(service.workers) < WORKERS
    ):
        if monotonic() > until or savers[0].stop.is_set():
            raise WrongAnswer(next((saver.trouble for saver in savers if saver.trouble), "the service stands still"))
        sleep(0.01)


def _account(database: str, savers: Sequence[Saver], kills: int) -> Iterator[str]:
    """What was done, and every promise that was broken."""
    lost = [f"attempt {saver.sitting.attempt_id}: {loss}" for saver in savers for loss in _losses(saver)]
    with snapshot() as at:
        broken = list(verify_all(at))
    kept, cuts = sum(len(saver.kept) for saver in savers), sum(saver.cuts for saver in savers)
    yield f"{database}: {kills} kills, {kept:,} answers acknowledged, {cuts} requests cut off, {len(lost)} lost"
    yield from (f"BROKEN {line}" for line in [*lost, *broken])


def _losses(saver: Saver) -> Iterator[str]:
    """The acknowledged revisions that the database does not hold as they were acknowledged."""
    with reading():
        query = select(Response).where(Response.attempt_id == saver.sitting.attempt_id)
        stored = {(row.position, row.revision): json.loads(row.answer) for row in db.session.scalars(query)}
    for place_and_revision, answer in saver.kept.items():
        if place_and_revision not in stored or stored[place_and_revision] != answer:
            yield f"position and revision {place_and_revision} was acknowledged as {answer!r}"


def _read(answer: bytes) -> tuple[int, dict[str, Any]]:
    head, _, body = answer.partition(HEAD_END)
    return int(head.split(b" ", 2)[1]), json.loads(body)
