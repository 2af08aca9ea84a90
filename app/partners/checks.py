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
class Present:
    """A present member, with the best of the credentials that are valid, and all of those, the best first."""

    who: Who
    held: Sequence[Holding]


Lives = dict[tuple[str, int | None], list[Life]]


@dataclass(frozen=True)
class Moment:
    """What is known of an instant, once for all the requirements that are held against it."""

    at: datetime
    present: Sequence[Present]
    lives: Lives


@dataclass(frozen=True)
class Timeline:
    """The records made ready to be looked at from any instant; a person's `holdings` begin with the best.

    `edges` are, in order, the instants at which a check may come out otherwise by the passing of time alone.
    """

    members: Sequence[Member]
    holdings: dict[int, list[Holding]]
    lives: Lives
    edges: Sequence[datetime]

    def moment(self, at: datetime) -> Moment:
        members = [member for member in self.members if holds(member.from_at, member.to_at, at)]
        return Moment(
            at, [_present(member, self.holdings.get(member.person_id, ()), at) for member in members], self.lives
        )

    def next_edge(self, at: datetime) -> datetime | None:
        position = bisect_right(self.edges, at)
        return self.edges[position] if position < len(self.edges) else None


def _present(member: Member, holdings: Iterable[Holding], at: datetime) -> Present:
    held = [one for one in holdings if holds(one.valid_from, one.valid_to, at)]
    return Present(_who(member.person_id, member.name, member.job_role, held[0] if held else None), held)


def _who(person_id: int, name: str, job_role: str, holding: Holding | None) -> Who:
    if holding is None:
        return Who(person_id, name, job_role, None, None, None)
    return Who(person_id, name, job_role, holding.level, holding.public_id, holding.valid_to)


def _quality(holding: Holding) -> tuple[int, datetime, str]:
    """The higher level is the better credential, and of the same level the one that lasts longer."""
    return LEVELS.index(holding.level), holding.valid_to or _FOREVER, holding.public_id


def timeline(requirements: Iterable[Requirement], records: Records) -> Timeline:
    holdings: dict[int, list[Holding]] = {}
    for holding in sorted(records.holdings, key=_quality, reverse=True):
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


def check(requirement: Requirement, known: Moment) -> Check:
    """The requirement held against what is known of an instant."""
    if isinstance(requirement, Persons):
        return _check_persons(requirement, known)
    if isinstance(requirement, AllOf | AnyOf):
        return _check_group(requirement, known)
    return _check_facts(requirement, known)


def _check_persons(requirement: Persons, known: Moment) -> Check:
    """Whoever holds several credentials, or was entered twice, is one person."""
    levels = (requirement.level,) if requirement.exactly else levels_from(requirement.level)
    people: dict[int, Who] = {}
    others: dict[int, Who] = {}
    for one in known.present:
        who = one.who
        if requirement.job_role not in (None, who.job_role):
            continue
        if who.level in levels:
            people[who.person_id] = who
            continue
        fitting = next((holding for holding in one.held if holding.level in levels), None)
        if fitting:
            people[who.person_id] = _who(who.person_id, who.name, who.job_role, fitting)
        else:
            others[who.person_id] = who
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


def _check_group(requirement: AllOf | AnyOf, known: Moment) -> Check:
    checks = tuple(check(part, known) for part in requirement.requirements)
    return Check(
        id=requirement.id,
        kind=requirement.kind,
        name=requirement.name,
        have=sum(part.met for part in checks),
        need=len(checks) if isinstance(requirement, AllOf) else 1,
        unit="requirements",
        checks=checks,
    )


def _check_facts(requirement: OnFacts, known: Moment) -> Check:
    counted: list[Fact] = []
    left_out: list[tuple[Fact, LeftOut]] = []
    need, unit, currency = _asked(requirement)
    for life in known.lives[_span(requirement)]:
        if not holds(life.seen_from, life.until, known.at):
            continue
        if life.fact.currency != currency:
            left_out.append((life.fact, "other_currency"))
        elif known.at < life.counts_from:
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
