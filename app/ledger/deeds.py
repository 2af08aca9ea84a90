"""The ledger: the append-only record of who did what, and when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Code, Key, Model, Name, append_only, db


class Deed(Model):
    """One line of the ledger. `subject` is `kind:id`; `detail` holds no secret and no answer."""

    __tablename__ = "ledger"
    __table_args__ = (Index("ix_ledger_subject", "subject", "id"),)

    id: Mapped[Key]
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    deed: Mapped[Code]
    subject: Mapped[Name]
    address: Mapped[Code | None]
    detail: Mapped[dict[str, Any]]


append_only(Deed.__table__)  # type: ignore[arg-type]

_LINE = insert(Deed)


def record(
    deed: str, subject: str, *, by: int | None, at: datetime, address: str | None = None, **detail: object
) -> None:
    """Write a line in the transaction of the deed itself."""
    line = {"deed": deed, "subject": subject[:200], "person_id": by, "at": at, "address": address, "detail": detail}
    db.session.connection().execute(_LINE, line)


def deeds_on(subject: str, limit: int = 50) -> Sequence[Deed]:
    """What was done to one thing, newest first."""
    query = select(Deed).where(Deed.subject == subject).order_by(Deed.id.desc()).limit(limit)
    return db.session.scalars(query).all()


def latest_deeds(limit: int = 20) -> Sequence[Deed]:
    """What was done lately, newest first."""
    return db.session.scalars(select(Deed).order_by(Deed.id.desc()).limit(limit)).all()
