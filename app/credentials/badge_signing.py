"""Signing what others read by the issuer's DID: badges and status lists with a proof, badges as tokens."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from flask import current_app

from app.canonical import canonical
from app.credentials.badge_checks import Issuer
from app.credentials.data_integrity import secured
from app.credentials.issuer import badge_method, did_document, issuer_did, token_method
from app.credentials.tokens import token
from app.keys import CREDENTIALS, TOKENS, key_id, public_keys, signing_key


def issuer() -> Issuer:
    """This service, with every key that signs or signed for it."""
    did, badges, tokens = own_did(), badge_keys(), token_keys()
    return Issuer(did, {badge_method(did, key): key for key in badges}, {token_method(did, key): key for key in tokens})


def own_document() -> dict[str, Any]:
    """The DID document of this service."""
    return did_document(own_did(), badge_keys(), token_keys())


def own_did() -> str:
    """The DID of this service."""
    return issuer_did(current_app.config["BASE_URL"])


def badge_keys() -> list[Ed25519PublicKey]:
    """The keys of badges, the present one first."""
    return [key for key in public_keys(CREDENTIALS) if isinstance(key, Ed25519PublicKey)]


def token_keys() -> list[RSAPublicKey]:
    """The keys of tokens, the present one first."""
    return [key for key in public_keys(TOKENS) if isinstance(key, RSAPublicKey)]


def with_proof(document: Mapping[str, Any], *, created: str) -> bytes:
    """The document with the proof of the present key, as canonical JSON; kept, since the same comes out every time.

    Raises Uncovered for what its contexts do not define.
    """
    return _with_proof(canonical(document), created, own_did(), key_id(signing_key(CREDENTIALS).public_key()))


def as_token(document: Mapping[str, Any]) -> str:
    """The badge as a token of the present key."""
    signer = signing_key(TOKENS)
    public = signer.public_key()
    assert isinstance(public, RSAPublicKey), "tokens are signed with RSA"
    return token(document, sign=signer.sign, kid=token_method(own_did(), public))


@lru_cache(1024)
def _with_proof(document: bytes, created: str, did: str, _key: str) -> bytes:
    signer = signing_key(CREDENTIALS)
    public = signer.public_key()
    assert isinstance(public, Ed25519PublicKey), "badges are signed with Ed25519"
    return canonical(secured(json.loads(document), sign=signer.sign, method=badge_method(did, public), created=created))
