"""The way in: the steps of the organisation's onboarding and its clock, for its own people to read."""

from flask import render_template

from app.partners.onboarding import checklist_in
from app.partners.programmes import participations_of
from app.transaction import reading
from app.web.identity import visitor
from app.web.onboarding_words import words
from app.web.partner.places import Place
from app.web.partner.scorecard import chosen_participation, programme_tabs


def onboarding() -> str:
    """The checklist of one programme; the vendor ticks it."""
    organisation = visitor().organisation
    with reading() as at:
        parts = participations_of(organisation.id) if organisation else []
        if organisation is None or not parts:
            return render_template("partner/no_scorecard.html", organisation=organisation)
        chosen = chosen_participation(parts)
        return render_template(
            "partner/onboarding.html",
            place=Place(organisation.name, organisation.slug, chosen, True),
            tabs=programme_tabs(parts, chosen, "partner.onboarding"),
            checklist=checklist_in(chosen, at),
            forms={},
            **words(at),
        )
