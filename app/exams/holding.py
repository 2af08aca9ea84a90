"""Holding a result back, purely: whether what candidates reported could change the verdict."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from app.exams.correcting import CREDIT, CorrectionKind, is_dropped
from app.exams.grading import Minimums, Ratings, grade_form, shares
from app.exams.kinds.kind import Item


@dataclass(frozen=True)
class Form:
    """An answered form; the sequences run in its order, `ratings` are the shares that people gave, by position."""

    items: Sequence[Item]
    option_orders: Sequence[Sequence[int]]
    answers: Sequence[Any]
    ratings: Ratings = field(default_factory=dict)


def verdict_hangs(form: Form, cut_score: Fraction, minimums: Minimums, reported: Collection[int]) -> bool:
    """Whether full credit for the items reported, or dropping some of them, could turn a pass or a failure round.

    `reported` holds positions. What does not count cannot change anything.
    """
    items = form.items
    count = [place for place in reported if not is_dropped(items[place]) and not items[place].get("pilot")]
    if not count:
        return False

    def passed(positions: Collection[int], kind: CorrectionKind) -> bool:
        marked = [{**item, CREDIT: kind} if place in positions else item for place, item in enumerate(items)]
        return grade_form(
            marked, form.option_orders, form.answers, cut_score, minimums=minimums, ratings=form.ratings
        ).passed

    if not passed((), CorrectionKind.DROP):
        return passed(count, CorrectionKind.FULL_CREDIT)  # no other way brings a form more
    earned = shares(items, form.option_orders, form.answers, form.ratings)
    best_first = sorted(count, key=lambda place: -earned[place])  # dropping them in this order costs a form most
    return any(not passed(best_first[:size], CorrectionKind.DROP) for size in range(1, len(count) + 1))
