"""Where one works: what the organisation sees of one, agreeing to it, and leaving."""

from collections.abc import Callable
from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask_wtf import FlaskForm

from app.journeys import moving
from app.people.consent import CURRENT, TEXTS
from app.people.membership_changes import end_of, story_of
from app.people.organisations import membership_of
from app.refusal import NotFound
from app.transaction import reading
from app.web.account.forms import ConsentForm
from app.web.identity import visitor
from app.web.inviting import Answer, Wrong, do
from app.web.membership_forms import EndForm
from app.web.wording import gettext as _


def membership() -> str:
    """The page."""
    return show(None)


def consent() -> Answer:
    """Agree to what the organisation sees."""

    def deed(at: datetime) -> str:
        moving.consent(visitor().id, at=at)
        return _("Thank you. You can read what you agreed to here at any time.")

    return _deed(ConsentForm(), deed)


def leave() -> Answer:
    """End one's own membership, at once or after a last day."""
    form = EndForm()

    def deed(at: datetime) -> str:
        last, by = form.last_day.data, visitor().id
        ends_at = end_of(last, at) if last else None
        moving.leave(by, by=by, at=at, ends_at=ends_at)
        return _("The end is set.") if ends_at else _("The membership has ended. What you hold stays yours.")

    return _deed(form, deed)


def stay() -> Answer:
    """Take the end back."""

    def deed(at: datetime) -> str:
        organisation = visitor().organisation
        if organisation is None:
            raise NotFound
        moving.keep(visitor().id, organisation.id, by=visitor().id, at=at)
        return _("The membership goes on.")

    return _deed(FlaskForm(), deed)


def show(wrong: Wrong | None) -> str:
    """The page, with the form that was sent if something is wrong with it; without an organisation it says so."""
    with reading() as at:
        present = membership_of(visitor().id, at)
        story = story_of(present.person_id, present.organisation_id) if present else []
        return render_template(
            "account/membership.html",
            membership=present,
            story=story,
            consent=TEXTS.get(present.consent_version or CURRENT) if present else None,
            form=wrong.form if wrong and isinstance(wrong.form, ConsentForm) else ConsentForm(formdata=None),
            end=wrong.form if wrong and isinstance(wrong.form, EndForm) else EndForm(formdata=None),
            wrong=wrong,
            at=at,
        )


def _deed(form: FlaskForm, deed: Callable[[datetime], str]) -> Answer:
    page = url_for("account.membership")
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(page)
    return do(form, deed, show, page)
