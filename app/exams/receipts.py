"""Receipts: what the service signs when an attempt is closed, so that nobody can say later that it was otherwise."""

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import bindparam, select

from app.canonical import canonical, fingerprint
from app.content.versions import Version, derived
from app.exams.attempts import Attempt
from app.exams.responses import Saved, responses_of
from app.extensions import db
from app.keys import RECEIPTS, key_id, public_keys, public_text, signing_key

KIND = "acredita-receipt-1"
Receipt = dict[str, Any]
_HASH = select(Version.hash).where(Version.id == bindparam("version_id"))


def receipt_of(attempt: Attempt, responses: Mapping[int, Saved]) -> Receipt:
    """The signed receipt of a closed attempt and its responses; made again it is the same, byte for byte.

    It names the hash of the answers and not the answers: whoever holds it can show that they were these, and whoever
    finds it learns nothing.
    """
    key = signing_key(RECEIPTS)
    said = _statement(attempt, responses)
    signature = b64encode(key.sign(canonical(said))).decode()
    return said | {"key_id": key_id(key.public_key()), "signature": signature}


def check_receipt(receipt: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """A verdict for each thing that a receipt promises."""
    said = {name: value for name, value in receipt.items() if name not in ("key_id", "signature")}
    yield "it is a receipt of this service", _is_signed(said, receipt.get("key_id"), receipt.get("signature"))
    attempt = db.session.get(Attempt, said["attempt"]) if isinstance(said.get("attempt"), int) else None
    closed = attempt is not None and attempt.closed_at is not None
    yield "the attempt is known and closed", closed
    if attempt and closed:
        stored = _statement(attempt, responses_of(attempt.id))
        yield "the answers are those that were graded", stored["answers_sha256"] == said.get("answers_sha256")
        yield "nothing else has changed", stored == said


def known_keys() -> list[dict[str, str]]:
    """The keys that receipts are and were signed with, the present one first, for whoever checks them elsewhere."""
    return [
        {"key_id": key_id(public), "algorithm": "Ed25519", "public_key": public_text(public)}
        for public in public_keys(RECEIPTS)
    ]


def _statement(attempt: Attempt, responses: Mapping[int, Saved]) -> Receipt:
    assert attempt.closed_at
    assert attempt.closing
    in_order = sorted(responses.values(), key=lambda saved: saved.position)
    answers = [[saved.position, saved.revision, saved.answer] for saved in in_order]
    return {
        "type": KIND,
        "attempt": attempt.id,
        "exam": attempt.exam["id"],
        "exam_version": derived(attempt.exam_version_id, _hash_of),
        "candidate": attempt.legal_name,
        "started_at": attempt.started_at.isoformat(),
        "closed_at": attempt.closed_at.isoformat(),
        "closing": attempt.closing.value,
        "answers": sum(saved.answer is not None for saved in in_order),
        "answers_sha256": fingerprint(canonical(answers)),
    }


def _hash_of(version_id: int) -> str:
    return db.session.connection().execute(_HASH, {"version_id": version_id}).scalar_one()


def _is_signed(said: Mapping[str, Any], name: object, signature: object) -> bool:
    key = next((public for public in public_keys(RECEIPTS) if key_id(public) == name), None)
    if not isinstance(key, Ed25519PublicKey):
        return False
    try:
        key.verify(b64decode(str(signature), validate=True), canonical(dict(said)))
    except (InvalidSignature, ValueError):
        return False
    return True
