"""Uploads: the files of practical tasks, kept with their content and never changed; an answer names them by id.

The content stands in the row, so that a file and what is known of it are there together or not at all, and a backup
of the database has both (docs/decisions/0016-uploads.md).
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, bindparam, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from app.exams.kinds.file_types import MOST_MIB, TYPES
from app.exams.kinds.kind import BadAnswer
from app.extensions import Code, Key, Model, Name, Sha256, db, forgettable
from app.refusal import N_, NotFound

MIB = 1024 * 1024


class Upload(Model):
    """A file that was uploaded for a position of an attempt; `media_type` is one of file_types.TYPES."""

    __tablename__ = "uploads"
    __table_args__ = (
        UniqueConstraint("attempt_id", "position", "sha256"),
        CheckConstraint("position >= 0", name="position"),
        CheckConstraint(f"size BETWEEN 1 AND {MOST_MIB * MIB} AND length(content) = size", name="size"),
        CheckConstraint("length(sha256) = 64", name="sha256"),
        CheckConstraint(f"media_type IN ({', '.join(repr(one) for one in TYPES)})", name="media_type"),
    )

    id: Mapped[Key]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    position: Mapped[int]
    name: Mapped[Name]
    size: Mapped[int]
    sha256: Mapped[Sha256]
    media_type: Mapped[Code]
    received_at: Mapped[datetime]
    content: Mapped[bytes | None]  # none: the person was erased


forgettable(Upload.__table__, name="''", content="NULL")  # type: ignore[arg-type]


class Kept(NamedTuple):
    """What is known of an upload, without its content; `size` in bytes."""

    id: int
    name: str
    size: int
    sha256: str


class Sent(NamedTuple):
    """A file as it came, looked at and named (`uploading.look_at`)."""

    name: str
    media_type: str
    sha256: str
    content: bytes


_KEPT = select(Upload.id, Upload.name, Upload.size, Upload.sha256)
_AT_POSITION = _KEPT.where(
    Upload.attempt_id == bindparam("attempt_id"), Upload.position == bindparam("position")
).order_by(Upload.id)
_CONTENT = select(Upload.name, Upload.content).where(
    Upload.id == bindparam("upload_id"),
    Upload.attempt_id == bindparam("attempt_id"),
    Upload.position == bindparam("position"),
)
_COUNT = select(func.count(Upload.id)).where(
    Upload.id.in_(bindparam("upload_ids", expanding=True)),
    Upload.attempt_id == bindparam("attempt_id"),
    Upload.position == bindparam("position"),
)
_ADD = insert(Upload).returning(Upload.id)


class NoSuchUpload(NotFound):
    """There is no such file, or it is of another attempt or item."""

    title = _l("There is no such file")


def uploads_at(attempt_id: int, position: int) -> Sequence[Kept]:
    """Every file that was uploaded for the position, handed in or not, the first one first."""
    place = {"attempt_id": attempt_id, "position": position}
    return [Kept(*row) for row in db.session.connection().execute(_AT_POSITION, place)]


def content_of(attempt_id: int, position: int, upload_id: int) -> tuple[str, bytes]:
    """The name and the content of a file, or NoSuchUpload. Whether the reader may have it is for the caller to say."""
    wanted = {"attempt_id": attempt_id, "position": position, "upload_id": upload_id}
    row = db.session.connection().execute(_CONTENT, wanted).first()
    if row is None or row.content is None:
        raise NoSuchUpload
    return row.name, row.content


def require_uploads(attempt_id: int, position: int, upload_ids: Collection[int]) -> None:
    """An answer hands in what was uploaded for it, and nothing else; raises BadAnswer."""
    if not upload_ids:
        return
    wanted = {"attempt_id": attempt_id, "position": position, "upload_ids": list(upload_ids)}
    if db.session.connection().execute(_COUNT, wanted).scalar_one() != len(upload_ids):
        raise BadAnswer(N_("Send only files that were uploaded for this item."))


def add_upload(attempt_id: int, position: int, sent: Sent, *, at: datetime) -> Kept:
    """Keep a file; the caller holds the attempt and has looked whether it may be."""
    row = {
        "attempt_id": attempt_id,
        "position": position,
        "name": sent.name,
        "size": len(sent.content),
        "sha256": sent.sha256,
        "media_type": sent.media_type,
        "received_at": at,
        "content": sent.content,
    }
    upload_id = db.session.connection().execute(_ADD, row).scalar_one()
    return Kept(upload_id, sent.name, len(sent.content), sent.sha256)
