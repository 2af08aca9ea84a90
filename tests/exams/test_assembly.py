"""Drawing forms: rows filled, no item twice, unseen first, every item and every order equally likely."""

from collections import Counter
from itertools import combinations, permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exams.assembly import BankTooSmall, Shortfall, draw_form, option_order, shortfalls
from app.exams.blueprint import BankItem, Row, form_length
from app.exams.offers import Usage


def item(number: int, domain: str = "a", difficulty: int = 2, objective: str | None = None) -> BankItem:
    return BankItem(100 + number, f"item-{number}", domain, difficulty, objective)


def row(domain: str, items: int, difficulty: int | None = None, objective: str | None = None) -> Row:
    return {"domain": domain, "items": items, "difficulty": difficulty, "objective": objective}


def takes(row: Row, one: BankItem) -> bool:
    facts = {"domain": one.domain, "difficulty": one.difficulty, "objective": one.objective}
    return all(row[name] in (None, fact) for name, fact in facts.items())


banks = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(1, 3), st.sampled_from([None, "x", "y"])), max_size=9
).map(lambda facts: [item(number, *fact) for number, fact in enumerate(facts)])
blueprints = st.lists(
    st.builds(
        row,
        domain=st.sampled_from("ab"),
        items=st.integers(1, 3),
        difficulty=st.sampled_from([None, 1, 2, 3]),
        objective=st.sampled_from([None, "x"]),
    ),
    min_size=1,
    max_size=4,
)


def case(number: int, size: int, domain: str = "a", difficulty: int = 2) -> list[BankItem]:
    """A case whose items were published from the last to the first."""
    ids = range(1000 * number + size, 1000 * number, -1)
    return [BankItem(one, f"{number}-{one}", domain, difficulty, case_id=f"case-{number}") for one in ids]


def pilot(number: int) -> BankItem:
    return BankItem(100 + number, f"item-{number}", "a", 1, pilot=True)


def can_fill(items: list[BankItem], blueprint: list[Row]) -> bool:
    """Hall's condition: however rows are picked, the items that any of them takes are as many as they ask for."""
    for size in range(1, len(blueprint) + 1):
        for rows in combinations(blueprint, size):
            if sum(any(takes(row, one) for row in rows) for one in items) < sum(row["items"] for row in rows):
                return False
    return True


def fits_exactly(items: list[BankItem], blueprint: list[Row]) -> bool:
    return len(items) == sum(row["items"] for row in blueprint) and can_fill(items, blueprint)


@given(banks, blueprints, st.integers(0, 10**6))
def test_a_form_is_drawn_whenever_one_exists(bank: list[BankItem], blueprint: list[Row], seed: int) -> None:
    if not can_fill(bank, blueprint):
        assert shortfalls(bank, blueprint)
        with pytest.raises(BankTooSmall):
            draw_form(bank, blueprint, Random(seed))
        return
    assert shortfalls(bank, blueprint) == []
    form = draw_form(bank, blueprint, Random(seed))
    assert len(set(form)) == len(form)
    assert fits_exactly([one for one in bank if one.version_id in form], blueprint)


@given(banks, blueprints, st.integers(0, 10**6), st.sets(st.integers(0, 8)))
def test_as_many_unseen_items_as_any_form_can_hold(
    bank: list[BankItem], blueprint: list[Row], seed: int, seen_numbers: set[int]
) -> None:
    if not can_fill(bank, blueprint):
        return
    seen = {f"item-{number}" for number in seen_numbers}
    unseen = {one.version_id for one in bank if one.item_id not in seen}
    length = sum(row["items"] for row in blueprint)
    possible = [form for form in combinations(bank, length) if fits_exactly([*form], blueprint)]
    most = max(sum(one.version_id in unseen for one in form) for form in possible)
    assert len(unseen.intersection(draw_form(bank, blueprint, Random(seed), seen))) == most


def test_a_scarce_item_is_kept_for_the_row_that_needs_it() -> None:
    bank = [item(0, difficulty=3), item(1), item(2)]
    blueprint = [row("a", 2), row("a", 1, difficulty=3)]
    for seed in range(50):
        assert sorted(draw_form(bank, blueprint, Random(seed))) == [100, 101, 102]


sizes = st.lists(st.integers(2, 4), max_size=4)
rows_of_cases = st.lists(st.tuples(st.integers(1, 2), st.integers(2, 4)), max_size=3)


@given(sizes, st.integers(0, 4), rows_of_cases, st.integers(1, 3), st.integers(0, 10**6))
def test_cases_are_drawn_whole_and_in_order(
    sizes: list[int], singles: int, asked: list[tuple[int, int]], alone: int, seed: int
) -> None:
    cases = [case(number, size) for number, size in enumerate(sizes, start=1)]
    bank = [item(number) for number in range(singles)] + [one for items in cases for one in items]
    blueprint = [row("a", cases * size) | {"cases": cases} for cases, size in asked] + [row("a", alone)]
    wanted = Counter({size: sum(count for count, other in asked if other == size) for _, size in asked})
    if alone > singles or any(wanted[size] > sizes.count(size) for size in wanted):
        with pytest.raises(BankTooSmall):
            draw_form(bank, blueprint, Random(seed))
        return
    form = draw_form(bank, blueprint, Random(seed))
    drawn = [items for items in cases if items[0].version_id in form]
    assert Counter(len(items) for items in drawn) == +wanted
    assert len(form) == sum(len(items) for items in drawn) + alone
    for items in drawn:
        place = form.index(items[0].version_id)
        assert form[place : place + len(items)] == [one.version_id for one in items]


