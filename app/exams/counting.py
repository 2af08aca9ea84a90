"""Counting closed attempts into the statistics of their items, each attempt once, beside everybody's work.

A start or a submission that counted for itself would wait for every other one that holds the same item; so closed
attempts are counted afterwards, some at a time: read and graded first, then marked and added in one short transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import bindparam, select, update

from app.exams.attempts import UNCOUNTED, Attempt
from app.exams.correcting import NOT_RATED, is_rated
from app.exams.grading import NO_RATINGS, shares
from app.exams.item_statistics import add_usage
from app.exams.kinds.kind import Item
from app.exams.offers import THOUSANDTHS, Usage
from app.exams.ratings import decided_of
from app.exams.responses import responses_of
from app.exams.results import Result, ResultState
from app.extensions import db

BATCH = 50

_numbers = select(Result.number).where(Result.attempt_id == Attempt.id).order_by(Result.number.desc())
_is_current = Result.number == _numbers.limit(1).correlate(Attempt).scalar_subquery()
_undecided = (
    select(Result.number)
    .where(Result.attempt_id == Attempt.id, Result.state == ResultState.PROVISIONAL, _is_current)
    .correlate(Attempt)
    .exists()
)
_UNCOUNTED = select(Attempt).where(UNCOUNTED, ~_undecided).order_by(Attempt.id).limit(BATCH)
_MARK = (
    update(Attempt)
    .where(Attempt.id.in_(bindparam("attempt_ids", expanding=True)), UNCOUNTED)
    .values(counted=True)
    .returning(Attempt.id)
)


@dataclass(frozen=True)
class Tally:
    """What one closed attempt adds to the items of its form."""

    attempt_id: int
    exam_id: int
    usage: Mapping[str, Usage]


def uncounted() -> list[Tally]:
    """What the oldest closed attempts that were not counted add; nothing of it can change any more.

    Those that people still decide on come later.
    """
    return [tally_of(attempt) for attempt in db.session.scalars(_UNCOUNTED)]


def tally_of(attempt: Attempt) -> Tally:
    """What a closed attempt adds, by its pinned texts and keys; what nobody rated tells nothing of its item."""
    saved = responses_of(attempt.id)
    answers = [saved[position].answer if position in saved else None for position in range(len(attempt.item_ids))]
    items = attempt.items
    ratings = decided_of(attempt) if any(map(is_rated, items)) else NO_RATINGS
    earned = shares(items, attempt.option_orders, answers, ratings)
    form = enumerate(zip(items, answers, earned, strict=True))
    usage = {item["id"]: _use(item, answer, share, ratings.get(n)) for n, (item, answer, share) in form}
    return Tally(attempt.id, attempt.exam_id, usage)


def _use(item: Item, answer: Any, share: Fraction, rating: Fraction | None) -> Usage:
    """What is rated counts by its rating: the answer itself may be erased."""
    is_answered, earned = answer is not None, share
    if is_rated(item):
        is_answered, earned = rating is not None, rating or NOT_RATED
    return Usage(given=1, answered=int(is_answered), earned=int(earned * THOUSANDTHS))


def count(tallies: Sequence[Tally]) -> None:
    """Mark the attempts as counted and add up those that nobody counted meanwhile."""
    attempt_ids = [tally.attempt_id for tally in tallies]
    marked = set(db.session.connection().execute(_MARK, {"attempt_ids": attempt_ids}).scalars())
    for exam_id, usage in summed(tally for tally in tallies if tally.attempt_id in marked).items():
        add_usage(exam_id, usage)


def summed(tallies: Iterable[Tally]) -> dict[int, dict[str, Usage]]:
    """The sums of several attempts, by exam and item."""
    totals: dict[int, dict[str, Usage]] = {}
    for tally in tallies:
        total = totals.setdefault(tally.exam_id, {})
        for item_id, more in tally.usage.items():
            total[item_id] = total.get(item_id, Usage()) + more
    return totals
