"""A badge world without a database: a record, an issuer with its keys, and the badge in every form it travels in."""

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from app.canonical import canonical
from app.credentials.badge import badge
from app.credentials.badge_art import png, svg
from app.credentials.badge_checks import Issuer, Status, check_badge
from app.credentials.baking import bake_png, bake_svg
from app.credentials.checks import Verdict
from app.credentials.data_integrity import secured
from app.credentials.issuer import badge_method, issuer_did, token_method
from app.credentials.tokens import token
from app.keys import LocalKey

BASE_URL = "https://acredita.example"
NOW = datetime(2027, 1, 1, tzinfo=UTC)
RECORD: dict[str, Any] = {
    "id": "01jq8z6t4m9k2v7xb3c5d1e0fg",
    "code": "K7QM-4XTD",
    "name": "Lucía Ferrer Ibáñez",
    "level": "expert",
    "title": {"es": "Certificación Expert", "en": "Expert certification"},
    "issuer": "IA Bulk",
    "organisation": "Andes Consultores",
    "issued_on": "2026-03-03",
    "expires_on": "2028-03-03",
    "issued_at": "2026-03-03T10:20:30Z",
    "expires_at": "2028-03-03T10:20:30Z",
    "score": 812,
    "languages": ["es", "en"],
    "language": "en",
}
DID = issuer_did(BASE_URL)


@cache
def badge_key(seed: int = 1) -> LocalKey:
    return LocalKey(Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


@cache
def token_key(_seed: int = 1) -> LocalKey:
    return LocalKey(generate_private_key(65537, 2048))


def method(seed: int = 1, did: str = DID) -> str:
    return badge_method(did, badge_key(seed).public_key())


def kid() -> str:
    return token_method(DID, token_key().public_key())


def the_issuer() -> Issuer:
    return Issuer(DID, {method(): badge_key().public_key()}, {kid(): token_key().public_key()})


def document(**changes: Any) -> dict[str, Any]:
    """The credential without its proof."""
    return badge({**RECORD, **changes}, base_url=BASE_URL, number=94567)


def signed(unsigned: dict[str, Any] | None = None, *, seed: int = 1, did: str = DID) -> dict[str, Any]:
    """The credential with its proof, as others read it from its file."""
    unsigned = unsigned or document()
    proven = secured(unsigned, sign=badge_key(seed).sign, method=method(seed, did), created=unsigned["validFrom"])
    return json.loads(canonical(proven))


def jwt(**changes: Any) -> str:
    return token(document(**changes), sign=token_key().sign, kid=kid())


def in_every_form() -> dict[str, bytes]:
    found = canonical(signed())
    return {
        "json": found,
        "jwt": jwt().encode(),
        "png": bake_png(png("expert"), found),
        "svg": bake_svg(svg("expert"), found).encode(),
    }


def valid(_url: str, _index: int) -> bool | None:
    return False


def verdicts(
    given: Any, *, status: Status = valid, issuer: Issuer | None = None, now: datetime = NOW
) -> dict[str, str]:
    """The verdict of each check by its name."""
    checks = check_badge(given, issuer=issuer or the_issuer(), status=status, now=now)
    return {check.name: check.verdict.value for check in checks}


def wrong(given: Any, **world: Any) -> set[str]:
    """The names of the checks that do not hold."""
    return {name for name, verdict in verdicts(given, **world).items() if verdict != Verdict.HOLDS}
