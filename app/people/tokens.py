"""Bearer tokens for the API, each with a scope."""

import enum
import secrets
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ForeignKey, bindparam, update
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Key, Model, Sha256, db
from app.people.sessions import hash_token
from app.people.visitors import Visitor, load_visitor, visitor_query


class Scope(enum.StrEnum):
    """What a token may do beside what its person may."""

    READ = "read"
    WRITE = "write"


class Token(Model):
    """A secret that speaks for a person. Only its hash is kept."""

    __tablename__ = "tokens"

    id: Mapped[Key]
    token_hash: Mapped[Sha256] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    scope: Mapped[Scope]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


_VISITOR = visitor_query(Token, (Token.token_hash == bindparam("token_hash")) & Token.revoked_at.is_(None), Token.scope)


def create_token(person_id: int, scope: Scope, *, at: datetime) -> str:
    """A new token; the only time its text is known."""
    text = f"acr_{secrets.token_urlsafe(32)}"
    db.session.add(Token(token_hash=hash_token(text), person_id=person_id, scope=scope, created_at=at))
    return text


def revoke_tokens_of(person_id: int, *, at: datetime) -> int:
    """No token of the person speaks any more; returns how many there were."""
    live = (Token.person_id == person_id) & Token.revoked_at.is_(None)
    revoked = db.session.execute(update(Token).where(live).values(revoked_at=at))
    return int(revoked.rowcount)  # type: ignore[attr-defined]


def visitor_of_token(text: str, at: datetime) -> Visitor | None:
    """The visitor whom a token speaks for, unless it was revoked."""
    found = load_visitor(_VISITOR, token_hash=hash_token(text), at=at)
    if found is None:
        return None
    visitor, (scope,) = found
    return replace(visitor, may_write=scope is Scope.WRITE)
