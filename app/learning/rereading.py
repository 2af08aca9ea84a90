"""Rereading: who has studied a lesson again, and when; append-only, and no faster than anybody reads."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, append_only, db, insert_or_ignore
from app.learning.catalogue import LivePart
from app.refusal import Refusal

SHARE_OF_ITS_TIME = 1 / 4  # what it takes at the least: who knows part of a lesson already reads it faster


class Rereading(Model):
    """A lesson that a person has studied again at an instant, counted from `since`.

    That is the rereading before, or what made the person read again: of two at once, one is kept.
    """

    __tablename__ = "rereadings"
    __table_args__ = (CheckConstraint("at > since", name="order"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"))
    at: Mapped[datetime]


append_only(Rereading.__table__)  # type: ignore[arg-type]

_AFTER = (
    select(Rereading.lesson_id, Rereading.at)
    .where(Rereading.person_id == bindparam("person_id"), Rereading.at > bindparam("after"))
    .order_by(Rereading.at)
)


class ReadTooFast(Refusal):
    """Less time has passed than a quarter of what the lesson takes."""

    title = _l("This lesson does not count as studied again yet")
    detail = _l("Take at least a quarter of its time for it.")


def rereadings_after(person_id: int, after: datetime) -> Sequence[tuple[int, datetime]]:
    """The ids of the lessons that the person studied again after an instant, and when, the oldest first."""
    rows = db.session.connection().execute(_AFTER, {"person_id": person_id, "after": after})
    return [(lesson_id, at) for lesson_id, at in rows]


def counts_from(lesson: LivePart, since: datetime) -> datetime:
    """From when the lesson counts as studied again by who began it at `since`."""
    return since + timedelta(minutes=lesson.duration_min) * SHARE_OF_ITS_TIME


def reread_lesson(person_id: int, lesson: LivePart, *, since: datetime, at: datetime) -> None:
    """The person has studied the lesson again; `since` is the rereading before it, or what asked for it."""
    if at < counts_from(lesson, since):
        raise ReadTooFast(counts_from=counts_from(lesson, since))
    if not insert_or_ignore(Rereading, person_id=person_id, since=since, lesson_id=lesson.id, at=at):
        raise ReadTooFast
