"""Checkpoints as signed notes: signed-note and tlog-checkpoint of C2SP, with Ed25519 keys of 32 bytes."""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519 = b"\x01"
NOTE = re.compile(
    r"(?P<text>(?P<origin>[^\s+]+)\n(?P<size>0|[1-9][0-9]{0,17})\n(?P<root>[A-Za-z0-9+/]{43}=)\n)\n"
    r"(?P<lines>(?:\N{EM DASH} [^\s+]+ [A-Za-z0-9+/]+=*\n)+)"
)


class NotANote(ValueError):
    """The text is no checkpoint in the form of a signed note."""


@dataclass(frozen=True)
class Note:
    """What a checkpoint says: whose tree, its size and its root; and the signatures under it, by name."""

    origin: str
    size: int
    root: bytes
    text: str
    signatures: tuple[tuple[str, bytes], ...]


def signed_note(origin: str, size: int, root: bytes, *, key: bytes, sign: Callable[[bytes], bytes]) -> str:
    """A checkpoint signed in the name of its origin by the key whose public bytes are given."""
    text = f"{origin}\n{size}\n{b64encode(root).decode()}\n"
    signature = b64encode(key_hash(origin, key) + sign(text.encode())).decode()
    return f"{text}\n\N{EM DASH} {origin} {signature}\n"


def read_note(note: str) -> Note:
    """What a checkpoint says, whoever signed it. Raises NotANote."""
    found = NOTE.fullmatch(note)
    if found is None:
        raise NotANote
    lines = [line.split(" ") for line in found["lines"].splitlines()]
    try:
        signatures = tuple((name, b64decode(data, validate=True)) for _, name, data in lines)
    except (ValueError, binascii.Error) as error:
        raise NotANote from error
    return Note(found["origin"], int(found["size"]), b64decode(found["root"]), found["text"], signatures)


def is_signed(note: Note, keys: Iterable[bytes]) -> bool:
    """Whether one of the keys signed it in the name of its origin."""
    by_hash = {key_hash(note.origin, key): key for key in keys}
    return any(
        name == note.origin and _holds(by_hash.get(signature[:4]), signature[4:], note.text.encode())
        for name, signature in note.signatures
    )


def verifier_key(origin: str, key: bytes) -> str:
    """The key as those who check notes write it down: its name, the hash that signatures carry, and its bytes."""
    return f"{origin}+{key_hash(origin, key).hex()}+{b64encode(ED25519 + key).decode()}"


def key_hash(name: str, key: bytes) -> bytes:
    """Four bytes by which a signature names its key."""
    return sha256(name.encode() + b"\n" + ED25519 + key).digest()[:4]


def _holds(key: bytes | None, signature: bytes, data: bytes) -> bool:
    if key is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, data)
    except InvalidSignature:
        return False
    return True
