"""Checks, purely: one requirement held against the records at an instant, with who and what proves it."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime
from typing import Literal

from app.content.levels import LEVELS, levels_from
from app.content.schema import Text
from app.exams.retakes import add_months
from app.partners.records import Fact, Holding, Member, Records, holds
from app.partners.rules import Agreement, AllOf, AnyOf, Metric, Money, Persons, Requirement, every_requirement

LeftOut = Literal["other_currency", "not_over"]
Unit = Literal["persons", "count", "minor_units", "agreements", "requirements"]
OnFacts = Metric | Money | Agreement

_FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Who:
    """A present member, with the best valid credential for the requirement (of a candidate: the best there is)."""

    person_id: int
    name: str
    job_role: str
    level: str | None
    public_id: str | None
    valid_to: datetime | None


@dataclass(frozen=True)
class Check:
    """What a requirement asks for, what there is, and the proof.

    `candidates` are the present members who would help to close the gap by earning the credential; `left_out` the
    facts of the metric that someone may miss in the sum, each with the reason.
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

    @property
    def met(self) -> bool:
        return self.have >= self.need

    @property
    def gap(self) -> int:
        return max(0, self.need - self.have)


@dataclass(frozen=True)
class Life:
    """From when a requirement sees a fact, from when it counts, and until when."""

    fact: Fact
    seen_from: datetime
    counts_from: datetime
    until: datetime | None


@dataclass(frozen=True)
class Timeline:
    """The records made ready to be looked at from any instant.

    `edges` are, in order, the instants at which a check may come out otherwise by the passing of time alone.
    """

    members: Sequence[Member]
    holdings: dict[int, list[Holding]]
    lives: dict[tuple[str, int | None], list[Life]]
    edges: Sequence[datetime]

    def next_edge(self, at: datetime) -> datetime | None:
        position = bisect_right(self.edges, at)
        return self.edges[position] if position < len(self.edges) else None


def timeline(requirements: Iterable[Requirement], records: Records) -> Timeline:
    holdings: dict[int, list[Holding]] = {}
    for holding in records.holdings:
        holdings.setdefault(holding.person_id, []).append(holding)
    counted = {_span(one) for one in every_requirement(requirements) if isinstance(one, Metric | Money | Agreement)}
    facts = sorted(records.facts, key=lambda fact: (fact.valid_from, fact.id))
    lives = {span: [_life(span, fact) for fact in facts if fact.metric == span[0]] for span in counted}
    instants = {
        *(edge for member in records.members for edge in (member.from_at, member.to_at)),
        *(edge for holding in records.holdings for edge in (holding.valid_from, holding.valid_to)),
        *(edge for row in lives.values() for life in row for edge in (life.seen_from, life.counts_from, life.until)),
    }
    return Timeline(
        members=sorted(records.members, key=lambda member: (member.name, member.person_id)),
        holdings=holdings,
        lives=lives,
        edges=sorted(instant for instant in instants if instant is not None),
    )


def _span(requirement: OnFacts) -> tuple[str, int | None]:
    """The metric, and the months of the window of money."""
    return requirement.metric, requirement.window_months if isinstance(requirement, Money) else None


def _life(span: tuple[str, int | None], fact: Fact) -> Life:
    """Money counts once its period is over, and then for the window's months.

    So twelve months, four quarters or one year fill a window of twelve months on every day of the year, and a
    thirteenth month never joins them.
    """
    months = span[1]
    if months is None:
        return Life(fact, fact.valid_from, fact.valid_from, fact.valid_to)
    end = fact.valid_to or fact.valid_from
    if end.year + months // 12 + 1 > MAXYEAR:  # "for ever" written as a date of the year 9999
        return Life(fact, fact.valid_from, end, None)
    return Life(fact, fact.valid_from, end, add_months(end, months))


def check(requirement: Requirement, known: Timeline, at: datetime) -> Check:
    """The requirement held against what is known of an instant."""
    if isinstance(requirement, Persons):
        return _check_persons(requirement, known, at)
    if isinstance(requirement, AllOf | AnyOf):
        return _check_group(requirement, known, at)
    return _check_facts(requirement, known, at)


def _check_persons(requirement: Persons, known: Timeline, at: datetime) -> Check:
    """Whoever holds several credentials, or was entered twice, is one person."""
    levels = (requirement.level,) if requirement.exactly else levels_from(requirement.level)
    people: dict[int, Who] = {}
    others: dict[int, Who] = {}
    for member in known.members:
        if requirement.job_role not in (None, member.job_role) or not holds(member.from_at, member.to_at, at):
            continue
        held = [one for one in known.holdings.get(member.person_id, ()) if holds(one.valid_from, one.valid_to, at)]
        fitting = [holding for holding in held if holding.level in levels]
        (people if fitting else others)[member.person_id] = _who(member, fitting or held)
    missing = requirement.at_least > len(people)
    return Check(
        id=requirement.id,
        kind=requirement.kind,
        name=requirement.name,
        have=len(people),
        need=requirement.at_least,
        unit="persons",
        people=tuple(people.values()),
        candidates=tuple(others.values()) if missing else (),
    )


def _who(member: Member, holdings: Iterable[Holding]) -> Who:
    """The credential shown is the highest, and of those the one that lasts longest."""
    best = max(
        holdings,
        key=lambda holding: (LEVELS.index(holding.level), holding.valid_to or _FOREVER, holding.public_id),
        default=None,
    )
    level, public_id, valid_to = (best.level, best.public_id, best.valid_to) if best else (None, None, None)
    return Who(member.person_id, member.name, member.job_role, level, public_id, valid_to)


def _check_group(requirement: AllOf | AnyOf, known: Timeline, at: datetime) -> Check:
    checks = tuple(check(part, known, at) for part in requirement.requirements)
    return Check(
        id=requirement.id,
        kind=requirement.kind,
        name=requirement.name,
        have=sum(part.met for part in checks),
        need=len(checks) if isinstance(requirement, AllOf) else 1,
        unit="requirements",
        checks=checks,
    )


def _check_facts(requirement: OnFacts, known: Timeline, at: datetime) -> Check:
    counted: list[Fact] = []
    left_out: list[tuple[Fact, LeftOut]] = []
    need, unit, currency = _asked(requirement)
    for life in known.lives[_span(requirement)]:
        if not holds(life.seen_from, life.until, at):
            continue
        if life.fact.currency != currency:
            left_out.append((life.fact, "other_currency"))
        elif at < life.counts_from:
            left_out.append((life.fact, "not_over"))
        else:
            counted.append(life.fact)
    return Check(
        id=requirement.id,
        kind=requirement.kind,
        name=requirement.name,
        have=sum(fact.value for fact in counted),
        need=need,
        unit=unit,
        currency=currency,
        facts=tuple(counted),
        left_out=tuple(left_out),
    )


def _asked(requirement: OnFacts) -> tuple[int, Unit, str | None]:
    if isinstance(requirement, Money):
        return requirement.at_least_minor, "minor_units", requirement.currency
    if isinstance(requirement, Metric):
        return requirement.at_least, "count", None
    return 1, "agreements", None
