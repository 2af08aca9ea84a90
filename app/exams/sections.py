"""Sections: the parts of a form, which of them is present at an instant, what it leaves open, and until when.

Nothing but explicit finishes is ever stored: a section whose own time is over is followed by the next one by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from app.exams.timing import GRACE, is_overdue

MILLISECOND = timedelta(milliseconds=1)
Rules = Sequence[Mapping[str, Any]]  # the sections of a published exam; none where the form is not divided


@dataclass(frozen=True)
class Present:
    """The section `number` (from 0): its positions, those that may be answered, and until when.

    `may_return` says whether its items stay open once it is finished. `ends` holds when those before it ended, in
    milliseconds after the start.
    """

    number: int
    positions: range
    open_positions: range
    deadline: datetime
    is_last: bool
    may_return: bool
    ends: tuple[int, ...] = ()


def present_section(
    exam: Mapping[str, Any],
    lengths: Sequence[int],
    ends: Sequence[int],
    started_at: datetime,
    deadline_at: datetime,
    at: datetime,
) -> Present:
    """`ends` are those of explicit finishes. More time for an attempt is more time for each of its sections."""
    rules: Rules = exam.get("sections") or ({"duration_min": None, "back": True},)
    scale = (deadline_at - started_at) / exam["duration_min"]  # of a minute; the person's time factor is in it
    known = list(ends)
    while True:
        number = len(known)
        begun = started_at + known[-1] * MILLISECOND if known else started_at
        minutes = rules[number]["duration_min"]
        due = deadline_at if minutes is None else min(deadline_at, begun + minutes * scale)
        is_last = number == len(rules) - 1
        if is_last or minutes is None or not is_overdue(due, at):
            break
        known.append(millis(due + GRACE - started_at))
    spans = _spans(lengths)
    open_from = spans[_earliest_open(rules, number)].start
    return Present(
        number,
        spans[number],
        range(open_from, spans[number].stop),
        due,
        is_last,
        may_return=not is_last and _earliest_open(rules, number + 1) <= number,
        ends=tuple(known),
    )


def millis(length: timedelta) -> int:
    """Whole milliseconds, as ends are stored."""
    return int(length / MILLISECOND)


def _spans(lengths: Sequence[int]) -> list[range]:
    stops = list(accumulate(lengths))
    return [range(stop - length, stop) for stop, length in zip(stops, lengths, strict=True)]


def _earliest_open(rules: Rules, number: int) -> int:
    """Back from a section as far as each allows it and had no time of its own."""
    while number and rules[number]["back"] and rules[number - 1]["duration_min"] is None:
        number -= 1
    return number
