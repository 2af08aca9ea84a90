"""Accommodations: what a person is given in every exam, why, by whom and until when."""

from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, bindparam, or_, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Key, Model, Name, db
from app.ledger.deeds import record
from app.refusal import Refusal

IS_PRESENT = text("ended_at IS NULL")


class Accommodation(Model):
    """What was granted. A new one takes the place of the one before; the past is kept."""

    __tablename__ = "accommodations"
    __table_args__ = (
        CheckConstraint("extra_time_percent BETWEEN 0 AND 300", name="extra_time"),
        CheckConstraint("extra_attempts BETWEEN 0 AND 20", name="extra_attempts"),
        CheckConstraint("break_min BETWEEN 0 AND 240", name="breaks"),
        CheckConstraint("extra_time_percent + extra_attempts + break_min > 0 OR fewer_options", name="something"),
        CheckConstraint("granted_by <> person_id", name="by_another"),
        Index(
            "uq_accommodations_one_present",
            "person_id",
            unique=True,
            sqlite_where=IS_PRESENT,
            postgresql_where=IS_PRESENT,
        ),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    extra_time_percent: Mapped[int]
    extra_attempts: Mapped[int]
    fewer_options: Mapped[bool]
    break_min: Mapped[int]
    reason: Mapped[Name]
    granted_by: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    granted_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    def is_present(self, at: datetime) -> bool:
        """Whether it counts at the instant."""
        return self.ended_at is None and (self.expires_at is None or self.expires_at > at)


class Allowance(NamedTuple):
    """What an accommodation gives: time on top in percent, attempts on top, single choices with fewer wrong options,
    and minutes of breaks in each exam."""

    extra_time_percent: int = 0
    extra_attempts: int = 0
    fewer_options: bool = False
    break_min: int = 0

    @property
    def time_percent(self) -> int:
        """150 makes sixty minutes ninety."""
        return 100 + self.extra_time_percent

    @property
    def time_factor(self) -> Fraction:
        """The same as a factor."""
        return Fraction(self.time_percent, 100)


class OwnAccommodation(Refusal):
    """Nobody grants anything to themselves."""

    status = 403
    title = _l("You cannot decide on your own exams")


class NothingGranted(Refusal):
    """An accommodation gives something, and not without end."""

    status = 422
    title = _l("Say what is granted")


NOTHING, LIMITS = Allowance(), Allowance(300, 20, True, 240)
_of_person = Accommodation.person_id == bindparam("person_id")
_not_over = or_(Accommodation.expires_at.is_(None), Accommodation.expires_at > bindparam("at"))
_ALLOWANCE = select(
    Accommodation.extra_time_percent,
    Accommodation.extra_attempts,
    Accommodation.fewer_options,
    Accommodation.break_min,
).where(_of_person, IS_PRESENT, _not_over)
_ALL = select(Accommodation).where(_of_person).order_by(Accommodation.id.desc())
_END = update(Accommodation).where(Accommodation.person_id == bindparam("whom"), IS_PRESENT)


def allowance_of(person_id: int, at: datetime) -> Allowance:
    """What the person is given at the instant; most are given nothing."""
    row = db.session.connection().execute(_ALLOWANCE, {"person_id": person_id, "at": at}).first()
    return Allowance(*row) if row else NOTHING


def accommodations_of(person_id: int) -> list[Accommodation]:
    """Everything that was ever granted, the newest first."""
    return list(db.session.scalars(_ALL, {"person_id": person_id}))


def grant_accommodation(
    person_id: int, allowance: Allowance, *, reason: str, by: int, at: datetime, expires_at: datetime | None
) -> None:
    """Grant it in the place of what there was."""
    _require_another(person_id, by)
    given = zip(allowance, LIMITS, strict=True)
    if allowance == NOTHING or not all(0 <= value <= most for value, most in given):
        raise NothingGranted
    if expires_at is not None and expires_at <= at:
        raise NothingGranted(_l("The last day is over already."))
    db.session.connection().execute(_END, {"whom": person_id, "ended_at": at})
    granted = Accommodation(
        person_id=person_id,
        **allowance._asdict(),
        reason=reason,
        granted_by=by,
        granted_at=at,
        expires_at=expires_at,
    )
    db.session.add(granted)
    db.session.flush()
    until = expires_at.isoformat() if expires_at else None
    record("accommodation_granted", f"person:{person_id}", by=by, at=at, until=until, **allowance._asdict())


def end_accommodation(person_id: int, *, by: int, at: datetime) -> bool:
    """Take back what there is; whether there was any. An attempt that has begun keeps its time."""
    _require_another(person_id, by)
    ended = db.session.connection().execute(_END, {"whom": person_id, "ended_at": at}).rowcount == 1
    if ended:
        record("accommodation_ended", f"person:{person_id}", by=by, at=at)
    return ended


def _require_another(person_id: int, by: int) -> None:
    if person_id == by:
        raise OwnAccommodation
