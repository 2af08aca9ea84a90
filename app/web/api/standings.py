"""Endpoints of standings: which tier an organisation holds, and why."""

from typing import Any

from app.partners.programmes import Participation, all_participations, participation_in, participations_of
from app.partners.standing import standing_in
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
        return {"standings": [_line(part) for part in _visible_participations()]}


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


def _visible_participations() -> list[Participation]:
    if visitor().role in (Role.VIEWER, Role.ADMIN):
        return list(all_participations())
    own = visitor().organisation
    return list(participations_of(own.id)) if own else []


def _line(part: Participation) -> dict[str, Any]:
    standing = standing_in(part)
    return {
        "organisation": part.organisation.slug,
        "programme": part.programme.slug,
        "tier": standing.tier if standing else None,
        "since": standing.since.isoformat() if standing else None,
        "at_risk_since": standing.at_risk_since.isoformat() if standing and standing.at_risk_since else None,
    }
