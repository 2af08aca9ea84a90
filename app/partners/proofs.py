"""Proofs: what comes of holding one requirement against the records, with who and what proves it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from app.content.schema import Text
from app.partners.figures import Bound
from app.partners.records import Fact

LeftOut = Literal["other_currency", "not_over", "no_evidence", "not_latest"]
Unit = Literal["persons", "count", "minor_units", "agreements", "requirements", "grade", "tenure", "tiers", "points"]


class Who(NamedTuple):
    """A present member, with the best valid credential for the requirement (of a candidate: the best there is).

    `done_at` is when who counts for a training completed it.
    """

    person_id: int
    name: str
    job_role: str
    level: str | None
    public_id: str | None
    valid_to: datetime | None
    region: str | None = None
    done_at: datetime | None = None


@dataclass(frozen=True)
class Conversion:
    """What a fact is worth in another currency's minor units, by the rate of a day."""

    fact: Fact
    worth: int
    currency: str
    rate: Decimal
    on: date


@dataclass(frozen=True)
class Tally:
    """How many there are, and the proof; `others` are the present members who would be counted if they earned it."""

    have: int
    unit: Unit
    currency: str | None = None
    people: tuple[Who, ...] = ()
    others: tuple[Who, ...] = ()
    facts: tuple[Fact, ...] = ()
    left_out: tuple[tuple[Fact, LeftOut], ...] = ()
    converted: tuple[Conversion, ...] = ()


@dataclass(frozen=True)
class Limits:
    """The bounds as the file states them."""

    stated: Mapping[Bound, int]


@dataclass(frozen=True)
class Share:
    """At least so many per cent of the members present, or more than so many."""

    percent: Decimal
    exclusive: bool
    present: int


@dataclass(frozen=True)
class Reached:
    """When so many months of taking part are reached; without a beginning they never are."""

    months: int
    since: datetime | None
    at: datetime | None


@dataclass(frozen=True)
class Grades:
    """What the grades are called."""

    names: Mapping[int, Text]


@dataclass(frozen=True)
class Reference:
    """The tier whose proof stands elsewhere in the explanation; it has no name if there is no such tier."""

    ladder: str
    tier: str
    name: Text | None


@dataclass(frozen=True)
class Worth:
    """How a part came to its points: `points` for every full `per` of what there is, `at_most` so many."""

    have: int
    unit: Unit
    currency: str | None
    per: int
    points: int
    at_most: int | None


Terms = Limits | Share | Reached | Grades | Reference | Worth


@dataclass(frozen=True)
class Check:
    """What a requirement asks for, what there is, and the proof.

    It is met by `need` and more, but by `most` at most; `terms` say what its kind adds. `candidates` are the present
    members who would help to close the gap by earning the credential or completing the training; `left_out` the facts
    of the metric that someone may miss in the sum, each with the reason.
    """

    id: str
    kind: str
    name: Text
    have: int
    need: int
    unit: Unit
    currency: str | None = None
    people: tuple[Who, ...] = ()
    candidates: tuple[Who, ...] = ()
    facts: tuple[Fact, ...] = ()
    left_out: tuple[tuple[Fact, LeftOut], ...] = ()
    checks: tuple["Check", ...] = ()
    most: int | None = None
    terms: Terms | None = None
    converted: tuple[Conversion, ...] = ()

    @property
    def met(self) -> bool:
        """Points need the minimum of each part too."""
        within = self.have >= self.need and (self.most is None or self.have <= self.most)
        return within and (self.kind != "points" or all(part.met for part in self.checks))

    @property
    def gap(self) -> int:
        return max(0, self.need - self.have)

    @property
    def excess(self) -> int:
        """By how much there is too much."""
        return max(0, self.have - self.most) if self.most is not None else 0
