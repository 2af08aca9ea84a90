"""Plans, purely: the cheapest path from what there is to a tier, solved exactly as an integer programme (HiGHS)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from highspy import Highs, HighsModelStatus

from app.content.levels import LEVELS
from app.partners.plan_model import Growth, Model, amounts, levels_wanted
from app.partners.plan_people import Linear, Someone, Ways, let_earn, newcomers, present_members, total
from app.partners.records import Records
from app.partners.requirements import Persons, Previous, Requirement, Trained, every_requirement
from app.partners.rules import MAIN, Programme
from app.partners.timeline import Timeline, timeline


@dataclass(frozen=True)
class Path:
    """What one person does: courses as (track, course), then exams by level, the lowest first.

    `fees` are what the exams cost, in minor units by currency.

    Without an id it is somebody who joins, with the work and the region that are asked for, if any.
    """

    person_id: int | None
    name: str
    job_role: str | None
    region: str | None
    courses: tuple[tuple[str, str], ...]
    exams: tuple[str, ...]
    minutes: int
    fees: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """The cheapest path to a tier: whom it takes, what has to come from outside, and until when to wait.

    Cheapest means, in this order: the fewest people who join, the fewest things from outside, the least of each, the
    shortest study, the lowest fees, the fewest exams; and of what is left, whoever comes first by name.
    """

    tier: str
    people: tuple[Path, ...]
    growth: tuple[Growth, ...]
    wait_until: datetime | None

    @property
    def minutes(self) -> int:
        return sum(path.minutes for path in self.people)

    @property
    def fees(self) -> dict[str, int]:
        """What all the exams cost, in minor units by currency."""
        currencies = sorted({currency for path in self.people for currency in path.fees})
        return {currency: sum(path.fees.get(currency, 0) for path in self.people) for currency in currencies}


def cheapest_path(
    programme: Programme,
    records: Records,
    at: datetime,
    tier: str,
    ways: Ways,
    ladder: str = MAIN,
    *,
    may_wait: bool = True,
) -> Plan | None:
    """What there is to do for the tier's requirements to be met; None if nothing can be done for it.

    Nobody joins where the present members are enough. The plan takes the records as they are at the instant: a
    credential that ends while somebody studies is not foreseen. Without `may_wait` it has to be done by then.
    """
    known = timeline(programme, records)
    asked = list(_asked(known, ladder, tier, set()))
    each = max((one.at_least or 1 for one in asked if isinstance(one, Persons | Trained)), default=0)
    for joining in (0, each):
        plan = _solve(known, records, at, tier, ways, ladder, asked, joining, may_wait)
        if plan:
            return plan
    return None


def _asked(known: Timeline, ladder: str, tier: str, seen: set[tuple[str, str]]) -> Iterator[Requirement]:
    """Every requirement of the tier, and of the tiers that it asks for."""
    place = ladder, tier
    if place in seen or place not in known.tiers:
        return
    seen.add(place)
    for one in every_requirement(known.tiers[place].requirements):
        yield one
        if isinstance(one, Previous):
            yield from _asked(known, one.ladder or ladder, one.tier, seen)


def _solve(
    known: Timeline,
    records: Records,
    at: datetime,
    tier: str,
    ways: Ways,
    ladder: str,
    asked: Sequence[Requirement],
    joining: int,
    may_wait: bool,
) -> Plan | None:
    solver = _solver()
    moment = known.moment(ladder, at)
    people = [*present_members(moment, _done(records, at))]
    people += newcomers((one for one in asked if isinstance(one, Persons)), joining)
    tracks = _tracks(levels_wanted(asked), ways)
    for someone in people:
        let_earn(solver, someone, ways, tracks)
    model = Model(solver, moment, people, records)
    model.offer(one for one in amounts(asked, moment) if may_wait or one[0][0] != "wait")
    solver.addConstr(_number(solver, model.tier_met(ladder, tier)) >= 1)
    if not all(_least(solver, goal) for goal in _goals(model, ways)):
        return None
    return _read(model, tier, ways)


def _solver() -> Highs:
    """One thread and no gap: the same question has the same answer, and it is the best one."""
    solver = Highs()  # type: ignore[no-untyped-call]
    for option, value in {"output_flag": False, "threads": 1, "mip_rel_gap": 0.0, "mip_abs_gap": 0.0}.items():
        solver.setOptionValue(option, value)
    return solver


def _done(records: Records, at: datetime) -> dict[int, frozenset[str]]:
    done: dict[int, set[str]] = {}
    for one in records.completions:
        if one.at <= at:
            done.setdefault(one.person_id, set()).add(one.course)
    return {person: frozenset(courses) for person, courses in done.items()}


def _tracks(wanted: Iterator[str], ways: Ways) -> frozenset[str]:
    """The levels that somebody may have to earn, with those that open their exams."""
    tracks = set(wanted)
    for level in reversed(LEVELS):
        gate = ways.gates.get(level)
        if level in tracks and gate:
            tracks.update(LEVELS[LEVELS.index(gate) : LEVELS.index(level)])
    return frozenset(tracks)


def _goals(model: Model, ways: Ways) -> Iterator[Linear]:
    """What to make least, the most important first."""
    choices = [sorted(amounts.items()) for amounts in model.grown.values()]
    studies = [
        (someone, track, course, one) for someone in model.people for (track, course), one in someone.studies.items()
    ]
    exams = [one for someone in model.people for one in someone.exams.values()]
    yield total(someone.joins for someone in model.people if someone.person_id is None)
    yield total(one for amounts in choices for _, one in amounts)
    yield total(n * one for amounts in choices for n, (_, one) in enumerate(amounts))
    yield total(ways.minutes(who.person_id, track, course) * one for who, track, course, one in studies)
    for currency in sorted({currency for currency, _ in ways.fees.values()}):
        yield total(_fees(someone, ways, currency) for someone in model.people)
    yield total(exams) + total(one for *_, one in studies)
    firsts = [(n, one) for n, someone in enumerate(model.people) for one in someone.exams.values()]
    yield total(n * one for n, one in firsts)


def _fees(someone: Someone, ways: Ways, currency: str) -> Linear:
    return total(ways.cost([level]).get(currency, 0) * one for level, one in someone.exams.items())


def _least(solver: Highs, goal: Linear) -> bool:
    """Make it as small as it can be, and hold it there; False where nothing can be done."""
    if isinstance(goal, int):
        goal = _number(solver, goal)
    solver.minimize(goal)
    if solver.getModelStatus() != HighsModelStatus.kOptimal:
        return False
    solver.addConstr(goal <= round(solver.getObjectiveValue()))
    return True


def _number(solver: Highs, value: Linear) -> Linear:
    """An expression, whatever it was: the solver takes no plain number."""
    return value + 0 * solver.addBinary()


def _read(model: Model, tier: str, ways: Ways) -> Plan:
    chosen = model.solver.getSolution().col_value
    people = tuple(path for someone in model.people if (path := _path(someone, chosen, ways)))
    grown = [
        Growth(*thing, amount)
        for thing, choices in model.grown.items()
        for amount, one in choices.items()
        if chosen[one.index] > 0.5
    ]
    waits = [datetime.fromtimestamp(one.amount, UTC) for one in grown if one.kind == "wait"]
    return Plan(tier, people, tuple(one for one in grown if one.kind != "wait"), waits[0] if waits else None)


def _path(someone: Someone, chosen: Sequence[float], ways: Ways) -> Path | None:
    courses = tuple(place for place, one in someone.studies.items() if chosen[one.index] > 0.5)
    exams = tuple(level for level, one in someone.exams.items() if chosen[one.index] > 0.5)
    if not courses and not exams:
        return None
    return Path(
        person_id=someone.person_id,
        name=someone.name,
        job_role=someone.job_role,
        region=someone.region,
        courses=courses,
        exams=exams,
        minutes=sum(ways.minutes(someone.person_id, track, course) for track, course in courses),
        fees=ways.cost(exams),
    )
