"""Breaks: whoever was granted them may stop the clock; the items are hidden meanwhile and nothing is saved."""

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, update

from app.exams.attempts import Attempt, AttemptClosed, AttemptState, lock_for_closing
from app.exams.grants import Cause, grant, grants_of
from app.exams.timing import is_overdue
from app.extensions import db
from app.refusal import Refusal

_SET = update(Attempt).where(Attempt.id == bindparam("paused_id")).values(break_until=bindparam("until"))


class NoBreakLeft(Refusal):
    """Breaks were not granted, or are used up."""

    title = _l("You have no break left in this exam")


def break_left_s(attempt: Attempt) -> int:
    """How many seconds the person may still pause."""
    if not attempt.break_s:
        return 0
    return attempt.break_s - sum(grant.seconds for grant in grants_of(attempt.id) if grant.cause is Cause.BREAK)


def is_on_break(attempt: Attempt, at: datetime) -> bool:
    """Whether the clock of the attempt stands still."""
    return attempt.break_until is not None and at < attempt.break_until


def take_break(attempt_id: int, person_id: int, *, at: datetime) -> None:
    """Stop the clock. All that is left is granted at once, and what is not used is taken back at the end, so that the
    deadline is right at any moment, whoever looks and whatever becomes of the page.
    """
    attempt = lock_for_closing(attempt_id, person_id)
    if attempt.state is not AttemptState.OPEN or is_overdue(attempt.deadline_at, at):
        raise AttemptClosed
    if is_on_break(attempt, at):
        return
    left = break_left_s(attempt)
    if left <= 0:
        raise NoBreakLeft
    grant(attempt, left, Cause.BREAK, at=at)
    _pause(attempt, at + timedelta(seconds=left))


def end_break(attempt_id: int, person_id: int, *, at: datetime) -> None:
    """Let the clock run again; a break that is over needs nothing."""
    attempt = lock_for_closing(attempt_id, person_id)
    if attempt.state is not AttemptState.OPEN or attempt.break_until is None:
        return
    unused = int((attempt.break_until - at).total_seconds())
    if unused > 0:
        grant(attempt, -unused, Cause.BREAK, at=at)
    _pause(attempt, None)


def _pause(attempt: Attempt, until: datetime | None) -> None:
    db.session.connection().execute(_SET, {"paused_id": attempt.id, "until": until})
    db.session.expire(attempt, ["break_until"])
