"""The issuer as others look it up: its did:web, and the document of its keys that the DID leads to."""

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from app.canonical import canonical, fingerprint
from app.credentials.multikey import multikey

CONTEXTS = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1", "https://w3id.org/security/jwk/v1")


def issuer_did(base_url: str) -> str:
    """The DID of the service at an address: `did:web:host`, a port as `%3A8000`."""
    return f"did:web:{quote(urlsplit(base_url).netloc, safe='')}"


def badge_method(did: str, public: Ed25519PublicKey) -> str:
    """The address of the key that signs badges."""
    return f"{did}#{multikey(public)}"


def token_method(did: str, public: RSAPublicKey) -> str:
    """The address of the key that signs tokens: its `kid`, the key's thumbprint (RFC 7638)."""
    return f"{did}#{thumbprint(public)}"


def jwk(public: RSAPublicKey) -> dict[str, str]:
    """An RSA key as RFC 7517 writes it."""
    numbers = public.public_numbers()
    return {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)}


def thumbprint(public: RSAPublicKey) -> str:
    """The hash that names a key everywhere alike."""
    return _base64url(bytes.fromhex(fingerprint(canonical(jwk(public)))))


def did_document(did: str, badges: Iterable[Ed25519PublicKey], tokens: Iterable[RSAPublicKey]) -> dict[str, Any]:
    """What `/.well-known/did.json` answers: the present keys first, then the retired, all of which may have signed."""
    methods: list[dict[str, Any]] = [
        {"id": badge_method(did, key), "type": "Multikey", "controller": did, "publicKeyMultibase": multikey(key)}
        for key in badges
    ]
    methods += [
        {"id": token_method(did, key), "type": "JsonWebKey", "controller": did, "publicKeyJwk": jwk(key)}
        for key in tokens
    ]
    return {
        "@context": list(CONTEXTS),
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def _number(number: int) -> str:
    return _base64url(number.to_bytes((number.bit_length() + 7) // 8))


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
