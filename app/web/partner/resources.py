"""Resources: what the tiers held give the organisation, and what the next ones would add."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import render_template

from app.partners.particulars import Cadence, Entry
from app.partners.programmes import Participation, participations_of
from app.partners.rules import Programme, Tier
from app.partners.standing import Standing, standings_in
from app.transaction import reading
from app.web.identity import visitor
from app.web.layout import in_language
from app.web.partner.places import Place
from app.web.partner.scorecard import chosen_participation, programme_tabs
from app.web.wording import gettext as _


@dataclass(frozen=True)
class Rung:
    """Where the organisation stands on one ladder: the tier held and the next one, where there are."""

    held: Tier | None
    upper: Tier | None
    passed: Sequence[Tier]

    def review(self, everybody: Cadence | None) -> Cadence | None:
        """How often business is reviewed, by the tier or with everybody; None where a benefit says it already."""
        cadence = (self.held and self.held.business_review) or everybody
        told = [text.get("en", "").lower() for text in self.held.benefits] if self.held else []
        return None if any(f"{cadence} business review" in text for text in told) else cadence

    @property
    def gains(self) -> list[str]:
        """The benefits that the next tier adds."""
        own = [in_language(text) for text in self.held.benefits] if self.held else []
        offered = [in_language(text) for text in self.upper.benefits] if self.upper else []
        return [text for text in offered if text not in own]


@dataclass(frozen=True)
class Shelf:
    """A named list: what there is, and what the next tier would add to it."""

    title: str
    given: Sequence[Entry]
    ahead: Sequence[Entry]


def resources() -> str:
    """One programme of the organisation; the others are a tab away."""
    organisation = visitor().organisation
    with reading():
        parts = participations_of(organisation.id) if organisation else []
        if organisation is None or not parts:
            return render_template("partner/no_scorecard.html", organisation=organisation)
        chosen = chosen_participation(parts)
        rules, rungs = chosen.programme.rules, rungs_of(chosen)
        return render_template(
            "partner/resources.html",
            place=Place(organisation.name, organisation.slug, chosen, True),
            tabs=programme_tabs(parts, chosen, "partner.resources"),
            rules=rules,
            rungs=rungs,
            shelves=shelves_of(rules, rungs),
            names={tier.id: in_language(tier.name) for _, _, tiers in rules.every_ladder for tier in tiers},
        )


def rungs_of(part: Participation) -> list[Rung]:
    """A rung of each ladder."""
    standings = standings_in(part)
    return [_rung(tiers, standings, ladder) for ladder, _, tiers in part.programme.rules.every_ladder]


def shelves_of(rules: Programme, rungs: Iterable[Rung]) -> list[Shelf]:
    """What the programme holds for partners; a line that a tier brings is for that tier and those above it."""
    given = {None, *(tier.id for rung in rungs for tier in rung.passed)}
    ahead = {rung.upper.id for rung in rungs if rung.upper}
    named = [(in_language(listing.name), listing.entries) for listing in (*rules.support, *rules.lists)]
    every = [(_("Resources"), rules.resources), *named]
    shelves = [
        Shelf(title, [one for one in lines if one.tier in given], [one for one in lines if one.tier in ahead])
        for title, lines in every
    ]
    return [shelf for shelf in shelves if shelf.given or shelf.ahead]


def _rung(tiers: Sequence[Tier], standings: Mapping[str, Standing], ladder: str) -> Rung:
    standing = standings.get(ladder)
    held = next((tier for tier in tiers if standing and tier.id == standing.tier), None)
    rank = held.rank if held else 0
    above = sorted((tier for tier in tiers if tier.rank > rank), key=lambda tier: tier.rank)
    return Rung(held, above[0] if above else None, [tier for tier in tiers if tier.rank <= rank])
