"""Periods of reports begin and end where they say, and reviews are found by when one joined."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.partners.particulars import Cadence
from app.partners.periods import (
    SHAPES,
    joined_for_review,
    last_periods,
    month_ends,
    next_review,
    period_named,
    period_of,
)
from app.partners.reports import NoSuchReport, period_asked
from app.partners.timeline import start_of
from tests.partners.strategies import steady

pytestmark = pytest.mark.once
DAYS = st.dates(date(2001, 1, 1), date(2060, 12, 31))


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("cadence", "name", "start", "end"),
    [
        ("daily", "2024-02-29", "2024-02-29", "2024-03-01"),
        ("weekly", "2026-W53", "2026-12-28", "2027-01-04"),
        ("weekly", "2027-W01", "2027-01-04", "2027-01-11"),
        ("monthly", "2026-12", "2026-12-01", "2027-01-01"),
        ("quarterly", "2026-Q4", "2026-10-01", "2027-01-01"),
        ("annual", "2026", "2026-01-01", "2027-01-01"),
    ],
)
def test_where_a_period_begins_and_ends(cadence: Cadence, name: str, start: str, end: str) -> None:
    period = period_named(cadence, name)
    assert (period.id, period.start, period.end) == (name, day(start), day(end))


@pytest.mark.parametrize(
    ("cadence", "name"),
    [
        ("daily", "2026-02-30"),
        ("weekly", "2025-W53"),
        ("weekly", "2026-W00"),
        ("monthly", "2026-13"),
        ("monthly", "2026-1"),
        ("quarterly", "2026-Q5"),
        ("annual", "0000"),
        ("annual", "9999"),
        ("annual", "٢٠٢٦"),
        ("monthly", "2026-10\n"),
        ("daily", ""),
    ],
)
def test_what_is_no_period(cadence: Cadence, name: str) -> None:
    with pytest.raises(NoSuchReport):
        period_asked(cadence, name)


@steady
@given(st.sampled_from(sorted(SHAPES)), DAYS)
def test_periods_follow_each_other_and_hold_their_days(cadence: Cadence, when: date) -> None:
    period = period_of(cadence, when)
    assert period.start <= start_of(when) < period.end
    assert period_named(cadence, period.id) == period
    assert period_of(cadence, period.end.date()).start == period.end


def test_the_last_periods_are_over() -> None:
    at = day("2026-11-22") + timedelta(hours=9)
    assert [one.id for one in last_periods("monthly", at, 3)] == ["2026-10", "2026-09", "2026-08"]
    assert [one.id for one in last_periods("weekly", at, 2)] == ["2026-W46", "2026-W45"]
    assert last_periods("daily", at, 1)[0].end == day("2026-11-22")
    assert [f"{end:%Y-%m-%d}" for end in month_ends(at, 3)] == ["2026-09-01", "2026-10-01", "2026-11-01"]


@steady
@given(DAYS, st.integers(1, 36), DAYS, st.integers(1, 120))
def test_who_joined_on_which_days_has_a_review_ahead(joined: date, months: int, today: date, days: int) -> None:
    at = start_of(today)
    ahead = at + timedelta(days=days)
    found = any(a <= start_of(joined) < b for a, b in joined_for_review(date(2001, 1, 1), months, at, ahead))
    assert found == (next_review(joined, months, at) <= ahead)
