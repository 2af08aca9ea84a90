"""When an attempt ends: its deadline, and the grace within which what was sent in time may still arrive."""

from datetime import datetime, timedelta
from fractions import Fraction

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
