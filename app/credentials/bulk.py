"""Bulk revocations: which credentials one is about, how far it has got, and what became of each."""

import enum
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, bindparam, func, insert, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from app.credentials.issuing import Credential, clean_reason
from app.extensions import Key, Model, Name, db
from app.refusal import NotFound, Refusal

MOST = 5000
LOOKED_UP = 500  # at once: a database takes only so many values in one statement
LEFT = text("outcome IS NULL")


class Outcome(enum.StrEnum):
    """What became of a credential; `left`: it counted no longer when its turn came, or it is the deciding person's."""

    REVOKED = "revoked"
    LEFT = "left"


class BulkRevocation(Model):
    """Several credentials to be revoked for one reason: proposed with a preview, confirmed, and ended by the worker."""

    __tablename__ = "bulk_revocations"
    __table_args__ = (
        CheckConstraint("(confirmed_at IS NULL) = (reason IS NULL)", name="confirmation"),
        CheckConstraint("ended_at IS NULL OR confirmed_at IS NOT NULL", name="end"),
        CheckConstraint("unknown >= 0", name="unknown"),
    )

    id: Mapped[Key]
    made_by: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    made_at: Mapped[datetime]
    unknown: Mapped[int]
    reason: Mapped[Name | None]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class BulkLine(Model):
    """One credential of a bulk revocation, and what became of it; the primary key lets it happen once."""

    __tablename__ = "bulk_lines"
    __table_args__ = (
        Index("ix_bulk_lines_left", "bulk_id", "credential_id", sqlite_where=LEFT, postgresql_where=LEFT),
    )

    bulk_id: Mapped[int] = mapped_column(ForeignKey("bulk_revocations.id"), primary_key=True)
    credential_id: Mapped[int] = mapped_column(ForeignKey("credentials.id"), primary_key=True)
    outcome: Mapped[Outcome | None]


class NoSuchBulk(NotFound):
    """Nobody proposed it."""

    title = _l("There is no such bulk revocation")


class NothingToRevoke(Refusal):
    """Nothing of what was named stands in the register."""

    status = 422
    title = _l("None of these certificates was found")


class TooMany(Refusal):
    """A batch stays of a size that a person can look through."""

    status = 422
    title = _l("Too many certificates at once")
    detail = _l("Revoke up to 5000 at once.")


class AlreadyConfirmed(Refusal):
    """It is at work, or done."""

    title = _l("This bulk revocation was confirmed before")


_ADD, _LINES = insert(BulkRevocation).returning(BulkRevocation.id), insert(BulkLine)
_CONFIRM = (
    update(BulkRevocation)
    .where(BulkRevocation.id == bindparam("bulk_id"), BulkRevocation.confirmed_at.is_(None))
    .values(confirmed_at=bindparam("at"), reason=bindparam("reason"))
)
_END = update(BulkRevocation).where(BulkRevocation.id == bindparam("bulk_id")).values(ended_at=bindparam("at"))
_PIECE = (
    select(Credential)
    .join(BulkLine, BulkLine.credential_id == Credential.id)
    .where(BulkLine.bulk_id == bindparam("bulk_id"), BulkLine.outcome.is_(None))
    .order_by(Credential.attempt_id)
    .limit(bindparam("most"))
)
_NOTE = (
    update(BulkLine)
    .where(BulkLine.bulk_id == bindparam("bulk"), BulkLine.credential_id == bindparam("credential"))
    .values(outcome=bindparam("became"))
)
_LOCK = select(BulkRevocation).where(BulkRevocation.id == bindparam("bulk_id")).with_for_update()


def find_named(names: Iterable[str]) -> tuple[list[int], int]:
    """The credentials of ids and short codes as people write them, and how many of the names are unknown."""
    wanted = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    if len(wanted) > MOST:
        raise TooMany
    found: set[int] = set()
    known = 0
    for start in range(0, len(wanted), LOOKED_UP):
        piece = wanted[start : start + LOOKED_UP]
        codes = {one: _code(one) for one in piece}
        either = Credential.public_id.in_(piece) | Credential.code.in_(codes.values())
        rows = db.session.execute(select(Credential.id, Credential.public_id, Credential.code).where(either)).all()
        found |= {row.id for row in rows}
        ids, short = {row.public_id for row in rows}, {row.code for row in rows}
        known += sum(one in ids or codes[one] in short for one in piece)
    return sorted(found), len(wanted) - known


def add_bulk(credential_ids: Collection[int], unknown: int, *, by: int, at: datetime) -> int:
    """Write down what is to be revoked, for a preview; returns its id."""
    if not credential_ids:
        raise NothingToRevoke
    if len(credential_ids) > MOST:
        raise TooMany
    connection = db.session.connection()
    bulk_id: int = connection.execute(_ADD, {"made_by": by, "made_at": at, "unknown": unknown}).scalar_one()
    connection.execute(_LINES, [{"bulk_id": bulk_id, "credential_id": one} for one in credential_ids])
    return bulk_id


def confirm_bulk(bulk_id: int, *, reason: str, at: datetime) -> None:
    """From now on it is put through."""
    row = {"bulk_id": bulk_id, "reason": clean_reason(reason), "at": at}
    if db.session.connection().execute(_CONFIRM, row).rowcount != 1:
        raise AlreadyConfirmed


def lock_bulk(bulk_id: int) -> BulkRevocation:
    """The bulk revocation, held alone: of two workers, one takes a piece and the other the next."""
    found = db.session.scalar(_LOCK, {"bulk_id": bulk_id}, execution_options={"populate_existing": True})
    if found is None:
        raise NoSuchBulk
    return found


def bulk_of(bulk_id: int) -> BulkRevocation:
    """The bulk revocation, or NoSuchBulk."""
    found = db.session.get(BulkRevocation, bulk_id)
    if found is None:
        raise NoSuchBulk
    return found


def next_piece(bulk_id: int, most: int) -> Sequence[Credential]:
    """The credentials whose turn it is, in the order in which their attempts are locked."""
    return db.session.scalars(_PIECE, {"bulk_id": bulk_id, "most": most}).all()


def note_outcome(bulk_id: int, credential_id: int, outcome: Outcome) -> None:
    """Write down what became of one."""
    row: dict[str, Any] = {"bulk": bulk_id, "credential": credential_id, "became": outcome}
    db.session.connection().execute(_NOTE, row)


def end_bulk(bulk_id: int, *, at: datetime) -> None:
    """Every line has its outcome."""
    db.session.connection().execute(_END, {"bulk_id": bulk_id, "at": at})


def count_outcomes(bulk_id: int) -> dict[Outcome | None, int]:
    """How many lines there are of each outcome, and under None how many wait."""
    query = select(BulkLine.outcome, func.count()).where(BulkLine.bulk_id == bulk_id).group_by(BulkLine.outcome)
    return {row[0]: row[1] for row in db.session.execute(query)}


def _code(name: str) -> str:
    """A short code, however it was typed."""
    letters = name.upper().replace(" ", "").replace("-", "")
    return f"{letters[:4]}-{letters[4:]}"
