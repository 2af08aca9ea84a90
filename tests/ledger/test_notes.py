"""Signed notes: their form, whose signature holds, and all that is no note."""

from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.ledger.notes import NotANote, is_signed, read_note, signed_note, verifier_key

pytestmark = pytest.mark.once
ORIGIN, ROOT = "certificates.example/log", bytes(range(32))
# RFC 8032, section 7.1, test 2
SECRET = Ed25519PrivateKey.from_private_bytes(
    bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
)
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")


def note(**changes: object) -> str:
    given = {"origin": ORIGIN, "size": 7, "root": ROOT, "key": PUBLIC, "sign": SECRET.sign} | changes
    return signed_note(given.pop("origin"), given.pop("size"), given.pop("root"), **given)


def test_a_note_has_the_lines_of_the_specification() -> None:
    lines = note().split("\n")
    assert lines[:4] == [ORIGIN, "7", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", ""]
    assert lines[4].startswith(f"\N{EM DASH} {ORIGIN} ")
    assert lines[5:] == [""]


def test_it_is_read_as_it_was_written_and_its_signature_holds() -> None:
    read = read_note(note())
    assert (read.origin, read.size, read.root) == (ORIGIN, 7, ROOT)
    other = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    assert is_signed(read, [other, PUBLIC])
    assert not is_signed(read, [other])
    assert not is_signed(read, [])


def test_a_changed_note_is_not_signed() -> None:
    for before, after in (("\n7\n", "\n8\n"), ("AAEC", "AAED"), (f"{ORIGIN}\n", "evil.example/log\n")):
        assert not is_signed(read_note(note().replace(before, after, 1)), [PUBLIC])
    renamed = read_note(note().replace(f"\N{EM DASH} {ORIGIN}", "\N{EM DASH} another.example/log"))
    assert not is_signed(renamed, [PUBLIC])
    assert not is_signed(read_note(note(sign=lambda _: bytes(64))), [PUBLIC])


def test_a_witness_may_sign_below() -> None:
    cosigned = note() + "\N{EM DASH} witness.example AAAAAAAA\n"
    assert is_signed(read_note(cosigned), [PUBLIC])


@pytest.mark.parametrize("text", [
    "", "\n", note()[:-1], note() + "\n", note().replace("\n\n", "\n"), note().replace("\n7\n", "\n07\n"),
    note().replace("\n7\n", "\n-7\n"), note().replace("\n7\n", "\n٧\n"), note().replace("AAEC", "AAE"),
    note().replace("\N{EM DASH}", "-"), note() + "\N{EM DASH} name A\n", note().replace("\n", "\r\n"), note() + "x",
])  # fmt: skip
def test_what_is_no_note(text: str) -> None:
    with pytest.raises(NotANote):
        read_note(text)


def test_the_key_is_written_as_those_who_check_notes_expect_it() -> None:
    """The pair of the documentation of golang.org/x/mod/sumdb/note, where the form comes from."""
    known = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    public = b64decode(known.rpartition("+")[2])[1:]
    assert verifier_key("PeterNeumann", public) == known
