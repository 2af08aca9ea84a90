"""Standing checks: I4 held against the data, that every present standing is what its inputs give, on every ladder."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from app.extensions import db
from app.partners.exceptions import granted_in
from app.partners.knowledge import records_of
from app.partners.looks import Look, exception_over, ladders_of, with_edges
from app.partners.programmes import Participation, all_participations
from app.partners.records import Records
from app.partners.rule_versions import Dated, rules_of, rules_over_time, version_at, versions_of
from app.partners.rules import MAIN
from app.partners.standing import Standing, standings_in
from app.partners.tiers import Held, Qualification, steps


def standing_breaches(at: datetime, late: timedelta) -> Iterator[str]:
    """Every standing that is missing, not what it should be, or past its next change by more than `late`."""
    for participation in all_participations():
        name = f"{participation.organisation.slug} in {participation.programme.slug}"
        versions = versions_of(participation.programme_id)
        standings = standings_in(participation)
        evaluated_at = max((standing.evaluated_at for standing in standings.values()), default=at)
        for ladder in ladders_of(rules_over_time(versions, evaluated_at)):
            place = name if ladder == MAIN else f"{name}, {ladder}"
            standing = standings.get(ladder)
            if standing is None:
                yield f"{place}: has no standing"
            elif standing.next_change_at and standing.next_change_at + late < at:
                yield f"{place}: should have been looked at again on {standing.next_change_at}"
            elif breach := _breach(participation, standing, versions) or _begun(standing, versions):
                yield f"{place}: {breach}"


def _breach(participation: Participation, standing: Standing, versions: Sequence[Dated]) -> str | None:
    """How the last look at the standing, taken once more, gives something else."""
    at, held = standing.evaluated_at, standing.held
    folded, qualification = _fold(participation, standing, versions, held, at, at, records_of(participation, at))
    said, shown = ((standing.proof[key] or {}).get("id") for key in ("earned", "held"))
    version = version_at(versions, at, at) or versions[0]
    if qualification.tier != said:
        return f"earned {qualification.tier} at {at}, and not {said}"
    if standing.tier != shown:
        return f"holds {standing.tier}, and its proof says {shown}"
    if version.version_id != standing.programme_version_id:
        return f"was worked out by rules that were not in force at {at}"
    # Who left may since have lost or won a credential: an instant to look at that changes nothing.
    if replace(folded, next_change_at=held.next_change_at) != held:
        return f"looked at again at {at} it is {folded}, and not {held}"
    if _tier(participation, standing.ladder, folded, qualification, at) != standing.tier:
        return f"holds {standing.tier}, which neither its rules nor an exception give"
    return None


def _begun(standing: Standing, versions: Sequence[Dated]) -> str | None:
    """How it does not follow from the standing before: a tier is lost when a grace or an exception ends, or with it.

    What was earned when it began is not looked at: an attempt that is closed late issues as of its deadline.
    """
    since = standing.since
    place = (Standing.organisation_id == standing.organisation_id) & (Standing.programme_id == standing.programme_id)
    earlier = select(Standing).where(place, Standing.ladder == standing.ladder, Standing.id < standing.id)
    before = db.session.scalar(earlier.order_by(Standing.id.desc()).limit(1))
    if before is None:
        return None
    if before.until != since:
        return f"begins on {since}, and the one before ends on {before.until}"
    rules = version_at(versions, since, standing.recorded_at or since)
    ranks = {tier.id: tier.rank for tier in rules_of(rules.version_id).tiers_of(standing.ladder)} if rules else {}
    fell = ranks.get(before.tier or "", 0) > ranks.get(standing.tier or "", 0)
    in_its_time = before.exception_id or (before.grace_until and before.grace_until <= since)
    return f"fell from {before.tier} on {since}, and no grace had ended" if fell and not in_its_time else None


def _fold(
    participation: Participation,
    standing: Standing,
    versions: Sequence[Dated],
    held: Held | None,
    at: datetime,
    known_at: datetime,
    records: Records,
) -> tuple[Held, Qualification]:
    """One step at an instant, from what was held before it."""
    granted = granted_in(participation.organisation_id, participation.programme_id, known_at)
    rules = with_edges(rules_over_time(versions, known_at), granted)
    anniversary = participation.joined_at.date()
    held = replace(held, next_change_at=None) if held else None
    *_, last = steps(rules, records, at, anniversary, held, ladder=standing.ladder)
    return last


def _tier(
    participation: Participation, ladder: str, held: Held, qualification: Qualification, known_at: datetime
) -> str | None:
    """What is held in the end, with the exceptions that were known."""
    granted = granted_in(participation.organisation_id, participation.programme_id, known_at)
    return Look(held, exception_over(granted, ladder, held, qualification)).tier
