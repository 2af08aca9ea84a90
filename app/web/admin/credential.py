"""One credential: its record, its history, the attempt it came from, and its revocation."""

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.credentials.issuing import Credential
from app.credentials.register import credential_and_successor, credential_by_id
from app.credentials.validity import State
from app.exams.attempts import Attempt
from app.exams.results import Result
from app.extensions import db
from app.journeys.moving import revoke_credential
from app.ledger.deeds import deeds_on
from app.people.organisations import membership_of
from app.people.persons import Person
from app.transaction import reading, writing
from app.web.access import may
from app.web.admin.deeds import in_words
from app.web.admin.forms import RevokeForm
from app.web.identity import visitor
from app.web.wording import gettext as _


def credential(public_id: str) -> str:
    """All that is known of it."""
    return show(public_id, RevokeForm())


def revoke(public_id: str) -> Response | tuple[str, int]:
    """It counts no longer from now on, nor does it for the holder's organisation."""
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(url_for("admin.credential", public_id=public_id))
    form = RevokeForm()
    if not form.validate_on_submit():
        return show(public_id, form), 422
    with writing() as at:
        found = credential_by_id(public_id)
        revoke_credential(found, reason=form.reason.data, by=visitor().id, at=at)
    flash(_("The certificate %(code)s is revoked.", code=found.code), "success")
    return redirect(url_for("admin.credential", public_id=public_id))


def show(public_id: str, form: RevokeForm) -> str:
    """The page, with the form for those who may revoke."""
    with reading() as at:
        found, successor = credential_and_successor(public_id)
        state = found.state(at)
        return render_template(
            "admin/credential.html",
            credential=found,
            record=found.data,
            state=state,
            person=db.session.get_one(Person, found.person_id),
            membership=membership_of(found.person_id, at),
            attempt=db.session.get_one(Attempt, found.attempt_id),
            result=db.session.get_one(Result, (found.attempt_id, found.result_number)),
            renewed=predecessor_of(found),
            successor=successor,
            lines=in_words(deeds_on(f"credential:{public_id}")),
            form=form if may("admin.revoke") and state in (State.VALID, State.EXPIRED) else None,
            at=at,
        )


def predecessor_of(found: Credential) -> Credential | None:
    """The credential that this one renews."""
    return db.session.scalar(select(Credential).where(Credential.id == found.renews_id))
