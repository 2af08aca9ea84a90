"""Validity: what a credential is worth at an instant. Expiry is derived from dates, never stored."""

import enum
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
    """The instants that a credential's state follows from."""

    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    superseded_at: datetime | None = None
    withdrawn_at: datetime | None = None

    @property
    def ends_at(self) -> datetime:
        """The first instant at which it is no longer valid."""
        ends = (self.expires_at, self.revoked_at, self.superseded_at, self.withdrawn_at)
        return min(end for end in ends if end is not None)


def state_at(dates: Dates, at: datetime) -> State:
    """The state at an instant; valid in the half-open interval from issue to the first end."""
    for moment, state in (
        (dates.withdrawn_at, State.WITHDRAWN),
        (dates.revoked_at, State.REVOKED),
        (dates.superseded_at, State.SUPERSEDED),
    ):
        if moment is not None and moment <= at:
            return state
    return State.EXPIRED if dates.expires_at <= at else State.VALID
