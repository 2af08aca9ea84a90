"""Ahead: what becomes of a participation in the next two years, what would keep its tier, and on whom it depends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.exams.retakes import add_months
from app.partners.dependence import Absence, absences
from app.partners.evaluating import Part, known_of
from app.partners.forecast import MONTHS, Cause, Event, Forecast, forecast
from app.partners.looks import RulesOverTime, ladders_of
from app.partners.plan_words import plan_json
from app.partners.planner import Plan
from app.partners.planning import plan_to_keep
from app.partners.programmes import Participation
from app.partners.proofs import Check
from app.partners.records import Records
from app.partners.rule_versions import rules_over_time
from app.partners.rules import Programme

Data = dict[str, Any]


@dataclass(frozen=True)
class Ahead:
    """One ladder; `remedy` keeps the tier that is lost first, None where none is lost or nothing keeps it."""

    rules: Programme
    forecast: Forecast
    absences: Sequence[Absence]
    remedy: Plan | None

    @property
    def needed(self) -> list[Absence]:
        """The members each of whom the tier earned now depends on."""
        rank, earned = self.forecast.qualification.rank, self.forecast.qualification.tier
        return [one for one in self.absences if rank(one.tier) < rank(earned)]


def look_ahead(participation: Participation, *, at: datetime) -> list[Ahead]:
    """Every ladder of a participation, the main one first, by what is known at `at`. Writes nothing."""
    known = known_of(participation.organisation_id, at=at, training=True)  # a plan asks for it, whatever the rules do
    part, records = next(one for one in known if one[0].programme_id == participation.programme_id)
    at = max([at, *(one.evaluated_at for one in part.present.values())])
    rules = rules_over_time(part.versions, at)
    return [_ahead(part, records, rules, ladder, at) for ladder in ladders_of(rules)]


def _ahead(part: Part, records: Records, rules: RulesOverTime, ladder: str, at: datetime) -> Ahead:
    present, ruling = part.present.get(ladder), _rules_at(rules, at)
    ahead = forecast(
        rules,
        part.granted,
        records,
        at=at,
        until=add_months(at, MONTHS),
        anniversary_from=part.joined_at.date(),
        held=present.look.held if present else None,
        ladder=ladder,
    )
    loss, remedy = ahead.loss, None
    if loss and loss.before.tier and loss.qualification.proof(loss.before.tier):
        remedy = plan_to_keep(_rules_at(rules, loss.at), records, loss.before.tier, at=loss.at, ladder=ladder)
    return Ahead(ruling, ahead, list(absences(ruling, records, at, ladder)), remedy)


def _rules_at(rules: RulesOverTime, at: datetime) -> Programme:
    return [version for start, version in rules if start <= at][-1]


def ahead_json(ahead: Ahead) -> Data:
    """One ladder as data: instants as ISO 8601 in UTC, money in minor units, tiers by their ids."""
    now, loss = ahead.forecast.look, ahead.forecast.loss
    return {
        "ladder": ahead.forecast.ladder,
        "until": ahead.forecast.until.isoformat(),
        "held": now.tier,
        "earned": ahead.forecast.qualification.tier,
        "at_risk_since": _iso(now.held.at_risk_since),
        "review_at": _iso(now.held.review_at),
        "grace_until": _iso(now.held.grace_until),
        "next_change_at": _iso(now.held.next_change_at),
        "events": [_event(event) for event in ahead.forecast.events],
        "loss": loss and {"at": loss.at.isoformat(), "tier": loss.before.tier, "then": loss.after.tier},
        "remedy": ahead.remedy and plan_json(ahead.remedy),
        "without": [_absence(one) for one in ahead.absences],
        "depends_on": [one.person_id for one in ahead.needed],
    }


def _event(event: Event) -> Data:
    held = event.after.held
    return {
        "at": event.at.isoformat(),
        "news": list(event.news),
        "held": event.after.tier,
        "before": event.before.tier,
        "earned": event.qualification.tier,
        "at_risk_since": _iso(held.at_risk_since),
        "review_at": _iso(held.review_at),
        "grace_until": _iso(held.grace_until),
        "causes": [_cause(cause) for cause in event.causes],
        "unmet": [check_json(check) for check in event.unmet],
    }


def _cause(cause: Cause) -> Data:
    """What stands behind a step; what it is not about is left out."""
    member, holding, fact, granted = cause.member, cause.holding, cause.fact, cause.granted
    return (
        {"kind": cause.what}
        | ({"person": member.person_id, "name": member.name} if member else {})
        | ({"level": holding.level, "credential": holding.public_id} if holding else {})
        | ({"fact": fact.id, "metric": fact.metric, "value": fact.value, "currency": fact.currency} if fact else {})
        | ({"exception": granted.id, "tier": granted.tier} if granted else {})
    )


def _absence(one: Absence) -> Data:
    unmet = [check_json(check) for check in one.lacking]
    return {"person": one.person_id, "name": one.name, "earned": one.tier, "unmet": unmet}


def check_json(check: Check) -> Data:
    """Where an unmet requirement stands, without its proof."""
    names = ("id", "kind", "have", "need", "gap", "excess", "unit", "currency")
    return {name: getattr(check, name) for name in names} | {"name": dict(check.name)}


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
