"""The organisation's entry in the public directory: written, seen and taken down by its administrators."""

from collections.abc import Callable
from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask_wtf import FlaskForm

from app.journeys.listing import publish_listing, save_listing, withdraw_listing
from app.partners.standing import standing_lines
from app.people.brands import label_of
from app.people.listings import listing_of, texts_of
from app.transaction import reading
from app.web.identity import visitor
from app.web.inviting import Answer, Wrong, do
from app.web.listing_forms import ListingForm, PublishForm, filled
from app.web.partner.team import own_organisation
from app.web.wording import gettext as _


def listing() -> str | Answer:
    """The page, and what was written on it."""
    if request.method == "GET":
        return _show(None)
    form = ListingForm()

    def deed(at: datetime) -> str:
        save_listing(own_organisation().id, form.entry(), form.seen.data, by=visitor().id, at=at)
        return _("The entry is saved.")

    return _deed(form, deed)


def publish() -> Answer:
    """Everyone may see the entry."""

    def deed(at: datetime) -> str:
        publish_listing(own_organisation().id, by=visitor().id, at=at)
        return _("The entry is in the public directory from now on.")

    return _deed(PublishForm(), deed)


def withdraw() -> Answer:
    """Nobody sees it any more."""

    def deed(at: datetime) -> str:
        withdraw_listing(own_organisation().id, by=visitor().id, at=at)
        return _("The entry is out of the public directory. What you wrote is kept.")

    return _deed(FlaskForm(), deed)


def _deed(form: FlaskForm, deed: Callable[[datetime], str]) -> Answer:
    page = url_for("partner.listing")
    if request.method == "GET":  # the page of an error, asked for again
        answer: Answer = redirect(page)
        return answer
    return do(form, deed, _show, page)


def _show(wrong: Wrong | None) -> str:
    organisation = own_organisation()
    sent = wrong.form if wrong and wrong.refusal is None else None
    with reading():
        entry = listing_of(organisation.id)
        return render_template(
            "partner/listing.html",
            organisation=organisation,
            entry=entry,
            is_seen=bool(entry and entry.listed_at),
            has_tier=any(line.tier for line in standing_lines(organisation.id)),
            label=label_of(organisation.id),
            form=sent if isinstance(sent, ListingForm) else filled(entry, texts_of(organisation.id)),
            confirming=sent if isinstance(sent, PublishForm) else PublishForm(formdata=None),
            wrong=wrong,
        )
