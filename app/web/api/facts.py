"""Endpoints of facts: what is known about an organisation, as it stands or as it was known, and recording more."""

from datetime import datetime
from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy import select

from app.content.money import from_minor
from app.extensions import db
from app.journeys.recording_facts import FactRefused, correct_fact, record_fact, withdraw_fact
from app.partners.facts import Fact, facts_in
from app.partners.programmes import Programme, programme_by_slug
from app.partners.recording import Outcome
from app.people.organisations import Organisation, organisation_by_slug
from app.refusal import Refusal
from app.transaction import reading, writing
from app.web.api.idempotency import asked_key
from app.web.api.parsing import Endpoints
from app.web.api.standings import visible_organisation
from app.web.identity import visitor
from app.web.wording import gettext as _

PLACE = "/organisations/<organisation>/facts"
PAGE = 500
LARGEST_ID = 2**63 - 1

blueprint = Endpoints("api_facts", __name__, description="Facts about organisations")


class WhichSchema(Schema):
    """Which facts to show."""

    programme = fields.String(metadata={"description": "the id of a programme"})
    metric = fields.String()
    known_at = fields.AwareDateTime(metadata={"description": "what was known then; without it, what is known now"})
    before = fields.Integer(
        validate=validate.Range(1, LARGEST_ID), metadata={"description": "older than the fact with this id"}
    )


class FactSchema(Schema):
    """A fact. The value in decimals, as a text or a number; dates as 2026-12-31 or with a time."""

    programme = fields.String(metadata={"description": "needed unless it corrects a fact"})
    metric = fields.String(metadata={"description": "needed unless it corrects a fact"})
    value = fields.Raw(metadata={"type": "string"})
    currency = fields.String()
    valid_from = fields.String()
    valid_to = fields.String(allow_none=True)
    source = fields.String()
    external_id = fields.String(
        metadata={"description": "the record in the source; when it comes again it is corrected"}
    )
    evidence = fields.String(allow_none=True)
    corrects = fields.Integer(
        validate=validate.Range(1, LARGEST_ID), metadata={"description": "the id of the fact that this one replaces"}
    )
    withdrawn = fields.Boolean(load_default=False, metadata={"description": "nothing takes the place of `corrects`"})
    reason = fields.String(load_default="", metadata={"description": "needed to correct a fact"})


class WrongFact(Refusal):
    """Parts of the fact are wrong; `errors` says which and what to write."""

    status = 422
    title = FactRefused.title


@blueprint.get(PLACE)
@blueprint.arguments(WhichSchema(), location="query")
@blueprint.response(200)
def list_facts(which: dict[str, Any], organisation: str) -> dict[str, Any]:
    """What is known about the organisation, the latest recorded first, 500 at a time; `next` goes into `before`."""
    with reading() as at:
        found = visible_organisation(organisation)
        programme_id = programme_by_slug(which["programme"]).id if "programme" in which else None
        query = facts_in(
            found.id, programme_id=programme_id, metric=which.get("metric"), known_at=which.get("known_at", at)
        )
        query = query.where(Fact.id < which.get("before", LARGEST_ID)).order_by(None).order_by(Fact.id.desc())
        facts = db.session.scalars(query.limit(PAGE)).all()
        programmes = {one.id: one.slug for one in db.session.scalars(select(Programme))}
        shown = [fact_view(fact, programmes) for fact in facts]
    return {"facts": shown, "next": facts[-1].id if len(facts) == PAGE else None}


@blueprint.post(PLACE)
@blueprint.arguments(FactSchema())
@blueprint.response(201)
def add_fact(said: dict[str, Any], organisation: str) -> tuple[dict[str, Any], int]:
    """Record a fact, or correct one: 201. What is known already is shown again and counts once: 200."""
    try:
        with writing() as at:
            found = organisation_by_slug(organisation)
            if "corrects" in said:
                fact, outcome = _corrected(found, said, at), Outcome.CORRECTED
            else:
                fact, outcome = _recorded(found, said, at)
            programmes = {fact.programme_id: db.session.get_one(Programme, fact.programme_id).slug}
            shown = fact_view(fact, programmes)
    except FactRefused as refusal:
        errors = [{"field": one.column, "message": _(one.message) % one.facts} for one in refusal.complaints]
        raise WrongFact(errors=errors) from refusal
    return shown | {"outcome": outcome.value}, 200 if outcome is Outcome.KNOWN else 201


def fact_view(fact: Fact, programmes: dict[int, str]) -> dict[str, Any]:
    """A fact as it is shown: `value` in decimals."""
    return {
        "id": fact.id,
        "programme": programmes[fact.programme_id],
        "metric": fact.metric,
        "value": str(from_minor(fact.value, fact.currency) if fact.currency else fact.value),
        "currency": fact.currency,
        "valid_from": fact.valid_from.isoformat(),
        "valid_to": fact.valid_to.isoformat() if fact.valid_to else None,
        "recorded_at": fact.recorded_at.isoformat(),
        "source": fact.source,
        "external_id": fact.external_id,
        "evidence": fact.evidence,
        "corrects": fact.corrects_id,
        "withdrawn": fact.withdrawn,
    }


def _recorded(organisation: Organisation, said: dict[str, Any], at: datetime) -> tuple[Fact, Outcome]:
    cells, key = _cells(said), asked_key()
    is_keyed = key is not None and not cells.get("external_id")
    if is_keyed:
        cells["external_id"] = f"key:{visitor().id}:{key}"
    return record_fact(organisation, cells, by=visitor().id, at=at, reason=said["reason"] or None, is_keyed=is_keyed)


def _corrected(organisation: Organisation, said: dict[str, Any], at: datetime) -> Fact:
    if said["withdrawn"]:
        return withdraw_fact(organisation, said["corrects"], reason=said["reason"], by=visitor().id, at=at)
    cells = _cells(said)
    return correct_fact(organisation, said["corrects"], cells, reason=said["reason"], by=visitor().id, at=at)


def _cells(said: dict[str, Any]) -> dict[str, str]:
    """What was sent, as a row of a file would write it; the value may be a number."""
    parts = {name: said[name] for name in said if name not in ("corrects", "withdrawn", "reason")}
    return {
        name: "" if part is None or isinstance(part, bool | list | dict) else str(part) for name, part in parts.items()
    }
