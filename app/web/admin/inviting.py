"""Who may join an organisation: its verified domains, and the invitations that the administration sends for it."""

from collections.abc import Callable
from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask_wtf import FlaskForm

from app.journeys.inviting import revoke_invitation as take_back
from app.journeys.inviting import send_again
from app.ledger.deeds import record
from app.people import domains
from app.people.invitations import invitations_of
from app.people.organisations import organisation_by_slug
from app.transaction import reading
from app.web.access import may
from app.web.identity import visitor
from app.web.inviting import Answer, Wrong, do, send_invitations, signing_key
from app.web.language import current
from app.web.membership_forms import ApprovedInviteForm, DomainForm
from app.web.wording import gettext as _


def invitations(slug: str) -> str:
    """The page."""
    return show(slug, None)


def invite(slug: str) -> Answer:
    """Invite people, with a reason even from outside the domains."""
    page = url_for("admin.invitations", slug=slug)
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(page)
    form = ApprovedInviteForm()
    return send_invitations(lambda: organisation_by_slug(slug).id, form, lambda wrong: show(slug, wrong), page)


def send_invitation(slug: str, invitation_id: int) -> Answer:
    """Send one again, with another link."""

    def deed(at: datetime) -> str:
        organisation_id = organisation_by_slug(slug).id
        send_again(organisation_id, invitation_id, key=signing_key(), by=visitor().id, at=at)
        return _("It is on its way again. The link of the letter before opens nothing any more.")

    return _deed(slug, FlaskForm(), deed)


def revoke_invitation(slug: str, invitation_id: int) -> Answer:
    """Take one back."""

    def deed(at: datetime) -> str:
        take_back(organisation_by_slug(slug).id, invitation_id, by=visitor().id, at=at)
        return _("The invitation is taken back.")

    return _deed(slug, FlaskForm(), deed)


def verify_domain(slug: str) -> Answer:
    """Addresses at the domain are those of the organisation's people from now on."""
    form = DomainForm()

    def deed(at: datetime) -> str:
        found = organisation_by_slug(slug)
        domain = domains.verify_domain(found.id, form.domain.data, by=visitor().id, at=at)
        record(
            "domain_verified", f"organisation:{found.id}", by=visitor().id, at=at, organisation=found.id, name=domain
        )
        return _("Whoever has an address at %(domain)s can be invited by the organisation itself.", domain=domain)

    return _deed(slug, form, deed)


def withdraw_domain(slug: str) -> Answer:
    """Nobody joins by the domain any more."""

    def deed(at: datetime) -> str:
        found, domain = organisation_by_slug(slug), request.form.get("domain", "").replace("\0", "")
        domains.withdraw_domain(found.id, domain)
        subject = f"organisation:{found.id}"
        record("domain_withdrawn", subject, by=visitor().id, at=at, organisation=found.id, name=domain)
        return _("Nobody joins by %(domain)s any more. Whoever did stays.", domain=domain)

    return _deed(slug, FlaskForm(), deed)


def show(slug: str, wrong: Wrong | None) -> str:
    """The page, with the form that was sent if something is wrong with it."""
    with reading() as at:
        found = organisation_by_slug(slug)
        return render_template(
            "admin/invitations.html",
            organisation=found,
            domains=domains.domains_of(found.id),
            invitations=invitations_of(found.id),
            form=_sent(wrong, ApprovedInviteForm) or ApprovedInviteForm(formdata=None, language=current()),
            domain_form=_sent(wrong, DomainForm) or DomainForm(formdata=None),
            wrong=wrong,
            may_change=may("admin.invite"),
            at=at,
        )


def _sent(wrong: Wrong | None, kind: type[FlaskForm]) -> FlaskForm | None:
    return wrong.form if wrong and isinstance(wrong.form, kind) else None


def _deed(slug: str, form: FlaskForm, deed: Callable[[datetime], str]) -> Answer:
    page = url_for("admin.invitations", slug=slug)
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(page)
    return do(form, deed, lambda wrong: show(slug, wrong), page)
