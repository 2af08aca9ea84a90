"""What is held: upgrades at once, risk, review, grace and recovery, and the same answer however often one looks."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.partners.records import Records
from app.partners.rules import Review
from app.partners.tiers import Held, Qualification, TierProof, fold, qualify, start_of
from tests.partners.making import START, day, holding, ladder, last_step, member, text
from tests.partners.strategies import DAYS, PROGRAMME, moments, some_records, steady

pytestmark = pytest.mark.once

TICK = timedelta(microseconds=1)
JOINED = date(2024, 3, 15)
REVIEW = Review(every_months=12, grace_days=90)
REVIEWED = day(2025, 3, 15)
LOST = REVIEWED + timedelta(days=90)
FELL = day(2025, 2, 1)


def earning(tier: str | None, next_change_at: datetime | None = None) -> Qualification:
    """A qualification on a ladder of bronze, silver and gold."""
    proofs = tuple(TierProof(id, rank, text(id), ()) for rank, id in enumerate(["bronze", "silver", "gold"], start=1))
    return Qualification("small", text("Small"), START, tier, proofs, next_change_at)


def steps(*seen: tuple[datetime, str | None], held: Held | None = None, review: Review = REVIEW) -> Held:
    """Fold what is earned at each of the instants."""
    for at, tier in seen:
        held = fold(held, earning(tier), at, JOINED, review)
    assert held is not None
    return held


JOIN = (day(2024, 3, 15), "silver")
AT_RISK = Held("silver", JOIN[0], at_risk_since=FELL, review_at=REVIEWED, next_change_at=REVIEWED)
IN_GRACE = Held("silver", JOIN[0], FELL, REVIEWED, grace_until=LOST, next_change_at=LOST)


def test_what_is_earned_at_the_start_is_held() -> None:
    assert steps(JOIN) == Held("silver", JOIN[0])
    assert steps((JOIN[0], None)) == Held(None, JOIN[0])


def test_an_upgrade_comes_at_once() -> None:
    assert steps(JOIN, (FELL, "gold")) == Held("gold", FELL)


def test_nothing_new_leaves_the_tier_since_when_it_was() -> None:
    assert steps(JOIN, (FELL, "silver"), (LOST, "silver")) == Held("silver", JOIN[0])


def test_a_fall_is_a_risk_from_the_first_day_and_no_more_until_the_review() -> None:
    assert steps(JOIN, (FELL, "bronze")) == AT_RISK
    assert steps(JOIN, (FELL, "bronze"), (FELL + timedelta(days=5), None), (REVIEWED - TICK, "bronze")) == AT_RISK


def test_a_failed_review_opens_the_grace() -> None:
    assert steps(JOIN, (FELL, "bronze"), (REVIEWED, "bronze")) == IN_GRACE
    assert steps(JOIN, (FELL, "bronze"), (REVIEWED, "bronze"), (LOST - TICK, "bronze")) == IN_GRACE


def test_a_fall_at_the_instant_of_the_review_fails_it() -> None:
    assert steps(JOIN, (REVIEWED, "bronze")).grace_until == LOST


def test_when_the_grace_ends_what_is_earned_then_is_held() -> None:
    assert steps((LOST, "bronze"), held=IN_GRACE) == Held("bronze", LOST)
    assert steps((LOST, None), held=IN_GRACE) == Held(None, LOST)


def test_a_recovery_ends_risk_and_grace_and_the_tier_was_held_all_along() -> None:
    assert steps((REVIEWED - TICK, "silver"), held=AT_RISK) == Held("silver", JOIN[0])
    assert steps((LOST - TICK, "silver"), held=IN_GRACE) == Held("silver", JOIN[0])
    assert steps((LOST - TICK, "gold"), held=IN_GRACE) == Held("gold", LOST - TICK)


def test_recovered_at_the_instant_the_grace_ends_is_recovered() -> None:
    assert steps((LOST, "silver"), held=IN_GRACE) == Held("silver", JOIN[0])


def test_who_falls_after_the_review_waits_for_the_next_one() -> None:
    assert steps(JOIN, (REVIEWED + TICK, "bronze")).review_at == day(2026, 3, 15)


def test_a_second_fall_has_its_own_review() -> None:
    fell_again = LOST - timedelta(days=1)
    held = steps((LOST - timedelta(days=2), "silver"), (fell_again, "bronze"), held=IN_GRACE)
    assert held == Held("silver", JOIN[0], fell_again, day(2026, 3, 15), next_change_at=day(2026, 3, 15))


def test_without_grace_the_review_itself_decides() -> None:
    assert steps((REVIEWED, "bronze"), held=AT_RISK, review=Review(every_months=12, grace_days=0)) == Held(
        "bronze", REVIEWED
    )


def test_a_grace_once_given_outlives_a_stricter_rule() -> None:
    stricter = Review(every_months=12, grace_days=10)
    assert steps((LOST - TICK, "bronze"), held=IN_GRACE, review=stricter) == IN_GRACE


def test_a_tier_that_the_ladder_lost_gives_way_to_what_is_earned() -> None:
    assert steps((FELL, "bronze"), held=Held("diamond", JOIN[0])) == Held("bronze", FELL)
    assert steps((FELL, None), held=Held("diamond", JOIN[0])) == Held(None, FELL)


def test_the_next_change_of_the_records_is_kept_when_it_comes_first() -> None:
    soon = FELL + timedelta(days=1)
    assert fold(AT_RISK, earning("bronze", soon), FELL, JOINED, REVIEW).next_change_at == soon
    assert fold(None, earning("bronze", soon), FELL, JOINED, REVIEW).next_change_at == soon


def test_reviews_come_back_on_the_day_of_the_month_it_began() -> None:
    leap = date(2024, 2, 29)
    assert review_after(day(2024, 3, 1), leap, 12) == day(2025, 2, 28)
    assert review_after(day(2025, 3, 1), leap, 12) == day(2026, 2, 28)
    assert review_after(day(2027, 3, 1), leap, 12) == day(2028, 2, 29)
    assert review_after(day(2025, 5, 1), date(2025, 1, 31), 3) == day(2025, 7, 31)


def review_after(fall: datetime, joined: date, months: int) -> datetime | None:
    """The review that a fall is looked at in."""
    return fold(
        Held("silver", START), earning("bronze"), fall, joined, Review(every_months=months, grace_days=90)
    ).review_at


def test_the_years_of_one_consultant() -> None:
    """An expiry on 1 Feb 2025, renewed too late: the tier until the grace is over, then none, then the tier again."""
    programme = ladder(
        [{"kind": "persons", "level": "fundamentals", "at_least": 1}],
        [{"kind": "persons", "level": "advanced", "at_least": 1}],
    )
    records = Records(
        [member(1)], [holding(1, "advanced", START, FELL), holding(1, "advanced", LOST + timedelta(days=30))]
    )
    at = partial(last_step, programme, records, anniversary_from=JOINED)
    assert at(FELL - TICK)[0].at_risk_since is None
    assert at(REVIEWED - TICK)[0] == Held("t2", start_of(JOINED), FELL, REVIEWED, None, REVIEWED)
    assert at(LOST - TICK)[0] == Held("t2", start_of(JOINED), FELL, REVIEWED, LOST, LOST)
    assert at(LOST)[0] == Held(None, LOST, next_change_at=LOST + timedelta(days=30))
    assert at(day(2030, 1, 1))[0] == Held("t2", LOST + timedelta(days=30))


def looked_at(instants: Iterable[datetime], records: Records) -> Held:
    """The standing as folded at exactly these instants."""
    held = None
    for at in instants:
        held = fold(held, qualify(PROGRAMME, records, at), at, START.date(), PROGRAMME.review)
    assert held is not None
    return held


@steady
@given(some_records(), st.integers(0, DAYS))
def test_a_look_every_day_and_a_look_when_told_agree(records: Records, days: int) -> None:
    daily = [START + timedelta(days=number) for number in range(days + 1)]
    assert looked_at(daily, records) == last_step(PROGRAMME, records, daily[-1], START.date())[0]


@steady
@given(some_records(), moments(), st.lists(moments(), max_size=5))
def test_looking_in_between_changes_nothing(records: Records, at: datetime, between: list[datetime]) -> None:
    held = None
    for instant in sorted(one for one in between if one < at):
        held, _ = last_step(PROGRAMME, records, instant, START.date(), held)
    assert last_step(PROGRAMME, records, at, START.date(), held) == last_step(PROGRAMME, records, at, START.date())


@steady
@given(some_records(), moments())
def test_what_is_held_is_never_below_what_is_earned(records: Records, at: datetime) -> None:
    held, qualification = last_step(PROGRAMME, records, at, START.date())
    assert qualification.rank(held.tier) >= qualification.rank(qualification.tier)
    assert (held.at_risk_since is None) == (held.tier == qualification.tier)
    assert held.next_change_at is None or held.next_change_at > at