def test_a_case_counts_as_seen_when_any_of_its_items_was() -> None:
    bank = [*case(1, 2), *case(2, 2)]
    blueprint = [row("a", 2) | {"cases": 1}]
    for seed in range(20):
        assert 2001 in draw_form(bank, blueprint, Random(seed), seen={"1-1001"})


def test_the_least_used_come_first_among_the_unseen_and_among_the_seen() -> None:
    bank = [item(number) for number in range(6)]
    usage = {f"item-{number}": Usage(given=number**3) for number in range(6)}
    for seed in range(20):
        assert sorted(draw_form(bank, [row("a", 3)], Random(seed), usage=usage)) == [100, 101, 102]
        seen = {"item-0", "item-1", "item-2", "item-3"}
        assert sorted(draw_form(bank, [row("a", 3)], Random(seed), seen, usage)) == [100, 104, 105]


def test_small_differences_in_use_leave_the_draw_to_chance() -> None:
    bank = [item(number) for number in range(4)]
    usage = {f"item-{number}": Usage(given=8 + number) for number in range(4)}
    drawn = {tuple(sorted(draw_form(bank, [row("a", 2)], Random(seed), usage=usage))) for seed in range(200)}
    assert len(drawn) == 6


@given(st.integers(0, 4), st.integers(0, 4), st.integers(0, 10**6))
def test_pilots_are_mixed_in_and_take_no_seat(held: int, asked: int, seed: int) -> None:
    bank = [item(number) for number in range(3)] + [pilot(number) for number in range(3, 3 + held)]
    form = draw_form(bank, [row("a", 2)], Random(seed), pilots=asked)
    assert sum(version_id < 103 for version_id in form) == 2
    assert len(set(form)) == len(form) == 2 + min(held, asked)


def test_pilots_fill_no_row_of_the_blueprint_and_are_given_unseen_first() -> None:
    bank = [item(0), pilot(1), pilot(2)]
    assert shortfalls(bank, [row("a", 2)]) == [Shortfall(row=0, asked=2, found=1)]
    for seed in range(20):
        assert sorted(draw_form(bank, [row("a", 1)], Random(seed), {"item-1"}, pilots=1)) == [100, 102]


def test_a_pilot_stands_anywhere_on_the_form() -> None:
    bank = [item(0), item(1), pilot(2)]
    rng = Random(20)
    counts = Counter(draw_form(bank, [row("a", 2)], rng, pilots=1).index(102) for _ in range(3_000))
    assert chi_square(counts, 3) < 13.8  # 2 degrees of freedom, one in a thousand


def test_the_length_of_a_form_of_any_published_body() -> None:
    assert form_length({"blueprint": [row("a", 2), row("b", 4) | {"cases": 2}]}) == 6
    assert form_length({"blueprint": [row("a", 2)], "pilots": 3}) == 5


def test_two_versions_of_an_item_count_once_and_the_newest_is_given() -> None:
    bank = [BankItem(9, "item-1", "a", 2), BankItem(5, "item-1", "a", 2)]
    assert draw_form(bank, [row("a", 1)], Random(1)) == [9]
    assert shortfalls(bank, [row("a", 2)]) == [Shortfall(row=0, asked=2, found=1)]


def test_the_row_that_falls_short_is_named() -> None:
    bank = [item(0), item(1, domain="b")]
    blueprint = [row("a", 1), row("b", 3)]
    assert shortfalls(bank, blueprint) == [Shortfall(row=1, asked=3, found=1)]


def test_a_seed_draws_the_same_form_whatever_the_order_of_the_bank() -> None:
    bank = [item(number) for number in range(20)]
    blueprint = [row("a", 5)]
    assert draw_form(bank, blueprint, Random(7)) == draw_form(bank[::-1], blueprint, Random(7))


def chi_square(counts: Counter, cells: int) -> float:
    expected = counts.total() / cells
    return sum((counts[cell] - expected) ** 2 / expected for cell in counts) + expected * (cells - len(counts))


def test_every_form_is_equally_likely() -> None:
    bank = [item(number) for number in range(5)]
    rng = Random(20)
    counts = Counter(tuple(draw_form(bank, [row("a", 2)], rng)) for _ in range(10_000))
    assert set(counts) == set(permutations([one.version_id for one in bank], 2))
    assert chi_square(counts, 20) < 43.8  # 19 degrees of freedom, one in a thousand


def test_the_rows_of_a_blueprint_do_not_show_in_the_order_of_the_form() -> None:
    bank = [item(0, domain="a"), item(1, domain="b"), item(2, domain="c")]
    rng = Random(20)
    rows = [row("a", 1), row("b", 1), row("c", 1)]
    counts = Counter(tuple(draw_form(bank, rows, rng)) for _ in range(3_000))
    assert chi_square(counts, 6) < 20.5  # 5 degrees of freedom, one in a thousand


def test_every_order_of_the_options_is_equally_likely() -> None:
    rng = Random(20)
    counts = Counter(tuple(option_order(4, True, rng)) for _ in range(12_000))
    assert chi_square(counts, 24) < 49.7  # 23 degrees of freedom, one in a thousand


def test_options_that_keep_their_order() -> None:
    assert option_order(4, False, Random(1)) == [0, 1, 2, 3]
    assert option_order(0, True, Random(1)) == []
