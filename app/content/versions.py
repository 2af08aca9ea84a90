"""Versions: published content, immutable and named by the hash of its bytes, and the media it shows."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar, cast

from flask import current_app
from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from app.canonical import canonical, fingerprint
from app.extensions import Code, Key, Model, Name, Sha256, append_only, db

KEPT = 5000
T = TypeVar("T")


class Version(Model):
    """The exact bytes of a published course, exam, item or programme (canonical JSON)."""

    __tablename__ = "versions"
    __table_args__ = (UniqueConstraint("kind", "name", "hash"),)

    id: Mapped[Key]
    kind: Mapped[Code]
    name: Mapped[Name]
    hash: Mapped[Sha256]
    body: Mapped[bytes]
    published_at: Mapped[datetime]


class Medium(Model):
    """An image, by the hash of its bytes."""

    __tablename__ = "media"

    hash: Mapped[Sha256] = mapped_column(primary_key=True)
    media_type: Mapped[Code]
    body: Mapped[bytes]


append_only(Version.__table__)  # type: ignore[arg-type]
append_only(Medium.__table__)  # type: ignore[arg-type]


def publish_version(kind: str, name: str, data: dict[str, Any], *, at: datetime) -> tuple[Version, bool]:
    """The version that holds this content, and whether it is new."""
    body = canonical(data)
    known = select(Version).where(Version.kind == kind, Version.name == name, Version.hash == fingerprint(body))
    version = db.session.scalar(known)
    if version:
        return version, False
    version = Version(kind=kind, name=name, hash=fingerprint(body), body=body, published_at=at)
    db.session.add(version)
    db.session.flush()
    _memory().forget(version.id)  # an id may come back when the transaction that first had it was rolled back
    return version, True


def publish_medium(body: bytes, media_type: str) -> str:
    """Keep an image; returns its hash."""
    name = fingerprint(body)
    if db.session.get(Medium, name) is None:
        db.session.add(Medium(hash=name, media_type=media_type, body=body))
    return name


def body_of(version_id: int) -> dict[str, Any]:
    """The content of a version. Shared and kept in memory, since it never changes: read it, do not write to it."""
    return _memory().bodies.get(version_id) or bodies([version_id])[version_id]


def bodies(version_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The content of several versions, by id."""
    kept = _memory().bodies
    found = {version_id: body for version_id in version_ids if (body := kept.get(version_id))}
    missing = [version_id for version_id in version_ids if version_id not in found]
    if missing:
        rows = db.session.execute(select(Version.id, Version.body).where(Version.id.in_(missing)))
        read = {version_id: json.loads(body) for version_id, body in rows}
        if len(kept) + len(read) > KEPT:
            _memory().clear()
        kept.update(read)
        found |= read
    return found


def derived(version_id: int, derive: Callable[[int], T]) -> T:
    """What follows from a version and from nothing else, worked out once: read it, do not write to it."""
    known, key = _memory().derived, (version_id, derive)
    try:
        return cast(T, known[key])
    except KeyError:
        value = known[key] = derive(version_id)
        return value


@dataclass(frozen=True)
class _Memory:
    """What a process keeps of versions, by their ids."""

    bodies: dict[int, dict[str, Any]] = field(default_factory=dict)
    derived: dict[tuple[int, Callable[[int], Any]], Any] = field(default_factory=dict)

    def forget(self, version_id: int) -> None:
        self.bodies.pop(version_id, None)
        for key in [key for key in self.derived if key[0] == version_id]:
            del self.derived[key]

    def clear(self) -> None:
        self.bodies.clear()
        self.derived.clear()


def _memory() -> _Memory:
    extensions = current_app.extensions
    memory: _Memory | None = extensions.get("published")
    return memory or extensions.setdefault("published", _Memory())  # type: ignore[no-any-return]
