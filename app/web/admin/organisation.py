"""One organisation: its scorecard, as its own people see it, and its members."""

from flask import render_template

from app.partners.programmes import participations_of
from app.people.organisations import organisation_by_slug
from app.transaction import reading
from app.web.lists import asked_sort, ordered, page_of_rows
from app.web.partner.card import card_of
from app.web.partner.members import team_of
from app.web.partner.scorecard import chosen_participation, programme_tabs
from app.web.partner.team import SORTS


def organisation(slug: str) -> str:
    """The standing in one programme, and the team below it."""
    with reading() as at:
        found = organisation_by_slug(slug)
        parts = participations_of(found.id)
        chosen = chosen_participation(parts) if parts else None
        sort = asked_sort(SORTS, "name")
        members = ordered(team_of(found.id, at), SORTS[sort.removeprefix("-")], sort)
        return render_template(
            "admin/organisation.html",
            organisation=found,
            chosen=chosen,
            tabs=programme_tabs(parts, chosen, "admin.organisation", slug) if chosen else [],
            card=card_of(chosen, at) if chosen else None,
            page=page_of_rows(members),
            sort=sort,
            at=at,
        )
