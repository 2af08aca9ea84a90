"""Whether a verdict hangs on what was reported, against every way in which it could come out."""

from fractions import Fraction
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.exams.correcting import CREDIT, CorrectionKind
from app.exams.grading import grade_form
from app.exams.holding import verdict_hangs
from tests.exams.making import make_item

CUT = Fraction(7, 10)
WAYS = (None, CorrectionKind.DROP, CorrectionKind.FULL_CREDIT)


def form(points: list[int], right: list[bool]) -> tuple[list[dict[str, Any]], list[list[int]], list[int]]:
    items = [make_item(id=f"i-{place}", points=each, key=0) for place, each in enumerate(points)]
    return items, [[0, 1, 2, 3]] * len(items), [0 if one else 1 for one in right]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 4), st.booleans(), st.booleans()), min_size=1, max_size=5))
def test_it_hangs_if_some_way_of_correcting_the_items_turns_it_round(made: list[tuple[int, bool, bool]]) -> None:
    items, orders, answers = form([points for points, _, _ in made], [right for _, right, _ in made])
    reported = [place for place, (_, _, is_reported) in enumerate(made) if is_reported]
    as_it_is = grade_form(items, orders, answers, CUT).passed
    turned = False
    for ways in product(WAYS, repeat=len(reported)):
        of = dict(zip(reported, ways, strict=True))
        marked = [{**item, CREDIT: of[place]} if of.get(place) else item for place, item in enumerate(items)]
        turned |= grade_form(marked, orders, answers, CUT).passed is not as_it_is
    assert verdict_hangs(items, orders, answers, CUT, reported) == turned


def test_an_item_that_does_not_count_changes_nothing() -> None:
    items, orders, answers = form([1, 1], [True, False])
    assert verdict_hangs(items, orders, answers, CUT, [1])
    assert not verdict_hangs([items[0] | {"pilot": True}, items[1]], orders, answers, CUT, [0])
    assert not verdict_hangs([items[0], {**items[1], CREDIT: CorrectionKind.DROP}], orders, answers, CUT, [1])
    assert not verdict_hangs(items, orders, answers, CUT, [])
