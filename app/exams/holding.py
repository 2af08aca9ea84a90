"""Holding a result back, purely: whether what candidates reported could change the verdict."""

from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import Any

from app.exams.correcting import CREDIT, CorrectionKind, is_dropped
from app.exams.grading import grade_form, shares
from app.exams.kinds.kind import Item


def verdict_hangs(
    items: Sequence[Item],
    option_orders: Sequence[Sequence[int]],
    answers: Sequence[Any],
    cut_score: Fraction,
    reported: Collection[int],
) -> bool:
    """Whether full credit for the items reported, or dropping some of them, could turn a pass or a failure round.

    The sequences run in the order of the form; `reported` holds positions. What does not count cannot change anything.
    """
    count = [place for place in reported if not is_dropped(items[place]) and not items[place].get("pilot")]
    if not count:
        return False

    def passed(positions: Collection[int], kind: CorrectionKind) -> bool:
        marked = [{**item, CREDIT: kind} if place in positions else item for place, item in enumerate(items)]
        return grade_form(marked, option_orders, answers, cut_score).passed

    if not passed((), CorrectionKind.DROP):
        return passed(count, CorrectionKind.FULL_CREDIT)  # no other way brings a form more
    earned = shares(items, option_orders, answers)
    best_first = sorted(count, key=lambda place: -earned[place])  # dropping them in this order costs a form most
    return any(not passed(best_first[:size], CorrectionKind.DROP) for size in range(1, len(count) + 1))
