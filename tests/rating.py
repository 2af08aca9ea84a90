"""What the tests of ratings share: an exam with an essay, attempts that wait for people, and people who rate them."""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.exams.attempts import Attempt
from app.exams.rating_queue import Turn, take_next
from app.exams.ratings import Rating
from app.exams.responses import save_response
from app.exams.results import Result, results_of
from app.extensions import db
from app.journeys.demo import right_answer
from app.journeys.invariants import verify_all
from app.journeys.rating import rate
from app.journeys.sitting import submit_attempt
from app.people.persons import Person, PersonRole
from app.transaction import now, reading, snapshot, writing
from tests.factories import CANARY, both, make_staff, publish, start, write_exam, write_programme

ESSAY = "I would call them first.\n\nThen I would <write> it down."
ITEMS = f"""\
## Pick one {{#pick-%(n)s}}
- [x] right %(n)s
- [ ] wrong %(n)s

## Compare two markets {{#compare-%(n)s type=essay words=50}}

- (3) Names {CANARY} risks
- (1) Says why
"""
MARKS = {4: [3, 1], 3: [3, 0], 2: [2, 0], 1: [1, 0], 0: [0, 0]}


def make_rated_exam(root: Path, *, copies: int = 1, graders: int = 1, **changes: Any) -> None:
    """An exam of `copies` items of one point and as many essays of four; passed with 0.7. A programme counts it."""
    spec = {
        "items": ITEMS,
        "copies": copies,
        "blueprint": [{"domain": "all", "items": 2 * copies}],
        "grading": {"graders": graders, "disagreement": 0.25},
    } | changes
    write_exam(root, **spec)
    write_programme(root)
    publish(root)


def hand_in(person: Person, *, essays: bool = True, picks: bool = True, text: str = ESSAY) -> Attempt:
    """A whole sitting: the items of one point right or wrong, the essays written or left empty."""
    attempt = start(person)
    with writing():
        for position, (item, order) in enumerate(zip(attempt.items, attempt.option_orders, strict=True)):
            essay = text if essays else None
            answer = essay if item["kind"] == "essay" else right_answer(item, order) if picks else None
            save_response(attempt.id, person.id, position, answer, revision=0, flagged=None, at=attempt.started_at)
        return submit_attempt(attempt.id, person.id, at=attempt.started_at).attempt


def make_grader(**more: Any) -> Person:
    return make_staff(PersonRole.TRAINER, **more)


def take(grader: Person) -> Turn:
    """The next turn of the grader."""
    with writing() as at:
        return take_next(grader.id, at=at)


def give(grader: Person, points: int, *, turn: Turn | None = None, comment: str = "") -> Result | None:
    """The grader rates the next answer, or the one of a turn in hand, with so many points of four."""
    turn = turn or take(grader)
    with writing() as at:
        return rate(turn.id, grader.id, MARKS[points], comment, at=at)


def results(attempt: Attempt) -> list[Result]:
    with reading():
        return results_of([attempt.id])[attempt.id]


def turns() -> list[tuple[int, int, int]]:
    """What waits: attempt, position and round."""
    with reading():
        query = select(Turn.attempt_id, Turn.position, Turn.round).order_by(Turn.id)
        return [tuple(row) for row in db.session.execute(query)]


def ratings() -> list[Rating]:
    with reading():
        return list(db.session.scalars(select(Rating).order_by(Rating.attempt_id, Rating.position, Rating.round)))


def breaches() -> list[str]:
    with snapshot():
        return list(verify_all(now()))


def domains(*names: str) -> dict[str, dict[str, str]]:
    """Some domains, for `exam.yml`."""
    return {name: both(name.capitalize()) for name in names}
