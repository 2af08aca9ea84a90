"""Checking a badge as JSON, a token or a picture against the issuer's keys: a verdict for each thing claimed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from app.credentials.badge import BADGES
from app.credentials.baking import take_out
from app.credentials.checks import Check, Verdict
from app.credentials.data_integrity import Uncovered, proves, statements
from app.credentials.status_list import CREDENTIALS, SIZE
from app.credentials.strict_json import LARGEST, Unreadable, limited, read_object
from app.credentials.tokens import CLAIMS, Token, claims, is_signed, take_apart

CONTEXTS = [CREDENTIALS, BADGES]
TYPES = ["VerifiableCredential", "OpenBadgeCredential"]
PROOF = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "proofPurpose": "assertionMethod"}


@dataclass(frozen=True)
class Issuer:
    """Whom a badge must come from: the DID, and the keys that the DID leads to, by the address of each."""

    did: str
    badge_keys: Mapping[str, Ed25519PublicKey]
    token_keys: Mapping[str, RSAPublicKey]


@dataclass(frozen=True)
class Opened:
    """A badge taken out of what it came in: the credential without its proof, and the proof or the token."""

    credential: dict[str, Any]
    proof: dict[str, Any] | None = None
    token: Token | None = None


Status = Callable[[str, int], bool | None]


def check_badge(document: bytes | dict[str, Any], *, issuer: Issuer, status: Status, now: datetime) -> list[Check]:
    """The checks `document`, `issuer`, `terms`, `signature`, `claims` (of a token), `dates`, `status`.

    `status(list_url, index)` says whether the bit is set, or None when it could not be looked up. What cannot be read
    has the check `document` alone.
    """
    try:
        badge = opened(document)
    except Unreadable as wrong:
        return [Check("document", Verdict.FAILS, str(wrong))]
    found = [Check("document", Verdict.HOLDS), _check_issuer(badge, issuer), _check_terms(badge)]
    found.append(_check_signature(badge, issuer, found[-1]))
    if badge.token:
        found.append(_check_claims(badge.token))
    return [*found, _check_dates(badge.credential, now), _check_status(badge.credential, status)]


def opened(document: bytes | dict[str, Any]) -> Opened:
    """The badge in JSON, a token or a picture; raises Unreadable when there is none."""
    if isinstance(document, dict):
        return _from_json(limited(document))
    text = take_out(document)
    if len(text) > LARGEST:
        raise Unreadable("it is too large")
    if text.startswith(b"{"):
        return _from_json(read_object(text))
    try:
        token = take_apart(text.decode("ascii"))
    except UnicodeDecodeError as wrong:
        raise Unreadable("it is neither JSON nor a token nor a picture") from wrong
    credential = {name: value for name, value in token.payload.items() if name not in CLAIMS}
    return Opened(_badge(credential), token=token)


def _from_json(found: dict[str, Any]) -> Opened:
    proofs = found.get("proof")
    proofs = proofs if isinstance(proofs, list) else [proofs]
    if len(proofs) != 1 or not isinstance(proofs[0], dict):
        raise Unreadable("it has not exactly one proof")
    return Opened(_badge({name: value for name, value in found.items() if name != "proof"}), proof=proofs[0])


def _badge(credential: dict[str, Any]) -> dict[str, Any]:
    if credential.get("@context") != CONTEXTS or credential.get("type") != TYPES:
        raise Unreadable("it is not an Open Badges 3.0 credential of these contexts")
    return credential


def _check_issuer(badge: Opened, issuer: Issuer) -> Check:
    """The issuer is the expected one, and the key that signed is one that its DID leads to, not one brought along."""
    named = badge.credential.get("issuer")
    if not isinstance(named, dict) or named.get("id") != issuer.did:
        return Check("issuer", Verdict.FAILS, f"it does not name {issuer.did} as its issuer")
    if _key(badge, issuer) is None:
        return Check("issuer", Verdict.FAILS, f"the key it names is not one of {issuer.did}")
    return Check("issuer", Verdict.HOLDS, issuer.did)


def _key(badge: Opened, issuer: Issuer) -> Ed25519PublicKey | RSAPublicKey | None:
    keys: Mapping[str, Ed25519PublicKey | RSAPublicKey]
    keys, name = (
        (issuer.token_keys, badge.token.header.get("kid"))
        if badge.token
        else (issuer.badge_keys, (badge.proof or {}).get("verificationMethod"))
    )
    return keys.get(name) if isinstance(name, str) else None


def _check_terms(badge: Opened) -> Check:
    """Every word of it is defined, so that none is passed over by what was signed."""
    try:
        statements(badge.credential)
        if badge.proof:
            statements({"@context": CONTEXTS, **badge.proof})
    except Uncovered as wrong:
        return Check("terms", Verdict.FAILS, str(wrong))
    return Check("terms", Verdict.HOLDS)


def _check_signature(badge: Opened, issuer: Issuer, terms: Check) -> Check:
    """By the key that it names; a key that is not the issuer's proves nothing."""
    public = _key(badge, issuer)
    if public is None:
        return Check("signature", Verdict.FAILS, "no key of the issuer signed it")
    if badge.token and isinstance(public, RSAPublicKey):
        holds = is_signed(badge.token, public)
    else:
        holds = terms.verdict is Verdict.HOLDS and _is_proven(badge, public)
    return Check("signature", Verdict.HOLDS if holds else Verdict.FAILS, "" if holds else "it was not signed as it is")


