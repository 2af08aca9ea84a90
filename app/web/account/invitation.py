"""An invitation, as whoever was sent its link sees it: an account is made or used, and the membership begins."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.journeys.inviting import accept, accept_as_newcomer
from app.ledger.deeds import record
from app.people.consent import CURRENT, TEXTS
from app.people.invitations import Invitation, WrongPerson, invitation_by_token
from app.people.organisations import Membership, membership_of
from app.people.passwords import hash_password
from app.people.persons import Person, person_by_email, person_by_id
from app.refusal import Refusal
from app.transaction import reading, writing
from app.web import language
from app.web.account.forms import AcceptForm, NewcomerForm
from app.web.account.sign_in import begin
from app.web.guessing import guesses_counted
from app.web.identity import address
from app.web.wording import gettext as _

Page = str | Response | tuple[str, int]
Form = AcceptForm | NewcomerForm | None


def invitation(token: str) -> Page:
    """What the invitation is for, and accepting it: with an account if the address has one, or by making one."""
    found, has_account, elsewhere = _look(token)
    if current_user.is_authenticated:
        _refuse_others(found)
        form: Form = AcceptForm()
    else:
        form = None if has_account else NewcomerForm()
    if request.method != "POST" or form is None:
        return _page(found, form, elsewhere)
    if not form.validate():
        return _page(found, form, elsewhere), 422
    try:
        _accept(token, form)
    except Refusal as refusal:
        if refusal.status in (403, 404, 410):
            raise
        return _page(found, form, elsewhere, refusal), refusal.status
    flash(_("You work for %(name)s on this platform from now on.", name=found.organisation.name), "success")
    return redirect(url_for("candidate.home"), 303)


def _look(token: str) -> tuple[Invitation, bool, Membership | None]:
    """The invitation, whether its address has an account, and where that person works now."""
    with guesses_counted(), reading() as at:
        found = invitation_by_token(token, at)
        person = person_by_email(found.email)
        return found, person is not None, membership_of(person.id, at) if person else None


def _refuse_others(found: Invitation) -> None:
    person = current_user.person
    if person.email == found.email:
        return
    with writing() as at:
        subject = f"organisation:{found.organisation_id}"
        place = found.organisation_id
        record("invitation_refused", subject, by=person.id, at=at, address=address(), organisation=place)
    raise WrongPerson


def _accept(token: str, form: AcceptForm | NewcomerForm) -> None:
    if isinstance(form, AcceptForm):
        with writing() as at:
            accept(token, person_by_id(current_user.id), leaves=bool(form.leaves.data), at=at)
        return
    begin(_make_account(token, form))


def _make_account(token: str, form: NewcomerForm) -> Person:
    secret = hash_password(form.new.data)
    with writing() as at:
        spoken = language.current()
        person, _membership = accept_as_newcomer(token, form.name.data, password_hash=secret, language=spoken, at=at)
        return person


def _page(found: Invitation, form: Form, elsewhere: Membership | None, refusal: Refusal | None = None) -> str:
    return render_template(
        "account/invitation.html",
        invitation=found,
        form=form,
        elsewhere=elsewhere,
        refusal=refusal,
        consent=TEXTS[CURRENT],
    )
