"""Endpoints of teams: who works for an organisation and what they hold, the courses asked of them, and its earnings."""

from datetime import datetime
from typing import Any

from marshmallow import Schema, fields, validate

from app.content.money import from_minor
from app.journeys.assigning import assign
from app.learning.assigning import LONGEST_NOTE
from app.learning.assignments import Line, assignments_in, completion_of, standing_among
from app.partners.earnings import Earnings, earnings_of
from app.partners.programmes import participations_of
from app.transaction import reading, writing
from app.web.api.parsing import Endpoints
from app.web.api.standings import visible_organisation
from app.web.identity import visitor
from app.web.layout import last_day
from app.web.partner.members import Member, team_of

PLACE = "/organisations/<organisation>"
LARGEST_ID = 2**63 - 1

blueprint = Endpoints("api_teams", __name__, description="Teams, assigned courses and earnings of organisations")


class AssignSchema(Schema):
    """Who is to complete what, and until when."""

    people = fields.List(
        fields.Integer(validate=validate.Range(1, LARGEST_ID)),
        required=True,
        validate=validate.Length(1, 1000),
        metadata={"description": "ids of members who have agreed to be seen"},
    )
    what = fields.String(
        required=True, metadata={"description": "a course's id, or `track:` and a track for its required courses"}
    )
    last_day = fields.Date(required=True, metadata={"description": "who finishes on this day is in time"})
    note = fields.String(load_default="", validate=validate.Length(max=LONGEST_NOTE))


@blueprint.get(f"{PLACE}/team")
@blueprint.response(200)
def get_team(organisation: str) -> dict[str, Any]:
    """Who works there now, with the certificates they hold; of whoever has not agreed to it, no more than the name."""
    with reading() as at:
        return {"team": [member_view(one) for one in team_of(visible_organisation(organisation).id, at)]}


@blueprint.get(f"{PLACE}/assignments")
@blueprint.response(200)
def list_assignments(organisation: str) -> dict[str, Any]:
    """The courses asked of the people who work there, by their day, and how many of them are completed."""
    with reading() as at:
        found = visible_organisation(organisation)
        done, assigned = completion_of([found.id], at)
        lines = assignments_in(found.id, at)
        return {
            "completion": {"done": done, "assigned": assigned},
            "assignments": [assignment_view(line, at) for line in lines],
        }


@blueprint.post(f"{PLACE}/assignments")
@blueprint.arguments(AssignSchema())
@blueprint.response(201)
def add_assignments(said: dict[str, Any], organisation: str) -> dict[str, Any]:
    """Assign a course, or the required courses of a track; shows what is new. What is assigned or completed is not."""
    with writing() as at:
        found = visible_organisation(organisation)
        wish = {"last_day": said["last_day"], "note": said["note"], "by": visitor().id, "at": at}
        added = assign(found.id, set(said["people"]), said["what"], **wish)
        ids = [one for ids in added.values() for one in ids]
        return {"assignments": [assignment_view(line, at) for line in standing_among(ids, at)]}


@blueprint.get(f"{PLACE}/earnings")
@blueprint.response(200)
def list_earnings(organisation: str) -> dict[str, Any]:
    """Revenue and commission of the last 24 months by programme and currency; an estimate unless `recorded`."""
    with reading() as at:
        parts = participations_of(visible_organisation(organisation).id)
        earned = [(part.programme.slug, one) for part in parts for one in earnings_of(part, at)]
        return {"earnings": [earnings_view(programme, one) for programme, one in earned]}


def member_view(member: Member) -> dict[str, Any]:
    """A member, as the page of the team shows them."""
    shown: dict[str, Any] = {
        "id": member.person_id,
        "name": member.name,
        "email": member.email,
        "job_role": member.job_role,
        "partner_role": member.partner_role,
        "region": member.region,
        "since": member.since.isoformat(),
        "until": member.until.isoformat() if member.until else None,
        "agreed": member.agreed,
    }
    if not member.agreed:
        return shown
    held = [
        {"level": one.level, "id": one.public_id, "expires_at": one.expires_at.isoformat(), "valid": one.valid}
        for one in member.credentials
    ]
    studied = {"courses_done": member.courses_done, "courses": member.courses}
    return shown | studied | {"credentials": held, "next_step": member.step}


def assignment_view(line: Line, at: datetime) -> dict[str, Any]:
    """An assignment; `state` is open, late, done or withdrawn."""
    return {
        "id": line.id,
        "person": {"id": line.person_id, "name": line.person},
        "course": line.slug,
        "track": line.track,
        "assigned_at": line.assigned_at.isoformat(),
        "last_day": last_day(line.due_at).isoformat(),
        "note": line.note,
        "state": line.state(at),
        "lessons_done": line.lessons_done,
        "lessons": line.lessons,
        "done_at": line.done_at.isoformat() if line.done_at else None,
    }


def earnings_view(programme: str, earned: Earnings) -> dict[str, Any]:
    """The months of one currency, the amounts in decimals."""

    def decimals(minor: int | None) -> str | None:
        return None if minor is None else str(from_minor(minor, earned.currency))

    months = [
        {
            "month": f"{month.first:%Y-%m}",
            "revenue": decimals(month.revenue),
            "commission": decimals(month.commission),
            "recorded": month.is_recorded,
            "tiers": [
                {"tier": one.tier, "percent": None if one.percent is None else str(one.percent)} for one in month.shares
            ],
        }
        for month in earned.months
    ]
    return {"programme": programme, "currency": earned.currency, "months": months}
