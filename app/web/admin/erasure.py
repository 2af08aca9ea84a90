"""Erasing people: who asked for it and until when it is to be answered, and the page that does it for one."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.journeys.erasing import erase, extent_of
from app.people.erasures import done_erasures, standing_erasure, waiting_erasures
from app.people.persons import person_by_id
from app.refusal import Refusal
from app.transaction import reading, writing
from app.web.admin.forms import EraseForm
from app.web.identity import visitor
from app.web.wording import gettext as _

Page = Response | str | tuple[str, int]


def erasures() -> str:
    """Who waits to be erased, and the numbers of those who were."""
    with reading() as at:
        return render_template("admin/erasures.html", waiting=waiting_erasures(), done=done_erasures(), at=at)


def erase_person(person_id: int) -> Page:
    """What would go and what would stay; then, once the address is typed, nothing but the number is left."""
    form = EraseForm()
    if request.method == "GET":
        return _show(person_id, form)
    with reading():
        form.expected = person_by_id(person_id).email
    if not form.validate_on_submit():
        return _show(person_id, form), 422
    try:
        with writing() as at:
            erase(person_id, reason=form.reason.data, by=visitor().id, at=at)
    except Refusal as refusal:
        return _show(person_id, form, refusal), refusal.status
    flash(_("The person is erased."), "success")
    return redirect(url_for("admin.person", person_id=person_id), 303)


def _show(person_id: int, form: EraseForm, refusal: Refusal | None = None) -> str:
    with reading():
        return render_template(
            "admin/erase.html",
            person=person_by_id(person_id),
            extent=extent_of(person_id),
            asked=standing_erasure(person_id),
            is_self=person_id == visitor().id,
            form=form,
            refusal=refusal,
        )
