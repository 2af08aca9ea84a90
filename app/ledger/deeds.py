"""The ledger: the append-only record of who did what, and when, sealed by a tree of its own."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Row, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from app.canonical import canonical
from app.extensions import WAITS, Big, Code, Key, Model, Name, db, numbered_once


class Deed(Model):
    """One line of the ledger. `subject` is `kind:id`; `detail` holds no secret and no answer.

    `number` is the place in the tree that seals it, None until it is sealed.
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
    number: Mapped[Big | None]


numbered_once(Deed.__table__)  # type: ignore[arg-type]

_LINE = insert(Deed)


def record(
    deed: str, subject: str, *, by: int | None, at: datetime, address: str | None = None, **detail: object
) -> None:
    """Write a line in the transaction of the deed itself."""
    line = {"deed": deed, "subject": subject[:200], "person_id": by, "at": at, "address": address, "detail": detail}
    db.session.connection().execute(_LINE, line)


def sealed_bytes(line: Row[Any]) -> bytes:
    """What the tree seals of a line: all but its number."""
    at = line.at.astimezone(UTC).isoformat(timespec="microseconds")
    said = {"id": line.id, "at": at, "person": line.person_id, "deed": line.deed, "subject": line.subject}
    return canonical(said | {"address": line.address, "detail": line.detail})


def deeds_on(subject: str, limit: int = 50) -> Sequence[Deed]:
    """What was done to one thing, newest first."""
    query = select(Deed).where(Deed.subject == subject).order_by(Deed.id.desc()).limit(limit)
    return db.session.scalars(query).all()


def latest_deeds(limit: int = 20) -> Sequence[Deed]:
    """What was done lately, newest first."""
    return db.session.scalars(select(Deed).order_by(Deed.id.desc()).limit(limit)).all()
