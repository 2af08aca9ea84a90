"""Imports: files of facts on their way into the register, and the saved mappings of their columns."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Key, Model, Name, Sha256, db
from app.refusal import NotFound, Refusal


class FactImport(Model):
    """A file of facts. `summary` is what the preview or the recording came to; `waiting` are the organisations to be
    looked at again. The content goes once its facts are recorded; its hash stays.
    """

    __tablename__ = "fact_imports"
    __table_args__ = (
        CheckConstraint("confirmed_at IS NULL OR mapping IS NOT NULL", name="confirmation"),
        CheckConstraint("recorded_at IS NULL OR confirmed_at IS NOT NULL", name="recording"),
        CheckConstraint("(recorded_at IS NULL) = (content IS NOT NULL)", name="content"),
        CheckConstraint("ended_at IS NULL OR recorded_at IS NOT NULL", name="end"),
        CheckConstraint("length(sha256) = 64", name="sha256"),
    )

    id: Mapped[Key]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    made_at: Mapped[datetime]
    name: Mapped[Name]
    sha256: Mapped[Sha256]
    content: Mapped[bytes | None] = mapped_column(deferred=True)
    mapping: Mapped[dict[str, Any] | None]
    summary: Mapped[dict[str, Any] | None]
    waiting: Mapped[list[int]]
    confirmed_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class FactMapping(Model):
    """A mapping of columns that was saved under a name."""

    __tablename__ = "fact_mappings"

    id: Mapped[Key]
    name: Mapped[Name] = mapped_column(unique=True)
    mapping: Mapped[dict[str, Any]]
    saved_by: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    saved_at: Mapped[datetime]


class NoSuchImport(NotFound):
    """Nobody uploaded it."""

    title = _l("There is no such import")


class NoSuchMapping(NotFound):
    """Nothing is saved under that name."""

    title = _l("There is no saved mapping with that name")


class ImportConfirmed(Refusal):
    """It is at work, or done."""

    title = _l("This import was confirmed before")


def import_of(import_id: int) -> FactImport:
    """The import, or NoSuchImport."""
    found = db.session.get(FactImport, import_id)
    if found is None:
        raise NoSuchImport
    return found


def lock_import(import_id: int) -> FactImport:
    """The import, held alone until the transaction ends; its content is read too."""
    query = select(FactImport).where(FactImport.id == import_id).with_for_update()
    found = db.session.scalar(query, execution_options={"populate_existing": True})
    if found is None:
        raise NoSuchImport
    return found


def saved_mapping(name: str) -> dict[str, Any]:
    """What is saved under the name, or NoSuchMapping."""
    found = db.session.scalar(select(FactMapping).where(FactMapping.name == name))
    if found is None:
        raise NoSuchMapping
    return found.mapping


def saved_mappings() -> Sequence[str]:
    """The names of the saved mappings."""
    return db.session.scalars(select(FactMapping.name).order_by(FactMapping.name)).all()


def save_mapping(name: str, mapping: dict[str, Any], *, by: int, at: datetime) -> None:
    """Keep a mapping under a name, in place of what stood there."""
    found = db.session.scalar(select(FactMapping).where(FactMapping.name == name))
    if found is None:
        found = FactMapping(name=name)
        db.session.add(found)
    found.mapping, found.saved_by, found.saved_at = mapping, by, at
    db.session.flush()
