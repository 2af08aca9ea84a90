"""Earnings: the revenue of each month, and the commission of the tier held on the day, exact to the minor unit."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.partners.earnings import Earnings, Month, Rated, Share, earnings_in
from app.partners.records import Fact

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
CHANGE = datetime(2026, 2, 10, tzinfo=UTC)
SILVER, GOLD = ("silver", Decimal("12.5")), ("gold", Decimal(20))


def fact(value: int, day: str, end: str | None = None, metric: str = "revenue", currency: str | None = "USD") -> Fact:
    since, until = (datetime.fromisoformat(f"{one}T00:00:00+00:00") if one else None for one in (day, end))
    assert since
    return Fact(
        id=1,
        metric=metric,
        value=value,
        currency=currency,
        valid_from=since,
        valid_to=until,
        recorded_at=NOW,
        source="crm",
    )


def rated(at: datetime) -> Rated:
    """Nothing before 2025, Silver until the change, Gold from then on."""
    if at.year < 2025:
        return None, None
    return SILVER if at < CHANGE else GOLD


def month(first: str, *facts: Fact) -> Month:
    [earnings] = earnings_in(facts, rated, NOW)
    return next(one for one in earnings.months if one.first == date.fromisoformat(first))


def test_there_are_twenty_four_months_and_this_one_is_the_first() -> None:
    [earnings] = earnings_in([fact(100, "2026-03-01"), fact(1, "2024-04-01"), fact(7, "2024-03-31")], rated, NOW)
    assert [str(one.first) for one in earnings.months[:3]] == ["2026-03-01", "2026-02-01", "2026-01-01"]
    assert (len(earnings.months), earnings.months[-1].first) == (24, date(2024, 4, 1))
    assert (earnings.revenue, earnings.months[-1].revenue) == (101, 1)


@pytest.mark.parametrize(
    ("day", "end", "first", "share"),
    [
        ("2026-02-01", "2026-03-01", "2026-02-01", GOLD),  # a month: its last day
        ("2025-12-01", "2026-02-01", "2026-01-01", SILVER),  # two months: the last of them
        ("2026-02-09", "2026-02-10", "2026-02-01", SILVER),  # the last day of Silver
        ("2026-02-10", None, "2026-02-01", GOLD),
        ("2026-02-09", None, "2026-02-01", SILVER),
        ("2026-03-01", "2026-04-01", "2026-03-01", GOLD),  # not over: the tier held now
    ],
)
def test_a_fact_counts_on_the_last_day_of_its_period(day: str, end: str | None, first: str, share: Rated) -> None:
    [counted] = month(first, fact(1000, day, end)).shares
    assert counted == Share(*share, 1000)


def test_a_tier_that_changed_within_a_month_counts_by_the_day_of_each_fact() -> None:
    found = month("2026-02-01", fact(10_00, "2026-02-03"), fact(100_00, "2026-02-20"), fact(5_00, "2026-02-04"))
    assert found.shares == [Share("silver", Decimal("12.5"), 15_00), Share("gold", Decimal(20), 100_00)]
    assert found.commission == 21_88  # 1.875 and 20, rounded once: 21.875 to the even cent


@pytest.mark.parametrize(("cents", "commission"), [(4, 0), (12, 2), (20, 2), (28, 4), (-12, -2), (-20, -2), (0, 0)])
def test_half_a_cent_goes_to_the_even_one(cents: int, commission: int) -> None:
    assert month("2026-01-01", fact(cents, "2026-01-05")).commission == commission


def test_the_largest_amounts_are_exact() -> None:
    largest = 10**17 + 4
    assert (
        month("2026-01-01", *[fact(largest, "2026-01-05")] * 9).commission == 9 * largest * 125 // 1000
    )  # …04.5, to the even one


def test_what_was_recorded_as_commission_is_shown_as_it_is() -> None:
    paid = [fact(30, "2026-01-31", metric="commission"), fact(-1, "2026-01-02", metric="commission")]
    found = month("2026-01-01", fact(1000, "2026-01-05"), *paid)
    assert (found.revenue, found.commission, found.is_recorded) == (1000, 29, True)
    assert month("2026-01-01", *paid).revenue == 0


def test_without_a_tier_there_is_no_commission() -> None:
    assert month("2024-12-01", fact(1000, "2024-12-31")).commission is None
    assert month("2025-12-01", fact(1, "2026-01-05")).commission is None


def test_currencies_are_kept_apart_and_counts_left_out() -> None:
    facts = [fact(100, "2026-01-05"), fact(200, "2026-01-05", currency="EUR"), fact(3, "2026-01-05", currency=None)]
    found = earnings_in([*facts, fact(9, "2026-01-05", metric="pipeline")], rated, NOW)
    assert [(one.currency, one.revenue) for one in found] == [("EUR", 200), ("USD", 100)]


def test_what_lies_ahead_or_long_ago_is_not_shown() -> None:
    assert earnings_in([fact(1, "2026-03-01", "9999-12-31"), fact(1, "2020-01-01")], rated, NOW) == []


def test_the_sum_is_that_of_the_months() -> None:
    [earnings] = earnings_in([fact(12, f"2025-{number:02}-03") for number in range(1, 13)], rated, NOW)
    assert isinstance(earnings, Earnings)
    assert (earnings.commission, earnings.highest) == (12 * 2, 12)
