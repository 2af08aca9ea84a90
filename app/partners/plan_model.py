"""The model of a plan, purely: every requirement as constraints of an integer programme over people and facts."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from highspy import Highs, HighsVarType

from app.partners.fact_checks import check_attestation, tally_facts
from app.partners.persons_checks import levels_of
from app.partners.plan_people import Linear, Someone, total
from app.partners.records import Records
from app.partners.requirements import (
    Agreement,
    AllOf,
    AnyOf,
    Attestation,
    Metric,
    Money,
    OfMetric,
    OfMoney,
    OfPersons,
    OfTraining,
    Part,
    Persons,
    Points,
    Previous,
    Requirement,
    SomeOf,
    Team,
    Tenure,
    Trained,
)
from app.partners.timeline import Moment, reached_at

Thing = tuple[str, str, str | None]  # what grows: its kind, its metric, its currency
NEVER: Linear = 0


@dataclass(frozen=True)
class Growth:
    """What has to come from outside: `amount` more of a metric, a grade, an agreement (1), or a second to wait for."""

    kind: str
    metric: str
    currency: str | None
    amount: int


class Model:
    """The requirements of one tier over what is known at an instant; `met` gives the variable of a requirement."""

    def __init__(self, solver: Highs, known: Moment, people: Sequence[Someone], records: Records) -> None:
        self.solver, self.known, self.people, self.records = solver, known, people, records
        self.grown: dict[Thing, dict[int, Linear]] = {}
        self._open: set[tuple[str, str]] = set()

    def offer(self, amounts: Iterable[tuple[Thing, int]]) -> None:
        """Let each thing grow by one of its amounts, or not at all."""
        for thing, amount in sorted(set(amounts)):
            self.grown.setdefault(thing, {})[amount] = self.solver.addBinary()
        for choices in self.grown.values():
            self.solver.addConstr(total(choices.values()) <= 1)

    def met(self, requirement: Requirement) -> Linear:
        """A variable that may be 1 only where the plan meets the requirement."""
        return _ENCODERS[type(requirement)](self, requirement)

    def tier_met(self, ladder: str, tier: str) -> Linear:
        """All that a tier asks for; a tier that asks for itself is never met."""
        place = ladder, tier
        asked = self.known.records.tiers.get(place)
        if asked is None or place in self._open:
            return NEVER
        self._open.add(place)
        parts = [self.met(one) for one in asked.requirements]
        self._open.remove(place)
        return self._where(parts, len(parts))

    def at_least(self, thing: Thing, amount: int) -> Linear:
        """Whether the thing grows by so much or more."""
        return 1 if amount <= 0 else total(one for by, one in self.grown.get(thing, {}).items() if by >= amount)

    def _where(self, parts: Sequence[Linear], need: int) -> Linear:
        """A variable that may be 1 where so many of the parts are."""
        variable = self.solver.addBinary()
        self.solver.addConstr(need * variable <= total(parts))
        return variable

    def counting(self, asked: OfPersons | OfTraining) -> list[Linear]:
        """For each person at most 1: whether they count."""
        if isinstance(asked, OfPersons):
            return [self._capped(someone.counts(asked)) for someone in self.people]
        courses = _courses(asked, self.records)
        return [self._all(someone, someone.trained(asked, courses)) for someone in self.people]

    def _capped(self, count: Linear) -> Linear:
        if isinstance(count, int):
            return count
        variable = self.solver.addBinary()
        self.solver.addConstr(variable <= count)
        return variable

    def _all(self, someone: Someone, parts: Sequence[Linear]) -> Linear:
        if not parts:
            return 0  # a track without courses is completed by nobody
        if all(isinstance(part, int) and part == 1 for part in parts):
            return 1
        variable = self.solver.addBinary()
        for part in parts:
            self.solver.addConstr(variable <= part)
        return variable

    def persons(self, asked: Persons) -> Linear:
        return self._where(self.counting(asked), asked.at_least)

    def trained(self, asked: Trained) -> Linear:
        counting = self.counting(asked)
        if asked.at_least is not None:
            return self._where(counting, asked.at_least)
        percent = asked.more_than_percent if asked.share_percent is None else asked.share_percent
        share, over = Fraction(percent or 0) / 100, int(asked.share_percent is None)
        met = self._where(counting, 1)
        present = total(someone.joins for someone in self.people)
        surplus = share.denominator * total(counting) - share.numerator * present
        self.solver.addConstr(surplus >= over - (share.numerator * len(self.people) + over) * (1 - met))
        return met

    def facts(self, asked: Metric | Money) -> Linear:
        have, thing = tally_facts(asked, self.known).have, _thing(asked)
        met = self._where([self.at_least(thing, asked.need - have)], 1)
        if asked.most is not None:
            too_much = [one for by, one in self.grown.get(thing, {}).items() if have + by > asked.most]
            self.solver.addConstr(met <= int(have <= asked.most) - total(too_much))
        return met

    def agreement(self, asked: Agreement) -> Linear:
        return self.at_least(_thing(asked), 1 - tally_facts(asked, self.known).have)

    def attestation(self, asked: Attestation) -> Linear:
        have = check_attestation(asked, self.known).have
        return 1 if have >= asked.grade else self.at_least(_thing(asked), asked.grade)

    def tenure(self, asked: Tenure) -> Linear:
        reached = _seconds(asked, self.known)
        if reached is None:
            return NEVER
        return 1 if reached <= self.known.at.timestamp() else self.at_least(_WAIT, reached)

    def previous(self, asked: Previous) -> Linear:
        return self.tier_met(asked.ladder or self.known.ladder, asked.tier)

    def group(self, asked: AllOf | AnyOf | SomeOf) -> Linear:
        needs = {"all_of": len(asked.requirements), "any_of": 1}
        need = asked.at_least if isinstance(asked, SomeOf) else needs[asked.kind]
        return self._where([self.met(part) for part in asked.requirements], need)

    def team(self, asked: Team) -> Linear:
        """Each person takes one place at most, of a kind that they count for."""
        met = self.solver.addBinary()
        taken: dict[int, list[Linear]] = {}
        for part in asked.requirements:
            places = []
            for n, someone in enumerate(self.people):
                place = self.solver.addBinary()
                self.solver.addConstr(place <= someone.counts(part))
                places.append(place)
                taken.setdefault(n, []).append(place)
            self.solver.addConstr(part.at_least * met <= total(places))
        for places in taken.values():
            self.solver.addConstr(total(places) <= 1)
        return met

    def points(self, asked: Points) -> Linear:
        met = self.solver.addBinary()
        scores = [self._score(part, _cap(asked, part)) for part in asked.parts]
        for part, score in zip(asked.parts, scores, strict=True):
            self.solver.addConstr(score >= part.minimum * met)
        self.solver.addConstr(total(scores) >= asked.at_least * met)
        return met

    def _score(self, part: Part, most: int) -> Linear:
        score = self.solver.addVariable(0, most, type=HighsVarType.kInteger)
        if isinstance(part.of, OfPersons | OfTraining):
            steps = self.solver.addVariable(0, len(self.people), type=HighsVarType.kInteger)
            self.solver.addConstr(part.per_units * steps <= total(self.counting(part.of)))
        else:
            have = tally_facts(part.of, self.known).have
            more = [self.at_least(_thing(part.of), gap) for gap in _gaps(part, have, most)]
            steps = max(0, have) // part.per_units + total(more)
        self.solver.addConstr(score <= part.points * steps)
        return score


_WAIT: Thing = ("wait", "", None)
_ENCODERS: dict[type, Callable[[Model, Any], Linear]] = {
    Persons: Model.persons,
    Trained: Model.trained,
    Metric: Model.facts,
    Money: Model.facts,
    Agreement: Model.agreement,
    Attestation: Model.attestation,
    Tenure: Model.tenure,
    Previous: Model.previous,
    Points: Model.points,
    Team: Model.team,
    AllOf: Model.group,
    AnyOf: Model.group,
    SomeOf: Model.group,
}


def _thing(asked: OfMetric | OfMoney | Agreement | Attestation) -> Thing:
    return asked.kind, asked.metric, asked.currency if isinstance(asked, OfMoney) else None


def _seconds(asked: Tenure, known: Moment) -> int | None:
    reached = reached_at(asked, known.records.joined_at)
    return int(reached.timestamp()) if reached else None


def _courses(asked: OfTraining, records: Records) -> list[str]:
    return [asked.course] if asked.course else sorted(records.courses.get(asked.track, ()))


def _cap(points: Points, part: Part) -> int:
    """More points than this from the part help nobody."""
    return part.at_most if part.at_most is not None else max(points.at_least, part.minimum)


def _gaps(part: Part, have: int, most: int) -> list[int]:
    """How much more there must be for each further step, to the step that reaches the most that the part gives."""
    reached, last = max(0, have) // part.per_units, -(-most // part.points)
    return [step * part.per_units - have for step in range(reached + 1, last + 1)]


def amounts(asked: Iterable[Requirement], known: Moment) -> Iterator[tuple[Thing, int]]:
    """By how much each thing may have to grow: the gap of every requirement that it could meet."""
    for one in asked:
        if isinstance(one, Metric | Money):
            gap = one.need - tally_facts(one, known).have
            yield from [(_thing(one), gap)] if gap > 0 else []
        elif isinstance(one, Agreement):
            yield _thing(one), max(1, 1 - tally_facts(one, known).have)
        elif isinstance(one, Attestation):
            yield _thing(one), one.grade
        elif isinstance(one, Tenure):
            reached = _seconds(one, known)
            yield from [(_WAIT, reached)] if reached else []
        elif isinstance(one, Points):
            yield from _part_amounts(one, known)


def _part_amounts(points: Points, known: Moment) -> Iterator[tuple[Thing, int]]:
    for part in points.parts:
        if isinstance(part.of, OfMetric | OfMoney):
            have = tally_facts(part.of, known).have
            yield from ((_thing(part.of), gap) for gap in _gaps(part, have, _cap(points, part)))


def levels_wanted(asked: Iterable[Requirement]) -> Iterator[str]:
    """Every level that somebody may have to earn, or whose courses to complete."""
    for one in asked:
        parts = [part.of for part in one.parts] if isinstance(one, Points) else [one]
        for part in parts:
            if isinstance(part, OfPersons):
                yield from levels_of(part)
            elif isinstance(part, OfTraining):
                yield part.track
