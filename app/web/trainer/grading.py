"""Grading: the queue of answers that wait for people, the answer in hand, and how people rate."""

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.exams.catalogue import Exam, live_exam
from app.exams.rating_queue import NothingWaits, give_back, take_next, turn_of, waiting_of
from app.extensions import db
from app.journeys.rating import rate
from app.transaction import reading, writing
from app.web.files import attachment
from app.web.identity import visitor
from app.web.rating_sheet import file_of, sheet_of
from app.web.trainer.forms import RatingForm, rating_form
from app.web.trainer.graders import graders
from app.web.wording import gettext as _


def grading() -> str:
    """What waits, exam by exam, and what the visitor has in hand."""
    with reading() as at:
        lines = waiting_of(visitor().id, at)
        exams = {line.exam_id: db.session.get_one(Exam, line.exam_id) for line in lines}
        return render_template(
            "trainer/grading.html",
            lines=[(exams[line.exam_id], line) for line in lines],
            mine=turn_of(visitor().id),
            graders=graders(),
            at=at,
        )


def next_answer() -> Response:
    """Take the answer that has waited longest, of one exam or of all."""
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(url_for("trainer.grading"))
    slug = request.form.get("exam")
    try:
        with writing() as at:
            turn = take_next(visitor().id, at=at, exam_id=live_exam(slug).id if slug else None)
    except NothingWaits as refusal:
        flash(f"{refusal.title}. {refusal.detail}", "info")
        return redirect(url_for("trainer.grading"))
    return redirect(url_for("trainer.answer", turn_id=turn.id))


def answer(turn_id: int) -> str | Response | tuple[str, int]:
    """The answer in hand with its rubric, and the marks that it is given."""
    with reading() as at:
        sheet = sheet_of(turn_id, visitor().id)
        form = rating_form([points for points, _text in sheet.rubric])
        status = 200 if request.method == "GET" else 422
        if status == 200 or not form.validate():
            return render_template("trainer/answer.html", sheet=sheet, form=form, at=at), status
    return _send(turn_id, form)


def answer_file(turn_id: int, number: int) -> Response:
    """A file of the answer in hand, always to be saved and never shown."""
    with reading():
        return attachment(*file_of(turn_id, visitor().id, number))


def give_back_answer(turn_id: int) -> Response:
    """Let somebody else rate it."""
    if request.method == "POST":
        with writing():
            give_back(turn_id, visitor().id)
        flash(_("The answer is back in the queue, in its place."), "success")
    return redirect(url_for("trainer.grading"))


def _send(turn_id: int, form: RatingForm) -> Response:
    """Keep the marks and, if so asked, take the next answer at once."""
    grader_id, following = visitor().id, None
    with writing() as at:
        rate(turn_id, grader_id, form.marks, form.comment.data or "", at=at)
        if request.form.get("go") != "stop":
            following = _next_or_none(grader_id, at)
    flash(_("Your marks are kept."), "success")
    if following is None:
        return redirect(url_for("trainer.grading"))
    return redirect(url_for("trainer.answer", turn_id=following))


def _next_or_none(grader_id: int, at: datetime) -> int | None:
    try:
        return take_next(grader_id, at=at).id
    except NothingWaits:
        return None
