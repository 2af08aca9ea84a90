"""The rules in force over time: each version from its day on, and nothing changes by itself before the next one."""

from datetime import timedelta

import pytest

from app.partners.records import Records
from app.partners.tiers import steps
from tests.partners.making import START, day, fact, ladder, side_ladder

pytestmark = pytest.mark.once

TICK = timedelta(microseconds=1)
STRICT = day(2025, 1, 1)
LATER = day(2026, 1, 1)


def asking(customers: int) -> dict[str, object]:
    return {"kind": "metric", "metric": "customers", "at_least": customers}


VERSIONS = [
    (day(2024, 6, 1), ladder([asking(1)], [asking(5)])),
    (STRICT, ladder([asking(1)], [asking(10)], ladders=[side_ladder([asking(3)])])),
    (LATER, ladder([asking(1)], [asking(7)], every_months=1, grace_days=0)),
]
RECORDS = Records(facts=[fact("customers", 7)])


def test_a_version_counts_from_its_day_on() -> None:
    earned = [qualification for _, qualification in steps(VERSIONS, RECORDS, LATER, START.date())]
    assert [(one.at, one.tier, one.effective_from) for one in earned] == [
        (START, "t2", VERSIONS[0][0]),
        (STRICT, "t1", STRICT),
        (STRICT + timedelta(days=90), "t1", STRICT),  # the fall was seen by a review on the same day: its grace ends
        (LATER, "t2", LATER),
    ]


def test_what_lies_ahead_is_the_next_change() -> None:
    _, before = [*steps(VERSIONS, RECORDS, STRICT - TICK, START.date())][-1]
    assert (before.tier, before.next_change_at) == ("t2", STRICT)
    _, after = [*steps(VERSIONS, RECORDS, LATER, START.date())][-1]
    assert after.next_change_at is None


def test_a_change_of_the_records_that_comes_first_is_the_next_change() -> None:
    soon = day(2024, 9, 1)
    records = Records(facts=[*RECORDS.facts, fact("customers", 9, None, soon)])
    _, earned = next(steps(VERSIONS, records, LATER, START.date()))
    assert earned.next_change_at == soon


def test_each_step_goes_by_the_review_of_its_version() -> None:
    fallen = Records(facts=[fact("customers", 7, None, START, day(2025, 12, 15))])
    standings = [held for held, _ in steps(VERSIONS, fallen, day(2026, 2, 2), START.date())]
    assert (standings[-1].tier, standings[-1].since) == (None, day(2026, 1, 1))


def test_a_ladder_that_a_version_lacks_has_no_tiers() -> None:
    standings = [
        (held.tier, held.since, earned.ladder_id)
        for held, earned in steps(VERSIONS, RECORDS, LATER, START.date(), ladder="levels")
    ]
    assert standings == [(None, START, "levels"), ("t1", STRICT, "levels"), (None, LATER, "levels")]
