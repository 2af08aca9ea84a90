"""The lint of a programme's logic, purely: tiers that overlap, cannot be reached or leave holes, and what pays less."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import combinations
from math import inf

from app.content.money import from_minor
from app.content.schema import Text
from app.partners.figures import Bounds
from app.partners.implying import EVERYTHING, Asked, Keys, Measured, Span, everything, follows, measured, meet, span
from app.partners.requirements import Group, OfMetric, OfMoney, Part, Points, Requirement
from app.partners.rules import Programme, Tier


@dataclass(frozen=True)
class Fault:
    """What is wrong and where; `accepted` is the programme's reason for meaning it so."""

    message: str
    keys: Keys
    accepted: Text | None = None


@dataclass(frozen=True)
class Rung:
    """A tier with all that it asks for; `ranges` are what is left of each measure once all its bounds hold."""

    tier: Tier
    keys: Keys
    asked: Sequence[Asked]
    ranges: dict[Measured, Span]

    @property
    def requirements(self) -> list[Requirement]:
        return [one.requirement for one in self.asked]

    def bounded(self, measure: Measured) -> Asked:
        """The requirement that sets the upper bound of the measure, or the first about it."""
        about = [one for one in self.asked if measured(one.requirement) == measure]
        most = self.ranges[measure][1]
        return next((one for one in about if span(one.requirement)[1] == most), about[0])  # type: ignore[arg-type]


def ladder_faults(programme: Programme) -> Iterator[Fault]:
    """Everything; a programme whose ids, ranks and other tiers are sound is asked for."""
    holes: set[tuple[str, str, str]] = set()
    for ladder, keys, tiers in _ladders(programme):
        yield from _impossible(programme, ladder, tiers, keys)
        rungs = [rung for rung in _rungs(programme, ladder, tiers, keys) if rung]
        yield from _never_highest(rungs)
        yield from _paid_less(tiers, keys)
        for measure in sorted(
            {measure for rung in rungs for measure, (_, most) in rung.ranges.items() if most is not None}
        ):
            yield from _overlaps(rungs, measure)
            for rung, one, message in _holes(rungs, measure):
                place = (ladder, rung.tier.id, one.requirement.id)
                holes.add(place)
                yield Fault(message, one.keys, _reason(programme, place))
    yield from _unused_reasons(programme, holes)
    yield from _undeclared(programme)


def _ladders(programme: Programme) -> Iterator[tuple[str, Keys, Sequence[Tier]]]:
    for n, (ladder, _, tiers) in enumerate(programme.every_ladder):
        yield ladder, ("ladders", n - 1, "tiers") if n else ("tiers",), tiers


def _rungs(programme: Programme, ladder: str, tiers: Sequence[Tier], keys: Keys) -> Iterator[Rung | None]:
    """The lowest first; None for a tier that nobody can meet."""
    for n, tier in enumerate(tiers):
        asked = list(everything(programme, ladder, tier.requirements, (*keys, n, "requirements")))
        ranges: dict[Measured, Span] | None = {}
        for one in asked:
            ranges = _narrowed(ranges, one.requirement)
        yield None if ranges is None else Rung(tier, (*keys, n), asked, ranges)


def _narrowed(ranges: dict[Measured, Span] | None, requirement: Requirement) -> dict[Measured, Span] | None:
    measure = measured(requirement)
    if ranges is None or measure is None or not isinstance(requirement, Bounds):
        return ranges
    left = meet(ranges.get(measure, EVERYTHING), span(requirement))
    return None if left is None else ranges | {measure: left}


def _impossible(programme: Programme, ladder: str, tiers: Sequence[Tier], keys: Keys) -> Iterator[Fault]:
    """Bounds that exclude each other within a tier, and points that the parts cannot give."""
    for n, tier in enumerate(tiers):
        everyone = everything(programme, ladder, tier.requirements, (*keys, n, "requirements"))
        for one, other in combinations(everyone, 2):
            if _exclude(one.requirement, other.requirement):
                ids = f"`{one.requirement.id}` and `{other.requirement.id}`"
                yield Fault(f"nobody can meet {ids} at once, so nobody reaches `{tier.id}`", other.keys)
        for requirement, at in _every_place(tier.requirements, (*keys, n, "requirements")):
            if isinstance(requirement, Points) and _most_points(requirement) < requirement.at_least:
                asked, most = requirement.at_least, _most_points(requirement)
                yield Fault(
                    f"nobody can meet `{requirement.id}`: it asks for {asked} points and gives {most} at most", at
                )


def _exclude(one: Requirement, other: Requirement) -> bool:
    if not isinstance(one, Bounds) or not isinstance(other, Bounds):
        return False
    return measured(one) == measured(other) and meet(span(one), span(other)) is None


def _most_points(requirement: Points) -> float:
    """What the parts give together; a part without `at_most` has no end."""
    return sum(part.at_most or inf for part in requirement.parts)


def _never_highest(rungs: Sequence[Rung]) -> Iterator[Fault]:
    for lower, upper in combinations(rungs, 2):
        known = lower.requirements
        if all(follows(one, known) for one in upper.tier.requirements):
            message = f"`{lower.tier.id}` is never held: whoever meets it meets `{upper.tier.id}` too"
            yield Fault(message, (*lower.keys, "id"))


