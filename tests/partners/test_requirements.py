"""Each kind of requirement just below, at and just above its bounds, with what it says and whom it names."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from app.partners.proofs import Reached, Reference, Share, Worth
from app.partners.records import Fact, Records
from app.partners.tiers import qualify
from tests.partners.making import NOW, START, completion, day, fact, holding, ladder, member, side_ladder, the_check
from tests.partners.some_programmes import GRADES, OF_METRIC, OF_MONEY

pytestmark = pytest.mark.once

TICK = timedelta(microseconds=1)
CUSTOMERS = {"kind": "metric", "metric": "customers"}
REVENUE = {"kind": "money", "metric": "revenue", "window_months": 12, "currency": "USD"}
MARK = {"kind": "attestation", "metric": "mark", "grade": 2, "grades": GRADES}
TRAINING = {"kind": "training", "track": "fundamentals"}
COURSES = {"fundamentals": frozenset({"a", "b"})}


def sold(cents: int, currency: str = "USD") -> Records:
    return Records(facts=[fact("revenue", cents, currency, day(2025, 1, 1), day(2025, 2, 1))])


@pytest.mark.parametrize(
    ("bounds", "met"),
    [
        ({"at_least": 5}, [False, False, True, True, True]),
        ({"more_than": 5}, [False, False, False, True, True]),
        ({"at_most": 5}, [True, True, True, False, False]),
        ({"below": 5}, [True, True, False, False, False]),
        ({"at_least": 4, "below": 6}, [False, True, True, False, False]),
        ({"more_than": 4, "at_most": 6}, [False, False, True, True, False]),
        ({"at_least": 5, "at_most": 5}, [False, False, True, False, False]),
    ],
)
def test_bounds_are_as_they_are_written(bounds: dict[str, int], met: list[bool]) -> None:
    checks = [the_check(CUSTOMERS | bounds, Records(facts=[fact("customers", n)])) for n in (3, 4, 5, 6, 7)]
    assert [check.met for check in checks] == met
    assert [check.gap > 0 or check.excess > 0 for check in checks] == [not one for one in met]


@pytest.mark.parametrize(
    ("bound", "cents", "met", "gap", "excess"),
    [
        ("more_than", 100_00, False, 1, 0),
        ("more_than", 100_01, True, 0, 0),
        ("at_least", 99_99, False, 1, 0),
        ("at_least", 100_00, True, 0, 0),
        ("at_most", 100_00, True, 0, 0),
        ("at_most", 100_01, False, 0, 1),
        ("below", 99_99, True, 0, 0),
        ("below", 100_00, False, 0, 1),
    ],
)
def test_money_has_its_bounds_to_the_cent(bound: str, cents: int, met: bool, gap: int, excess: int) -> None:
    check = the_check(REVENUE | {bound: "100.00"}, sold(cents))
    assert (check.met, check.gap, check.excess) == (met, gap, excess)


@pytest.mark.parametrize(
    "bounds",
    [
        {},
        {"at_least": 1, "more_than": 1},
        {"at_most": 1, "below": 1},
        {"more_than": 4, "below": 5},
        {"at_least": 5, "below": 5},
        {"at_least": 1.5},
    ],
)
def test_bounds_that_say_nothing_are_no_bounds(bounds: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ladder([CUSTOMERS | bounds])


def points_of(**part: Any) -> dict[str, Any]:
    return {"kind": "points", "at_least": 1, "parts": [part | {"points": 1}]}


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "persons", "exactly": True, "at_least": 1},
        {"kind": "some_of", "at_least": 3, "requirements": [CUSTOMERS | {"at_least": 1}] * 2},
        MARK | {"grade": 4},
        TRAINING,
        TRAINING | {"at_least": 1, "share_percent": 50},
        TRAINING | {"more_than_percent": 100},
        TRAINING | {"share_percent": 0},
        points_of(of=OF_METRIC, per="1.5"),
        points_of(of=OF_MONEY, per="1.555"),
        {
            "kind": "points",
            "at_least": 1,
            "parts": [{"of": OF_METRIC, "per": 1, "points": 1, "at_most": 2, "minimum": 3}],
        },
        {"kind": "team", "requirements": [CUSTOMERS | {"at_least": 1}]},
    ],
)
def test_what_nobody_could_mean_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ladder([wrong])


def test_a_region_counts_its_own_members() -> None:
    members = [member(1, region="latam"), member(2, region="europe"), member(3)]
    asked = {"kind": "persons", "region": "latam", "at_least": 2}
    check = the_check(asked, Records(members, [holding(n) for n in (1, 2, 3)]))
    assert [who.person_id for who in check.people] == [1]
    assert check.candidates == ()


def test_without_a_level_any_credential_counts() -> None:
    check = the_check({"kind": "persons", "at_least": 1}, Records([member(1), member(2)], [holding(1, "master")]))
    assert [who.person_id for who in check.people] == [1]


TEAM = {
    "kind": "team",
    "requirements": [
        {"kind": "persons", "level": "expert", "at_least": 1},
        {"kind": "persons", "level": "fundamentals", "at_least": 1},
    ],
}


def test_in_a_team_nobody_counts_twice_and_outside_of_it_everyone_does() -> None:
    alone = Records([member(1)], [holding(1, "expert")])
    check = the_check(TEAM, alone)
    assert (check.met, check.have, check.need, check.gap) == (False, 1, 2, 1)
    assert the_check({"kind": "all_of", "requirements": TEAM["requirements"]}, alone).met
    assert the_check(TEAM, Records([member(1), member(2)], [holding(1, "expert"), holding(2)])).met


def test_who_fits_several_is_placed_where_the_total_is_highest() -> None:
    asked = {"kind": "team", "requirements": TEAM["requirements"][::-1]}  # type: ignore[index]
    check = the_check(asked, Records([member(1), member(2)], [holding(1, "expert"), holding(2)]))
    assert [[who.person_id for who in part.people] for part in check.checks] == [[2], [1]]


def test_candidates_of_a_team_are_those_who_would_fill_a_place() -> None:
    """The expert is needed as such; a further expert, or anyone with a credential, would fill the other place."""
    check = the_check(TEAM, Records([member(1), member(2)], [holding(1, "expert")]))
    expert, certified = check.checks
    assert [who.person_id for who in expert.candidates] == [2]
    assert [who.person_id for who in certified.candidates] == [2]
    assert [part.met for part in check.checks] == [True, False]


def test_who_has_a_place_is_a_candidate_only_if_another_can_take_it() -> None:
    alone, both = [member(1)], [member(1), member(2)]
    assert the_check(TEAM, Records(alone, [holding(1)])).checks[0].candidates == ()
    check = the_check(TEAM, Records(both, [holding(1), holding(2)]))
    assert [who.person_id for who in check.checks[0].candidates] == [1, 2]


def trained(*people: int, of: int) -> Records:
    done = [completion(n, course) for n in people for course in "ab"]
    return Records([member(n) for n in range(of)], completions=done, courses=COURSES)


@pytest.mark.parametrize(
    ("bound", "done", "met"),
    [
        ({"at_least": 2}, 1, False),
        ({"at_least": 2}, 2, True),
        ({"share_percent": 95}, 18, False),
        ({"share_percent": 95}, 19, True),
        ({"more_than_percent": 95}, 19, False),
        ({"more_than_percent": 95}, 20, True),
    ],
)
def test_a_share_of_twenty_people(bound: dict[str, int], done: int, met: bool) -> None:
    check = the_check(TRAINING | bound, trained(*range(done), of=20))
    assert (check.have, check.met, check.gap) == (done, met, max(0, check.need - done))
    assert len(check.candidates) == (0 if met else 20 - done)


def test_a_share_says_of_how_many() -> None:
    check = the_check(TRAINING | {"more_than_percent": "33.3"}, trained(1, of=3))
    assert (check.need, check.terms) == (1, Share(Decimal("33.3"), True, 3))
    assert the_check(TRAINING | {"share_percent": "33.4"}, trained(1, of=3)).need == 2


def test_nobody_is_no_share() -> None:
    for bound in ({"share_percent": 1}, {"more_than_percent": 0}):
        assert not the_check(TRAINING | bound, trained(of=0)).met


def test_a_track_is_completed_with_its_last_course_and_a_course_by_itself() -> None:
    done = [completion(1, "a", NOW - TICK), completion(1, "b", NOW), completion(1, "b", day(2025, 9, 1))]
    records = Records([member(1)], completions=done, courses=COURSES)
    asked = TRAINING | {"at_least": 1}
    assert [the_check(asked, records, at).met for at in (NOW - TICK, NOW)] == [False, True]
    assert the_check(asked, records).people[0].done_at == NOW
    assert not the_check(asked, replace(records, completions=done[:1])).met
    assert the_check(asked | {"course": "a"}, records, NOW - TICK).met
    assert not the_check(asked | {"course": "c"}, records).met
    assert not the_check(asked | {"track": "expert"}, records).met


def test_tenure_is_reached_on_its_day() -> None:
    records = Records(joined_at=day(2024, 12, 1))
    assert [the_check({"kind": "tenure", "months": 6}, records, at).met for at in (NOW - TICK, NOW)] == [False, True]
    check = the_check({"kind": "tenure", "months": 6}, records, NOW - TICK)
    assert (check.gap, check.terms) == (1, Reached(6, day(2024, 12, 1), NOW))
    assert not the_check({"kind": "tenure", "months": 6}, Records()).met


def attested(value: int, at: datetime = START, evidence: str | None = "minutes.pdf", **more: Any) -> Fact:
    return fact("mark", value, None, at, evidence=evidence, **more)


@pytest.mark.parametrize(("grade", "met"), [(1, False), (2, True), (3, True)])
def test_an_attestation_needs_the_grade(grade: int, met: bool) -> None:
    assert the_check(MARK, Records(facts=[attested(grade)])).met is met


def test_only_the_latest_attestation_with_evidence_counts() -> None:
    late, old, bare = attested(1, day(2025, 1, 1)), attested(3), attested(3, day(2025, 2, 1), None)
    check = the_check(MARK, Records(facts=[old, late, bare]))
    assert (check.met, check.facts) == (False, (late,))
    assert check.left_out == ((old, "not_latest"), (bare, "no_evidence"))
    assert the_check(MARK, Records(facts=[old, attested(1, day(2025, 1, 1), valid_to=NOW)])).met
    assert not the_check(MARK, Records(facts=[bare])).met


LEVELS = side_ladder([CUSTOMERS | {"at_least": 1}], [{"kind": "previous", "tier": "t1"}, CUSTOMERS | {"at_least": 3}])


@pytest.mark.parametrize(("customers", "met"), [(2, False), (3, True)])
def test_another_tier_is_asked_for_by_its_ladder(customers: int, met: bool) -> None:
    asked = {"kind": "previous", "ladder": "levels", "tier": "t2"}
    check = the_check(asked, Records(facts=[fact("customers", customers)]), ladders=[LEVELS])
    assert (check.met, check.terms) == (met, Reference("levels", "t2", {"es": "Tier 2", "en": "Tier 2"}))


def test_a_tier_that_is_not_there_is_not_met() -> None:
    check = the_check({"kind": "previous", "tier": "t9"}, Records())
    assert (check.met, check.terms) == (False, Reference("tiers", "t9", None))


def test_tiers_that_ask_for_each_other_are_not_met() -> None:
    programme = ladder([{"kind": "previous", "tier": "t2"}], [{"kind": "previous", "tier": "t1"}])
    assert qualify(programme, Records(), NOW).tier is None


POINTS = {
    "kind": "points",
    "at_least": 50,
    "parts": [
        {"of": OF_METRIC, "per": 2, "points": 10, "at_most": 30, "minimum": 10},
        {"of": {"kind": "persons", "level": "fundamentals"}, "per": 1, "points": 10},
    ],
}


@pytest.mark.parametrize(
    ("customers", "people", "points", "met"),
    [
        (6, 2, [30, 20], True),
        (5, 2, [20, 20], False),
        (9, 2, [30, 20], True),
        (1, 5, [0, 50], False),
        (2, 4, [10, 40], True),
        (2, 3, [10, 30], False),
    ],
)
def test_points_need_the_total_and_the_minimum_of_each_part(
    customers: int, people: int, points: list[int], met: bool
) -> None:
    members = [member(n) for n in range(6)]
    check = the_check(POINTS, Records(members, [holding(n) for n in range(people)], [fact("customers", customers)]))
    assert ([part.have for part in check.checks], check.have, check.met) == (points, sum(points), met)
    assert bool(check.checks[1].candidates) is (sum(points) < 50)


def test_a_part_says_how_it_came_to_its_points() -> None:
    check = the_check(POINTS, Records(facts=[fact("customers", 9)]))
    assert check.checks[0].terms == Worth(9, "count", None, 2, 10, 30)
    assert (check.checks[0].met, check.checks[0].need) == (True, 10)


def test_points_never_fall_below_none() -> None:
    assert the_check(POINTS, Records(facts=[fact("customers", -5)])).checks[0].have == 0


@pytest.mark.parametrize(("number", "met"), [(1, False), (2, True), (3, True)])
def test_some_of_needs_so_many(number: int, met: bool) -> None:
    parts = [{"kind": "agreement", "metric": name} for name in "abc"]
    records = Records(facts=[fact(name) for name in "abc"[:number]])
    check = the_check({"kind": "some_of", "at_least": 2, "requirements": parts}, records)
    assert (check.have, check.need, check.met) == (number, 2, met)
