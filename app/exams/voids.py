"""Voids: a result that is not to count for misconduct, proposed by one person and approved by another."""

import enum
from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, bindparam, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Key, LongText, Model, db, insert_or_ignore
from app.refusal import NotFound, Refusal

LONGEST = 500
IS_PROPOSED = text("state = 'proposed'")


class VoidState(enum.StrEnum):
    """Proposed until another person decides."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


class Void(Model):
    """A proposal to void the result of an attempt, and who decided on it: another person."""

    __tablename__ = "voids"
    __table_args__ = (
        CheckConstraint(f"length(reason) BETWEEN 1 AND {LONGEST}", name="reason"),
        CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", name="decision"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("decided_by <> proposed_by", name="second_person"),
        Index(
            "uq_voids_one_proposed",
            "attempt_id",
            unique=True,
            sqlite_where=IS_PROPOSED,
            postgresql_where=IS_PROPOSED,
        ),
        Index("ix_voids_attempt", "attempt_id"),
    )

    id: Mapped[Key]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    reason: Mapped[LongText]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    proposed_at: Mapped[datetime]
    state: Mapped[VoidState] = mapped_column(default=VoidState.PROPOSED)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    decided_at: Mapped[datetime | None]


_OF_ATTEMPT = select(Void).where(Void.attempt_id == bindparam("attempt_id")).order_by(Void.id)
_DECIDE = (
    update(Void)
    .where(Void.id == bindparam("void_id"), Void.state == VoidState.PROPOSED)
    .values(state=bindparam("new_state"), decided_by=bindparam("by"), decided_at=bindparam("at"))
)


class NoSuchVoid(NotFound):
    """There is no such proposal."""

    title = _l("There is no such proposal")


class VoidReasonMissing(Refusal):
    """Whoever is accused reads why."""

    status = 422
    title = _l("Say why, in up to 500 characters")


class VoidProposed(Refusal):
    """One proposal at a time."""

    title = _l("It is proposed already to void this result")


class VoidDecided(Refusal):
    """It was approved or rejected before."""

    title = _l("This proposal was decided on before")


class SecondAdminNeeded(Refusal):
    """Whoever proposed it does not approve it."""

    status = 403
    title = _l("Somebody else has to decide on this")
    detail = _l("You proposed it. Ask another administrator.")


def propose_void(attempt_id: int, reason: str, *, by: int, at: datetime) -> None:
    """Ask for it, for a caller who holds the attempt and has looked at its result."""
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST:
        raise VoidReasonMissing
    row = {"attempt_id": attempt_id, "reason": reason, "proposed_by": by, "proposed_at": at}
    if not insert_or_ignore(Void, **row, state=VoidState.PROPOSED):
        raise VoidProposed


def decide_void(void: Void, state: VoidState, *, by: int, at: datetime) -> None:
    """Another person's yes or no."""
    if void.proposed_by == by:
        raise SecondAdminNeeded
    decision = {"void_id": void.id, "new_state": state, "by": by, "at": at}
    if db.session.connection().execute(_DECIDE, decision).rowcount != 1:
        raise VoidDecided
    db.session.expire(void)


def void_of(void_id: int) -> Void:
    """The proposal, or NoSuchVoid."""
    void = db.session.get(Void, void_id)
    if void is None:
        raise NoSuchVoid
    return void


def voids_of(attempt_id: int) -> Sequence[Void]:
    """What was proposed for an attempt, in order."""
    return db.session.scalars(_OF_ATTEMPT, {"attempt_id": attempt_id}).all()


def standing_void(attempt_id: int) -> Void | None:
    """The one that was approved last, for an attempt whose result is void."""
    approved = [void for void in voids_of(attempt_id) if void.state is VoidState.APPROVED]
    return approved[-1] if approved else None
