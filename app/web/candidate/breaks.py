"""Breaks in an attempt, for whom they were granted."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.exams import breaks
from app.exams.attempts import Attempt
from app.transaction import writing
from app.web.identity import visitor


def take_break(attempt_id: int) -> Response:
    """Stop the clock and hide the items."""
    with writing() as at:
        breaks.take_break(attempt_id, visitor().id, at=at)
    return redirect(url_for("candidate.attempt", attempt_id=attempt_id), 303)


def end_break(attempt_id: int) -> Response:
    """Go on where one was."""
    with writing() as at:
        breaks.end_break(attempt_id, visitor().id, at=at)
    return redirect(url_for("candidate.attempt", attempt_id=attempt_id), 303)


def break_page(sitting: Attempt) -> str:
    """Nothing but until when, and the way back."""
    return render_template("candidate/break.html", attempt=sitting, exam=sitting.exam)