def _paid_less(tiers: Sequence[Tier], keys: Keys) -> Iterator[Fault]:
    for (_, lower), (n, upper) in combinations(enumerate(tiers), 2):
        low, high = lower.commission_percent, upper.commission_percent
        if low is not None and high is not None and high < low:
            message = f"`{upper.id}` pays {high} %, which is less than the {low} % of `{lower.id}` below it"
            yield Fault(message, (*keys, n, "commission_percent"))


def _overlaps(rungs: Sequence[Rung], measure: Measured) -> Iterator[Fault]:
    """Where tiers are told apart by ranges, one value belongs to one of them."""
    ranged = [rung for rung in rungs if measure in rung.ranges]
    for lower, upper in combinations(ranged, 2):
        ends = (lower.ranges[measure][1], upper.ranges[measure][1])
        both = meet(lower.ranges[measure], upper.ranges[measure])
        if both and ends != (None, None):
            names = f"`{lower.tier.id}` and `{upper.tier.id}`"
            yield Fault(f"{names} overlap: {_range(measure, both)} fits both", upper.bounded(measure).keys)


def _holes(rungs: Sequence[Rung], measure: Measured) -> Iterator[tuple[Rung, Asked, str]]:
    """Above each upper bound: nothing takes the next value, or only tiers that ask for something else too."""
    for rung in rungs:
        most = rung.ranges.get(measure, EVERYTHING)[1]
        if most is None:
            continue
        takers = [other for other in rungs if _takes(other.ranges.get(measure, EVERYTHING), most + 1)]
        asked = [_other_demands(taker, rung, measure) for taker in takers]
        one = rung.bounded(measure)
        if not takers:
            above = [other.ranges[measure][0] for other in rungs if other.ranges[measure][0] > most]
            gap = (most + 1, min(above) - 1) if above else (most + 1, None)
            yield rung, one, f"there is a hole above `{rung.tier.id}`: {_range(measure, gap)} fits no tier"
        elif all(asked):
            names = ", ".join(f"`{name}`" for name in min(asked, key=len))
            message = f"there is a hole above `{rung.tier.id}`: {_range(measure, (most + 1, None))} without {names}"
            yield rung, one, f"{message} fits no tier"


def _takes(span: Span, value: int) -> bool:
    return span[0] <= value and (span[1] is None or value <= span[1])


def _other_demands(taker: Rung, rung: Rung, measure: Measured) -> list[str]:
    """What the one asks for, besides the measure, that the other does not guarantee."""
    known = [one for one in rung.requirements if measured(one) != measure]
    return [one.id for one in taker.tier.requirements if measured(one) != measure and not follows(one, known)]


def _range(measure: Measured, span: Span) -> str:
    """`revenue` of 25000.00 USD to 100000.00 USD."""
    _, metric, _, currency = measure
    least, most = (_amount(end, currency) for end in span)
    figures = f"{least} and more" if most is None else least if least == most else f"{least} to {most}"
    return f"`{metric}` of {figures}"


def _amount(end: int | None, currency: str) -> str | None:
    if end is None:
        return None
    return f"{from_minor(end, currency)} {currency}" if currency else str(end)


def _reason(programme: Programme, place: tuple[str, str, str]) -> Text | None:
    holes = programme.accepted_holes
    return next((hole.reason for hole in holes if (hole.ladder, hole.tier, hole.requirement) == place), None)


def _unused_reasons(programme: Programme, holes: Iterable[tuple[str, str, str]]) -> Iterator[Fault]:
    for n, hole in enumerate(programme.accepted_holes):
        if (hole.ladder, hole.tier, hole.requirement) not in holes:
            message = f"there is no hole above `{hole.requirement}` of `{hole.tier}` to accept"
            yield Fault(message, ("accepted_holes", n))


def _undeclared(programme: Programme) -> Iterator[Fault]:
    """What is counted is among the `kpis`, where money is money: a misspelt metric would never have a fact."""
    money = {kpi.metric: kpi.unit == "money" for kpi in programme.kpis}
    for _, keys, tiers in _ladders(programme):
        for n, tier in enumerate(tiers):
            for one, at in _every_place(tier.requirements, (*keys, n, "requirements")):
                counted = one.of if isinstance(one, Part) else one
                if isinstance(counted, OfMetric | OfMoney) and money.get(counted.metric) != (counted.kind == "money"):
                    yield Fault(_declaration(counted, money), (*at, "metric"))


def _declaration(counted: OfMetric | OfMoney, money: dict[str, bool]) -> str:
    if counted.metric in money:
        return f"`{counted.metric}` is counted as {counted.kind} here and as something else among the `kpis`"
    near = get_close_matches(counted.metric, money, n=1)
    return f"no `kpis` declare `{counted.metric}`" + (f"; did you mean `{near[0]}`?" if near else "")


def _every_place(requirements: Iterable[Requirement], keys: Keys) -> Iterator[tuple[Requirement | Part, Keys]]:
    for n, one in enumerate(requirements):
        yield one, (*keys, n)
        if isinstance(one, Group):
            yield from _every_place(one.requirements, (*keys, n, "requirements"))
        if isinstance(one, Points):
            yield from ((part, (*keys, n, "parts", m, "of")) for m, part in enumerate(one.parts))
