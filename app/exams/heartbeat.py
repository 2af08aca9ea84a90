"""The heartbeat: the service notices when it was away, and gives the time back to every attempt that was open."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, bindparam, select, update
from sqlalchemy.orm import Mapped

from app.exams.attempts import IS_OPEN, Attempt
from app.exams.grants import Cause, grant
from app.exams.timing import is_overdue, lost_s
from app.extensions import Key, Model, append_only, db, insert_or_ignore
from app.ledger.deeds import record
from app.refusal import Refusal

BEAT = timedelta(seconds=5)
GAP = timedelta(seconds=30)  # without a beat for longer, the service was away
MOST_CREDIT = timedelta(hours=4)  # who was away longer decides for each attempt, by a grant
JUMP = timedelta(seconds=5)


class Heartbeat(Model):
    """The latest instant at which a process that answers people was alive, and the store took a write."""

    __tablename__ = "heartbeats"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[Key]
    seen_at: Mapped[datetime]


class Outage(Model):
    """A time in which nobody could answer; so many attempts got theirs back."""

    __tablename__ = "outages"
    __table_args__ = (CheckConstraint("since < until", name="interval"),)

    id: Mapped[Key]
    since: Mapped[datetime]
    until: Mapped[datetime]
    attempts: Mapped[int]


append_only(Outage.__table__)  # type: ignore[arg-type]


class TimeUnsettled(Refusal):
    """The clock says that the time is over, but the service may have been away: nothing is closed until it is known."""

    status = 503
    title = _l("The end of your time is being looked at")
    detail = _l("The service was away for a moment. Try again in a few seconds: time that was lost is given back.")


_SEEN = select(Heartbeat.seen_at).where(Heartbeat.id == 1)
_SEEN_ALONE = _SEEN.with_for_update()
_BEAT = update(Heartbeat).where(Heartbeat.id == 1).values(seen_at=bindparam("at"))
_OPEN_BETWEEN = (
    select(Attempt)
    .where(IS_OPEN, Attempt.deadline_at > bindparam("since"), Attempt.started_at < bindparam("until"))
    .order_by(Attempt.id)
    .with_for_update()
)


def beat(at: datetime, jumped: timedelta = timedelta()) -> Outage | None:
    """Say that the service is there; `jumped` is how much further than time itself the clock went since this process
    said so last. The latest instant ever seen stands: a clock that goes back moves nothing.
    """
    if abs(jumped) > JUMP:
        record("clock_jumped", "service", by=None, at=at, seconds=round(jumped.total_seconds()))
    seen_at = db.session.connection().execute(_SEEN_ALONE).scalar()
    if seen_at is None:
        insert_or_ignore(Heartbeat, id=1, seen_at=at)
        return None
    if at <= seen_at:
        return None
    db.session.connection().execute(_BEAT, {"at": at})
    return _credit(seen_at, at) if at - seen_at > GAP else None


def is_over(deadline: datetime, at: datetime) -> bool:
    """Whether the time of an attempt is over for good: the service was there until its end, as far as anyone knows."""
    return is_overdue(deadline, at) and is_overdue(deadline, seen_until(at))


def seen_until(at: datetime) -> datetime:
    """The last instant at which the service is known to have been there; `at` where nothing beats, as in a command."""
    seen_at: datetime | None = db.session.connection().execute(_SEEN).scalar()
    return min(at, seen_at) if seen_at else at


def _credit(since: datetime, until: datetime) -> Outage:
    attempts = db.session.scalars(_OPEN_BETWEEN, {"since": since, "until": until}).all()
    credited = _give_back(attempts, since, until)
    outage = Outage(since=since, until=until, attempts=credited)
    db.session.add(outage)
    db.session.flush()
    record("service_was_away", "service", by=None, at=until, since=since.isoformat(), attempts=credited)
    return outage


def _give_back(attempts: Iterable[Attempt], since: datetime, until: datetime) -> int:
    """The clock of whoever was on a break stood still all the same: nothing was lost before the end of it."""
    count = 0
    for attempt in attempts:
        ran_from = max(attempt.started_at, attempt.break_until or attempt.started_at)
        lost = lost_s(ran_from, attempt.deadline_at, since, until)
        seconds = min(lost, int(MOST_CREDIT.total_seconds()))
        if seconds > 0:
            grant(attempt, seconds, Cause.OUTAGE, at=until, since=since)
            count += 1
    return count
