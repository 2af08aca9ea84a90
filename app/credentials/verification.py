"""Verification: what somebody holds of a certificate, checked against its signature, the register and the log."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app

from app.canonical import fingerprint
from app.credentials.authority import roots
from app.credentials.badge_checks import check_badge, opened
from app.credentials.badge_files import badge_document
from app.credentials.badge_signing import issuer
from app.credentials.checks import Check, Verdict
from app.credentials.issuing import Credential
from app.credentials.keeping import certificate_with, first_leaf
from app.credentials.logging import hash_in
from app.credentials.pdf_checks import check_pdf
from app.credentials.register import NoSuchCredential, credential_by_id
from app.credentials.status import is_ended
from app.credentials.strict_json import Unreadable
from app.credentials.validity import State
from app.extensions import db
from app.ledger.merkle import leaf_hash, verify_inclusion
from app.ledger.notes import is_signed, read_note
from app.ledger.proofs import inclusion
from app.ledger.trees import log_keys

LARGEST = 4 * 1024 * 1024  # bytes: the largest picture of a badge
PDF = b"%PDF-"


@dataclass(frozen=True)
class Report:
    """What was found of one document: the credential that it claims to be, if that is known here, and every check."""

    credential: Credential | None
    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        """Nothing failed, and nothing was left unknown."""
        return all(check.verdict is Verdict.HOLDS for check in self.checks)


def verify(data: bytes, *, at: datetime) -> Report:
    """A certificate (PDF) or a badge (JSON, token, PNG, SVG), whichever the bytes are."""
    if len(data) > LARGEST:
        return Report(None, (Check("document", Verdict.FAILS, "it is too large"),))
    return _of_pdf(data, at) if data.startswith(PDF) else _of_badge(data, at)


def _of_pdf(data: bytes, at: datetime) -> Report:
    """A PDF names its credential by its bytes: one that was changed by a bit is none of ours."""
    kept = certificate_with(fingerprint(data))
    checks = check_pdf(data, roots=roots(), kept_sha256=[kept.sha256] if kept else [])
    credential = db.session.get(Credential, kept.credential_id) if kept else None
    return Report(credential, (*checks, *_today(credential, at)))


def _of_badge(data: bytes, at: datetime) -> Report:
    """A badge names its credential, and has to say what the register's own says."""
    checks = check_badge(data, issuer=issuer(), status=is_ended, now=at)
    try:
        badge = opened(data).credential
    except Unreadable:
        return Report(None, tuple(checks))
    credential = _named(str(badge.get("id")))
    return Report(credential, (*checks, _in_register(credential, badge), *_today(credential, at)))


def _in_register(credential: Credential | None, badge: Mapping[str, Any]) -> Check:
    """The register says the same of it, unless its holder was erased."""
    if credential and credential.is_erased:
        return Check("register", Verdict.UNKNOWN, "withdrawn by the holder, and erased")
    same = credential is not None and badge_document(credential) == badge
    return Check("register", Verdict.HOLDS if same else Verdict.FAILS, "" if same else "the register says otherwise")


def _named(url: str) -> Credential | None:
    own, _, public_id = url.rpartition("/c/")
    try:
        return credential_by_id(public_id) if own == current_app.config["BASE_URL"] else None
    except NoSuchCredential:
        return None


def _today(credential: Credential | None, at: datetime) -> Iterator[Check]:
    """What it is worth now, whatever the document says of itself."""
    if credential:
        state = credential.state(at)
        yield Check("state", Verdict.HOLDS if state is State.VALID else Verdict.FAILS, state.value)
        yield _in_log(credential)


def _in_log(credential: Credential) -> Check:
    """The frozen record is the one that the signed log holds; of an erased one the log keeps the hash alone."""
    leaf = first_leaf(credential)
    if leaf is None or leaf.number is None:
        return Check("log", Verdict.UNKNOWN, "the log does not have it yet")
    found = inclusion(leaf.number)
    assert found.checkpoint, "the newest checkpoint is a signed one"
    note = read_note(found.checkpoint)
    holds = (
        (credential.is_erased or hash_in(found.leaf) == fingerprint(credential.record))
        and verify_inclusion(leaf_hash(found.leaf), found.index, note.size, found.proof.hashes, note.root)
        and is_signed(note, log_keys())
    )
    return Check("log", Verdict.HOLDS if holds else Verdict.FAILS, f"entry {leaf.number} of {note.size}")
