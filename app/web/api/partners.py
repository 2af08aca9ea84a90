"""Endpoints of the public directory of certified partners: open to everyone, without the name of any person."""

from typing import Any

from flask import current_app

from app.partners.directory import Shown, shown_by_slug
from app.transaction import reading
from app.web.api.parsing import Endpoints
from app.web.guessing import guesses_counted
from app.web.public.partners import Names, found_partners, programme_rules

HEADERS = {"Cache-Control": "public, max-age=5", "Access-Control-Allow-Origin": "*"}  # an entry goes away at once

blueprint = Endpoints("api_partners", __name__, description="The public directory of certified partners")


@blueprint.get("/partners")
@blueprint.response(200)
def list_partners() -> tuple[dict[str, Any], int, dict[str, str]]:
    """A page of the partners; `q`, `programme`, `tier` and `level` search, `page` turns."""
    with reading() as at:
        names = programme_rules()
        page, found = found_partners(names, at)
        partners = [partner_view(one, names) for one in found]
    return {"partners": partners, "total": page.total, "page": page.page, "pages": page.pages}, 200, HEADERS


@blueprint.get("/partners/<slug>")
@blueprint.response(200)
def get_partner(slug: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """One partner that wants to be seen."""
    with guesses_counted(), reading() as at:
        return partner_view(shown_by_slug(slug, at), programme_rules()), 200, HEADERS


def partner_view(partner: Shown, names: Names) -> dict[str, Any]:
    """What everyone sees; `certified` counts people by their highest level."""
    base_url = current_app.config["BASE_URL"]
    return {
        "slug": partner.slug,
        "name": partner.name,
        "url": f"{base_url}/partners/{partner.slug}",
        "logo": f"{base_url}/logos/{partner.logo}.png" if partner.logo else None,
        "country": partner.country,
        "region": partner.region,
        "website": partner.website,
        "description": dict(partner.texts),
        "tiers": [
            {
                "programme": names[one.programme_id].id,
                "ladder": one.ladder,
                "tier": one.tier,
                "since": one.since.isoformat(),
            }
            for one in partner.held
        ],
        "certified": dict(partner.certified),
    }
