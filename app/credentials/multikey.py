"""Multikey: Ed25519 keys and signatures as text in base 58, the way DIDs and proofs write them."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"  # Bitcoin's base 58
BASE58 = "z"  # the letter by which multibase says what follows
ED25519_PUBLIC = b"\xed\x01"  # the multicodec of the key that follows


def base58(data: bytes) -> str:
    """Bytes in base 58; each leading zero byte is a leading `1`."""
    number, digits = int.from_bytes(data), ""
    while number:
        number, digit = divmod(number, 58)
        digits = ALPHABET[digit] + digits
    return ALPHABET[0] * (len(data) - len(data.lstrip(b"\0"))) + digits


def from_base58(text: str) -> bytes:
    """The bytes that a text in base 58 stands for; raises ValueError for a letter that is none of its digits."""
    number = 0
    for letter in text:
        number = number * 58 + ALPHABET.index(letter)
    zeros = len(text) - len(text.lstrip(ALPHABET[0]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8)


def multikey(public: Ed25519PublicKey) -> str:
    """A public key as `publicKeyMultibase`: `z6Mk…`."""
    return BASE58 + base58(ED25519_PUBLIC + public.public_bytes(Encoding.Raw, PublicFormat.Raw))
