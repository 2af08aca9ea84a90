"""Passwords: what is accepted as one, and argon2id."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import lazy_gettext as _l

from app.refusal import Refusal

SHORTEST, LONGEST = 15, 1024
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _hasher.hash("the password of nobody")


class PasswordUnfit(Refusal):
    """Length is what makes a password hard to guess."""

    status = 422
    title = _l("Choose a password of 15 to 1024 characters")


def hash_password(password: str) -> str:
    """The hash to store. Takes 20 ms of CPU: call it before a transaction, never inside."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordUnfit
    return _hasher.hash(password)


def password_matches(password_hash: str | None, password: str) -> bool:
    """Whether it is the password; for nobody it takes as long, so that an unknown e-mail answers alike."""
    try:
        _hasher.verify(_NOBODY if password_hash is None else password_hash, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None
