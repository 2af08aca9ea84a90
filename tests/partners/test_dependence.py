"""Who a tier depends on, against records out of which the person is taken altogether."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.partners.dependence import absences
from app.partners.records import Records, holds
from app.partners.rules import MAIN, Programme
from tests.partners.brute import Naive
from tests.partners.making import NOW, completion, fact, holding, ladder, member
from tests.partners.some_programmes import some_programmes
from tests.partners.strategies import moments, some_records, steady

pytestmark = pytest.mark.once

EXPERT = {"kind": "persons", "level": "expert", "at_least": 1}
SELLER = {"kind": "persons", "level": "fundamentals", "at_least": 1}


@steady
@given(some_programmes(), some_records(), moments(), st.sampled_from([MAIN, "levels"]))
def test_it_is_what_is_earned_without_the_person(programme: Programme, records: Records, at, ladder: str) -> None:
    found = list(absences(programme, records, at, ladder))
    present = {one.person_id for one in records.members if holds(one.from_at, one.to_at, at)}
    assert [one.person_id for one in found] == sorted(present, key=lambda id: (f"Person {id}", id))
    for one in found:
        others = [each for each in records.members if each.person_id != one.person_id]
        assert one.tier == Naive(programme, replace(records, members=others), at).earned(ladder)


def test_one_who_takes_two_places_of_a_team_in_turn() -> None:
    """Of three for two places, one alone fits the first; the others stand in for each other."""
    programme = ladder([SELLER], [{"kind": "team", "requirements": [EXPERT, SELLER]}])
    records = Records([member(1), member(2), member(3)], [holding(1, "expert"), holding(2), holding(3)])
    found = {one.person_id: one for one in absences(programme, records, NOW, MAIN)}
    assert {id: one.tier for id, one in found.items()} == {1: "t1", 2: "t2", 3: "t2"}
    assert [check.id for check in found[1].lacking] == ["r1"]
    assert found[2].lacking == ()


def test_facts_count_for_everyone_and_a_share_may_rise() -> None:
    customers = {"kind": "metric", "metric": "customers", "at_least": 1}
    trained = {"kind": "training", "track": "fundamentals", "share_percent": "100"}
    programme = ladder([customers], [customers, trained])
    records = Records(
        [member(1), member(2)],
        facts=[fact("customers")],
        completions=[completion(1, "a")],
        courses={"fundamentals": frozenset("a")},
    )
    assert [one.tier for one in absences(programme, records, NOW, MAIN)] == ["t1", "t2"]
