"""Endpoints for what the exam page tells beside the answers: its events, and the reports of items."""

from typing import Any

from marshmallow import Schema, fields, validate

from app.exams.events import AT_ONCE, LARGEST, EventKind, Noted
from app.exams.events import note_events as note
from app.exams.reports import Fault
from app.exams.reports import report_item as report
from app.transaction import writing
from app.web.api.parsing import Endpoints
from app.web.identity import visitor

blueprint = Endpoints("api_events", __name__, description="What the exam page tells beside the answers")


class EventSchema(Schema):
    """One event: what, at which item, and how many milliseconds or characters; never a text."""

    kind = fields.Enum(EventKind, by_value=True, required=True)
    position = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=1000))
    amount = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=LARGEST))


class ReportSchema(Schema):
    """What is wrong with an item of the form, in the candidate's eyes."""

    position = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=1000))
    fault = fields.Enum(Fault, by_value=True, required=True)
    text = fields.String(load_default="", validate=validate.Length(max=500))


class EventsSchema(Schema):
    """A few of them, in the order in which they happened."""

    events = fields.List(fields.Nested(EventSchema()), required=True, validate=validate.Length(min=1, max=AT_ONCE))


@blueprint.post("/attempts/<int:attempt_id>/events")
@blueprint.arguments(EventsSchema())
@blueprint.response(200)
def note_events(asked: dict[str, Any], attempt_id: int) -> dict[str, int]:
    """Note what happened on the page; more than an attempt has room for is counted and not kept."""
    with writing() as at:
        seen = note(attempt_id, visitor().id, [Noted(**one) for one in asked["events"]], at=at)
    return {"seen": seen}


@blueprint.post("/attempts/<int:attempt_id>/reports")
@blueprint.arguments(ReportSchema())
@blueprint.response(201)
def report_item(asked: dict[str, Any], attempt_id: int) -> dict[str, int]:
    """Report an item of your open attempt, once; nothing else of the attempt changes."""
    with writing() as at:
        report(attempt_id, visitor().id, asked["position"], asked["fault"], asked["text"], at=at)
    return {"position": asked["position"]}
