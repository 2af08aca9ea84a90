"""Published: what the public page says of a credential, read by one statement without making an object of each row."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from app.credentials.issuing import Credential
from app.credentials.register import NEWER, RENEWS, NoSuchCredential
from app.credentials.validity import Dates, State, state_at
from app.extensions import db


class Newer(NamedTuple):
    """The credential that renews another."""

    public_id: str
    issued_at: datetime


class Published(NamedTuple):
    """A credential as strangers read it: `record` as frozen (empty for an erased holder), the rest as of today."""

    public_id: str
    code: str
    attempt_id: int
    level: str
    holder: str
    record: Mapping[str, Any]
    dates: Dates
    hidden_at: datetime | None
    revoked_reason: str | None
    successor: Newer | None

    @property
    def is_erased(self) -> bool:
        """Its holder was erased: what it said is gone."""
        return not self.record

    def state(self, at: datetime) -> State:
        """What it is worth at an instant."""
        return state_at(self.dates, at)


_ASKED = (
    select(
        *(Credential.public_id, Credential.code, Credential.attempt_id, Credential.level, Credential.holder),
        *(Credential.record, Credential.issued_at, Credential.expires_at, Credential.revoked_at),
        *(Credential.superseded_at, Credential.withdrawn_at, Credential.reissued_at),
        *(Credential.hidden_at, Credential.revoked_reason, NEWER.public_id, NEWER.issued_at),
    )
    .outerjoin(NEWER, RENEWS)
    .where(Credential.public_id == bindparam("public_id"))
    .limit(1)
)


def published(public_id: str) -> Published:
    """The credential of a public id, letter for letter, or NoSuchCredential."""
    row: Any = db.session.connection().execute(_ASKED, {"public_id": public_id}).first()
    if row is None:
        raise NoSuchCredential
    public_id, code, attempt_id, level, holder, record, *dates, hidden_at, reason, newer, renewed_at = row
    known, successor = json.loads(record or b"{}"), Newer(newer, renewed_at) if newer else None
    return Published(public_id, code, attempt_id, level, holder, known, Dates(*dates), hidden_at, reason, successor)
