"""Appeals: a candidate does not accept a result, or an item of it, and somebody who did not decide it answers."""

import enum
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, bindparam, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Key, LongText, Model, db, insert_or_ignore
from app.refusal import NotFound, Refusal

LONGEST = 2000
USUAL_DAYS = 14
IS_OPEN = text("state = 'open'")


class AppealState(enum.StrEnum):
    """Open until it is answered."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class Appeal(Model):
    """An appeal against a result. `position` is that of the item it is about, or none; `against` who had decided."""

    __tablename__ = "appeals"
    __table_args__ = (
        ForeignKeyConstraint(["attempt_id", "result_number"], ["results.attempt_id", "results.number"]),
        CheckConstraint(f"length(text) BETWEEN 1 AND {LONGEST}", name="text"),
        CheckConstraint("position >= 0", name="position"),
        CheckConstraint("(state = 'open') = (answered_by IS NULL)", name="answer"),
        CheckConstraint("(answered_by IS NULL) = (answered_at IS NULL)", name="answered_at"),
        CheckConstraint(
            f"(answered_by IS NULL) = (answer IS NULL) AND length(answer) BETWEEN 1 AND {LONGEST}", name="answer_text"
        ),
        CheckConstraint("answered_by <> against", name="another_person"),
        Index("uq_appeals_one_open", "attempt_id", unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        Index("ix_appeals_attempt", "attempt_id"),
    )

    id: Mapped[Key]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    result_number: Mapped[int]
    position: Mapped[int | None]
    text: Mapped[LongText]
    filed_at: Mapped[datetime]
    against: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    state: Mapped[AppealState] = mapped_column(default=AppealState.OPEN)
    answer: Mapped[LongText | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    answered_at: Mapped[datetime | None]


_OF_ATTEMPT = select(Appeal).where(Appeal.attempt_id == bindparam("attempt_id")).order_by(Appeal.id)
_ANSWER = (
    update(Appeal)
    .where(Appeal.id == bindparam("appeal_id"), Appeal.state == AppealState.OPEN)
    .values({name: bindparam(f"new_{name}") for name in ("state", "answer", "answered_by", "answered_at")})
)


class NoSuchAppeal(NotFound):
    """There is no such appeal."""

    title = _l("There is no such appeal")


class AppealTooLate(Refusal):
    """An exam says how long its results can be appealed against."""

    title = _l("The time to appeal against this result is over")


class NothingToAppeal(Refusal):
    """There is no result yet, or it is still being decided."""

    title = _l("There is no result to appeal against yet")


class AppealOpen(Refusal):
    """One at a time."""

    title = _l("You have an appeal that is not answered yet")


class AppealAnswered(Refusal):
    """It was answered before."""

    title = _l("This appeal was answered before")


class AnotherPersonNeeded(Refusal):
    """Nobody judges their own decision."""

    status = 403
    title = _l("Somebody else has to answer this appeal")
    detail = _l("It is against something that you decided.")


class AppealText(Refusal):
    """It says something, and not too much."""

    status = 422
    title = _l("Write from 1 to 2000 characters")


def last_day(body: dict[str, Any], graded_at: datetime) -> datetime:
    """Until when a result can be appealed against; `body` is the exam's."""
    return graded_at + timedelta(days=body.get("appeal_days", USUAL_DAYS))


def add_appeal(
    attempt_id: int, number: int, position: int | None, said: str, *, against: int | None, at: datetime
) -> None:
    """File it, for a caller who holds the attempt and has looked at its result."""
    row = {"attempt_id": attempt_id, "result_number": number, "position": position, "text": _text(said)}
    if not insert_or_ignore(Appeal, **row, against=against, filed_at=at, state=AppealState.OPEN):
        raise AppealOpen


def close_appeal(appeal: Appeal, *, upheld: bool, answer: str, by: int, at: datetime) -> None:
    """Answer it, once; the text is what the candidate reads."""
    if appeal.against == by:
        raise AnotherPersonNeeded
    state = AppealState.UPHELD if upheld else AppealState.DISMISSED
    said = {"new_state": state, "new_answer": _text(answer), "new_answered_by": by, "new_answered_at": at}
    if db.session.connection().execute(_ANSWER, {"appeal_id": appeal.id} | said).rowcount != 1:
        raise AppealAnswered
    db.session.expire(appeal)


def appeal_of(appeal_id: int) -> Appeal:
    """The appeal, or NoSuchAppeal."""
    appeal = db.session.get(Appeal, appeal_id)
    if appeal is None:
        raise NoSuchAppeal
    return appeal


def appeals_of(attempt_id: int) -> Sequence[Appeal]:
    """The appeals of an attempt, in order."""
    return db.session.scalars(_OF_ATTEMPT, {"attempt_id": attempt_id}).all()


def _text(said: str) -> str:
    said = said.strip()
    if not 0 < len(said) <= LONGEST:
        raise AppealText
    return said
