"""Recognitions: outside credentials accepted for gates, proposed with evidence and approved by somebody else."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Update, bindparam, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.content.levels import LEVELS
from app.credentials.issuing import clean_reason
from app.extensions import Code, Key, Model, Name, Slug, db
from app.refusal import NotFound, Refusal

MOST_WAITING = 3  # for one person: nobody fills the disk
_LEVELS = ", ".join(repr(level) for level in LEVELS)


class RecognitionState(enum.StrEnum):
    """Proposed, it opens nothing yet; approved, it opens gates until it ends or is revoked."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    REVOKED = "revoked"


class Recognition(Model):
    """An outside credential of a person, and what it is accepted for: a level, or one exam by its slug.

    `expires_on` is the end that the issuer set, `accepted_until` the one that the approver did. The evidence is a link,
    a file that is kept here, or both.
    """

    __tablename__ = "recognitions"
    __table_args__ = (
        CheckConstraint("(level IS NULL) <> (exam IS NULL)", name="accepted_for"),
        CheckConstraint(f"level IN ({_LEVELS})", name="level"),
        CheckConstraint("expires_on IS NULL OR expires_on > issued_on", name="dates"),
        CheckConstraint("link IS NOT NULL OR file IS NOT NULL", name="evidence"),
        CheckConstraint("(file IS NULL) = (file_name IS NULL)", name="file_name"),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decision"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_by"),
        CheckConstraint("(decided_at IS NULL) = (decision_reason IS NULL)", name="decision_reason"),
        CheckConstraint("decided_by <> person_id AND decided_by <> proposed_by", name="another_person"),
        CheckConstraint("(state IN ('approved', 'revoked')) = (accepted_until IS NOT NULL)", name="accepted_until"),
        CheckConstraint("accepted_until > decided_at", name="future"),
        CheckConstraint("(state = 'revoked') = (revoked_at IS NOT NULL)", name="revocation"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revoked_by"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_reason IS NULL)", name="revoked_reason"),
        Index("ix_recognitions_person", "person_id"),
        Index("ix_recognitions_state", "state", "proposed_at"),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    issuer: Mapped[Name]
    name: Mapped[Name]
    number: Mapped[Name | None]
    issued_on: Mapped[date] = mapped_column(Date())
    expires_on: Mapped[date | None] = mapped_column(Date())
    link: Mapped[Name | None]
    file: Mapped[bytes | None] = mapped_column(deferred=True)
    file_name: Mapped[Name | None]
    level: Mapped[Code | None]
    exam: Mapped[Slug | None]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    proposed_at: Mapped[datetime]
    state: Mapped[RecognitionState] = mapped_column(default=RecognitionState.PROPOSED)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[Name | None]
    accepted_until: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[Name | None]

    @property
    def last_day(self) -> date | None:
        """The last day on which it is accepted, if it ever was."""
        return self.accepted_until.date() - timedelta(days=1) if self.accepted_until else None

    def is_accepted(self, at: datetime) -> bool:
        """Whether it opens gates at an instant."""
        approved = self.state is RecognitionState.APPROVED and self.accepted_until
        return bool(approved and approved > at)


@dataclass(frozen=True)
class Outside:
    """An outside credential as somebody describes it, with the evidence; `file` is its name and its content."""

    issuer: str
    name: str
    number: str | None
    issued_on: date
    expires_on: date | None
    level: str | None
    exam: str | None
    link: str | None = None
    file: tuple[str, bytes] | None = None


class NoSuchRecognition(NotFound):
    """Nobody proposed it, or it is somebody else's."""

    title = _l("There is no such recognition")


class EvidenceMissing(Refusal):
    """Whoever decides needs something to look at."""

    status = 422
    title = _l("Give a link or a file that shows the certificate")


class TooManyWaiting(Refusal):
    """Somebody has to read them all."""

    title = _l("Too many recognitions wait to be decided")
    detail = _l("Wait until an administrator has decided on them.")


class AlreadyDecided(Refusal):
    """Another administrator was first."""

    title = _l("This recognition was decided before")


