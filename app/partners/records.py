"""What is known of one organisation in one programme, as plain values: members, credentials, facts.

Every interval is half-open, [from, to): the first instant counts, the last does not; without an end it goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Member:
    """A membership: a person who works for the organisation."""

    person_id: int
    name: str
    job_role: str
    from_at: datetime
    to_at: datetime | None = None


@dataclass(frozen=True)
class Holding:
    """A credential; `valid_to` is its expiry or its revocation, whichever came first."""

    person_id: int
    level: str
    public_id: str
    valid_from: datetime
    valid_to: datetime | None = None


@dataclass(frozen=True)
class Fact:
    """`value` counts things, or minor units where there is a currency. Money without `valid_to` came in at once.

    `evidence` is a text or a link that shows it; `corrects` is the id of the fact that this one replaces.
    """

    id: int
    metric: str
    value: int
    currency: str | None
    valid_from: datetime
    valid_to: datetime | None
    recorded_at: datetime
    source: str
    evidence: str | None = None
    corrects: int | None = None


@dataclass(frozen=True)
class Records:
    """For "what did we know then" the caller leaves out what was recorded later."""

    members: Sequence[Member] = ()
    holdings: Sequence[Holding] = ()
    facts: Sequence[Fact] = ()


def holds(start: datetime, end: datetime | None, at: datetime) -> bool:
    """Whether the instant lies in [start, end)."""
    return start <= at and (end is None or at < end)
