"""The people of a plan, purely: who there is or may join, and the courses and exams that each may still pass."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from highspy import Highs

from app.content.levels import LEVELS
from app.partners.persons_checks import levels_of
from app.partners.requirements import OfPersons, OfTraining
from app.partners.timeline import Moment

Linear = Any  # a variable of the solver, an expression of several, or a number


def total(parts: Iterable[Linear]) -> Linear:
    """Their sum; 0 without any."""
    return sum(parts, 0)


@dataclass(frozen=True)
class Ways:
    """How levels are earned.

    `gates` name the credential that a level's exam asks for (None: none); a level that is not there has no exam.
    `courses` are the minutes of the required courses by track, `left` those that a person has not studied yet. `fees`
    are the currency and the minor units that the exam of a level costs.
    """

    gates: Mapping[str, str | None]
    courses: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    left: Mapping[tuple[int, str], int] = field(default_factory=dict)
    fees: Mapping[str, tuple[str, int]] = field(default_factory=dict)

    def minutes(self, person_id: int | None, track: str, course: str) -> int:
        """What there is to study of a course; someone who joins has all of it ahead."""
        whole = self.courses[track][course]
        return whole if person_id is None else self.left.get((person_id, course), whole)

    def cost(self, exams: Iterable[str]) -> dict[str, int]:
        """What the exams of these levels cost, by currency."""
        costs: dict[str, int] = {}
        for currency, minor in (self.fees[level] for level in exams if level in self.fees):
            costs[currency] = costs.get(currency, 0) + minor
        return costs


@dataclass
class Someone:
    """A present member, or somebody who may join: then `joins` is a variable, and without an id."""

    person_id: int | None
    name: str
    job_role: str | None
    region: str | None
    held: frozenset[str]
    done: frozenset[str]
    joins: Linear = 1
    exams: dict[str, Linear] = field(default_factory=dict)
    studies: dict[tuple[str, str], Linear] = field(default_factory=dict)

    def fits(self, asked: OfPersons) -> bool:
        """Whether the work and the region are those asked for."""
        return asked.job_role in (None, self.job_role) and asked.region in (None, self.region)

    def counts(self, asked: OfPersons) -> Linear:
        """At most one: whether the person holds what is asked for, or will."""
        levels = levels_of(asked)
        if not self.fits(asked):
            return 0
        if self.held.intersection(levels):
            return 1
        return total(self.exams[level] for level in levels if level in self.exams)

    def trained(self, asked: OfTraining, courses: Iterable[str]) -> list[Linear]:
        """A number or a variable for every course that is asked for: the person is trained where all of them are 1."""
        return [1 if course in self.done else self.studies.get((asked.track, course), 0) for course in courses]


def present_members(known: Moment, done: Mapping[int, frozenset[str]]) -> Iterator[Someone]:
    """Whoever works there at the moment, each once, with the courses completed by then."""
    seen: set[int] = set()
    for one in known.present:
        member = one.member
        if member.person_id not in seen:
            seen.add(member.person_id)
            held = frozenset(holding.level for holding in one.held)
            finished = done.get(member.person_id, frozenset())
            yield Someone(member.person_id, member.name, member.job_role, member.region, held, finished)


def newcomers(asked: Iterable[OfPersons], each: int) -> Iterator[Someone]:
    """So many people who may join of every work and region that is asked for."""
    wanted = list(asked)
    roles = sorted({one.job_role or "" for one in wanted} | {""})
    regions = sorted({one.region or "" for one in wanted} | {""})
    for role, region in product(roles, regions):
        for _ in range(each):
            yield Someone(None, "", role or None, region or None, frozenset(), frozenset())


def let_earn(solver: Highs, someone: Someone, ways: Ways, tracks: Iterable[str]) -> None:
    """Give the person a variable for each course and exam still to pass; an exam asks for its courses and gate."""
    if someone.person_id is None:
        someone.joins = solver.addBinary()
    for track in (level for level in LEVELS if level in tracks):
        for course in ways.courses.get(track, ()):
            if course not in someone.done:
                someone.studies[track, course] = _only_of_members(solver, someone)
    for level in (level for level in LEVELS if level in tracks and level in ways.gates):
        if level not in someone.held:
            _let_sit(solver, someone, level, ways)


def _only_of_members(solver: Highs, someone: Someone) -> Linear:
    variable = solver.addBinary()
    if someone.person_id is None:
        solver.addConstr(variable <= someone.joins)
    return variable


def _let_sit(solver: Highs, someone: Someone, level: str, ways: Ways) -> None:
    gate = ways.gates[level]
    opening = LEVELS[LEVELS.index(gate) :] if gate else ()
    opened = not gate or someone.held.intersection(opening)
    earlier = [someone.exams[one] for one in opening if one in someone.exams]
    if not opened and not earlier:
        return
    exam = _only_of_members(solver, someone)
    if not opened:
        solver.addConstr(exam <= total(earlier))
    for course in ways.courses.get(level, ()):
        if course not in someone.done:
            solver.addConstr(exam <= someone.studies[level, course])
    someone.exams[level] = exam
