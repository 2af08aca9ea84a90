"""Signing in with e-mail and password."""

import hashlib
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l

from app.extensions import db
from app.ledger.deeds import record
from app.people.passwords import password_matches
from app.people.persons import Person, person_by_email
from app.people.sessions import close_sessions_of, open_session
from app.people.throttling import forget_tries, note_try, refuse_if_spent
from app.refusal import Refusal

TRIES, WINDOW = 10, timedelta(minutes=15)


class SignInFailed(Refusal):
    """The same words for an unknown e-mail, a wrong password and a disabled account."""

    status = 401
    title = _l("That e-mail and password do not match")
    detail = _l("Check both and try again.")


def account_for(email: str, address: str, at: datetime) -> Person | None:
    """Whose password is to be checked; TooManyTries after too many wrong ones."""
    refuse_if_spent(throttle_key(email, address), limit=TRIES, window=WINDOW, at=at)
    return person_by_email(email)


def check_password(person: Person | None, password: str) -> Person:
    """The person, or SignInFailed. Takes 20 ms of CPU: call it outside any transaction."""
    if not password_matches(person.password_hash if person else None, password):
        raise SignInFailed
    if person is None or person.disabled_at:
        raise SignInFailed
    return person


def sign_in(person: Person, address: str, *, at: datetime) -> str:
    """Open a session for a person whose password was right; returns its secret."""
    forget_tries(throttle_key(person.email, address))
    record("sign_in", f"person:{person.id}", by=person.id, at=at, address=address)
    return open_session(person.id, at=at)


def note_failed_sign_in(email: str, address: str, *, at: datetime) -> None:
    """Count the failure and leave a line in the ledger."""
    note_try(throttle_key(email, address), window=WINDOW, at=at)
    person = person_by_email(email)
    subject = f"person:{person.id}" if person else "unknown"
    record("sign_in_refused", subject, by=None, at=at, address=address)


def change_password(person_id: int, password_hash: str, *, at: datetime) -> None:
    """Set the password (already hashed) and end every session of the person."""
    db.session.get_one(Person, person_id).password_hash = password_hash
    close_sessions_of(person_id)
    record("password_changed", f"person:{person_id}", by=person_id, at=at)


def disable(person: Person, *, at: datetime) -> None:
    """The account signs in no more; what it holds and did stays."""
    person.disabled_at = at
    close_sessions_of(person.id)
    record("account_disabled", f"person:{person.id}", by=None, at=at)


def throttle_key(email: str, address: str) -> str:
    """Failures are counted per address and account: a stranger cannot lock the owner out elsewhere."""
    return "sign-in:" + hashlib.sha256(f"{email.strip().lower()} {address}".encode()).hexdigest()
