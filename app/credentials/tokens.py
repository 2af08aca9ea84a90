"""The badge as a token (VC-JWT): the credential itself as the payload, signed RS256."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from app.canonical import canonical
from app.credentials.strict_json import Unreadable, read_object

ALGORITHM = "RS256"
TYPES = ("JWT", "vc+jwt")
CLAIMS = ("iss", "jti", "nbf", "sub", "exp")


class Token(NamedTuple):
    """A token taken apart; nothing of it has been believed yet."""

    header: dict[str, Any]
    payload: dict[str, Any]
    text: str


def token(credential: Mapping[str, Any], *, sign: Callable[[bytes], bytes], kid: str) -> str:
    """The credential as a token; `sign` gives RSA PKCS #1 v1.5 over SHA-256, `kid` is the address of its key."""
    header = {"alg": ALGORITHM, "typ": TYPES[0], "kid": kid}
    signed = f"{_encode(canonical(header))}.{_encode(canonical({**credential, **claims(credential)}))}"
    return f"{signed}.{_encode(sign(signed.encode()))}"


def claims(credential: Mapping[str, Any]) -> dict[str, Any]:
    """The claims of a token, each equal to its field of the credential. Raises KeyError, TypeError, ValueError."""
    return {
        "iss": credential["issuer"]["id"],
        "jti": credential["id"],
        "nbf": _seconds(credential["validFrom"]),
        "sub": credential["credentialSubject"]["id"],
        "exp": _seconds(credential["validUntil"]),
    }


def take_apart(text: str) -> Token:
    """The parts of a token; raises Unreadable."""
    parts = text.split(".")
    if len(parts) != 3:
        raise Unreadable("a token has three parts")
    header, payload, _signature = (_decode(part) for part in parts)
    return Token(read_object(header), read_object(payload), text)


def is_signed(one: Token, public: RSAPublicKey) -> bool:
    """Whether the key signed it, as RS256 and nothing else, whatever the token says of itself."""
    if one.header.get("typ") not in TYPES or "crit" in one.header:  # no extension changes what is signed
        return False
    try:
        jws.deserialize_compact(one.text, RSAKey.import_key(public), algorithms=[ALGORITHM])
    except (JoseError, ValueError):
        return False
    return True


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def _encode(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    """One text for one value: what a lenient decoder would pass over is refused."""
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as wrong:
        raise Unreadable("a part of the token is not base64url") from wrong
    if _encode(data) != text:
        raise Unreadable("a part of the token is not base64url")
    return data
