"""Which requirements follow from which, purely: what a tier asks for in all, and whether that is enough for another."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.content.levels import LEVELS
from app.partners.figures import Bounds
from app.partners.requirements import (
    AllOf,
    AnyOf,
    Attestation,
    Metric,
    Money,
    Persons,
    Previous,
    Requirement,
    SomeOf,
    Team,
    Tenure,
    Trained,
)
from app.partners.rules import Programme

Keys = tuple[str | int, ...]
Span = tuple[int, int | None]  # the least and the most that is enough, in whole units; None: there is no most
Measured = tuple[str, str, int, str]  # what a range is of: kind, metric, months of the window, currency

EVERYTHING: Span = (0, None)


@dataclass(frozen=True)
class Asked:
    """A requirement that a tier cannot do without, and where it stands in the file."""

    requirement: Requirement
    keys: Keys


def everything(
    programme: Programme,
    ladder: str,
    requirements: Iterable[Requirement],
    keys: Keys,
    seen: frozenset[str] = frozenset(),
) -> Iterator[Asked]:
    """All that has to hold: groups of which every part has to are taken apart, and other tiers that are asked for."""
    for n, one in enumerate(requirements):
        at = (*keys, n)
        yield Asked(one, at)
        if isinstance(one, AllOf | Team):
            yield from everything(programme, ladder, one.requirements, (*at, "requirements"), seen)
        if isinstance(one, Previous):
            yield from _of_other(programme, one, one.ladder or ladder, at, seen)


def _of_other(programme: Programme, asked: Previous, ladder: str, keys: Keys, seen: frozenset[str]) -> Iterator[Asked]:
    """What the other tier asks for stands where that tier is asked for; one in a circle is looked into once."""
    name = f"{ladder}/{asked.tier}"
    for tier in programme.tiers_of(ladder):
        if tier.id == asked.tier and name not in seen:
            for one in everything(programme, ladder, tier.requirements, keys, seen | {name}):
                yield Asked(one.requirement, keys)


def measured(requirement: Requirement) -> Measured | None:
    """What a requirement with bounds is of; None for any other."""
    if isinstance(requirement, Metric):
        return requirement.kind, requirement.metric, 0, ""
    if isinstance(requirement, Money):
        return requirement.kind, requirement.metric, requirement.window_months, requirement.currency
    return None


def span(requirement: Bounds) -> Span:  # type: ignore[type-arg]
    return requirement.need, requirement.most


def meet(one: Span, other: Span) -> Span | None:
    """What lies in both; None when nothing does."""
    tops = [most for most in (one[1], other[1]) if most is not None]
    least, most = max(one[0], other[0]), min(tops, default=None)
    return None if most is not None and most < least else (least, most)


def follows(wanted: Requirement, known: Sequence[Requirement]) -> bool:
    """Whether everyone who meets all that is known meets what is wanted."""
    if isinstance(wanted, AllOf):
        return all(follows(part, known) for part in wanted.requirements)
    if any(_alike(wanted, one) or _enough(one, wanted) for one in known):
        return True
    if isinstance(wanted, AnyOf | SomeOf):
        needed = wanted.at_least if isinstance(wanted, SomeOf) else 1
        return sum(follows(part, known) for part in wanted.requirements) >= needed
    return isinstance(wanted, Bounds) and span(wanted) == EVERYTHING


def _alike(one: Requirement, other: Requirement) -> bool:
    return one.model_dump(exclude={"id", "name"}) == other.model_dump(exclude={"id", "name"})


def _enough(one: Requirement, wanted: Requirement) -> bool:
    if isinstance(one, AnyOf):
        return all(follows(wanted, [part]) for part in one.requirements)
    if isinstance(one, Bounds) and isinstance(wanted, Bounds):
        return measured(one) == measured(wanted) and meet(span(one), span(wanted)) == span(one)
    if isinstance(one, Persons) and isinstance(wanted, Persons):
        return one.at_least >= wanted.at_least and _no_less_certain(one, wanted)
    if isinstance(one, Trained) and isinstance(wanted, Trained):
        return (one.track, one.course) == (wanted.track, wanted.course) and _no_fewer(one, wanted)
    if isinstance(one, Attestation) and isinstance(wanted, Attestation):
        return one.metric == wanted.metric and one.grade >= wanted.grade
    return isinstance(one, Tenure) and isinstance(wanted, Tenure) and one.months >= wanted.months


def _no_less_certain(one: Persons, wanted: Persons) -> bool:
    """Whoever counts for the one counts for the other."""
    if wanted.job_role not in (None, one.job_role) or wanted.region not in (None, one.region):
        return False
    if wanted.level is None or one.level is None:
        return wanted.level is None
    if wanted.exactly:
        return one.exactly and one.level == wanted.level
    return LEVELS.index(one.level) >= LEVELS.index(wanted.level)


def _no_fewer(one: Trained, wanted: Trained) -> bool:
    figures = ("at_least", "share_percent", "more_than_percent")
    pairs = [(getattr(one, figure), getattr(wanted, figure)) for figure in figures]
    return any(had is not None and asked is not None and had >= asked for had, asked in pairs)
