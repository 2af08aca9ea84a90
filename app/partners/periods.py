"""Periods, purely: the days, weeks, months, quarters and years of reports, and the anniversaries of reviews."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.exams.retakes import add_months
from app.partners.particulars import Cadence
from app.partners.timeline import start_of

DAY = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 1970, 2999
MONTHS: dict[str, int] = {"monthly": 1, "quarterly": 3, "annual": 12}
SHAPES: dict[str, str] = {
    "daily": r"(\d{4})-(\d{2})-(\d{2})",
    "weekly": r"(\d{4})-W(\d{2})",
    "monthly": r"(\d{4})-(\d{2})",
    "quarterly": r"(\d{4})-Q([1-4])",
    "annual": r"(\d{4})",
}


class Period(NamedTuple):
    """The half-open interval [start, end) in UTC that a report is about; `id` is as in 2026-10-12, 2026-W42, 2026-10,
    2026-Q4 or 2026."""

    cadence: Cadence
    id: str
    start: datetime
    end: datetime


def period_named(cadence: Cadence, text: str) -> Period:
    """The period of an id, or ValueError."""
    found = re.fullmatch(SHAPES[cadence], text, re.ASCII)
    if not found or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise ValueError(text)
    return period_of(cadence, _first_day(cadence, [int(part) for part in found.groups()]))


def period_of(cadence: Cadence, day: date) -> Period:
    """The period that a day lies in."""
    if cadence == "daily":
        return Period(cadence, day.isoformat(), start_of(day), start_of(day + DAY))
    if cadence == "weekly":
        year, week, weekday = day.isocalendar()
        monday = day - timedelta(days=weekday - 1)
        return Period(cadence, f"{year}-W{week:02}", start_of(monday), start_of(monday + 7 * DAY))
    months = MONTHS[cadence]
    first = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    names = {1: f"{first:%Y-%m}", 3: f"{first:%Y}-Q{first.month // 3 + 1}", 12: f"{first:%Y}"}
    return Period(cadence, names[months], start_of(first), add_months(start_of(first), months))


def last_periods(cadence: Cadence, at: datetime, number: int) -> list[Period]:
    """The periods that are over, the latest first."""
    periods = [period_of(cadence, (period_of(cadence, at.date()).start - DAY).date())]
    while len(periods) < number:
        periods.append(period_of(cadence, (periods[-1].start - DAY).date()))
    return periods


def month_ends(at: datetime, number: int) -> list[datetime]:
    """The ends of the last months that are over, the earliest first."""
    end = start_of(at.date().replace(day=1))
    return [add_months(end, -n) for n in reversed(range(number))]


def next_review(joined: date, every_months: int, at: datetime) -> datetime:
    """The first anniversary review after an instant."""
    number = 1
    while add_months(start_of(joined), every_months * number) <= at:
        number += 1
    return add_months(start_of(joined), every_months * number)


def joined_for_review(
    earliest: date, every_months: int, start: datetime, end: datetime
) -> Sequence[tuple[datetime, datetime]]:
    """The half-open intervals in which one joined whose review lies in (start, end], none of it before `earliest`."""
    intervals = []
    months = every_months
    while add_months(end, -months).date() + 4 * DAY >= earliest:
        first, last = _joined_after(start, months), _joined_after(end, months)
        intervals.append((start_of(first), start_of(last)))
        months += every_months
    return intervals


def _joined_after(instant: datetime, months: int) -> date:
    """The first day whose anniversary comes after the instant; a day that the month lacks is its last."""
    day = add_months(instant, -months).date() - 4 * DAY
    while add_months(start_of(day), months) <= instant:
        day += DAY
    return day


def _first_day(cadence: Cadence, parts: list[int]) -> date:
    if cadence == "weekly":
        return date.fromisocalendar(parts[0], parts[1], 1)
    if cadence == "quarterly":
        return date(parts[0], 3 * parts[1] - 2, 1)
    return date(*[*parts, 1, 1][:3])
