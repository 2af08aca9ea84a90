"""Sections: the parts of a form, which of them is present at an instant, what it leaves open, and until when.

Nothing but explicit finishes and grants is ever stored: a section whose own time is over is followed by the next one by
itself. Its own time is its minutes, by the person's time factor, and the seconds that were granted to it; a grant never
moves the end of a section that is over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, zip_longest
from typing import Any, NamedTuple

from app.exams.timing import GRACE, is_overdue

MILLISECOND = timedelta(milliseconds=1)
Rules = Sequence[Mapping[str, Any]]  # the sections of a published exam; none where the form is not divided


class Clock(NamedTuple):
    """The times of an attempt; `granted` holds the seconds granted to its sections, as far as any were."""

    started_at: datetime
    deadline_at: datetime
    time_percent: int = 100
    granted: Sequence[int] = ()


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
    exam: Mapping[str, Any], lengths: Sequence[int], ends: Sequence[int], clock: Clock, at: datetime
) -> Present:
    """`ends` are those of explicit finishes."""
    rules = _rules(exam)
    known = list(ends)
    while True:
        number = len(known)
        due = _due(rules[number]["duration_min"], number, known, clock)
        is_last = number == len(rules) - 1
        if is_last or rules[number]["duration_min"] is None or not is_overdue(due, at):
            break
        known.append(millis(due + GRACE - clock.started_at))
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


def granted_to_present(granted: Sequence[int], present: Present, seconds: int) -> list[int]:
    """The seconds granted to each section, with those that the present one gets: the clock stood still in it."""
    more = [0] * present.number + [seconds]
    return [before + added for before, added in zip_longest(granted, more, fillvalue=0)]


def granted_to_rest(granted: Sequence[int], present: Present, seconds: int, exam: Mapping[str, Any]) -> list[int]:
    """The same where the whole attempt got the seconds: the present section and those to come get their shares."""
    minutes = [rule["duration_min"] or 0 for rule in _rules(exam)]
    more = [
        seconds * own // exam["duration_min"] if number >= present.number else 0 for number, own in enumerate(minutes)
    ]
    return [before + added for before, added in zip_longest(granted, more, fillvalue=0)]


def millis(length: timedelta) -> int:
    """Whole milliseconds, as ends are stored."""
    return int(length / MILLISECOND)


def _rules(exam: Mapping[str, Any]) -> Rules:
    return exam.get("sections") or ({"duration_min": None, "back": True},)


def _due(minutes: int | None, number: int, ends: Sequence[int], clock: Clock) -> datetime:
    """When the time of a section is over that began at the last of the ends: its own, and at most the attempt's."""
    if minutes is None:
        return clock.deadline_at
    begun = clock.started_at + (ends[-1] if ends else 0) * MILLISECOND
    granted = clock.granted[number] if number < len(clock.granted) else 0
    own = timedelta(minutes=minutes) * clock.time_percent / 100 + timedelta(seconds=granted)
    return min(clock.deadline_at, begun + own)


def _spans(lengths: Sequence[int]) -> list[range]:
    stops = list(accumulate(lengths))
    return [range(stop - length, stop) for stop, length in zip(stops, lengths, strict=True)]


def _earliest_open(rules: Rules, number: int) -> int:
    """Back from a section as far as each allows it and had no time of its own."""
    while number and rules[number]["back"] and rules[number - 1]["duration_min"] is None:
        number -= 1
    return number