class NotAccepted(Refusal):
    """Only what is accepted can be revoked."""

    title = _l("This recognition is not accepted")


class OwnRecognition(Refusal):
    """Whom it is for and who proposed it do not decide on it."""

    status = 403
    title = _l("You cannot decide on this recognition")
    detail = _l("It is about you, or you proposed it. Another administrator has to decide.")


class EndPast(Refusal):
    """What is accepted is so for some time, and not longer than its issuer says."""

    status = 422
    title = _l("Choose a last day in the future, within the dates of the certificate")


_ADD = insert(Recognition).returning(Recognition.id)
_ONE = update(Recognition).where(Recognition.id == bindparam("recognition_id"))
_DECIDE = _ONE.where(Recognition.state == RecognitionState.PROPOSED).values(
    state=bindparam("to_state"),
    decided_by=bindparam("by"),
    decided_at=bindparam("at"),
    decision_reason=bindparam("reason"),
    accepted_until=bindparam("until"),
)
_REVOKE = _ONE.where(Recognition.state == RecognitionState.APPROVED).values(
    state=RecognitionState.REVOKED,
    revoked_by=bindparam("by"),
    revoked_at=bindparam("at"),
    revoked_reason=bindparam("reason"),
)
_OF_PERSON = select(Recognition).where(Recognition.person_id == bindparam("person_id")).order_by(Recognition.id.desc())


def add_recognition(person_id: int, outside: Outside, *, by: int, at: datetime) -> int:
    """Write down what is proposed for a person whom the caller holds; returns its id."""
    waiting = select(func.count(Recognition.id)).where(
        Recognition.person_id == person_id, Recognition.state == RecognitionState.PROPOSED
    )
    if (db.session.scalar(waiting) or 0) >= MOST_WAITING:
        raise TooManyWaiting
    if not (outside.link or outside.file):
        raise EvidenceMissing
    file_name, file = outside.file or (None, None)
    row = vars(outside) | {"person_id": person_id, "file": file, "file_name": file_name}
    row |= {"state": RecognitionState.PROPOSED, "proposed_by": by, "proposed_at": at}
    return int(db.session.connection().execute(_ADD, row).scalar_one())


def decide(recognition: Recognition, until: datetime | None, *, reason: str, by: int, at: datetime) -> None:
    """Accept it until an instant, or, with None, reject it."""
    if by in (recognition.person_id, recognition.proposed_by):
        raise OwnRecognition
    last = until.date() - timedelta(days=1) if until else None
    if until and last and (until <= at or last > (recognition.expires_on or last)):
        raise EndPast
    state = RecognitionState.APPROVED if until else RecognitionState.REJECTED
    row = {"to_state": state, "until": until, "by": by, "at": at, "reason": clean_reason(reason)}
    _change(recognition, _DECIDE, row, AlreadyDecided)


def revoke_recognition(recognition: Recognition, *, reason: str, by: int, at: datetime) -> None:
    """It opens no gate from now on; an attempt that has begun goes on."""
    _change(recognition, _REVOKE, {"by": by, "at": at, "reason": clean_reason(reason)}, NotAccepted)


def recognition_of(recognition_id: int) -> Recognition:
    """The recognition, read afresh, or NoSuchRecognition."""
    found = db.session.get(Recognition, recognition_id, populate_existing=True)
    if found is None:
        raise NoSuchRecognition
    return found


def recognitions_of(person_id: int) -> Sequence[Recognition]:
    """All that was ever proposed for a person, the newest first."""
    return db.session.scalars(_OF_PERSON, {"person_id": person_id}).all()


def _change(recognition: Recognition, statement: Update, row: dict[str, Any], refusal: type[Refusal]) -> None:
    if db.session.connection().execute(statement, row | {"recognition_id": recognition.id}).rowcount != 1:
        raise refusal
    db.session.expire(recognition)


def accepted_of(person_id: int, at: datetime) -> Sequence[Recognition]:
    """What opens gates to the person at an instant."""
    return [one for one in recognitions_of(person_id) if one.is_accepted(at)]
