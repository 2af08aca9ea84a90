"""The lint of the logic on our own files and on small ladders: what it objects to, accepts and lets pass."""

from typing import Any

import pytest

from app.partners.ladder_lint import ladder_faults
from app.partners.programme_files import read_programmes
from tests.partners.making import ROOT, ladder

pytestmark = pytest.mark.once

PERSONS = {"kind": "persons", "level": "fundamentals", "at_least": 1}
Requirements = list[dict[str, Any]]


def months(number: int) -> dict[str, Any]:
    return {"kind": "tenure", "months": number}


def any_of(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "any_of", "requirements": list(parts)}


def attestation(grade: int) -> dict[str, Any]:
    grades = [{"value": value, "name": {"es": "Nota", "en": "Grade"}} for value in (1, 2, 3)]
    return {"kind": "attestation", "metric": "innovation", "grade": grade, "grades": grades}


def complaints(*tiers: Requirements) -> list[str]:
    return [fault.message for fault in ladder_faults(ladder(*tiers))]


def test_the_holes_of_marketing_mastery_are_notes_with_their_reasons() -> None:
    files, _ = read_programmes(ROOT)
    notices = {file.spec.id: [notice.message for notice in file.notices] for file in files}
    assert {name for name, found in notices.items() if found} == {"marketing-mastery"}
    standard, preferred = notices["marketing-mastery"]
    assert "above `standard`: `revenue` of 25000.00 USD and more without `strategic-value`" in standard
    assert "above `preferred`: `revenue` of 100000.01 USD and more without `strategic-value`" in preferred
    assert "accepted: Whoever reaches $25,000" in standard


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        ([PERSONS], [PERSONS]),
        ([PERSONS], []),
        ([{**PERSONS, "level": "expert"}], [{**PERSONS, "level": "advanced"}]),
        ([{**PERSONS, "at_least": 3, "job_role": "sales", "region": "mx"}], [{**PERSONS, "level": None}]),
        ([{**PERSONS, "exactly": True}], [PERSONS]),
        ([months(12)], [months(6)]),
        ([attestation(3)], [attestation(2)]),
        ([PERSONS, months(6)], [any_of(months(3), attestation(1))]),
        ([any_of(months(8), months(12))], [months(6)]),
        ([{"kind": "all_of", "requirements": [PERSONS, months(6)]}], [months(6)]),
        ([{"kind": "team", "requirements": [PERSONS, PERSONS]}], [PERSONS]),
        (
            [{"kind": "training", "track": "expert", "share_percent": "50"}],
            [{"kind": "training", "track": "expert", "share_percent": "40"}],
        ),
        ([PERSONS, months(6)], [{"kind": "some_of", "at_least": 2, "requirements": [PERSONS, months(3), months(9)]}]),
    ],
)
def test_a_tier_that_always_brings_a_higher_one_is_never_held(lower: Requirements, upper: Requirements) -> None:
    assert complaints(lower, upper) == ["`t1` is never held: whoever meets it meets `t2` too"]


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        ([PERSONS], [{**PERSONS, "at_least": 2}]),
        ([PERSONS], [{**PERSONS, "level": "advanced"}]),
        ([PERSONS], [{**PERSONS, "job_role": "sales"}]),
        ([{**PERSONS, "region": "mx"}], [{**PERSONS, "region": "es"}]),
        ([{**PERSONS, "level": "advanced"}], [{**PERSONS, "exactly": True}]),
        ([months(6)], [months(7)]),
        ([attestation(1)], [attestation(2)]),
        ([any_of(months(3), attestation(1))], [months(3)]),
        ([months(6)], [{"kind": "some_of", "at_least": 2, "requirements": [PERSONS, months(3)]}]),
    ],
)
def test_a_tier_that_may_be_the_highest_is_left_alone(lower: Requirements, upper: Requirements) -> None:
    assert complaints(lower, upper) == []


def test_the_bounds_of_another_tier_that_is_asked_for_count_too() -> None:
    few = {"kind": "metric", "metric": "customers", "at_most": 9}
    many = {"kind": "metric", "metric": "customers", "at_least": 10}
    found = complaints([few], [{"kind": "previous", "tier": "t1"}, many])
    assert "nobody can meet `r1` and `r2` at once, so nobody reaches `t2`" in found


def test_ranges_that_follow_each_other_leave_nothing_between() -> None:
    def customers(**bounds: int) -> Requirements:
        return [{"kind": "metric", "metric": "customers", **bounds}]

    def ranged(*tiers: Requirements) -> list[str]:
        return [message for message in complaints(*tiers) if "kpis" not in message]

    assert ranged(customers(below=10), customers(at_least=10, at_most=19), customers(more_than=19)) == []
    assert ranged(customers(below=10), customers(at_least=11)) == [
        "there is a hole above `t1`: `customers` of 10 fits no tier"
    ]
    assert ranged(customers(at_most=12), customers(at_least=11)) == [
        "`t1` and `t2` overlap: `customers` of 11 to 12 fits both"
    ]
    assert ranged(customers(below=10), customers(at_least=10, below=20)) == [
        "there is a hole above `t2`: `customers` of 20 and more fits no tier"
    ]
