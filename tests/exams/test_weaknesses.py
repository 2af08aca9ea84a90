"""Weaknesses name domains and objectives, and never tell of an item."""

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.exams.correcting import CREDIT, CorrectionKind
from app.exams.weaknesses import weaknesses_of

CUT = Fraction(7, 10)


def item(objective: str | None, domain: str = "net", points: int = 1, **more: Any) -> dict[str, Any]:
    return {"domain": domain, "objective": objective, "points": points} | more


def graded(*shares: tuple[dict[str, Any], float]) -> list[tuple[dict[str, Any], Fraction]]:
    return [(one, Fraction(share)) for one, share in shares]


def test_an_objective_of_four_items_speaks_for_itself() -> None:
    form = graded(*[(item("net.tls"), 1)] * 2, *[(item("net.tls"), 0)] * 2, *[(item("net.dns"), 1)] * 8)
    weak = weaknesses_of(form, CUT)
    assert (weak.domains, weak.objectives) == (frozenset(), {"net.tls"})


def test_one_of_few_items_takes_the_verdict_of_its_domain() -> None:
    strong = graded((item("net.tls"), 0), *[(item(None), 1)] * 9)
    assert weaknesses_of(strong, CUT).objectives == frozenset()
    weak = graded((item("net.tls"), 1), (item("net.dns"), 1), *[(item(None), 0)] * 9)
    assert weaknesses_of(weak, CUT).objectives == {"net.tls", "net.dns"}


def test_an_item_of_great_weight_does_not_speak_among_four() -> None:
    form = graded((item("net.tls", points=10), 0), *[(item("net.tls"), 1)] * 3, *[(item(None, points=10), 1)] * 9)
    assert weaknesses_of(form, CUT).objectives == frozenset()


def test_pilots_and_dropped_items_say_nothing() -> None:
    form = graded(
        *[(item("net.tls", pilot=True), 0)] * 5,
        *[(item("net.dns", **{CREDIT: CorrectionKind.DROP}), 0)] * 5,
        *[(item("net.udp"), 1)] * 4,
    )
    assert weaknesses_of(form, CUT).objectives == frozenset()


forms = st.lists(st.tuples(st.sampled_from(["a.one", "a.two", "b.one"]), st.integers(1, 3), st.booleans()), min_size=1)


@given(forms, st.sampled_from([Fraction(1, 2), CUT, Fraction(9, 10), Fraction(1)]))
def test_what_is_named_settles_no_item_for_who_has_seen_the_bars(
    form: list[tuple[str, int, bool]], cut: Fraction
) -> None:
    """An objective says more than its domain only where each item could be right and could be wrong, either way."""
    told = weaknesses_of(graded(*((item(name, name[0], points), right) for name, points, right in form)), cut)
    for name, most in ((name, points) for name, points, _ in form):
        total = sum(points for other, points, _ in form if other == name)
        if (name in told.objectives) != (name[0] in told.domains):
            assert most < cut * total  # weak although this one may be right
            assert total - most >= cut * total  # not weak although this one may be wrong
