"""Sessions: who is signed in, kept on the server so that signing out or being disabled ends them at once."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, bindparam, delete
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, Sha256, db
from app.people.visitors import Visitor, load_visitor, visitor_query

LIFE = timedelta(days=14)


class Session(Model):
    """A browser that signed in. Only the hash of its secret is kept."""

    __tablename__ = "sessions"

    token_hash: Mapped[Sha256] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


_VISITOR = visitor_query(
    Session, (Session.token_hash == bindparam("token_hash")) & (Session.expires_at > bindparam("at"))
)


def hash_token(token: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(person_id: int, *, at: datetime) -> str:
    """Sign the person in; returns the secret for the cookie."""
    token = secrets.token_urlsafe(32)
    db.session.add(Session(token_hash=hash_token(token), person_id=person_id, created_at=at, expires_at=at + LIFE))
    return token


def visitor_of_session(token: str, at: datetime) -> Visitor | None:
    """The visitor who holds the secret, while the session lives."""
    found = load_visitor(_VISITOR, token_hash=hash_token(token), at=at)
    return found[0] if found else None


def close_session(token: str) -> None:
    """Sign out."""
    db.session.execute(delete(Session).where(Session.token_hash == hash_token(token)))


def close_sessions_of(person_id: int) -> None:
    """Sign the person out everywhere."""
    db.session.execute(delete(Session).where(Session.person_id == person_id))


def sweep_sessions(at: datetime) -> None:
    """Forget the sessions that have ended."""
    db.session.execute(delete(Session).where(Session.expires_at <= at))
