"""Targets, purely: a figure of a programme's file against what there is, and which figure comes next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from app.partners.particulars import Figure, Series
from app.partners.timeline import start_of

Status = Literal["met", "under_way", "missed", "beyond", "unmeasured"]
Measured = Callable[[Figure, datetime], Decimal | None]


@dataclass(frozen=True)
class Judged:
    """A figure against what there is (None: nothing is recorded), at the end of its last day if that is past.

    `percent` of the lower bound is there while the figure is under way or was missed; `is_next`: the date that comes
    next in its series.
    """

    figure: Figure
    have: Decimal | None
    status: Status
    percent: int | None
    is_next: bool


def judged(series: Series, measured: Measured, at: datetime) -> list[Judged]:
    """Every figure of a series; `measured` gives what there is for a figure at an instant."""
    upcoming = next_figure(series.values, at)
    found = []
    for figure in series.values:
        have = measured(figure, min(at, ends(figure) or at))
        status, percent = judge(figure, have, is_over=is_over(figure, at))
        found.append(Judged(figure, have, status, percent, figure is upcoming))
    return found


def next_figure(figures: Sequence[Figure], at: datetime) -> Figure | None:
    """The figure with the earliest last day that is not over."""
    ahead = [figure for figure in figures if figure.by and not is_over(figure, at)]
    return min(ahead, key=lambda figure: str(figure.by), default=None)


def ends(figure: Figure) -> datetime | None:
    """When its last day is over; None: it has no date."""
    return start_of(figure.by + timedelta(days=1)) if figure.by else None


def is_over(figure: Figure, at: datetime) -> bool:
    end = ends(figure)
    return end is not None and end <= at


def judge(figure: Figure, have: Decimal | None, *, is_over: bool) -> tuple[Status, int | None]:
    """Where a figure stands, and how many whole per cent of its lower bound are reached while it is not met."""
    if have is None:
        return "unmeasured", None
    if _reaches(figure, have) and _stays_below(figure, have):
        return "met", None
    if _reaches(figure, have) and _lower(figure) is not None:
        return "beyond", None
    return "missed" if is_over else "under_way", _percent(_lower(figure), have)


def mean(values: Sequence[Decimal | int]) -> Decimal | None:
    """To one decimal; None of nothing."""
    return round(Decimal(sum(values)) / len(values), 1) if values else None


def _lower(figure: Figure) -> Decimal | None:
    return figure.at_least if figure.at_least is not None else figure.more_than


def _reaches(figure: Figure, have: Decimal) -> bool:
    if figure.more_than is not None:
        return have > figure.more_than
    return figure.at_least is None or have >= figure.at_least


def _stays_below(figure: Figure, have: Decimal) -> bool:
    if figure.below is not None:
        return have < figure.below
    return figure.at_most is None or have <= figure.at_most


def _percent(lower: Decimal | None, have: Decimal) -> int | None:
    """Never a hundred, which would read as met."""
    return max(0, min(99, int(have * 100 / lower))) if lower else None
