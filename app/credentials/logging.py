"""Logging: every change of a credential as a leaf that names it and tells nothing of its holder."""

import hashlib
import re
from datetime import datetime
from typing import Any, Protocol

from app.canonical import fingerprint
from app.ledger.log import BEGINNINGS, append


class Recorded(Protocol):
    """A credential, as the log sees it: its frozen record, in bytes and as read."""

    @property
    def record(self) -> bytes: ...

    @property
    def data(self) -> dict[str, Any]: ...


def log_change(kind: str, credential: Recorded, *, at: datetime, sha256: str | None = None) -> None:
    """One leaf about a credential; `sha256` is that of the file that it gained, if it gained one. One statement.

    Why something was done stays out, as it may say something about the holder.
    """
    if kind in BEGINNINGS:
        sha256 = fingerprint(credential.record)
    append(leaf(kind, credential.data, sha256), at=at)


def leaf(kind: str, record: dict[str, Any], sha256: str | None) -> dict[str, str | None]:
    """What a leaf says of a credential with this frozen record."""
    return {"kind": kind, "id": record["id"], "sha256": sha256, "subject": subject(record)}


def hash_in(data: bytes) -> str | None:
    """The hash that a leaf's bytes name; one that was tampered with may be no JSON any more."""
    found = re.search(rb'"sha256":"([0-9a-f]{64})"', data)
    return found[1].decode() if found else None


def subject(record: dict[str, Any]) -> str:
    """Who holds it, for those alone who know the record: SHA-256 of the name followed by the record's salt.

    Records from before there was a salt take the public id in its place.
    """
    return hashlib.sha256(f"{record['name']}{record.get('salt', record['id'])}".encode()).hexdigest()
