"""Grading a form: points, the verdict at the cut, the scaled score, the domains."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exams.grading import Grade, grade_form, scaled_score, short_domains
from tests.exams.making import make_item

CUT = Fraction(7, 10)
shares = st.fractions(0, 1)


def grade(items: list[dict[str, Any]], answers: list[Any], cut: Fraction = CUT) -> Grade:
    return grade_form(items, [[0, 1, 2, 3]] * len(items), answers, cut)


def test_points_weigh_and_domains_add_up() -> None:
    items = [
        make_item(domain="sales", points=3),
        make_item("multiple_response", domain="sales", points=2, scoring="partial"),
        make_item("true_false", domain="product"),
    ]
    result = grade(items, [1, [0], None])
    assert (result.earned, result.possible) == (4, 6)
    assert result.domains == {"sales": (4, 5), "product": (0, 1)}
    assert not result.passed


@pytest.mark.parametrize("answer", [1, 0, None])
def test_pilots_never_count(answer: int | None) -> None:
    items = [make_item(domain="sales"), make_item(domain="sales", pilot=True, points=5), make_item(pilot=True)]
    assert grade(items, [1, answer, answer]) == grade(items[:1], [1])


def test_thirds_are_not_lost_at_the_cut() -> None:
    item = make_item("multiple_response", key=[0, 1, 2], scoring="partial")
    result = grade([item] * 3, [[0], [0], [0]], Fraction(1, 3))
    assert (result.earned, result.passed, result.scaled) == (1, True, 700)


@pytest.mark.parametrize(
    ("right", "passed", "scaled"), [(7, True, 700), (6, False, 614), (10, True, 1000), (0, False, 100)]
)
def test_the_verdict_and_the_scale(right: int, passed: bool, scaled: int) -> None:
    result = grade([make_item()] * 10, [1] * right + [0] * (10 - right))
    assert (result.passed, result.scaled) == (passed, scaled)


@pytest.mark.parametrize(
    ("raw", "cut", "scaled"),
    [(0, 0, 700), (1, 0, 1000), (Fraction(1, 2), 0, 850), (1, 1, 1000), (Fraction(99, 100), 1, 694), (0, 1, 100)],
)
def test_a_cut_at_either_end(raw: Fraction, cut: Fraction, scaled: int) -> None:
    assert scaled_score(Fraction(raw), Fraction(cut)) == scaled


@given(shares, shares)
def test_the_scale_never_contradicts_the_verdict(raw: Fraction, cut: Fraction) -> None:
    scaled = scaled_score(raw, cut)
    assert 100 <= scaled <= 1000
    assert (scaled >= 700) == (raw >= cut)


@given(shares, shares, shares)
def test_more_points_never_show_a_lower_score(one: Fraction, other: Fraction, cut: Fraction) -> None:
    low, high = sorted((one, other))
    assert scaled_score(low, cut) <= scaled_score(high, cut)


positions = st.one_of(st.none(), st.lists(st.integers(0, 3), unique=True, min_size=1).map(sorted))


@given(st.lists(st.tuples(st.integers(1, 10), positions), min_size=1, max_size=12), shares)
def test_a_grade_is_within_bounds_and_survives_storage(sheet: list[tuple[int, Any]], cut: Fraction) -> None:
    items = [make_item("multiple_response", points=points, scoring="partial") for points, _ in sheet]
    result = grade(items, [answer for _, answer in sheet], cut)
    assert 0 <= result.earned <= result.possible == sum(points for points, _ in sheet)
    assert result.passed == (result.earned >= cut * result.possible)
    assert Grade.from_json(result.as_json()) == result


def test_a_sheet_of_another_length_is_an_error() -> None:
    with pytest.raises(ValueError, match="shorter"):
        grade([make_item()] * 2, [1])


RATED = {"domain": "sales", "points": 4}


def test_what_people_rate_is_pending_until_they_have() -> None:
    items = [make_item(domain="sales"), make_item("essay", **RATED), make_item("essay", **RATED)]
    waiting = grade(items, [1, "text", None])
    assert (waiting.earned, waiting.possible, waiting.pending, waiting.ratings) == (1, 9, (1,), {})
    rated = grade_form(items, [[0, 1, 2, 3]] * 3, [1, "text", None], CUT, ratings={1: Fraction(3, 8)})
    assert (rated.earned, rated.possible, rated.pending) == (Fraction(5, 2), 9, ())
    assert Grade.from_json(rated.as_json()) == rated
    assert Grade.from_json(waiting.as_json()) == waiting


def test_a_rating_of_nothing_earns_nothing() -> None:
    [item] = [make_item("practical", **RATED)]
    assert grade_form([item], [[]], [None], CUT, ratings={0: Fraction(1)}).earned == 0


def test_a_grade_without_people_is_stored_as_ever() -> None:
    stored = grade([make_item()], [1]).as_json()
    assert set(stored) == {"earned", "possible", "passed", "scaled", "domains"}


@pytest.mark.parametrize(
    ("sales", "passed", "scaled", "short"),
    [(5, True, 850, []), (4, False, 699, ["sales"]), (10, True, 1000, []), (0, False, 699, ["sales"])],
)
def test_a_domain_has_a_minimum_beside_the_cut(sales: int, passed: bool, scaled: int, short: list[str]) -> None:
    items = [make_item(domain="product")] * 10 + [make_item(domain="sales")] * 10
    answers = [1] * 10 + [1] * sales + [0] * (10 - sales)
    cut, minimums = Fraction(1, 2), {"sales": Fraction(1, 2)}
    result = grade_form(items, [[0, 1, 2, 3]] * 20, answers, cut, minimums=minimums)
    assert (result.passed, result.scaled) == (passed, scaled)
    assert short_domains(result.domains, minimums) == short


@given(st.lists(st.booleans(), min_size=1, max_size=8), st.lists(st.booleans(), min_size=1, max_size=8), shares, shares)
def test_the_scale_never_shows_a_pass_where_a_domain_is_short(
    product: list[bool], sales: list[bool], cut: Fraction, least: Fraction
) -> None:
    items = [make_item(domain="product")] * len(product) + [make_item(domain="sales")] * len(sales)
    answers = [int(right) for right in product + sales]
    result = grade_form(items, [[0, 1, 2, 3]] * len(items), answers, cut, minimums={"sales": least})
    enough = Fraction(sum(sales), len(sales)) >= least
    assert result.passed == (enough and result.raw >= cut)
    assert result.passed == (result.scaled >= 700)
