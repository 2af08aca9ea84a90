"""Exceptions: a tier that an organisation holds by decision of two administrators, for a reason and until a day."""

import enum
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, bindparam, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Big, Key, LongText, Model, Slug, db, insert_or_ignore
from app.partners.looks import Granted
from app.refusal import NotFound, Refusal

LONGEST = 500
IS_PROPOSED = text("state = 'proposed'")


class ExceptionState(enum.StrEnum):
    """Proposed until another administrator decides; an approved one counts until it ends."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


class TierException(Model):
    """A tier held whatever is earned, in [decided_at, expires_at) or until it is revoked; two people decide."""

    __tablename__ = "tier_exceptions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["participations.organisation_id", "participations.programme_id"],
            name="fk_tier_exceptions_participation",
        ),
        CheckConstraint(f"length(reason) BETWEEN 1 AND {LONGEST}", name="reason"),
        CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", name="decision"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("decided_by <> proposed_by", name="second_person"),
        CheckConstraint("expires_at > proposed_at", name="future"),
        CheckConstraint("state <> 'approved' OR expires_at > decided_at", name="interval"),
        CheckConstraint("revoked_at IS NULL OR (state = 'approved' AND revoked_at >= decided_at)", name="revocation"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revoked_by"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_reason IS NULL)", name="revoked_reason"),
        Index(
            "uq_tier_exceptions_one_proposed",
            "organisation_id",
            "programme_id",
            "ladder",
            unique=True,
            sqlite_where=IS_PROPOSED,
            postgresql_where=IS_PROPOSED,
        ),
        Index("ix_tier_exceptions_participation", "organisation_id", "programme_id"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[Big]
    programme_id: Mapped[Big]
    ladder: Mapped[Slug]
    tier: Mapped[Slug]
    reason: Mapped[LongText]
    expires_at: Mapped[datetime]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    proposed_at: Mapped[datetime]
    state: Mapped[ExceptionState] = mapped_column(default=ExceptionState.PROPOSED)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    decided_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[LongText | None]

    @property
    def last_day(self) -> date:
        """The last day on which it counts."""
        return last_day(self.expires_at)


class NoSuchException(NotFound):
    """There is no such exception."""

    title = _l("There is no such exception")


class ExceptionReasonMissing(Refusal):
    """The partner and every auditor read why."""

    status = 422
    title = _l("Say why, in up to 500 characters")


class ExceptionEnded(Refusal):
    """An exception has an end, and that lies ahead."""

    status = 422
    title = _l("The last day of an exception lies ahead")


class ExceptionProposed(Refusal):
    """One proposal at a time."""

    title = _l("An exception is proposed already")


class ExceptionDecided(Refusal):
    """It was approved or rejected before, or is over."""

    title = _l("This exception was decided on before, or is over")


class SecondApproverNeeded(Refusal):
    """Whoever proposed it does not approve it."""

    status = 403
    title = _l("Somebody else has to decide on this")
    detail = _l("You proposed it. Ask another administrator.")


GRANTED_COLUMNS: tuple[Any, ...] = (
    TierException.id,
    TierException.ladder,
    TierException.tier,
    TierException.reason,
    TierException.decided_at,
    TierException.expires_at,
    TierException.revoked_at,
)
IS_APPROVED = TierException.state == ExceptionState.APPROVED
_place = (TierException.organisation_id == bindparam("organisation_id")) & (
    TierException.programme_id == bindparam("programme_id")
)
_OF_PART = select(TierException).where(_place).order_by(TierException.id.desc())
_GRANTED = select(*GRANTED_COLUMNS).where(_place, IS_APPROVED).order_by(TierException.id)
_DECIDE = (
    update(TierException)
    .where(TierException.id == bindparam("exception_id"), TierException.state == ExceptionState.PROPOSED)
    .where(TierException.expires_at > bindparam("at"))
    .values(state=bindparam("new_state"), decided_by=bindparam("by"), decided_at=bindparam("at"))
)
_REVOKE = (
    update(TierException)
    .where(TierException.id == bindparam("exception_id"), IS_APPROVED, TierException.revoked_at.is_(None))
    .where(TierException.expires_at > bindparam("at"))
    .values(revoked_at=bindparam("at"), revoked_by=bindparam("by"), revoked_reason=bindparam("why"))
)


def last_day(until: datetime) -> date:
    """The day that ends at an instant."""
    return (until - timedelta(microseconds=1)).date()


def propose_exception(row: dict[str, object], *, by: int, at: datetime) -> None:
    """Ask for one; `row` names organisation_id, programme_id, ladder, tier, reason and expires_at."""
    reason, expires_at = str(row["reason"]).strip(), row["expires_at"]
    if not 0 < len(reason) <= LONGEST:
        raise ExceptionReasonMissing
    if not isinstance(expires_at, datetime) or expires_at <= at:
        raise ExceptionEnded
    proposal = row | {"reason": reason, "proposed_by": by, "proposed_at": at, "state": ExceptionState.PROPOSED}
    if not insert_or_ignore(TierException, **proposal):
        raise ExceptionProposed


def decide_exception(exception: TierException, state: ExceptionState, *, by: int, at: datetime) -> None:
    """Another person's yes or no; after its last day there is nothing left to approve."""
    if exception.proposed_by == by:
        raise SecondApproverNeeded
    decision = {"exception_id": exception.id, "new_state": state, "by": by, "at": at}
    if db.session.connection().execute(_DECIDE, decision).rowcount != 1:
        raise ExceptionDecided
    db.session.expire(exception)


def end_exception(exception: TierException, reason: str, *, by: int, at: datetime) -> None:
    """It counts no longer from now on."""
    if not 0 < len(reason.strip()) <= LONGEST:
        raise ExceptionReasonMissing
    end = {"exception_id": exception.id, "by": by, "at": at, "why": reason.strip()}
    if db.session.connection().execute(_REVOKE, end).rowcount != 1:
        raise ExceptionDecided
    db.session.expire(exception)


def exception_of(exception_id: int) -> TierException:
    """The exception, or NoSuchException."""
    exception = db.session.get(TierException, exception_id)
    if exception is None:
        raise NoSuchException
    return exception


def exceptions_in(organisation_id: int, programme_id: int) -> Sequence[TierException]:
    """What was proposed for a participation, the newest first."""
    return db.session.scalars(_OF_PART, {"organisation_id": organisation_id, "programme_id": programme_id}).all()


def granted_in(organisation_id: int, programme_id: int, known_at: datetime) -> list[Granted]:
    """What was approved for a participation by an instant, as it was known then."""
    place = {"organisation_id": organisation_id, "programme_id": programme_id}
    rows = [Granted(*row) for row in db.session.connection().execute(_GRANTED, place)]
    return [one.known(known_at) for one in rows if one.since <= known_at]
