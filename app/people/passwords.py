"""Passwords: what is accepted as one, and argon2id."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import lazy_gettext as _l

from app.refusal import Refusal

SHORTEST, LONGEST = 15, 1024
FEWEST_SIGNS = 5
# What leaked lists hold of this length, without case and punctuation; what only repeats a shorter piece is seen anyway.
KNOWN = frozenset({
    "administrator1", "administrator12", "administrator123", "adminadminadmin1", "changemechangeme1", "contrasena12345",
    "contraseña12345", "contraseñasegura", "correcthorsebatterystaple", "iloveyouforever", "iloveyousomuch1",
    "letmeinletmein1", "micontrasena123", "micontraseña123", "mypassword12345", "password1234567", "password12345678",
    "password123456789", "passwordpassword1", "qwertyuiop12345", "qwertyuiop123456", "qwertyuiop1234567890",
    "teamoteamoteamo", "thisisapassword", "thisismypassword", "unacontraseña12", "welcomewelcome1", "1q2w3e4r5t6y7u8i",
    "1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv", "1qaz2wsx3edc4rfv5tgb", "qazwsxedcrfvtgb", "qazwsxedcrfvtgbyhn",
    "zaq12wsxcde34rfv",
})  # fmt: skip
ROWS = ("0123456789" * 4, "9876543210" * 4, "abcdefghijklmnopqrstuvwxyz0123456789", "qwertyuiopasdfghjklzxcvbnm",
        "qwertyuiopasdfghjklñzxcvbnm")  # fmt: skip
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _hasher.hash("the password of nobody")


class PasswordUnfit(Refusal):
    """Length is what makes a password hard to guess."""

    status = 422
    title = _l("Choose a password of 15 to 1024 characters")


class PasswordKnown(PasswordUnfit):
    """It stands in the lists that are tried first."""

    title = _l("That password is easy to guess")
    detail = _l("Choose a few words that do not belong together.")


def refuse_unfit(password: str) -> None:
    """PasswordUnfit if it is too short or too long, PasswordKnown if it is one of the first that anybody tries."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordUnfit
    plain = "".join(char for char in password.casefold() if char.isalnum()) or password
    if len(set(password)) < FEWEST_SIGNS or plain in KNOWN or any(plain in row for row in ROWS) or _repeats(plain):
        raise PasswordKnown


def hash_password(password: str) -> str:
    """The hash to store. Takes 20 ms of CPU: call it before a transaction, never inside."""
    refuse_unfit(password)
    return _hasher.hash(password)


def password_matches(password_hash: str | None, password: str) -> bool:
    """Whether it is the password; for nobody it takes as long, so that an unknown e-mail answers alike."""
    try:
        _hasher.verify(_NOBODY if password_hash is None else password_hash, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def _repeats(text: str) -> bool:
    """Whether it is one shorter piece again and again."""
    return text in (text + text)[1:-1]
