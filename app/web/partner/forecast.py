"""The next two years of an organisation: what comes by itself, what keeps the tier, and on whom it depends."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from flask import render_template, url_for

from app.partners.ahead import Ahead, look_ahead
from app.partners.programmes import participations_of
from app.transaction import reading
from app.web.layout import in_language
from app.web.partner.explained import own_place
from app.web.partner.foretold import Happening, Needed, happenings, needed, remedy, story
from app.web.partner.places import Place
from app.web.partner.plan import Need, Step, fees_text, needs_of, steps_of
from app.web.partner.scorecard import programme_tabs


class Part(NamedTuple):
    """One ladder; `tier` is the name of the tier that depends on the people who are `needed`."""

    name: str
    tone: str
    story: Sequence[str]
    remedy: str
    steps: Sequence[Step]
    needs: Sequence[Need]
    fees: str
    told: Sequence[Happening]
    happenings: Sequence[Happening]
    tier: str
    needed: Sequence[Needed]


def forecast() -> str:
    """Of the visitor's own organisation."""
    with reading() as at:
        return show_forecast(own_place(), at)


def show_forecast(place: Place, at: datetime) -> str:
    """The page of one programme, ladder by ladder; the other programmes are a tab away."""
    part, slug = place.part, None if place.own else place.slug
    return render_template(
        "partner/forecast.html",
        place=place,
        tabs=programme_tabs(
            participations_of(part.organisation_id), part, f"{'partner' if place.own else 'admin'}.forecast", slug
        ),
        parts=[_part(ahead) for ahead in look_ahead(part, at=at)],
        at=at,
        json_url=url_for("api_standings.get_forecast", organisation=place.slug, programme=part.programme.slug),
    )


def _part(ahead: Ahead) -> Part:
    now, ladder = ahead.forecast.qualification, happenings(ahead)
    proof, plan = now.proof(now.tier), ahead.remedy
    return Part(
        name=in_language(now.ladder_name) if now.ladder_name else "",
        tone="caution" if ahead.forecast.loss or ahead.forecast.look.held.at_risk_since else "ok",
        story=story(ahead),
        remedy=remedy(ahead),
        steps=steps_of(plan) if plan else (),
        needs=needs_of(plan, ahead.rules) if plan else (),
        fees=fees_text(plan.fees) if plan else "",
        told=[one for one in ladder if one.told],
        happenings=ladder,
        tier=in_language(proof.name) if proof else "",
        needed=needed(ahead),
    )
