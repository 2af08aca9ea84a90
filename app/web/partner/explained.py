"""Explained: a standing of any day, by what was known on another, and each standing of the history, with its proof."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import render_template, url_for

from app.partners.programmes import participations_of
from app.partners.rule_versions import rules_of, version_at, versions_of
from app.partners.rules import MAIN, Programme
from app.partners.standing import past_standing
from app.partners.two_clocks import explain_as_of, instant_of
from app.refusal import NotFound, Refusal
from app.transaction import reading
from app.web.identity import visitor
from app.web.layout import in_language
from app.web.lists import asked_text
from app.web.partner.card import proofs_in
from app.web.partner.card_parts import Proof
from app.web.partner.places import Place
from app.web.partner.scorecard import chosen_participation

Data = dict[str, Any]


class Explained(NamedTuple):
    """An explanation ready to be drawn; `held` and `earned` are names of tiers, `kept` what was held at that time."""

    name: str
    data: Data
    held: str
    earned: str
    kept: str | None
    at_risk_since: datetime | None
    proofs: Sequence[Proof]


def as_of() -> str | tuple[str, int]:
    """Of the visitor's own organisation."""
    with reading() as now:
        return show_as_of(own_place(), now)


def standing(standing_id: int) -> str:
    """One standing of the visitor's own organisation."""
    with reading():
        return show_standing(own_place(), standing_id)


def show_as_of(place: Place, now: datetime) -> str | tuple[str, int]:
    """The page of the two dates that the address names; without them it asks for them."""
    asked = {name: asked_text(name) for name in ("as_of", "known_at") if asked_text(name)}
    explained, refusal, version = [], None, None
    if asked:
        try:
            known_at = instant_of(asked["known_at"], now) if "known_at" in asked else now
            at = instant_of(asked["as_of"], now) if "as_of" in asked else known_at
            data = explain_as_of(place.part, as_of=at, known_at=known_at, now=now)
            version = version_at(versions_of(place.part.programme_id), at, known_at)
            explained = _every(data, rules_of(version.version_id) if version else place.part.programme.rules)
        except Refusal as caught:
            refusal = caught
    page = render_template(
        "partner/as_of.html",
        place=place,
        asked=asked,
        explained=explained,
        version=version,
        refusal=refusal,
        today=now.date(),
        json_url=place.json_url(**asked) if explained else None,
    )
    return (page, refusal.status) if refusal else page


def show_standing(place: Place, standing_id: int) -> str:
    """The page of one standing of the history, with the explanation that was kept of its last look."""
    found = past_standing(place.part, standing_id)
    rules = rules_of(found.programme_version_id)
    began = {"as_of": found.since.isoformat(), "known_at": (found.recorded_at or found.since).isoformat()}
    return render_template(
        "partner/standing.html",
        place=place,
        standing=found,
        one=_explained(found.proof, rules, found.ladder),
        rules=rules,
        began_url=place.url("as_of", **began),
        json_url=url_for(
            "api_standings.get_past_standing",
            organisation=place.slug,
            programme=place.part.programme.slug,
            standing_id=standing_id,
        ),
    )


def own_place() -> Place:
    """Where the visitor's own organisation stands in the programme that the address names, or NotFound."""
    organisation = visitor().organisation
    parts = participations_of(organisation.id) if organisation else ()
    if organisation is None or not parts:
        raise NotFound
    return Place(organisation.name, organisation.slug, chosen_participation(parts), True)


def _every(data: Data, rules: Programme) -> list[Explained]:
    return [_explained(one, rules, ladder) for ladder, one in {MAIN: data, **data["ladders"]}.items()]


def _explained(data: Data, rules: Programme, ladder: str) -> Explained:
    names = {tier.id: in_language(tier.name) for tier in rules.tiers_of(ladder)}
    title = next((name for id, name, _ in rules.every_ladder if id == ladder), None)
    kept, at_risk_since = data.get("kept"), data["at_risk_since"]
    return Explained(
        name=in_language(title) if title else "",
        data=data,
        held=_name(data["held"]),
        earned=_name(data["earned"]),
        kept=names.get(kept["tier"], kept["tier"]) or "" if kept else None,
        at_risk_since=datetime.fromisoformat(at_risk_since) if at_risk_since else None,
        proofs=proofs_in(rules, ladder, data) if names else [],
    )


def _name(tier: Data | None) -> str:
    return in_language(tier["name"]) if tier else ""
