"""What the records earn: every boundary of the published programmes, intervals, levels, currencies and windows."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.content.levels import LEVELS
from app.partners.records import Fact, Records
from app.partners.requirements import JobRole
from app.partners.tiers import qualify
from app.people import organisations
from tests.partners.making import NOW, START, day, fact, holding, member, published, the_check
from tests.partners.strategies import DAYS, PROGRAMME, moments, some_records, steady

pytestmark = pytest.mark.once

TICK = timedelta(microseconds=1)
IA_BULK = published("ia-bulk")
EMAIL = published("email-reengagement")
TRAINER = 100
TIERS = ["bronze", "silver", "gold", "platinum"]


def email_records(
    sales: int, customers: int, revenue: int, training: str = "expert", agreement: int | None = None
) -> Records:
    """Salespeople with the lowest credential, one technician with the training, and the figures (revenue in cents)."""
    return Records(
        members=[member(n) for n in range(sales)] + [member(TRAINER, "technical")],
        holdings=[holding(n) for n in range(sales)] + [holding(TRAINER, training)],
        facts=[
            fact("customers", customers),
            fact("revenue", revenue, "USD", START, day(2025, 1, 1)),
            *([] if agreement is None else [fact("strategic-agreement", agreement)]),
        ],
    )


Needs = dict[str, Any]
BRONZE: Needs = {"sales": 1, "customers": 5, "revenue": 10_000_00, "training": "fundamentals"}
SILVER: Needs = {"sales": 2, "customers": 15, "revenue": 50_000_00, "training": "advanced"}
GOLD: Needs = {"sales": 5, "customers": 50, "revenue": 200_000_00, "training": "expert"}
PLATINUM: Needs = {"sales": 10, "customers": 100, "revenue": 500_000_00, "training": "expert", "agreement": 1}
BELOW: dict[str, dict[Any, Any]] = {"training": {"advanced": "fundamentals", "expert": "advanced"}, "agreement": {1: 0}}
NEEDS = [
    ("bronze", BRONZE, None),
    ("silver", SILVER, "bronze"),
    ("gold", GOLD, "silver"),
    ("platinum", PLATINUM, "gold"),
]


@pytest.mark.parametrize(("tier", "needs", "_"), NEEDS)
def test_a_tier_of_email_reengagement_is_earned_exactly_at_its_bounds(tier: str, needs: Needs, _: str | None) -> None:
    assert qualify(EMAIL, email_records(**needs), NOW).tier == tier


@pytest.mark.parametrize(("tier", "needs", "_"), NEEDS)
@pytest.mark.parametrize("field", ["sales", "customers", "revenue"])
def test_one_more_of_anything_earns_no_higher_tier(tier: str, needs: Needs, _: str | None, field: str) -> None:
    assert qualify(EMAIL, email_records(**{**needs, field: needs[field] + 1}), NOW).tier == tier


@pytest.mark.parametrize(
    ("needs", "field", "below"),
    [
        (needs, field, below)
        for _, needs, below in NEEDS
        for field in needs
        if not (field == "training" and needs in (BRONZE, PLATINUM))  # see the two tests that follow
    ],
)
def test_one_less_of_anything_earns_the_tier_below(needs: Needs, field: str, below: str | None) -> None:
    less = BELOW[field][needs[field]] if field in BELOW else needs[field] - 1
    assert qualify(EMAIL, email_records(**{**needs, field: less}), NOW).tier == below


def test_the_training_of_bronze_is_proved_by_the_certified_salesperson_too() -> None:
    records = email_records(**BRONZE)
    alone = replace(records, holdings=records.holdings[:1])
    assert qualify(EMAIL, alone, NOW).tier == "bronze"


def test_platinum_names_no_training() -> None:
    assert qualify(EMAIL, email_records(**{**PLATINUM, "training": "fundamentals"}), NOW).tier == "platinum"


def test_a_tier_asks_for_what_it_lists_and_not_for_the_tiers_below_it() -> None:
    qualification = qualify(EMAIL, email_records(**{**PLATINUM, "training": "fundamentals"}), NOW)
    assert [proof.met for proof in qualification.ladder] == [True, False, False, True]


@pytest.mark.parametrize(("level", "tier"), [*zip(LEVELS, TIERS, strict=True)])
def test_ia_bulk_follows_the_highest_credential_of_a_present_member(level: str, tier: str) -> None:
    records = Records([member(1, "technical")], [holding(1, level)])
    assert qualify(IA_BULK, records, NOW).tier == tier


def test_without_anything_there_is_no_tier() -> None:
    assert qualify(IA_BULK, Records([member(1)]), NOW).tier is None
    assert qualify(EMAIL, Records(), NOW).tier is None


def certified(records: Records, at: datetime) -> bool:
    return qualify(IA_BULK, records, at).tier is not None


def test_a_membership_counts_from_its_first_instant_and_not_at_its_last() -> None:
    records = Records([member(1, from_at=day(2025, 3, 1), to_at=day(2025, 4, 1))], [holding(1)])
    instants = [day(2025, 3, 1) - TICK, day(2025, 3, 1), day(2025, 4, 1) - TICK, day(2025, 4, 1)]
    assert [certified(records, at) for at in instants] == [False, True, True, False]


def test_a_credential_counts_from_its_first_instant_and_not_at_its_last() -> None:
    records = Records([member(1)], [holding(1, "expert", day(2025, 3, 1), day(2025, 4, 1))])
    instants = [day(2025, 3, 1) - TICK, day(2025, 3, 1), day(2025, 4, 1) - TICK, day(2025, 4, 1)]
    assert [certified(records, at) for at in instants] == [False, True, True, False]


@pytest.mark.parametrize("exactly", [False, True])
def test_a_level_includes_those_below_unless_exactly(exactly: bool) -> None:
    requirement = {"kind": "persons", "level": "advanced", "at_least": 1, "exactly": exactly}
    members = [member(n) for n, _ in enumerate(LEVELS)]
    check = the_check(requirement, Records(members, [holding(n, level) for n, level in enumerate(LEVELS)]))
    assert [who.level for who in check.people] == (["advanced"] if exactly else ["advanced", "expert", "master"])


def test_a_person_counts_once_by_the_best_credential() -> None:
    requirement = {"kind": "persons", "level": "fundamentals", "at_least": 2}
    held = [holding(1), holding(1, "expert", valid_to=day(2026, 1, 1)), holding(1, "advanced")]
    check = the_check(requirement, Records([member(1), member(1)], held))
    assert (check.have, check.gap, check.met) == (1, 1, False)
    assert [who.public_id for who in check.people] == ["credential-1-expert"]


def test_only_the_job_role_counts_and_candidates_are_those_who_could_close_the_gap() -> None:
    requirement = {"kind": "persons", "level": "advanced", "at_least": 2, "job_role": "sales"}
    members = [member(1), member(2), member(3, "technical"), member(4, to_at=day(2025, 1, 1))]
    check = the_check(requirement, Records(members, [holding(1, "advanced"), holding(2), holding(3, "master")]))
    assert [who.person_id for who in check.people] == [1]
    assert [(who.name, who.level) for who in check.candidates] == [("Person 2", "fundamentals")]


def test_a_requirement_that_is_met_names_no_candidates() -> None:
    requirement = {"kind": "persons", "level": "fundamentals", "at_least": 1}
    assert the_check(requirement, Records([member(1), member(2)], [holding(1)])).candidates == ()


def test_the_job_roles_of_the_files_are_those_of_the_memberships() -> None:
    assert set(get_args(JobRole)) == {role.value for role in organisations.JobRole}


def test_a_metric_adds_the_facts_valid_at_the_instant() -> None:
    requirement = {"kind": "metric", "metric": "customers", "at_least": 5}
    facts = [fact("customers", 3), fact("customers", 2, None, START, NOW), fact("leads", 9)]
    assert [the_check(requirement, Records(facts=facts), at).have for at in (NOW - TICK, NOW)] == [5, 3]


def test_an_agreement_holds_while_its_fact_is_valid_and_says_yes() -> None:
    requirement = {"kind": "agreement", "metric": "agreement"}
    signed = Records(facts=[fact("agreement", 1, None, START, NOW)])
    assert [the_check(requirement, signed, at).met for at in (START - TICK, START, NOW - TICK, NOW)] == [
        False,
        True,
        True,
        False,
    ]
    assert not the_check(requirement, Records(facts=[fact("agreement", 0)])).met


REVENUE = {"kind": "money", "metric": "revenue", "window_months": 12, "currency": "USD", "at_least": "100.00"}


def test_money_counts_from_the_end_of_its_period_until_it_leaves_the_window() -> None:
    year = Records(facts=[fact("revenue", 100_00, "USD", day(2024, 1, 1), day(2025, 1, 1))])
    instants = [day(2025, 1, 1) - TICK, day(2025, 1, 1), day(2026, 1, 1) - TICK, day(2026, 1, 1)]
    assert [the_check(REVENUE, year, at).met for at in instants] == [False, True, True, False]


def test_money_that_came_in_at_once_counts_from_that_instant() -> None:
    sale = Records(facts=[fact("revenue", 100_00, "USD", day(2024, 2, 29))])
    instants = [day(2024, 2, 29) - TICK, day(2024, 2, 29), day(2025, 2, 28) - TICK, day(2025, 2, 28)]
    assert [the_check(REVENUE, sale, at).met for at in instants] == [False, True, True, False]


@steady
@given(st.integers(0, 364))
def test_a_window_of_twelve_months_holds_twelve_months_on_every_day(offset: int) -> None:
    months = [day(2023 + n // 12, n % 12 + 1, 1) for n in range(49)]
    facts = [fact("revenue", 1, "USD", *period) for period in pairwise(months)]
    assert the_check(REVENUE, Records(facts=facts), day(2025, 1, 1) + timedelta(days=offset)).have == 12


def test_currencies_are_never_mixed_and_what_is_not_counted_is_listed() -> None:
    sale, foreign = fact("revenue", 60_00, "USD"), fact("revenue", 60_00, "EUR")
    running, later = fact("revenue", 60_00, "USD", START, NOW), fact("revenue", 60_00, "USD", NOW)
    check = the_check(REVENUE, Records(facts=[sale, foreign, running, later]), day(2024, 6, 1))
    assert (check.have, check.need, check.gap, check.currency) == (60_00, 100_00, 40_00, "USD")
    assert check.facts == (sale,)
    assert check.left_out == ((foreign, "other_currency"), (running, "not_over"))


def test_a_count_with_a_currency_is_no_count() -> None:
    requirement = {"kind": "metric", "metric": "customers", "at_least": 1}
    assert the_check(requirement, Records(facts=[fact("customers", 5, "USD")])).have == 0


def test_all_of_needs_every_part_and_any_of_needs_one() -> None:
    parts = [{"kind": "metric", "metric": name, "at_least": 1} for name in ("a", "b")]
    for facts, both, one in (([], False, False), ([fact("a")], False, True), ([fact("a"), fact("b")], True, True)):
        records = Records(facts=facts)
        assert the_check({"kind": "all_of", "requirements": parts}, records).met is both
        assert the_check({"kind": "any_of", "requirements": parts}, records).met is one


def test_the_next_change_is_the_nearest_edge_ahead() -> None:
    records = Records(
        [member(1, to_at=day(2025, 9, 1))],
        [holding(1, valid_to=day(2025, 8, 1))],
        [fact("revenue", 1, "USD", day(2024, 7, 1)), fact("unasked", 1, None, day(2025, 6, 15))],
    )
    seen, ahead = [], qualify(EMAIL, records, NOW).next_change_at
    while ahead:
        seen.append(ahead)
        ahead = qualify(EMAIL, records, ahead).next_change_at
    assert seen == [day(2025, 7, 1), day(2025, 8, 1), day(2025, 9, 1)]


def test_a_fact_until_the_end_of_time_is_no_trouble() -> None:
    endless = fact("revenue", 1, "USD", START, datetime.max.replace(tzinfo=START.tzinfo))
    check = the_check(REVENUE, Records(facts=[endless]))
    assert check.left_out == ((endless, "not_over"),)


@steady
@given(some_records(), moments(), st.floats(0, 1, exclude_max=True))
def test_nothing_changes_by_itself_before_the_next_change(records: Records, at: datetime, fraction: float) -> None:
    now = qualify(PROGRAMME, records, at)
    ahead = (now.next_change_at or at + timedelta(days=DAYS)) - at
    later = min(at + ahead * fraction, at + ahead - TICK)
    assert replace(qualify(PROGRAMME, records, later), at=at) == now


@steady
@given(some_records(), moments())
def test_the_order_of_the_records_changes_nothing(records: Records, at: datetime) -> None:
    turned = Records(records.members[::-1], records.holdings[::-1], records.facts[::-1])
    assert qualify(PROGRAMME, turned, at).tier == qualify(PROGRAMME, records, at).tier


@steady
@given(some_records(), moments(), st.builds(fact, st.just("customers"), st.integers(1, 3)))
def test_another_fact_never_lowers_what_is_earned(records: Records, at: datetime, more: Fact) -> None:
    richer = replace(records, facts=[*records.facts, more])
    before, after = (qualify(PROGRAMME, one, at) for one in (records, richer))
    assert after.rank(after.tier) >= before.rank(before.tier)
