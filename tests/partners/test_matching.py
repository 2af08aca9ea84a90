"""As many persons find a place as can, by comparison with every way of sending them, and the same ones each time."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.partners.matching import assign, free_persons, open_kinds
from tests.partners.strategies import steady

pytestmark = pytest.mark.once

Case = tuple[list[int], dict[int, list[int]]]


def most(needs: list[int], fits: dict[int, list[int]]) -> int:
    ways = product(*([None, *kinds] for kinds in fits.values()))
    return max(sum(min(need, way.count(kind)) for kind, need in enumerate(needs)) for way in ways)


def cases() -> st.SearchStrategy[Case]:
    """Up to four kinds of places, and six persons who fit some of them."""
    kinds = st.lists(st.integers(0, 3), min_size=1, max_size=4)
    return kinds.flatmap(
        lambda needs: st.tuples(
            st.just(needs),
            st.dictionaries(
                st.integers(1, 9),
                st.lists(st.integers(0, len(needs) - 1), unique=True, max_size=len(needs)),
                max_size=6,
            ),
        )
    )


@steady
@given(cases())
def test_no_other_way_fills_more_places(case: Case) -> None:
    needs, fits = case
    placed = assign(needs, fits)
    assert len(placed) == most(needs, fits)
    assert all(kind in fits[person] for person, kind in placed.items())
    assert all([*placed.values()].count(kind) <= need for kind, need in enumerate(needs))


@steady
@given(cases())
def test_who_would_fill_one_more_place_by_fitting_a_kind(case: Case) -> None:
    needs, fits = case
    placed = assign(needs, fits)
    wanted, free = open_kinds(needs, fits, placed), {*free_persons(fits, placed)}
    for person, kinds in fits.items():
        for kind in set(range(len(needs))) - {*kinds}:
            more = most(needs, fits | {person: [*kinds, kind]}) > len(placed)
            assert (kind in wanted and person in free) is more


def test_who_fits_several_makes_room_for_who_fits_one() -> None:
    assert assign([1, 1], {1: [0, 1], 2: [0]}) == {2: 0, 1: 1}
    assert assign([1, 1, 1], {1: [0, 1], 2: [0, 2], 3: [0]}) == {3: 0, 1: 1, 2: 2}


def test_a_long_row_of_moves_finds_the_last_place() -> None:
    kinds = 40
    fits = {person: [person, person + 1] for person in range(kinds - 1)} | {kinds: [0]}
    assert len(assign([1] * kinds, fits)) == kinds


def test_many_persons_for_few_places_are_done_at_once() -> None:
    fits = {person: [0, 1, 2] for person in range(20_000)}
    assert len(assign([2, 3, 5], fits)) == 10
