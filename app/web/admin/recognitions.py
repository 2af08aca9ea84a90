"""Recognitions: those that wait and all others, one with its evidence, deciding on it, and proposing one."""

from collections.abc import Callable
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy import case, select
from werkzeug.wrappers import Response

from app.credentials.recognitions import (
    EndPast,
    NoSuchRecognition,
    OwnRecognition,
    Recognition,
    RecognitionState,
    recognition_of,
)
from app.journeys.recognising import approve_recognition, end_recognition, reject_recognition
from app.journeys.recognising import propose_recognition as propose
from app.people.persons import Person, person_by_id
from app.refusal import Refusal
from app.transaction import reading, writing
from app.web.access import may
from app.web.admin.attempt import names_of
from app.web.admin.forms import DecideForm, ReasonForm
from app.web.files import attachment
from app.web.identity import visitor
from app.web.lists import asked_choice, page_of_query
from app.web.naming import RECOGNITION_STATES
from app.web.recognition_form import RecognitionForm, recognition_form
from app.web.wording import gettext as _

Page = Response | str | tuple[str, int]


def recognitions() -> str:
    """Those asked for, what waits first and then the newest."""
    state = asked_choice("state", RECOGNITION_STATES)
    waits = case((Recognition.state == RecognitionState.PROPOSED, 0), else_=1)
    query = select(Recognition, Person).join(Person, Person.id == Recognition.person_id)
    if state:
        query = query.where(Recognition.state == RecognitionState(state))
    with reading() as at:
        page = page_of_query(query.order_by(waits, Recognition.id.desc()))
        return render_template("admin/recognitions.html", page=page, at=at)


def recognition(recognition_id: int) -> str:
    """All that is known of one."""
    return _show(recognition_id)


def evidence(recognition_id: int) -> Response:
    """The file that shows it."""
    with reading():
        found = recognition_of(recognition_id)
        name, content = found.file_name, found.file
    if name is None or content is None:
        raise NoSuchRecognition
    return attachment(name, content)


def decide_recognition(recognition_id: int) -> Page:
    """Accept it until a day, or do not."""
    form = DecideForm()

    def deed(at: datetime) -> str:
        if request.form.get("verdict") != "accept":
            reject_recognition(recognition_id, reason=form.reason.data, by=visitor().id, at=at)
            return _("It is not accepted.")
        if form.last_day.data is None:
            raise EndPast
        approve_recognition(recognition_id, form.last_day.data, reason=form.reason.data, by=visitor().id, at=at)
        return _("It is accepted.")

    return _do(recognition_id, form, deed)


def revoke_recognition(recognition_id: int) -> Page:
    """It opens no gate from now on."""
    form = ReasonForm()

    def deed(at: datetime) -> str:
        end_recognition(recognition_id, reason=form.reason.data, by=visitor().id, at=at)
        return _("It is accepted no longer.")

    return _do(recognition_id, form, deed)


def propose_recognition(person_id: int) -> Page:
    """Ask for somebody; another administrator decides."""
    with reading():
        form = recognition_form()
    if not form.is_submitted():
        return _proposal(person_id, form)
    if not form.validate():
        return _proposal(person_id, form), 422
    try:
        with writing() as at:
            person_by_id(person_id)
            recognition_id = propose(person_id, form.outside(), by=visitor().id, at=at)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return _proposal(person_id, form, refusal), refusal.status
    flash(_("It is proposed. Another administrator has to decide."), "success")
    return redirect(url_for("admin.recognition", recognition_id=recognition_id), 303)


def _do(recognition_id: int, form: FlaskForm, deed: Callable[[datetime], str]) -> Page:
    """Do what a form asks for, and say so; or show the page with what stands in the way."""
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(url_for("admin.recognition", recognition_id=recognition_id))
    if not form.validate_on_submit():
        return _show(recognition_id, form), 422
    try:
        with writing() as at:
            news = deed(at)
    except Refusal as refusal:
        if refusal.status == 404 or isinstance(refusal, OwnRecognition):
            raise
        return _show(recognition_id, form, refusal), refusal.status
    flash(news, "success")
    return redirect(url_for("admin.recognition", recognition_id=recognition_id), 303)


def _show(recognition_id: int, wrong: FlaskForm | None = None, refusal: Refusal | None = None) -> str:
    with reading() as at:
        found = recognition_of(recognition_id)
        people = {found.person_id, found.proposed_by, found.decided_by, found.revoked_by} - {None}
        may_decide = may("admin.decide_recognition") and visitor().id not in (found.person_id, found.proposed_by)
        forms = {RecognitionState.PROPOSED: DecideForm, RecognitionState.APPROVED: ReasonForm}
        kind = forms.get(found.state) if may_decide or found.state is RecognitionState.APPROVED else None
        form = wrong if kind and isinstance(wrong, kind) else kind(formdata=None) if kind else None
        return render_template(
            "admin/recognition.html",
            recognition=found,
            names=names_of({one for one in people if one}),
            form=form if may("admin.decide_recognition") else None,
            refusal=refusal,
            at=at,
        )


def _proposal(person_id: int, form: RecognitionForm, refusal: Refusal | None = None) -> str:
    with reading():
        person = person_by_id(person_id)
        return render_template("admin/propose_recognition.html", person=person, form=form, refusal=refusal)
