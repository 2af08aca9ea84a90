"""Endpoints of standings: which tier an organisation holds, and why."""

from collections.abc import Sequence
from typing import Any

from flask import request

from app.partners.ahead import ahead_json, look_ahead
from app.partners.programmes import Participation, participation_in
from app.partners.standing import Line, history_of, past_standing, standing_lines, standings_in
from app.partners.two_clocks import explain_as_of, explain_present, instant_of
from app.people.organisations import Organisation, organisation_by_slug
from app.people.visitors import Role
from app.refusal import NotFound
from app.transaction import reading
from app.web.api.parsing import Endpoints
from app.web.identity import visitor

blueprint = Endpoints("api_standings", __name__, description="Standings of organisations in programmes")


@blueprint.get("/standings")
@blueprint.response(200)
def list_standings() -> dict[str, Any]:
    """The standings you may see: your organisation's, or all of them for the vendor's people."""
    with reading():
        return {"standings": [line_view(line) for line in _visible_lines()]}


@blueprint.get("/standings/<organisation>/<programme>")
@blueprint.response(200)
def get_standing(organisation: str, programme: str) -> dict[str, Any]:
    """One standing with its whole explanation; `as_of` and `known_at`, days or instants, ask for that of any day."""
    as_of, known_at = request.args.get("as_of"), request.args.get("known_at")
    with reading() as now:
        part = participation_in(visible_organisation(organisation).id, programme)
        if as_of is None and known_at is None:
            return {"standing": explain_present(part)}
        known = instant_of(known_at, now) if known_at else now
        at = instant_of(as_of, now) if as_of else known
        return {"standing": explain_as_of(part, as_of=at, known_at=known, now=now)}


@blueprint.get("/standings/<organisation>/<programme>/forecast")
@blueprint.response(200)
def get_forecast(organisation: str, programme: str) -> dict[str, Any]:
    """What comes by itself in the next 24 months, ladder by ladder, what keeps the tier, and on whom it depends."""
    with reading() as at:
        part = participation_in(visible_organisation(organisation).id, programme)
        return {"forecast": [ahead_json(ahead) for ahead in look_ahead(part, at=at)]}


@blueprint.get("/standings/<organisation>/<programme>/history")
@blueprint.response(200)
def list_history(organisation: str, programme: str) -> dict[str, Any]:
    """Every standing there ever was, by ladder, the newest first."""
    with reading():
        part = participation_in(visible_organisation(organisation).id, programme)
        return {"history": {ladder: _history(part, ladder) for ladder in standings_in(part)}}


@blueprint.get("/standings/<organisation>/<programme>/history/<int:standing_id>")
@blueprint.response(200)
def get_past_standing(organisation: str, programme: str, standing_id: int) -> dict[str, Any]:
    """One standing of the history with the explanation that was kept of it."""
    with reading():
        part = participation_in(visible_organisation(organisation).id, programme)
        return {"standing": past_standing(part, standing_id).proof}


def visible_organisation(slug: str) -> Organisation:
    """The organisation, if the visitor works for it or for the vendor; any other is not found."""
    own = visitor().organisation
    if visitor().role in (Role.VIEWER, Role.ADMIN) or (own and own.slug == slug):
        return organisation_by_slug(slug)
    raise NotFound


def line_view(line: Line) -> dict[str, Any]:
    """Where an organisation stands in a programme, in short."""
    return {
        "organisation": line.organisation,
        "programme": line.programme,
        "ladder": line.ladder,
        "tier": line.tier,
        "since": line.since.isoformat() if line.since else None,
        "at_risk_since": line.at_risk_since.isoformat() if line.at_risk_since else None,
        "exception_until": line.exception_until.isoformat() if line.exception_until else None,
    }


def _history(part: Participation, ladder: str) -> list[dict[str, Any]]:
    return [
        {
            "id": past.id,
            "tier": past.tier,
            "since": past.since.isoformat(),
            "until": past.until.isoformat() if past.until else None,
            "by_exception": past.exception_id is not None,
        }
        for past in history_of(part, ladder)
    ]


def _visible_lines() -> Sequence[Line]:
    if visitor().role in (Role.VIEWER, Role.ADMIN):
        return standing_lines()
    own = visitor().organisation
    return standing_lines(own.id) if own else ()
