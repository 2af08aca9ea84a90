"""Passwords: long, and none that anybody tries first; nothing is cut off, and nobody's takes as long to check."""

import pytest

from app.people import passwords
from app.people.passwords import PasswordKnown, PasswordUnfit, hash_password, password_matches

pytestmark = pytest.mark.once


def phrase(length: int) -> str:
    """Words of that many signs together."""
    return ("an owl reads maps by candle light, " * 40)[:length]


@pytest.mark.parametrize("length", [0, 1, 14, 1025])
def test_a_password_too_short_or_too_long_is_refused(length: int) -> None:
    with pytest.raises(PasswordUnfit):
        hash_password(phrase(length))


@pytest.mark.parametrize(
    "password",
    ["a" * 15, "abcd" * 8, "acredita acredita ", "123456789012345", "abcdefghijklmno", "QWERTYUIOPASDFGHJ",
     "Correct Horse Battery Staple", "Password1234567", "contraseña-segura", "passwordpassword", "x1" * 512],
)  # fmt: skip
def test_one_of_the_first_that_anybody_tries_is_refused(password: str) -> None:
    with pytest.raises(PasswordKnown):
        hash_password(password)


@pytest.mark.parametrize("password", [phrase(15), phrase(64), "ñandú 🦤 en bicicleta", phrase(1024)])
def test_a_password_matches_itself_and_no_other(password: str) -> None:
    secret = hash_password(password)
    assert secret.startswith("$argon2id$")
    assert password not in secret
    assert password_matches(secret, password)
    assert not password_matches(secret, password[:-1])
    assert not password_matches(secret, password + "x")
    assert not password_matches(secret, password.upper())


def test_two_hashes_of_one_password_differ() -> None:
    assert hash_password("correct horse battery") != hash_password("correct horse battery")


@pytest.mark.parametrize("broken", ["", "plain text", "$argon2id$v=19$m=19456"])
def test_a_hash_that_is_none_matches_nothing(broken: str) -> None:
    assert not password_matches(broken, "the password of nobody")


def test_nobody_has_a_password_though_one_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    somebody = hash_password(phrase(15))
    hasher = passwords._hasher

    class Watched:
        def verify(self, secret: str, password: str) -> bool:
            checked.append(secret)
            return hasher.verify(secret, password)

    monkeypatch.setattr(passwords, "_hasher", Watched())
    assert not password_matches(None, "the password of nobody")
    assert [cost(secret) for secret in checked] == [cost(somebody)]


def cost(secret: str) -> list[str]:
    """Algorithm, version and effort."""
    return secret.split("$")[1:4]
