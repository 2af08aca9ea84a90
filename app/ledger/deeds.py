"""The ledger: the append-only record of who did what, and when, sealed by a tree of its own."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Row, bindparam, func, insert, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.canonical import canonical, fingerprint
from app.extensions import WAITS, Big, Code, Key, Model, Name, Sha256, db, numbered_and_forgettable


class Deed(Model):
    """One line of the ledger. `subject` is `kind:id`; `detail` holds no secret and no answer.

    `number` is the place in the tree that seals it, None until it is sealed. The tree seals `private`, the hash of the
    salt, the address and the detail, in their place: they can be forgotten, and the tree still fits. Without its salt
    the hash tells nothing of them.
    """

    __tablename__ = "ledger"
    __table_args__ = (
        Index("ix_ledger_subject", "subject", "id"),
        Index("ix_ledger_waiting", "id", sqlite_where=WAITS, postgresql_where=WAITS),
        Index("uq_ledger_number", "number", unique=True),
    )

    id: Mapped[Key]
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    deed: Mapped[Code]
    subject: Mapped[Name]
    address: Mapped[Code | None]
    detail: Mapped[dict[str, Any]]
    salt: Mapped[Code | None]  # none: the line was forgotten
    private: Mapped[Sha256]
    number: Mapped[Big | None]


numbered_and_forgettable(Deed.__table__, address="NULL", detail="'{}'", salt="NULL")  # type: ignore[arg-type]

_LINE = insert(Deed)
_ERASED = "person_erased"
_FORGET = (
    update(Deed)
    .where(
        Deed.salt.is_not(None),
        or_(
            Deed.subject.in_(bindparam("subjects", expanding=True)),
            (Deed.person_id == bindparam("of_person")) & Deed.address.is_not(None),
        ),
    )
    .values(address=None, detail={}, salt=None)
)


def record(
    deed: str, subject: str, *, by: int | None, at: datetime, address: str | None = None, **detail: object
) -> None:
    """Write a line in the transaction of the deed itself."""
    salt = secrets.token_hex(16)
    line = {"deed": deed, "subject": subject[:200], "person_id": by, "at": at, "address": address, "detail": detail}
    line |= {"salt": salt, "private": private_hash(salt, address, detail)}
    db.session.connection().execute(_LINE, line)


def private_hash(salt: str, address: str | None, detail: dict[str, Any]) -> str:
    """What the tree seals in the place of what may be forgotten."""
    return fingerprint(canonical({"salt": salt, "address": address, "detail": detail}))


def sealed_bytes(line: Row[Any]) -> bytes:
    """What the tree seals of a line: all but its number, and of what may be forgotten its hash."""
    at = line.at.astimezone(UTC).isoformat(timespec="microseconds")
    said = {"id": line.id, "at": at, "person": line.person_id, "deed": line.deed, "subject": line.subject}
    return canonical(said | {"private": line.private})


def is_as_sealed(line: Row[Any]) -> bool:
    """Whether what the hash stands for is what was written, or was forgotten, all of it."""
    if line.salt is None:
        return line.address is None and line.detail == {}
    return bool(line.private == private_hash(line.salt, line.address, line.detail))


def forget_deeds(person_id: int, subjects: Sequence[str]) -> int:
    """Forget the addresses and details of what was done to these subjects, and from where the person did things.

    Returns how many lines were emptied.
    """
    named = {"subjects": list(subjects), "of_person": person_id}
    return db.session.connection().execute(_FORGET, named).rowcount


def record_erasure(person_id: int, forgotten: int, *, by: int | None, at: datetime) -> None:
    """That a person was erased, and how many lines were emptied for it, so that none is emptied beside."""
    record(_ERASED, f"person:{person_id}", by=by, at=at, lines=forgotten)


def emptied_in_silence() -> int:
    """How many more lines are empty than erasures have emptied."""
    empty = db.session.scalar(select(func.count(Deed.id)).where(Deed.salt.is_(None))) or 0
    told = db.session.scalars(select(Deed.detail).where(Deed.deed == _ERASED))
    return empty - sum(int(detail.get("lines", 0)) for detail in told)


def deeds_on(subject: str, limit: int = 50) -> Sequence[Deed]:
    """What was done to one thing, newest first."""
    query = select(Deed).where(Deed.subject == subject).order_by(Deed.id.desc()).limit(limit)
    return db.session.scalars(query).all()


def latest_deeds(limit: int = 20) -> Sequence[Deed]:
    """What was done lately, newest first."""
    return db.session.scalars(select(Deed).order_by(Deed.id.desc()).limit(limit)).all()
