"""Invitations to the visitor's own organisation: who was asked, and asking more."""

from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from app.journeys.inviting import revoke_invitation as take_back
from app.journeys.inviting import send_again
from app.people.domains import domains_of
from app.people.invitations import invitations_of
from app.transaction import reading
from app.web.identity import visitor
from app.web.inviting import Answer, Wrong, do, send_invitations, signing_key
from app.web.language import current
from app.web.membership_forms import InviteForm
from app.web.partner.team import own_organisation
from app.web.wording import gettext as _


def invitations() -> str | Answer:
    """The page, or the invitations that its form asks for."""
    organisation, form = own_organisation(), InviteForm()
    if request.method == "GET":
        return show(None)
    return send_invitations(lambda: organisation.id, form, show, url_for("partner.invitations"))


def send_invitation(invitation_id: int) -> Answer:
    """Send one again, with another link."""

    def deed(at: datetime) -> str:
        organisation_id = own_organisation().id
        send_again(organisation_id, invitation_id, key=signing_key(), by=visitor().id, at=at)
        return _("It is on its way again. The link of the letter before opens nothing any more.")

    return _deed(deed)


def revoke_invitation(invitation_id: int) -> Answer:
    """Take one back."""

    def deed(at: datetime) -> str:
        take_back(own_organisation().id, invitation_id, by=visitor().id, at=at)
        return _("The invitation is taken back.")

    return _deed(deed)


def show(wrong: Wrong | None) -> str:
    """The page, with the form that was sent if something is wrong with it."""
    organisation = own_organisation()
    sent = wrong.form if wrong and isinstance(wrong.form, InviteForm) else None
    with reading() as at:
        return render_template(
            "partner/invitations.html",
            organisation=organisation,
            domains=[one.domain for one in domains_of(organisation.id)],
            invitations=invitations_of(organisation.id),
            form=sent or InviteForm(formdata=None, language=current()),
            wrong=wrong,
            at=at,
        )


def _deed(deed: object) -> Answer:
    page = url_for("partner.invitations")
    if request.method == "GET":  # the page of an error, asked for again
        answer: Response = redirect(page)
        return answer
    return do(FlaskForm(), deed, show, page)  # type: ignore[arg-type]
