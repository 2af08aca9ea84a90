"""What is known of one organisation in one programme, as plain values: members, credentials, facts.

Every interval is half-open, [from, to): the first instant counts, the last does not; without an end it goes on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Member:
    """A membership: a person who works for the organisation; `region` is the code of where."""

    person_id: int
    name: str
    job_role: str
    from_at: datetime
    to_at: datetime | None = None
    region: str | None = None


@dataclass(frozen=True)
class Holding:
    """A credential; `valid_to` is its expiry or its revocation, whichever came first."""

    person_id: int
    level: str
    public_id: str
    valid_from: datetime
    valid_to: datetime | None = None


@dataclass(frozen=True)
class Completion:
    """A course of a track that a person has completed, for good."""

    person_id: int
    track: str
    course: str
    at: datetime


@dataclass(frozen=True)
class Fact:
    """`value` counts things, or minor units where there is a currency. Money without `valid_to` came in at once.

    `evidence` says what proves an attestation; `corrects` is the id of the fact that this one takes the place of.
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
    """For "what did we know then" the caller leaves out what was recorded later, and the facts that were corrected.

    `courses` are the courses that a track requires; `joined_at` is when the participation began.
    """

    members: Sequence[Member] = ()
    holdings: Sequence[Holding] = ()
    facts: Sequence[Fact] = ()
    completions: Sequence[Completion] = ()
    courses: Mapping[str, frozenset[str]] = field(default_factory=dict)
    joined_at: datetime | None = None


def holds(start: datetime, end: datetime | None, at: datetime) -> bool:
    """Whether the instant lies in [start, end)."""
    return start <= at and (end is None or at < end)
