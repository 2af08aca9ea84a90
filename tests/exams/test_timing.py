"""Deadlines and the grace after them."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from app.exams.timing import GRACE, accepts, deadline, is_overdue

START = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
END = deadline(START, 45)
MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("minutes", "factor", "seconds"), [(45, "1", 2700), (45, "3/2", 4050), (60, "2", 7200), (1, "1/7", 9)]
)
def test_the_time_factor_stretches_the_duration(minutes: int, factor: str, seconds: int) -> None:
    assert deadline(START, minutes, Fraction(factor)) - START == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("at", "counts"),
    [(END - MOMENT, True), (END, True), (END + GRACE, True), (END + GRACE + MOMENT, False)],
)
def test_what_arrives_within_the_grace_counts(at: datetime, counts: bool) -> None:
    assert accepts(END, at) is counts
    assert is_overdue(END, at) is not counts


def test_the_grace_outlasts_the_busy_timeout_of_the_store() -> None:
    assert timedelta(seconds=10) < GRACE
