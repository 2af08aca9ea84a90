"""One credential: its record, its history and the attempt it came from; revoking, reinstating and correcting it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.credentials.changing import Reinstatement, reinstatements_of, reissue_of
from app.credentials.issuing import Credential
from app.credentials.register import credential_and_successor, credential_by_id
from app.credentials.validity import State
from app.exams.attempts import Attempt
from app.exams.results import Result
from app.extensions import db
from app.journeys.amending import OwnCredential, reinstate_credential, reissue_credential
from app.journeys.moving import revoke_credential
from app.ledger.deeds import deeds_on
from app.people.organisations import membership_of
from app.people.persons import Person
from app.refusal import Refusal
from app.transaction import reading, writing
from app.web.access import may
from app.web.admin.attempt import names_of
from app.web.admin.deeds import in_words
from app.web.admin.forms import ReinstateForm, ReissueForm, RevokeForm
from app.web.identity import visitor
from app.web.wording import gettext as _

Page = Response | tuple[str, int]
CORRECTION = "correction"  # its fields have the names of those of the other form of the page
COUNTING = (State.VALID, State.EXPIRED)


@dataclass(frozen=True)
class Turn:
    """Something that became of a credential: the state it brought, when, why and by whom."""

    state: str
    at: datetime
    reason: str
    by: int


def credential(public_id: str) -> str:
    """All that is known of it."""
    return show(public_id)


def revoke(public_id: str) -> Page:
    """It counts no longer from now on, nor does it for the holder's organisation."""
    form = RevokeForm()

    def deed(at: datetime) -> str:
        found = credential_by_id(public_id)
        revoke_credential(found, reason=form.reason.data, by=visitor().id, at=at)
        return _("The certificate %(code)s is revoked.", code=found.code)

    return _do(public_id, form, deed)


def reinstate(public_id: str) -> Page:
    """The revocation is taken back, and stays in the history."""
    form = ReinstateForm()

    def deed(at: datetime) -> str:
        reinstate_credential(public_id, reason=form.reason.data, by=visitor().id, at=at)
        return _("The certificate counts again.")

    return _do(public_id, form, deed)


def reissue(public_id: str) -> Page:
    """Another one with the corrected name takes its place; leads to the new one."""
    form = ReissueForm(prefix=CORRECTION)

    def deed(at: datetime) -> str:
        said = {"reason": form.reason.data, "latin_name": form.latin_name.data}
        made = reissue_credential(public_id, form.name.data, **said, by=visitor().id, at=at)
        return _("The certificate %(code)s with the corrected name takes its place.", code=made.code)

    return _do(public_id, form, deed)


def _do(public_id: str, form: FlaskForm, deed: Callable[[datetime], str]) -> Page:
    """Do what a form asks for, and say so; or show the page with what stands in the way."""
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(url_for("admin.credential", public_id=public_id))
    if not form.validate_on_submit():
        return show(public_id, form), 422
    try:
        with writing() as at:
            news = deed(at)
    except Refusal as refusal:
        if refusal.status == 404 or isinstance(refusal, OwnCredential):
            raise
        return show(public_id, form, refusal), refusal.status
    flash(news, "success")
    return redirect(url_for("admin.credential", public_id=public_id), 303)


def show(public_id: str, wrong: FlaskForm | None = None, refusal: Refusal | None = None) -> str:
    """The page, with the forms for those who may; `wrong` is the one that was sent and has something to correct."""
    with reading() as at:
        found, successor = credential_and_successor(public_id)
        state, turns = found.state(at), list(turns_of(found, reinstatements_of(found.id)))
        return render_template(
            "admin/credential.html",
            credential=found,
            record=found.data,
            state=state,
            person=db.session.get_one(Person, found.person_id),
            membership=membership_of(found.person_id, at),
            attempt=db.session.get_one(Attempt, found.attempt_id),
            result=db.session.get_one(Result, (found.attempt_id, found.result_number)),
            renewed=by_number(found.renews_id),
            successor=successor,
            replaces=by_number(found.reissues_id),
            replacement=reissue_of(found.id),
            turns=turns,
            names=names_of({turn.by for turn in turns}),
            lines=in_words(deeds_on(f"credential:{public_id}")),
            refusal=refusal,
            wrong=wrong,
            at=at,
            **_forms(found, state, wrong),
        )


def turns_of(found: Credential, lapses: list[Reinstatement]) -> Iterator[Turn]:
    """Everything that became of it, in order: the revocations that were taken back, and what stands."""
    for lapse in lapses:
        yield Turn("revoked", lapse.revoked_at, lapse.revoked_reason, lapse.revoked_by)
        yield Turn("reinstated", lapse.reinstated_at, lapse.reason, lapse.reinstated_by)
    for state in ("revoked", "superseded", "withdrawn"):
        if when := getattr(found, f"{state}_at"):
            yield Turn(state, when, getattr(found, f"{state}_reason"), getattr(found, f"{state}_by"))


def by_number(credential_id: int | None) -> Credential | None:
    """The credential that another one names, if it names one."""
    return db.session.scalar(select(Credential).where(Credential.id == credential_id))


def _forms(found: Credential, state: State, wrong: FlaskForm | None) -> dict[str, Any]:
    """The forms of what may be done to it now, the wrong one as it was sent."""
    allowed = may("admin.revoke")
    may_amend = allowed and found.person_id != visitor().id
    offered = {
        "revoking": (RevokeForm, "", allowed and state in COUNTING),
        "reissuing": (ReissueForm, CORRECTION, may_amend and state in COUNTING),
        "reinstating": (ReinstateForm, "", may_amend and state is State.REVOKED),
    }
    return {
        name: (wrong if isinstance(wrong, kind) else kind(formdata=None, prefix=prefix)) if is_offered else None
        for name, (kind, prefix, is_offered) in offered.items()
    }
