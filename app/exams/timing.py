"""When an attempt ends: its deadline, and the grace within which what was sent in time may still arrive."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Literal

GRACE = timedelta(seconds=15)  # longer than the store's busy timeout: whoever waits for it is served before the close


def deadline(started_at: datetime, duration_min: int, factor: Fraction = Fraction(1)) -> datetime:
    """The factor is the person's extra time: 3/2 makes sixty minutes ninety. Rounded up to the second."""
    return started_at + timedelta(seconds=-(-duration_min * 60 * factor // 1))


def accepts(deadline: datetime, at: datetime) -> bool:
    """Whether a response received at the instant counts."""
    return at <= deadline + GRACE


def is_overdue(deadline: datetime, at: datetime) -> bool:
    """Whether the attempt is to be closed, as no response can count any more."""
    return not accepts(deadline, at)


def latest_start(closes_at: datetime, duration_min: int, factor: Fraction = Fraction(1)) -> datetime:
    """The last instant at which the whole time still fits before the window closes."""
    return closes_at - (deadline(closes_at, duration_min, factor) - closes_at)


@dataclass(frozen=True)
class Window:
    """When an exam may be started: from `opens_at` until `latest_start`, each None where there is no such end."""

    opens_at: datetime | None = None
    latest_start: datetime | None = None

    def state(self, at: datetime) -> Literal["open", "not_yet", "over"]:
        if self.opens_at and at < self.opens_at:
            return "not_yet"
        return "over" if self.latest_start and at > self.latest_start else "open"


ALWAYS = Window()


def lost_s(started_at: datetime, deadline: datetime, since: datetime, until: datetime) -> int:
    """How many seconds of an attempt's time an outage took, rounded up; 0 when it took none."""
    lost = min(until, deadline) - max(since, started_at)
    return max(0, -(-lost // timedelta(seconds=1)))
