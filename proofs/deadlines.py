"""kill -9 of the worker while attempts run out under saves and mail goes out: each is closed once, each letter sent."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from app.exams.attempts import Attempt, Closing
from app.exams.catalogue import live_exam
from app.exams.results import Result
from app.exams.timing import GRACE
from app.extensions import db
from app.journeys.sitting import start_attempt
from app.ledger.deeds import Deed
from app.mail.delivery import letters_of
from app.mail.outbox import Task, TaskState
from app.people.persons import Person
from app.transaction import reading, writing
from bench.population import fill, publish
from bench.rows import EXAM
from bench.service import Place, application, place, serving
from proofs.pages import account, at_work, let_pass, pages_of
from proofs.workers import end_leases, running_worker, wait_for

PAGES = 8  # of attempts that run out while answers are saved in them; nobody looks at the others any more
FIRST_S = 20  # until the first attempt runs out
PATIENCE_S = 600.0
LETTERS_BEFORE = 1  # of the one whose history the others were filled in with
IS_LETTER = Task.kind == "result_mail"


def prove_deadlines(database: str, folder: Path, attempts: int, kills: int, rng: Random) -> Iterator[str]:
    """Yields what was done, and a line for each promise that was broken.

    The attempts run out one after the other, as many seconds as there are kills from the first to the last.
    """
    where = place(database, folder)
    app = application(where)
    with app.app_context():
        publish()
        people = fill(attempts, lambda _: None).take(attempts).person_ids
        with serving(where) as service:
            begun = [_begin(person_id, FIRST_S + rng.uniform(0, kills)) for person_id in people]
            pages = pages_of(app, service, people[:PAGES])
            with at_work(pages):
                killed = _kill_while_they_run_out(where, begun, kills, rng)
                wait_for(lambda: all(page.over or page.trouble for page in pages), PATIENCE_S)
        yield from account(f"{database}: {attempts} attempts ran out, {killed} kills, {PAGES} pages", pages)
        yield from _once_each(where, begun)
        db.engine.dispose()


def _begin(person_id: int, left_s: float) -> int:
    """An attempt that began so long ago that it runs out in so many seconds, its grace included."""
    with writing() as at:
        exam, person = live_exam(EXAM), db.session.get_one(Person, person_id)
        began = at - timedelta(minutes=exam.body["duration_min"]) - GRACE + timedelta(seconds=left_s)
        rng = Random(person_id)
        return start_attempt(exam, person, legal_name=person.name, language="es", agreement=True, at=began, rng=rng).id


def _kill_while_they_run_out(where: Place, begun: Sequence[int], kills: int, rng: Random) -> int:
    """Each time once something more is done, at a moment that nobody can foresee; then let one worker end it."""
    killed = 0
    while killed < kills and not _is_done(begun):
        before = _progress()
        with running_worker(where) as worker:
            wait_for(partial(_has_moved, before, begun), PATIENCE_S)
            let_pass(rng, 0.5)
            worker.kill()
        killed += 1
        end_leases()
    with running_worker(where):
        wait_for(partial(_is_done, begun), PATIENCE_S)
    return killed


def _has_moved(before: tuple[int, int], begun: Sequence[int]) -> bool:
    return _progress() != before or _is_done(begun)


def _is_done(begun: Sequence[int]) -> bool:
    return _progress() == (len(begun), len(begun) + LETTERS_BEFORE)


def _progress() -> tuple[int, int]:
    """How many attempts ran out and are closed, and how many letters are sent."""
    with reading():
        closed = select(func.count(Attempt.id)).where(Attempt.closing == Closing.DEADLINE)
        sent = select(func.count(Task.id)).where(IS_LETTER, Task.state == TaskState.DONE)
        return db.session.scalar(closed) or 0, db.session.scalar(sent) or 0


def _once_each(where: Place, begun: Sequence[int]) -> Iterator[str]:
    """Whether each attempt was closed once, at its deadline, with one line in the ledger and one letter."""
    with reading():
        attempts = db.session.scalars(select(Attempt).where(Attempt.id.in_(begun))).all()
        results = select(func.count()).select_from(Result).where(Result.attempt_id.in_(begun))
        lines = select(Deed.subject).where(Deed.deed == "attempt_closed")
        closed = Counter(db.session.scalars(lines))
        tasks = db.session.execute(select(Task.id, Task.payload).where(IS_LETTER)).all()
        letters = Counter(payload["attempt_id"] for _, payload in tasks)
        wrong = {
            "not closed at their deadline": sum(one.closed_at != one.deadline_at for one in attempts),
            "results too many or missing": (db.session.scalar(results) or 0) - len(begun),
            "without just one line in the ledger": sum(closed[f"attempt:{one}"] != 1 for one in begun),
            "without just one letter": sum(letters[one] != 1 for one in begun),
            "letters not sent": sum(not letters_of(number, where.folder / "mail") for number, _ in tasks),
        }
    yield f"{len(begun)} attempts closed once, with a line in the ledger and a letter each"
    yield from (f"BROKEN {number} {name}" for name, number in wrong.items() if number)
