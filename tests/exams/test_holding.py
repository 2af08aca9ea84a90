"""Whether a verdict hangs on what was reported, against every way in which it could come out."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from app.exams.correcting import CREDIT, CorrectionKind
from app.exams.grading import grade_form
from app.exams.holding import Form, verdict_hangs
from app.exams.kinds.kind import Item
from tests.exams.making import make_item

CUT = Fraction(7, 10)
WAYS = (None, CorrectionKind.DROP, CorrectionKind.FULL_CREDIT)


def form(points: list[int], right: list[bool], domains: list[str] | None = None) -> Form:
    of = domains or ["all"] * len(points)
    items = [make_item(id=f"i-{place}", points=each, key=0, domain=of[place]) for place, each in enumerate(points)]
    return Form(items, [[0, 1, 2, 3]] * len(items), [0 if one else 1 for one in right])


def passes(asked: Form, items: list[Item], minimums: dict[str, Fraction]) -> bool:
    return grade_form(items, asked.option_orders, asked.answers, CUT, minimums=minimums).passed


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 4), st.booleans(), st.booleans(), st.sampled_from("ab")), min_size=1, max_size=5),
    st.dictionaries(st.sampled_from("ab"), st.sampled_from([Fraction(1, 2), Fraction(9, 10)])),
)
def test_it_hangs_if_some_way_of_correcting_the_items_turns_it_round(
    made: list[tuple[int, bool, bool, str]], minimums: dict[str, Fraction]
) -> None:
    points, right, _, domains = (list(column) for column in zip(*made, strict=True))
    asked = form(points, right, domains)
    reported = [place for place, (_, _, is_reported, _) in enumerate(made) if is_reported]
    as_it_is = passes(asked, asked.items, minimums)
    turned = False
    for ways in product(WAYS, repeat=len(reported)):
        of = dict(zip(reported, ways, strict=True))
        marked = [{**item, CREDIT: of[place]} if of.get(place) else item for place, item in enumerate(asked.items)]
        turned |= passes(asked, marked, minimums) is not as_it_is
    assert verdict_hangs(asked, CUT, minimums, reported) == turned


def test_an_item_that_does_not_count_changes_nothing() -> None:
    asked = form([1, 1], [True, False])
    right, wrong = asked.items
    assert verdict_hangs(asked, CUT, {}, [1])
    assert not verdict_hangs(replace(asked, items=[right | {"pilot": True}, wrong]), CUT, {}, [0])
    assert not verdict_hangs(replace(asked, items=[right, {**wrong, CREDIT: CorrectionKind.DROP}]), CUT, {}, [1])
    assert not verdict_hangs(asked, CUT, {}, [])
