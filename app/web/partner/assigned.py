"""One assigned course of the visitor's team: how far the person is, another day, and taking it back."""

from collections.abc import Callable
from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask_wtf import FlaskForm

from app.journeys import assigning
from app.learning.assigning import AssignmentChanged
from app.learning.assignments import assignment_in
from app.transaction import reading
from app.web.identity import visitor
from app.web.inviting import Answer, Wrong, do
from app.web.layout import last_day
from app.web.partner.assignment_forms import MoveForm
from app.web.partner.team import own_organisation
from app.web.wording import gettext as _


def assignment(assignment_id: int) -> str:
    """The page."""
    return _show(assignment_id, None)


def move_assignment(assignment_id: int) -> Answer:
    """Another last day."""
    form = MoveForm()

    def deed(at: datetime) -> str:
        if form.seen.data is None:
            raise AssignmentChanged
        days = {"last_day": form.last_day.data, "seen": form.seen.data}
        assigning.move_assignment(own_organisation().id, assignment_id, **days, by=visitor().id, at=at)
        return _("The last day is changed.")

    return _deed(assignment_id, form, deed)


def withdraw_assignment(assignment_id: int) -> Answer:
    """It is asked no longer; the page offers to take that back."""

    def deed(at: datetime) -> str:
        assigning.withdraw_assignment(own_organisation().id, assignment_id, by=visitor().id, at=at)
        return _("The assignment is withdrawn.")

    return _deed(assignment_id, FlaskForm(), deed)


def restore_assignment(assignment_id: int) -> Answer:
    """It is asked after all."""

    def deed(at: datetime) -> str:
        assigning.restore_assignment(own_organisation().id, assignment_id, by=visitor().id, at=at)
        return _("The course is assigned again.")

    return _deed(assignment_id, FlaskForm(), deed)


def _deed(assignment_id: int, form: FlaskForm, deed: Callable[[datetime], str]) -> Answer:
    page = url_for("partner.assignment", assignment_id=assignment_id)
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(page)
    return do(form, deed, lambda wrong: _show(assignment_id, wrong), page)


def _show(assignment_id: int, wrong: Wrong | None) -> str:
    """The page, with the form that was sent if something is wrong with it."""
    organisation = own_organisation()
    sent = wrong.form if wrong and isinstance(wrong.form, MoveForm) and wrong.form.errors else None
    with reading() as at:
        line = assignment_in(organisation.id, assignment_id, at)
        fresh = MoveForm(formdata=None, last_day=last_day(line.due_at), seen=line.due_at.isoformat())
        return render_template(
            "partner/assignment.html",
            organisation=organisation,
            line=line,
            state=line.state(at),
            form=sent or fresh,
            wrong=wrong,
            at=at,
        )
