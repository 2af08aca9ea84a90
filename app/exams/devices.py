"""Devices: from where an attempt was begun and answered, an address and a browser each, kept once for each attempt."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, ForeignKey, UniqueConstraint, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from app.extensions import Code, Key, Model, Name, db, forgettable, insert_or_ignore

MOST = 50  # of an attempt: whoever changes the browser's name with each answer fills no store


class Seen(NamedTuple):
    """What a request tells of where it comes from: the address, and what the browser calls itself."""

    address: str
    agent: str


class Device(Model):
    """Another device than the one that the attempt was begun from. Responses name it; none is the first one."""

    __tablename__ = "devices"
    __table_args__ = (UniqueConstraint("attempt_id", "address", "agent"),)

    id: Mapped[Key]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    address: Mapped[Code]
    agent: Mapped[Name]
    first_seen_at: Mapped[datetime]


forgettable(Device.__table__, address="''", agent="CAST(OLD.id AS TEXT)")  # type: ignore[arg-type]

_OF_ATTEMPT = select(Device).where(Device.attempt_id == bindparam("attempt_id")).order_by(Device.id)


def known_device(attempt_id: InstrumentedAttribute[int]) -> ColumnElement[int | None]:
    """The id of the device that the parameters `address` and `agent` name, as a column of a query of attempts."""
    same = (Device.address == bindparam("address"), Device.agent == bindparam("agent"))
    return select(Device.id).where(Device.attempt_id == attempt_id, *same).scalar_subquery()


def note_device(attempt_id: int, seen: Seen, *, at: datetime) -> int | None:
    """The id of a device that answers for the first time; None when the attempt has more than enough."""
    count = select(func.count(Device.id)).where(Device.attempt_id == attempt_id)
    if (db.session.scalar(count) or 0) >= MOST:
        return None
    insert_or_ignore(Device, attempt_id=attempt_id, address=seen.address, agent=seen.agent, first_seen_at=at)
    own = select(Device.id).where(Device.attempt_id == attempt_id, Device.address == seen.address)
    return db.session.scalar(own.where(Device.agent == seen.agent))


def devices_of(attempt_id: int) -> Sequence[Device]:
    """The further devices of an attempt, in the order in which they came."""
    return db.session.scalars(_OF_ATTEMPT, {"attempt_id": attempt_id}).all()
