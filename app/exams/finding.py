"""Finding attempts: those that a person has open, those past their time, and those that are closed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select

from app.exams.attempts import IS_OPEN, Attempt, AttemptState
from app.exams.timing import is_overdue
from app.extensions import db

_OPEN = select(Attempt.id, Attempt.deadline_at).where(Attempt.person_id == bindparam("person_id"), IS_OPEN)


def open_attempts(person_id: int) -> Sequence[tuple[int, datetime]]:
    """The ids and deadlines of the attempts that the person has open."""
    rows = db.session.connection().execute(_OPEN, {"person_id": person_id})
    return [(attempt_id, deadline_at) for attempt_id, deadline_at in rows]


def overdue_attempts(at: datetime, limit: int = 100) -> list[Attempt]:
    """Open attempts whose time and grace are over."""
    query = select(Attempt).where(IS_OPEN, Attempt.deadline_at < at)
    attempts = db.session.scalars(query.order_by(Attempt.deadline_at).limit(limit))
    return [attempt for attempt in attempts if is_overdue(attempt.deadline_at, at)]


def closed_among(attempt_ids: Sequence[int], *, lock: bool) -> Sequence[Attempt]:
    """Those of the attempts that are closed, by id; locked, a closing that is under way is waited for first.

    Those of erased persons are left out: they cannot be graded again.
    """
    query = select(Attempt).where(Attempt.id.in_(attempt_ids)).order_by(Attempt.id)
    query = query.with_for_update() if lock else query
    attempts = db.session.scalars(query.execution_options(populate_existing=True))
    return [attempt for attempt in attempts if attempt.state is AttemptState.CLOSED and not attempt.is_erased]
