"""Certificates from elsewhere: what the person has had accepted, and the form that asks for another."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.credentials.recognitions import recognitions_of
from app.journeys.recognising import propose_recognition
from app.refusal import Refusal
from app.transaction import reading, writing
from app.web.identity import visitor
from app.web.recognition_form import RecognitionForm, recognition_form
from app.web.wording import gettext as _


def recognitions() -> Response | str | tuple[str, int]:
    """The list and the form; sending it asks an administrator to accept another one."""
    with reading():
        form = recognition_form()
    if not form.is_submitted():
        return _page(form)
    if not form.validate():
        return _page(form), 422
    try:
        with writing() as at:
            propose_recognition(visitor().id, form.outside(), by=visitor().id, at=at)
    except Refusal as refusal:
        return _page(form, refusal), refusal.status
    flash(_("An administrator decides on it. You see the decision here."), "success")
    return redirect(url_for("candidate.recognitions"), 303)


def _page(form: RecognitionForm, refusal: Refusal | None = None) -> str:
    with reading() as at:
        found = recognitions_of(visitor().id)
        return render_template("candidate/recognitions.html", recognitions=found, form=form, refusal=refusal, at=at)