def _is_proven(badge: Opened, public: Ed25519PublicKey | RSAPublicKey) -> bool:
    proof = badge.proof or {}
    asked = all(proof.get(name) == value for name, value in PROOF.items())
    return asked and isinstance(public, Ed25519PublicKey) and proves(badge.credential, proof, public)


def _check_claims(token: Token) -> Check:
    """What wallets read of a token says the same as the credential in it."""
    try:
        expected = claims(token.payload)
    except (KeyError, TypeError, ValueError):
        return Check("claims", Verdict.FAILS, "its fields are not those of a badge")
    wrong = [name for name in CLAIMS if token.payload.get(name) != expected[name]]
    detail = f"these differ from the credential: {', '.join(wrong)}" if wrong else ""
    return Check("claims", Verdict.FAILS if wrong else Verdict.HOLDS, detail)


def _check_dates(credential: dict[str, Any], now: datetime) -> Check:
    try:
        start, end = (datetime.fromisoformat(credential[name]) for name in ("validFrom", "validUntil"))
        early, late = now < start, now >= end
    except (KeyError, TypeError, ValueError):
        return Check("dates", Verdict.FAILS, "its dates cannot be read")
    if early or late:
        return Check(
            "dates", Verdict.FAILS, f"it is valid from {start:%Y-%m-%d}" if early else f"expired {end:%Y-%m-%d}"
        )
    return Check("dates", Verdict.HOLDS, f"until {end:%Y-%m-%d}")


def _check_status(credential: dict[str, Any], status: Status) -> Check:
    """Its bit in the status list; a list that nobody could read says nothing, and never that it is valid."""
    claimed = credential.get("credentialStatus")
    fields = claimed if isinstance(claimed, dict) else {}
    url, index = fields.get("statusListCredential"), fields.get("statusListIndex")
    if not (isinstance(url, str) and isinstance(index, str) and index.isdecimal() and len(index) < 8):
        return Check("status", Verdict.FAILS, "it names no place in a status list")
    if fields.get("id") != f"{url}#{index}" or fields.get("statusPurpose") != "revocation" or int(index) >= SIZE:
        return Check("status", Verdict.FAILS, "its place in the status list contradicts itself")
    revoked = status(url, int(index))
    if revoked is None:
        return Check("status", Verdict.UNKNOWN, "the status list could not be read")
    return Check("status", Verdict.FAILS if revoked else Verdict.HOLDS, "revoked or replaced" if revoked else "")
