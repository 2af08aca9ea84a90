"""The bits of a status list (W3C Bitstring Status List): where a credential's bit is, and the list around the bits."""

import gzip
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from typing import Any

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"  # the context of every credential
SIZE = 131_072  # bits in a list: the fewest that the specification allows, so that none is told from its neighbours
PREFIX = "u"  # the letter by which multibase says: base64url without padding


class NoStatusList(ValueError):
    """This is no list of at least the bits that the specification asks for."""


def place(number: int) -> tuple[int, int]:
    """The list, from 1, and the index in it of the credential with a row number of the register."""
    return number // SIZE + 1, number % SIZE


def numbers(shard: int) -> range:
    """The row numbers whose bits stand in a list."""
    return range((shard - 1) * SIZE, shard * SIZE)


def bits_with(indices: Iterable[int]) -> bytes:
    """A bitstring in which these bits are 1; index 0 is the leftmost bit of the first byte."""
    bits = bytearray(SIZE // 8)
    for index in indices:
        bits[index // 8] |= 0x80 >> index % 8
    return bytes(bits)


def is_set(bits: bytes, index: int) -> bool:
    """Whether the bit at an index is 1; raises NoStatusList for an index beyond the list."""
    if not 0 <= index < len(bits) * 8:
        raise NoStatusList("the index is beyond the list")
    return bool(bits[index // 8] & 0x80 >> index % 8)


def encode(bits: bytes) -> str:
    """The bitstring as `encodedList`: equal bits give equal text."""
    return PREFIX + urlsafe_b64encode(gzip.compress(bits, mtime=0)).rstrip(b"=").decode()


def decode(encoded: str) -> bytes:
    """The bits of an `encodedList`; raises NoStatusList, for one that would unpack to sixteen times SIZE too."""
    if not encoded.startswith(PREFIX):
        raise NoStatusList("it is not in base64url")
    text = encoded[1:]
    unpacking = zlib.decompressobj(wbits=31)
    try:
        bits = unpacking.decompress(urlsafe_b64decode(text + "=" * (-len(text) % 4)), SIZE * 2)
    except (ValueError, zlib.error) as wrong:
        raise NoStatusList("it cannot be unpacked") from wrong
    if len(bits) * 8 < SIZE or not unpacking.eof:
        raise NoStatusList("it is too short, too long or cut off")
    return bits


def entry(list_url: str, index: int) -> dict[str, str]:
    """What a credential says of its own bit; its id is not the list's."""
    return {
        "id": f"{list_url}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": list_url,
    }


def list_credential(list_url: str, bits: bytes, *, issuer: str, valid_from: str, valid_until: str) -> dict[str, Any]:
    """The list as the credential that the issuer signs."""
    return {
        "@context": [CREDENTIALS],
        "id": list_url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": valid_from,
        "validUntil": valid_until,
        "credentialSubject": {
            "id": f"{list_url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encode(bits),
        },
    }
