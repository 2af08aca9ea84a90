"""Settling: an attempt whose time is over is closed by whoever looks at it first."""

import contextlib

from app.exams.attempts import Attempt, AttemptClosed, AttemptState, attempt_of
from app.exams.finding import open_attempts
from app.exams.timing import is_overdue
from app.journeys.nightly import close_overdue_attempt
from app.transaction import reading, writing


def settled_attempt(attempt_id: int, person_id: int) -> Attempt:
    """The person's own attempt, closed if its time is over."""
    with reading() as at:
        attempt = attempt_of(attempt_id, person_id)
    if attempt.state is AttemptState.OPEN and is_overdue(attempt.deadline_at, at):
        with contextlib.suppress(AttemptClosed), writing() as now:
            close_overdue_attempt(attempt_id, now)
        with reading():
            attempt = attempt_of(attempt_id, person_id)
    return attempt


def settle_overdue(person_id: int) -> None:
    """Close what is over, so that the answer speaks of results and not of an attempt that cannot go on."""
    with reading() as at:
        begun = open_attempts(person_id)
    for attempt_id, deadline_at in begun:
        if is_overdue(deadline_at, at):
            settled_attempt(attempt_id, person_id)
