"""Tokens, as a library that we did not write reads them, and as attackers bend them."""

import hmac
import json
from base64 import urlsafe_b64encode
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt as josejwt
from joserfc.jwk import RSAKey

from app.credentials.issuer import did_document
from app.credentials.tokens import token
from app.keys import LocalKey
from tests.badges import DID, badge_key, document, jwt, kid, method, token_key, wrong


def test_another_library_reads_it_with_the_key_of_the_did() -> None:
    published = did_document(DID, [], [token_key().public_key()])["verificationMethod"][0]
    read = josejwt.decode(jwt(), RSAKey.import_key(published["publicKeyJwk"]), algorithms=["RS256"])
    assert read.header == {"alg": "RS256", "typ": "JWT", "kid": published["id"]}
    assert {name: read.claims[name] for name in document()} == document()
    assert read.claims["iss"] == DID
    assert read.claims["jti"] == document()["id"]
    assert read.claims["sub"] == document()["credentialSubject"]["id"]
    assert (read.claims["nbf"], read.claims["exp"]) == (1772533230, 1835691630)


def test_the_key_is_named_by_its_thumbprint() -> None:
    published = did_document(DID, [], [token_key().public_key()])["verificationMethod"][0]
    assert published["id"] == f"{DID}#{RSAKey.import_key(published['publicKeyJwk']).thumbprint()}"


def bent(header: dict[str, object], signature: bytes | None = None) -> bytes:
    """The token with another header, signed by its own key unless a signature is given."""
    text = f"{b64(json.dumps(header).encode())}.{jwt().split('.')[1]}"
    made = token_key().sign(text.encode()) if signature is None else signature
    return f"{text}.{b64(made)}".encode()


@pytest.mark.parametrize("typ", ["JWT", "vc+jwt"])
def test_both_types_are_accepted(typ: str) -> None:
    assert wrong(bent({"alg": "RS256", "typ": typ, "kid": kid()})) == set()


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "typ": "JWT", "kid": kid()},
        {"alg": "None", "typ": "JWT", "kid": kid()},
        {"alg": "EdDSA", "typ": "JWT", "kid": kid()},
        {"alg": "HS256", "typ": "JWT", "kid": kid()},
        {"alg": "RS512", "typ": "JWT", "kid": kid()},
        {"alg": "PS256", "typ": "JWT", "kid": kid()},
        {"typ": "JWT", "kid": kid()},
        {"alg": ["RS256"], "typ": "JWT", "kid": kid()},
        {"alg": "RS256", "typ": "at+jwt", "kid": kid()},
        {"alg": "RS256", "kid": kid()},
        {"alg": "RS256", "typ": "JWT", "kid": kid(), "crit": ["x"], "x": 1},
        {"alg": "RS256", "typ": "JWT", "kid": kid(), "b64": False, "crit": ["b64"]},
    ],
)
def test_no_other_way_of_signing_passes(header: dict[str, object]) -> None:
    assert "signature" in wrong(bent(header))
    assert "signature" in wrong(bent(header, b""))


def test_the_issuers_own_signature_by_another_algorithm_is_none() -> None:
    text = f"{b64(json.dumps({'alg': 'RS512', 'typ': 'JWT', 'kid': kid()}).encode())}.{jwt().split('.')[1]}"
    signature = token_key().private.sign(text.encode(), PKCS1v15(), SHA512())
    assert wrong(f"{text}.{b64(signature)}".encode()) == {"signature"}


def test_the_public_key_is_no_secret_to_sign_with() -> None:
    public = token_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    text = f"{b64(json.dumps({'alg': 'HS256', 'typ': 'JWT', 'kid': kid()}).encode())}.{jwt().split('.')[1]}"
    forged = hmac.new(public, text.encode(), sha256).digest()
    assert "signature" in wrong(f"{text}.{b64(forged)}".encode())


def test_the_key_of_badges_signs_no_tokens() -> None:
    text = f"{b64(json.dumps({'alg': 'EdDSA', 'typ': 'JWT', 'kid': method()}).encode())}.{jwt().split('.')[1]}"
    assert wrong(f"{text}.{b64(badge_key().sign(text.encode()))}".encode()) == {"issuer", "signature"}


def test_a_key_brought_along_proves_nothing() -> None:
    mine = LocalKey(generate_private_key(65537, 2048))
    assert wrong(token(document(), sign=mine.sign, kid=kid()).encode()) == {"signature"}
    assert wrong(token(document(), sign=mine.sign, kid=f"{DID}#mine").encode()) == {"issuer", "signature"}


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
