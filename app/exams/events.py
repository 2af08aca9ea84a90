"""Events: what the exam page notes while an item is open (looking away, pasting, copying), never what was pasted."""

import enum
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, bindparam, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.exams.attempts import lock_for_saving
from app.exams.responses import require_open
from app.extensions import Model, append_only, db, insert_or_ignore
from app.refusal import Refusal

KEPT, AT_ONCE, LARGEST = 200, 20, 2**31 - 1  # of an attempt; of a request; milliseconds or characters


class EventKind(enum.StrEnum):
    """The page was hidden, or lost the focus, for so many milliseconds; so many characters were pasted or copied."""

    HIDDEN = "hidden"
    UNFOCUSED = "unfocused"
    PASTE = "paste"
    COPY = "copy"


class AttemptEvent(Model):
    """One event; `amount` is milliseconds or characters. The instant is that of its arrival."""

    __tablename__ = "attempt_events"
    __table_args__ = (
        CheckConstraint(f"number BETWEEN 1 AND {KEPT}", name="number"),
        CheckConstraint("amount >= 0", name="amount"),
    )

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[EventKind]
    position: Mapped[int]
    amount: Mapped[int]
    received_at: Mapped[datetime]


class EventCount(Model):
    """How many events an attempt has had, those beyond the ones that are kept too."""

    __tablename__ = "event_counts"
    __table_args__ = (CheckConstraint("seen >= 0", name="seen"),)

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    seen: Mapped[int]


append_only(AttemptEvent.__table__)  # type: ignore[arg-type]


class Noted(NamedTuple):
    """An event as the page tells it."""

    kind: EventKind
    position: int
    amount: int


class TooManyEvents(Refusal):
    """The page sends a few at a time."""

    status = 422
    title = _l("At most 20 events at once")


_MORE = (
    update(EventCount)
    .where(EventCount.attempt_id == bindparam("attempt"))
    .values(seen=EventCount.seen + bindparam("more"))
    .returning(EventCount.seen)
)
_EVENT = insert(AttemptEvent)
_OF_ATTEMPT = (
    select(AttemptEvent).where(AttemptEvent.attempt_id == bindparam("attempt_id")).order_by(AttemptEvent.number)
)


def note_events(attempt_id: int, person_id: int, noted: Sequence[Noted], *, at: datetime) -> int:
    """Keep the events of the person's own open attempt, as far as there is room; how many it has had in all."""
    if len(noted) > AT_ONCE:
        raise TooManyEvents
    require_open(lock_for_saving(attempt_id, person_id), at)
    insert_or_ignore(EventCount, attempt_id=attempt_id, seen=0)
    # The count is the lock: of two windows, each gets numbers of its own.
    more = {"attempt": attempt_id, "more": len(noted)}
    seen: int = db.session.connection().execute(_MORE, more).scalar_one()
    first = seen - len(noted) + 1
    rows = [
        one._asdict() | {"attempt_id": attempt_id, "number": number, "received_at": at}
        for number, one in enumerate(noted, first)
        if number <= KEPT
    ]
    if rows:
        db.session.connection().execute(_EVENT, rows)
    return seen


def events_of(attempt_id: int) -> tuple[Sequence[AttemptEvent], int]:
    """The events that are kept, in order, and how many there were in all."""
    counted = db.session.scalar(select(EventCount.seen).where(EventCount.attempt_id == attempt_id))
    return db.session.scalars(_OF_ATTEMPT, {"attempt_id": attempt_id}).all(), counted or 0
