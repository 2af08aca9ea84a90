"""Endpoints of standings: which tier an organisation holds, and why."""

from collections.abc import Sequence
from typing import Any

from app.partners.programmes import participation_in
from app.partners.standing import Line, standing_in, standing_lines
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
    """One standing with its whole explanation."""
    with reading():
        part = participation_in(visible_organisation(organisation).id, programme)
        standing = standing_in(part)
        return {"standing": standing.proof if standing else None}


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
        "tier": line.tier,
        "since": line.since.isoformat() if line.since else None,
        "at_risk_since": line.at_risk_since.isoformat() if line.at_risk_since else None,
    }


def _visible_lines() -> Sequence[Line]:
    if visitor().role in (Role.VIEWER, Role.ADMIN):
        return standing_lines()
    own = visitor().organisation
    return standing_lines(own.id) if own else ()
