"""The scorecard: where the visitor's organisation stands in its programmes, and why."""

from collections.abc import Sequence

from flask import render_template, request, url_for

from app.partners.completion import completion_target
from app.partners.onboarding import checklist_in
from app.partners.programmes import NoSuchProgramme, Participation, announced, participations_of
from app.transaction import reading
from app.web.identity import visitor
from app.web.layout import in_language
from app.web.onboarding_words import is_shown, words
from app.web.partner.card import card_of
from app.web.partner.completion import trained
from app.web.partner.places import Place


def scorecard() -> str:
    """One programme of the organisation; the others are a tab away."""
    organisation = visitor().organisation
    with reading() as at:
        parts = participations_of(organisation.id) if organisation else []
        if organisation is None or not parts:
            return render_template("partner/no_scorecard.html", organisation=organisation)
        chosen = chosen_participation(parts)
        checklist = checklist_in(chosen, at)
        return render_template(
            "partner/scorecard.html",
            organisation=organisation,
            chosen=chosen,
            tabs=programme_tabs(parts, chosen, "partner.scorecard"),
            card=card_of(chosen, at),
            place=Place(organisation.name, organisation.slug, chosen, True),
            announced=announced(chosen.programme_id, at),
            trained=trained(organisation.id, [chosen], at) if completion_target(chosen.programme.rules) else None,
            checklist=checklist if is_shown(checklist, at) else None,
            **words(at),
        )


def chosen_participation(parts: Sequence[Participation]) -> Participation:
    """The one that the address names, or the first."""
    slug = request.args.get("programme") or parts[0].programme.slug
    for part in parts:
        if slug == part.programme.slug:
            return part
    raise NoSuchProgramme


def programme_tabs(
    parts: Sequence[Participation], chosen: Participation, endpoint: str, organisation: str | None = None
) -> list[tuple[str, str, bool]]:
    """A tab for each programme: its title, where it leads, and whether one is there."""
    return [
        (
            in_language(part.programme.rules.title),
            url_for(endpoint, slug=organisation, programme=part.programme.slug),
            part is chosen,
        )
        for part in parts
    ]
