"""Balance: forms of like difficulty, at the price of nothing that matters more."""

from collections.abc import Mapping, Sequence
from random import Random
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exams.assembly import draw_form
from app.exams.balancing import TOLERANCE, balance, beyond, stray
from app.exams.blueprint import BankItem, Row
from app.exams.offers import ENOUGH, EXPECTED, Offer, Usage, expected_share, offers

NOTHING: Mapping[str, Usage] = {}
ROUNDING = 1e-9
difficulties = st.lists(st.integers(1, 3), min_size=40, max_size=60)
seeds = st.integers(0, 10**6)


def bank_of(difficulties: Sequence[int]) -> list[BankItem]:
    return [BankItem(number, f"i{number}", "a", difficulty) for number, difficulty in enumerate(difficulties)]


def row(items: int) -> Row:
    return {"domain": "a", "items": items, "difficulty": None, "objective": None}


def mean_of(bank: Sequence[BankItem], usage: Mapping[str, Usage] = NOTHING) -> float:
    return mean(expected_share(item, usage) for item in bank)


@given(difficulties, seeds)
def test_forms_of_an_exam_are_of_like_difficulty(difficulties: list[int], seed: int) -> None:
    bank = bank_of(difficulties)
    form = [bank[version_id] for version_id in draw_form(bank, [row(20)], Random(seed))]
    assert abs(mean_of(form) - mean_of(bank)) <= TOLERANCE + ROUNDING


@given(st.lists(st.integers(0, 1000), min_size=40, max_size=60), seeds)
def test_forms_are_of_like_observed_facility(permilles: list[int], seed: int) -> None:
    bank = bank_of([2] * len(permilles))
    usage = {f"i{n}": Usage(ENOUGH, ENOUGH, permille * ENOUGH) for n, permille in enumerate(permilles)}
    form = [bank[version_id] for version_id in draw_form(bank, [row(20)], Random(seed), usage=usage)]
    nearest = max(TOLERANCE, 1 / (2 * 20))  # one exchange can move the mean of twenty items by as much as 1/20
    assert abs(mean_of(form, usage) - mean_of(bank, usage)) <= nearest + ROUNDING


@given(difficulties, seeds, st.sets(st.integers(0, 59)))
def test_what_was_not_seen_is_never_given_up(difficulties: list[int], seed: int, seen_numbers: set[int]) -> None:
    seen = {f"i{number}" for number in seen_numbers}
    unseen = sum(f"i{number}" not in seen for number in range(len(difficulties)))
    form = draw_form(bank_of(difficulties), [row(20)], Random(seed), seen)
    assert sum(f"i{version_id}" not in seen for version_id in form) == min(20, unseen)


@given(difficulties, seeds)
def test_balance_never_brings_a_form_further_off(difficulties: list[int], seed: int) -> None:
    blueprint = [row(3), row(10)]
    offered = offers([(item,) for item in bank_of(difficulties)], Random(seed), frozenset(), NOTHING)
    seats = [offered[:3], offered[3:13]]
    before = beyond(stray(seats, offered, blueprint), 13)
    balance(seats, offered, blueprint)
    after = beyond(stray(seats, offered, blueprint), 13)
    assert after == 0 or after < before
    assert [len(seated) for seated in seats] == [3, 10]
    assert len({offer for seated in seats for offer in seated}) == 13


def test_without_balance_forms_would_differ() -> None:
    bank = bank_of([1] * 20 + [3] * 20)
    offered = offers([(item,) for item in bank], Random(1), frozenset(), NOTHING)
    strays = [abs(stray([Random(seed).sample(offered, 10)], offered, [row(10)])) / 10 for seed in range(50)]
    assert max(strays) > 3 * TOLERANCE


def test_people_say_more_than_the_author_once_enough_have_answered() -> None:
    [item] = bank_of([3])
    assert expected_share(item, NOTHING) == EXPECTED[3]
    assert expected_share(item, {"i0": Usage(500, ENOUGH - 1, 1000 * (ENOUGH - 1))}) == EXPECTED[3]
    assert expected_share(item, {"i0": Usage(500, ENOUGH, 250 * ENOUGH)}) == pytest.approx(0.25)


def test_what_was_seen_never_comes_in_for_what_was_not() -> None:
    easy, hard, middle = bank_of([1, 3, 2])
    sitting = Offer((easy,), seen=False, use=0, expected=0.85)
    offered = [sitting, Offer((hard,), True, 0, 0.45), Offer((middle,), True, 0, 0.65)]
    seats = [[sitting]]
    balance(seats, offered, [row(1)])
    assert seats == [[sitting]]


def test_of_the_exchanges_that_bring_enough_the_least_used_unit_comes_in() -> None:
    easy, *others = bank_of([1, 3, 3, 3])
    sitting = Offer((easy,), seen=False, use=0, expected=0.85)
    used = [Offer((item,), False, use, 0.45) for item, use in zip(others, (4, 2, 3), strict=True)]
    seats = [[sitting]]
    balance(seats, [sitting, *used], [row(1)])
    assert seats == [[used[1]]]
