"""Grants: the only way in which the deadline of an attempt moves, each with its cause."""

import enum
from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, bindparam, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.exams.accommodations import Allowance, OwnAccommodation, grant_accommodation
from app.exams.attempts import Attempt, AttemptClosed, AttemptState, lock_attempt, lock_candidate
from app.exams.finding import open_attempts
from app.exams.sections import granted_to_present, granted_to_rest
from app.exams.timing import deadline, is_overdue
from app.extensions import Model, Name, db, forgettable
from app.ledger.deeds import record
from app.refusal import Refusal

MOST_MINUTES = 240


class Cause(enum.StrEnum):
    """Why time was granted; a break that ends early gives back what is left of it."""

    ACCOMMODATION = "accommodation"
    MINUTES = "minutes"
    OUTAGE = "outage"
    BREAK = "break"


class Grant(Model):
    """Seconds by which the deadline of an attempt moved. Grants of an attempt are numbered from 1."""

    __tablename__ = "grants"
    __table_args__ = (
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("seconds > 0 OR (seconds < 0 AND cause = 'break')", name="seconds"),
        CheckConstraint("(cause = 'minutes') = (granted_by IS NOT NULL)", name="giver"),
    )

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    seconds: Mapped[int]
    cause: Mapped[Cause]
    reason: Mapped[Name | None]
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    granted_at: Mapped[datetime]


forgettable(Grant.__table__, reason="'-'")  # type: ignore[arg-type]


class AlreadyGranted(Refusal):
    """Somebody else granted time since the page was read, or the same button was pressed twice."""

    title = _l("Time was granted meanwhile")
    detail = _l("Nothing was added. Look at the new end of the attempt before you grant more.")


class WrongMinutes(Refusal):
    """Minutes are granted, not taken, and not without end."""

    status = 422
    title = _l("Grant from 1 to 240 minutes")


_GRANTS = select(Grant).where(Grant.attempt_id == bindparam("attempt_id")).order_by(Grant.number)
_COUNT = select(func.count(Grant.number)).where(Grant.attempt_id == bindparam("attempt_id"))
_GRANT = insert(Grant)
_MOVE = (
    update(Attempt)
    .where(Attempt.id == bindparam("moved_id"), Attempt.state == AttemptState.OPEN)
    .values(deadline_at=bindparam("deadline_at"), section_grants=bindparam("section_grants"))
)


def grants_of(attempt_id: int) -> Sequence[Grant]:
    """What was granted to an attempt, in order."""
    return db.session.scalars(_GRANTS, {"attempt_id": attempt_id}).all()


def grant_minutes(attempt_id: int, minutes: int, *, seen: int, reason: str, by: int, at: datetime) -> None:
    """More time for an open attempt; `seen` is how many grants it had when the page was read."""
    if not 1 <= minutes <= MOST_MINUTES:
        raise WrongMinutes
    attempt = lock_attempt(attempt_id)
    if attempt.person_id == by:
        raise OwnAccommodation
    if attempt.state is not AttemptState.OPEN or is_overdue(attempt.deadline_at, at):
        raise AttemptClosed
    if seen != _count(attempt_id):
        raise AlreadyGranted
    grant(attempt, 60 * minutes, Cause.MINUTES, at=at, by=by, reason=reason)
    record("time_granted", f"attempt:{attempt_id}", by=by, at=at, minutes=minutes, reason=reason)


def accommodate(
    person_id: int, allowance: Allowance, *, reason: str, by: int, at: datetime, expires_at: datetime | None
) -> None:
    """Grant an accommodation, which an attempt that has begun gets as well. Raises AccountClosed."""
    lock_candidate(person_id)
    grant_accommodation(person_id, allowance, reason=reason, by=by, at=at, expires_at=expires_at)
    for attempt_id, _ in open_attempts(person_id):
        attempt = lock_attempt(attempt_id)
        if not is_overdue(attempt.deadline_at, at):
            _give_more(attempt, allowance, at)


def _give_more(attempt: Attempt, allowance: Allowance, at: datetime) -> None:
    """What the factor gives beyond what it has given already."""
    started_at, minutes = attempt.started_at, attempt.exam["duration_min"]
    at_start = deadline(started_at, minutes, Fraction(attempt.time_percent, 100))
    wanted = deadline(started_at, minutes, allowance.time_factor) - at_start
    given = sum(grant.seconds for grant in grants_of(attempt.id) if grant.cause is Cause.ACCOMMODATION)
    more = int(wanted.total_seconds()) - given
    if more > 0:
        grant(attempt, more, Cause.ACCOMMODATION, at=at)
    attempt.break_s = max(attempt.break_s, 60 * allowance.break_min)


def grant(
    attempt: Attempt,
    seconds: int,
    cause: Cause,
    *,
    at: datetime,
    by: int | None = None,
    reason: str | None = None,
    since: datetime | None = None,
) -> None:
    """Move the deadline of an open attempt, and the end of the section that was present at `since`, or is at `at`.

    An accommodation moves the ends of the sections to come as well. For a caller who holds the lock of the attempt.
    """
    connection = db.session.connection()
    present = attempt.present(since or at)
    if cause is Cause.ACCOMMODATION:
        sections = granted_to_rest(attempt.section_grants, present, seconds, attempt.exam)
    else:
        sections = granted_to_present(attempt.section_grants, present, seconds)
    deadline_at = attempt.deadline_at + timedelta(seconds=seconds)
    moved = {"moved_id": attempt.id, "deadline_at": deadline_at, "section_grants": sections}
    if connection.execute(_MOVE, moved).rowcount != 1:
        raise AttemptClosed
    row = {"attempt_id": attempt.id, "number": _count(attempt.id) + 1, "seconds": seconds, "cause": cause}
    connection.execute(_GRANT, row | {"reason": reason, "granted_by": by, "granted_at": at})
    db.session.expire(attempt, ["deadline_at", "section_grants"])


def _count(attempt_id: int) -> int:
    return db.session.connection().execute(_COUNT, {"attempt_id": attempt_id}).scalar_one()
