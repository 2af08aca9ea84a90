"""Reminders: which credentials end soon, and at which threshold their holders were written to."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, CheckConstraint, ForeignKey, bindparam, exists, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app.credentials.issuing import Credential
from app.credentials.register import in_state
from app.credentials.validity import State
from app.extensions import Model, append_only, db, insert_or_ignore
from app.people.persons import Person

THRESHOLDS = (90, 60, 30)  # days before the end, each down to the next one


class Reminder(Model):
    """A holder was written to about a credential at a threshold: the primary key lets it happen once."""

    __tablename__ = "reminders"
    __table_args__ = (CheckConstraint(f"days IN {THRESHOLDS}", name="days"),)

    credential_id: Mapped[int] = mapped_column(ForeignKey("credentials.id"), primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True)
    noted_at: Mapped[datetime]


append_only(Reminder.__table__)  # type: ignore[arg-type]

_AT: BindParameter[datetime] = bindparam("at")
_longer = aliased(Credential)
# As `in_state` says of the other one; what lasts longer renews it, or did so by another way.
_renewed = exists().where(
    _longer.person_id == Credential.person_id,
    _longer.level == Credential.level,
    _longer.expires_at > Credential.expires_at,
    _longer.revoked_at.is_(None),
    _longer.superseded_at.is_(None),
    _longer.withdrawn_at.is_(None),
)
_ENDING = (
    select(Credential.id)
    .join(Person, Person.id == Credential.person_id)
    .where(in_state(State.VALID, _AT), ~_renewed, Person.disabled_at.is_(None))
)
_noted = exists().where(Reminder.credential_id == Credential.id, Reminder.days == bindparam("days"))
_DUE = (
    _ENDING.where(Credential.expires_at > bindparam("after"), Credential.expires_at <= bindparam("until"), ~_noted)
    .order_by(Credential.id)
    .limit(bindparam("most"))
)
_COUNTS = _ENDING.where(Credential.id == bindparam("credential_id"))


def due_reminders(at: datetime, most: int) -> Sequence[tuple[int, int]]:
    """Credentials with the threshold that they have passed and whose holders have not been told, up to `most` of each.

    Of several thresholds passed at once only the last one counts: nobody wants three letters in a night.
    """
    due = []
    for days, following in zip(THRESHOLDS, (*THRESHOLDS[1:], 0), strict=True):
        span = {"after": at + timedelta(days=following), "until": at + timedelta(days=days)}
        found = db.session.connection().execute(_DUE, span | {"at": at, "days": days, "most": most})
        due += [(credential_id, days) for credential_id in found.scalars()]
    return due


def note_reminder(credential_id: int, days: int, *, at: datetime) -> bool:
    """Write down that the holder is written to; False if somebody was first."""
    return insert_or_ignore(Reminder, credential_id=credential_id, days=days, noted_at=at)


def is_reminded_of(credential_id: int, at: datetime) -> bool:
    """Whether a letter about the end of the credential still says something true: it counts, and nothing renews it."""
    return db.session.connection().execute(_COUNTS, {"credential_id": credential_id, "at": at}).first() is not None
