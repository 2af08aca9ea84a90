"""What an organisation wrote in the public directory, for the vendor to hide if it has to, and to show again."""

from collections.abc import Callable
from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask_wtf import FlaskForm

from app.journeys.listing import hide_listing, unhide_listing
from app.people.listings import listing_of, texts_of
from app.people.organisations import organisation_by_slug
from app.transaction import reading
from app.web.access import may
from app.web.admin.attempt import names_of
from app.web.identity import visitor
from app.web.inviting import Answer, Wrong, do
from app.web.listing_forms import HideForm
from app.web.wording import country_text
from app.web.wording import gettext as _


def listing(slug: str) -> str:
    """What it wrote, and whether everyone sees it."""
    return _show(slug, None)


def hide(slug: str) -> Answer:
    """Nobody else reads it."""
    form = HideForm()

    def deed(at: datetime) -> str:
        hide_listing(organisation_by_slug(slug).id, form.reason.data, by=visitor().id, at=at)
        return _("What the partner wrote is hidden. It reads the reason on its page.")

    return _deed(slug, form, deed)


def unhide(slug: str) -> Answer:
    """It may be read again."""

    def deed(at: datetime) -> str:
        unhide_listing(organisation_by_slug(slug).id, by=visitor().id, at=at)
        return _("What the partner wrote may be seen again.")

    return _deed(slug, FlaskForm(), deed)


def _deed(slug: str, form: FlaskForm, deed: Callable[[datetime], str]) -> Answer:
    page = url_for("admin.listing", slug=slug)
    if request.method == "GET":  # the page of an error, asked for again
        answer: Answer = redirect(page)
        return answer
    return do(form, deed, lambda wrong: _show(slug, wrong), page)


def _show(slug: str, wrong: Wrong | None) -> str:
    sent = wrong.form if wrong and isinstance(wrong.form, HideForm) and wrong.refusal is None else None
    with reading():
        organisation = organisation_by_slug(slug)
        entry = listing_of(organisation.id)
        return render_template(
            "admin/listing.html",
            organisation=organisation,
            entry=entry,
            texts=texts_of(organisation.id),
            names=names_of({entry.hidden_by} if entry and entry.hidden_by else set()),
            form=(sent or HideForm(formdata=None)) if may("admin.hide_listing") else None,
            country=country_text,
            wrong=wrong,
        )
