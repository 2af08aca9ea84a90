"""One organisation: its scorecard, as its own people see it, and its members."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.credentials.typesetting import SANS, SERIF_BOLD, choose_face, tidy
from app.ledger.deeds import record
from app.partners.programmes import announced, participations_of
from app.people.brands import label_of, set_label
from app.people.logos import BadLogo, keep_logo
from app.people.organisations import organisation_by_slug
from app.transaction import reading, writing
from app.web.access import may
from app.web.admin.forms import LabelForm
from app.web.identity import visitor
from app.web.lists import asked_sort, ordered, page_of_rows
from app.web.partner.card import card_of
from app.web.partner.members import team_of
from app.web.partner.places import Place
from app.web.partner.scorecard import chosen_participation, programme_tabs
from app.web.partner.team import SORTS
from app.web.wording import gettext as _


def organisation(slug: str) -> str:
    """The standing in one programme, and the team below it."""
    return show(slug, None)


def label(slug: str) -> Response | tuple[str, int]:
    """The label of the certificates that its people receive from now on; what was issued stays as it is."""
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(url_for("admin.organisation", slug=slug))
    form = LabelForm()
    if not form.validate_on_submit():
        return show(slug, form), 422
    name = form.name.data or ""
    choose_face(tidy(name), (SERIF_BOLD, SANS))  # what no typeface prints is refused here, and not at the next issue
    try:
        picture = form.picture()
    except BadLogo as refusal:
        form.logo.errors = [str(refusal.detail)]
        return show(slug, form), refusal.status
    with writing() as at:
        found = organisation_by_slug(slug)
        logo = keep_logo(picture) if picture else _kept_logo(found.id, form)
        set_label(found.id, name, form.colour.data or "", logo)
        record("organisation_labelled", found.slug, by=visitor().id, at=at, organisation=found.id, logo=logo)
    flash(_("The label is saved. It stands on the certificates issued from now on."), "success")
    return redirect(url_for("admin.organisation", slug=slug))


def show(slug: str, form: LabelForm | None) -> str:
    """The page, with the form of its label for those who may set it."""
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
            place=Place(found.name, slug, chosen, False) if chosen else None,
            announced=announced(chosen.programme_id, at) if chosen else None,
            page=page_of_rows(members),
            sort=sort,
            at=at,
            **_label_and_form(found.id, form),
        )


def _label_and_form(organisation_id: int, form: LabelForm | None) -> dict[str, Any]:
    """The label as it stands, and the form as it was sent, or filled in for whoever may change it."""
    label = label_of(organisation_id)
    filled = {"name": label.name, "colour": label.colour} if label else {}
    return {"label": label, "form": form or (LabelForm(data=filled) if may("admin.label") else None)}


def _kept_logo(organisation_id: int, form: LabelForm) -> str | None:
    """The present logo, unless it, or the whole label, is to go."""
    label = label_of(organisation_id)
    goes = form.without_logo.data or not (form.name.data or "").strip()
    return label.logo if label and not goes else None
