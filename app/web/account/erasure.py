"""Asking to be erased, from one's own account, and taking it back."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.journeys.erasing import ask, take_back
from app.people.erasures import standing_erasure
from app.refusal import Refusal
from app.transaction import reading, writing
from app.web.account.forms import AskErasureForm
from app.web.identity import visitor
from app.web.wording import gettext as _

Page = Response | str | tuple[str, int]


def erasure() -> Page:
    """What it means to be erased; asking for it."""
    form = AskErasureForm()
    if request.method == "GET":
        return _show(form)
    if not form.validate_on_submit():
        return _show(form), 422
    try:
        with writing() as at:
            ask(visitor().id, at=at)
    except Refusal as refusal:
        return _show(form, refusal), refusal.status
    flash(_("Your request is made."), "success")
    return redirect(url_for("account.erasure"), 303)


def keep_account() -> Page:
    """The request is taken back."""
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(url_for("account.erasure"))
    try:
        with writing() as at:
            take_back(visitor().id, at=at)
    except Refusal as refusal:
        return _show(AskErasureForm(formdata=None), refusal), refusal.status
    flash(_("Your request is taken back. Your account stays as it is."), "success")
    return redirect(url_for("account.erasure"), 303)


def _show(form: AskErasureForm, refusal: Refusal | None = None) -> str:
    with reading():
        asked = standing_erasure(visitor().id)
        return render_template("account/erasure.html", asked=asked, form=form, refusal=refusal)
