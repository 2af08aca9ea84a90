"""Assigned courses of the visitor's team: who has what to study until when, as a page and as a file; and assigning."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import Response, render_template, request, url_for

from app.journeys.assigning import assign as assign_courses
from app.learning.assignments import Line, assignments_in, completion_of
from app.people.organisations import members_of
from app.transaction import reading
from app.web.csv_export import csv_response
from app.web.identity import visitor
from app.web.inviting import Answer, Wrong, do
from app.web.layout import in_language, last_day
from app.web.lists import asked_choice, asked_sort, asked_text, fold, matches, ordered, page_of_rows
from app.web.naming import ASSIGNMENT_STATES, LEVELS
from app.web.partner.assignment_forms import AssignForm, assign_form
from app.web.partner.team import own_organisation
from app.web.wording import gettext as _
from app.web.wording import ngettext

SORTS: dict[str, Callable[[Line], Any]] = {
    "due": lambda line: line.due_at,
    "name": lambda line: fold(line.person),
    "course": lambda line: fold(in_language(line.title)),
    "progress": lambda line: line.lessons_done / line.lessons if line.lessons else None,
}


def assignments() -> str:
    """A page of what was asked for."""
    organisation = own_organisation()
    with reading() as at:
        every = assignments_in(organisation.id, at)
        return render_template(
            "partner/assignments.html",
            organisation=organisation,
            size=len(every),
            completion=completion_of([organisation.id], at),
            page=page_of_rows(chosen(every, at)),
            sort=asked_sort(SORTS, "due"),
            at=at,
        )


def assignments_export() -> Response:
    """The same assignments, all of them, as CSV."""
    organisation = own_organisation()
    with reading() as at:
        header = [_("Name"), _("E-mail"), _("Level"), _("Course"), _("Assigned on"), _("Last day"), _("State")]
        header += [_("Lessons finished"), _("Lessons"), _("Finished on"), _("Note")]
        rows = [_row(line, at) for line in chosen(assignments_in(organisation.id, at), at)]
        return csv_response(f"assignments-{organisation.slug}-{at:%Y-%m-%d}", header, rows)


def assign() -> str | Answer:
    """The form, or the assignments that it asks for."""
    organisation = own_organisation()
    with reading() as at:
        form = assign_form(organisation.id, at)
    if request.method == "GET":
        return _show(form, None)

    def deed(at: datetime) -> str:
        wish = {"last_day": form.last_day.data, "note": form.note.data or "", "by": visitor().id, "at": at}
        added = assign_courses(own_organisation().id, form.people.data, form.what.data, **wish)
        new = sum(len(ids) for ids in added.values())
        return ngettext("%(num)s course was assigned", "%(num)s courses were assigned", new)

    return do(form, deed, lambda wrong: _show(form, wrong), url_for("partner.assignments"))


def chosen(lines: Sequence[Line], at: datetime) -> list[Line]:
    """The assignments that fit the address, in its order; those that were withdrawn only where they are asked for."""
    text, state = asked_text(), asked_choice("state", ASSIGNMENT_STATES)
    fitting = [line for line in lines if _fits(line, state, at) and matches(text, line.person, in_language(line.title))]
    sort = asked_sort(SORTS, "due")
    return ordered(fitting, SORTS[sort.removeprefix("-")], sort)


def _fits(line: Line, asked: str, at: datetime) -> bool:
    state = line.state(at)
    return state == asked if asked else state != "withdrawn"


def _row(line: Line, at: datetime) -> list[object]:
    done = line.done_at.date().isoformat() if line.done_at else ""
    cells: list[object] = [line.person, line.email, LEVELS[line.track], in_language(line.title)]
    cells += [line.assigned_at.date().isoformat(), last_day(line.due_at).isoformat(), ASSIGNMENT_STATES[line.state(at)]]
    return [*cells, line.lessons_done, line.lessons, done, line.note or ""]


def _show(form: AssignForm, wrong: Wrong | None) -> str:
    """The form; who has not agreed to be seen is told of, not offered."""
    organisation = own_organisation()
    with reading() as at:
        silent = [one.person.name for one in members_of(organisation.id, at) if not one.consent_at]
        return render_template(
            "partner/assign.html", organisation=organisation, form=form, silent=silent, wrong=wrong, at=at
        )
