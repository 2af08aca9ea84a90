"""Validity: what a credential is worth at an instant. Expiry is derived from dates, never stored."""

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime


class State(enum.StrEnum):
    """The states of a credential, the gravest first to apply."""

    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    VALID = "valid"


@dataclass(frozen=True)
class Dates:
    """The instants that a credential's state follows from; `reissued_at` of one that was made to correct another."""

    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    superseded_at: datetime | None = None
    withdrawn_at: datetime | None = None
    reissued_at: datetime | None = None

    @property
    def ends_at(self) -> datetime:
        """The first instant at which it is no longer valid."""
        ends = (self.expires_at, self.revoked_at, self.superseded_at, self.withdrawn_at)
        return min(end for end in ends if end is not None)


def periods(dates: Dates, lapses: Iterable[tuple[datetime, datetime]] = ()) -> Iterator[tuple[datetime, datetime]]:
    """The half-open intervals in which it counts, in order; `lapses` are those from a revocation to its taking back."""
    start = dates.reissued_at or dates.issued_at
    for lapsed_at, back_at in sorted(lapses):
        if start < min(lapsed_at, dates.ends_at):
            yield start, min(lapsed_at, dates.ends_at)
        start = max(start, back_at)
    if start < dates.ends_at:
        yield start, dates.ends_at


def state_at(dates: Dates, at: datetime) -> State:
    """The state at an instant; valid in the half-open interval from issue to the first end.

    A revocation that was taken back is not among the dates: `periods` knows it, for who looks into the past.
    """
    for moment, state in (
        (dates.withdrawn_at, State.WITHDRAWN),
        (dates.revoked_at, State.REVOKED),
        (dates.superseded_at, State.SUPERSEDED),
    ):
        if moment is not None and moment <= at:
            return state
    return State.EXPIRED if dates.expires_at <= at else State.VALID
