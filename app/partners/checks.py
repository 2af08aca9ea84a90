"""Checks, purely: one requirement held against what is known of an instant, with who and what proves it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.partners.fact_checks import check_agreement, check_attestation, check_tenure, tally_facts
from app.partners.persons_checks import check_team, needed, share_of, tally_persons, tally_training
from app.partners.proofs import Check, Limits, Reference, Tally, Worth
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
from app.partners.timeline import Moment, span_of


def checks_of(tier: str, known: Moment) -> tuple[Check, ...] | None:
    """The checks of what a tier of the moment's ladder asks for; None if there is no such tier.

    While they are being worked out they are None, so that two tiers that ask for each other are both unmet.
    """
    place = known.ladder, tier
    if place not in known.proved and place in known.records.tiers:
        known.proved[place] = None
        known.proved[place] = tuple(check(one, known) for one in known.records.tiers[place].requirements)
    return known.proved.get(place)


def check(requirement: Requirement, known: Moment) -> Check:
    """The requirement held against what is known of an instant."""
    return _CHECKS[type(requirement)](requirement, known)


def _tally(counted: OfPersons | OfMetric | OfMoney | OfTraining, known: Moment) -> Tally:
    """Counted once for all the tiers that ask for more or less of the same."""
    what: tuple[object, ...]
    if isinstance(counted, OfPersons):
        what = (counted.level, counted.job_role, counted.region, counted.exactly)
        count: Callable[[Any, Moment], Tally] = tally_persons
    elif isinstance(counted, OfTraining):
        what, count = (counted.track, counted.course), tally_training
    else:
        what, count = span_of(counted), tally_facts
    if (count, what) not in known.tallies:
        known.tallies[count, what] = count(counted, known)
    return known.tallies[count, what]


def _check_persons(requirement: Persons | Trained, known: Moment) -> Check:
    tally = _tally(requirement, known)
    present = tally.have + len(tally.others)
    need = needed(requirement, present)
    return Check(
        id=requirement.id,
        kind=requirement.kind,
        name=requirement.name,
        have=tally.have,
        need=need,
        unit=tally.unit,
        people=tally.people,
        candidates=tally.others if tally.have < need else (),
        terms=share_of(requirement, present),
    )


def _check_sum(requirement: Metric | Money, known: Moment) -> Check:
    tally = _tally(requirement, known)
    return Check(
        id=requirement.id,
        kind=requirement.kind,
        name=requirement.name,
        have=tally.have,
        need=requirement.need,
        unit=tally.unit,
        currency=tally.currency,
        facts=tally.facts,
        left_out=tally.left_out,
        most=requirement.most,
        terms=Limits(requirement.stated),
        converted=tally.converted,
    )


def _check_group(requirement: AllOf | AnyOf | SomeOf, known: Moment) -> Check:
    checks = tuple(check(part, known) for part in requirement.requirements)
    needs = {"all_of": len(checks), "any_of": 1}
    return Check(
        id=requirement.id,
        kind=requirement.kind,
        name=requirement.name,
        have=sum(part.met for part in checks),
        need=requirement.at_least if isinstance(requirement, SomeOf) else needs[requirement.kind],
        unit="requirements",
        checks=checks,
    )


def _check_previous(previous: Previous, known: Moment) -> Check:
    """The proof of the other tier stands with that tier; here it is met or not."""
    ladder = previous.ladder or known.ladder
    checks = checks_of(previous.tier, replace(known, ladder=ladder))
    tier = known.records.tiers.get((ladder, previous.tier))
    return Check(
        id=previous.id,
        kind=previous.kind,
        name=previous.name,
        have=int(checks is not None and all(one.met for one in checks)),
        need=1,
        unit="tiers",
        terms=Reference(ladder, previous.tier, tier.name if tier else None),
    )


def _check_points(points: Points, known: Moment) -> Check:
    """Candidates are named where their points would count: below the part's cap, while points are missing."""
    tallies = [_tally(part.of, known) for part in points.parts]
    have = [_points(part, tally.have) for part, tally in zip(points.parts, tallies, strict=True)]
    short = sum(have) < points.at_least
    checks = []
    for part, tally, scored in zip(points.parts, tallies, have, strict=True):
        full = part.at_most is not None and scored >= part.at_most
        wanted = scored < part.minimum or (short and not full)
        checks.append(_check_part(part, tally if wanted else replace(tally, others=()), scored))
    return Check(points.id, points.kind, points.name, sum(have), points.at_least, "points", checks=tuple(checks))


def _points(part: Part, have: int) -> int:
    scored = max(0, have) // part.per_units * part.points
    return scored if part.at_most is None else min(part.at_most, scored)


def _check_part(part: Part, tally: Tally, scored: int) -> Check:
    return Check(
        id=part.id,
        kind="part",
        name=part.name,
        have=scored,
        need=part.minimum,
        unit="points",
        people=tally.people,
        candidates=tally.others,
        facts=tally.facts,
        left_out=tally.left_out,
        terms=Worth(tally.have, tally.unit, tally.currency, part.per_units, part.points, part.at_most),
        converted=tally.converted,
    )


_CHECKS: dict[type, Callable[[Any, Moment], Check]] = {
    Persons: _check_persons,
    Trained: _check_persons,
    Metric: _check_sum,
    Money: _check_sum,
    Agreement: check_agreement,
    Attestation: check_attestation,
    Tenure: check_tenure,
    Previous: _check_previous,
    Points: _check_points,
    Team: check_team,
    AllOf: _check_group,
    AnyOf: _check_group,
    SomeOf: _check_group,
}
