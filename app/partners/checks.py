"""Checks, purely: one requirement held against the records at an instant, with who and what proves it."""

from collections.abc import Iterable, Iterator
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
class Scene:
    """The records as they stand at the instant: present members by name, valid credentials by person."""

    at: datetime
    present: tuple[Member, ...]
    holdings: dict[int, list[Holding]]
    facts: dict[str, list[Fact]]


def scene(records: Records, at: datetime) -> Scene:
    present = [member for member in records.members if holds(member.from_at, member.to_at, at)]
    holdings: dict[int, list[Holding]] = {}
    for holding in records.holdings:
        if holds(holding.valid_from, holding.valid_to, at):
            holdings.setdefault(holding.person_id, []).append(holding)
    facts: dict[str, list[Fact]] = {}
    for fact in sorted(records.facts, key=lambda fact: (fact.valid_from, fact.id)):
        facts.setdefault(fact.metric, []).append(fact)
    return Scene(at, tuple(sorted(present, key=lambda member: (member.name, member.person_id))), holdings, facts)


def check(requirement: Requirement, scene: Scene) -> Check:
    if isinstance(requirement, Persons):
        return _check_persons(requirement, scene)
    if isinstance(requirement, AllOf | AnyOf):
        return _check_group(requirement, scene)
    return _check_facts(requirement, scene)


def edges(requirements: Iterable[Requirement], records: Records) -> Iterator[datetime]:
    """The instants at which a check of the requirements may come out otherwise, by the passing of time alone."""
    for member in records.members:
        yield from _given(member.from_at, member.to_at)
    for holding in records.holdings:
        yield from _given(holding.valid_from, holding.valid_to)
    for requirement in every_requirement(requirements):
        if isinstance(requirement, Metric | Money | Agreement):
            for fact in records.facts:
                if fact.metric == requirement.metric:
                    yield from _given(*_life(requirement, fact))


def _given(*instants: datetime | None) -> Iterator[datetime]:
    return (instant for instant in instants if instant is not None)


def _check_persons(requirement: Persons, scene: Scene) -> Check:
    """Whoever holds several credentials, or was entered twice, is one person."""
    levels = (requirement.level,) if requirement.exactly else levels_from(requirement.level)
    people: dict[int, Who] = {}
    others: dict[int, Who] = {}
    for member in scene.present:
        if requirement.job_role not in (None, member.job_role):
            continue
        held = scene.holdings.get(member.person_id, [])
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


def _check_group(requirement: AllOf | AnyOf, scene: Scene) -> Check:
    checks = tuple(check(part, scene) for part in requirement.requirements)
    return Check(
        id=requirement.id,
        kind=requirement.kind,
        name=requirement.name,
        have=sum(part.met for part in checks),
        need=len(checks) if isinstance(requirement, AllOf) else 1,
        unit="requirements",
        checks=checks,
    )


def _check_facts(requirement: OnFacts, scene: Scene) -> Check:
    counted: list[Fact] = []
    left_out: list[tuple[Fact, LeftOut]] = []
    need, unit, currency = _asked(requirement)
    for fact in scene.facts.get(requirement.metric, []):
        seen_from, counts_from, until = _life(requirement, fact)
        if not holds(seen_from, until, scene.at):
            continue
        if fact.currency != currency:
            left_out.append((fact, "other_currency"))
        elif scene.at < counts_from:
            left_out.append((fact, "not_over"))
        else:
            counted.append(fact)
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


def _life(requirement: OnFacts, fact: Fact) -> tuple[datetime, datetime, datetime | None]:
    """From when the requirement sees the fact, from when it counts, and until when.

    Money counts once its period is over, and then for the window's months: so twelve months, four quarters or one year
    fill a window of twelve months on every day of the year, and a thirteenth month never joins them.
    """
    if not isinstance(requirement, Money):
        return fact.valid_from, fact.valid_from, fact.valid_to
    end = fact.valid_to or fact.valid_from
    if end.year + requirement.window_months // 12 + 1 > MAXYEAR:  # "for ever" written as a date of the year 9999
        return fact.valid_from, end, None
    return fact.valid_from, end, add_months(end, requirement.window_months)
