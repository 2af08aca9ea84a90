"""Revoking many: a preview, its confirmation, and the pieces that put it through, each in one transaction."""

from collections.abc import Iterable
from datetime import datetime

from app.credentials.bulk import (
    BulkRevocation,
    NoSuchBulk,
    Outcome,
    add_bulk,
    bulk_of,
    confirm_bulk,
    end_bulk,
    find_named,
    lock_bulk,
    next_piece,
    note_outcome,
)
from app.credentials.issuing import Credential, NotRevocable, revoke
from app.exams.attempts import lock_attempt
from app.ledger.deeds import record
from app.mail.outbox import Lane, put
from app.partners.evaluating import reevaluate_organisation
from app.people.organisations import workplaces_since

TASK = "bulk_revoke"
PIECE = 50  # of one transaction: others want to write between two of them


def preview_named(names: Iterable[str], *, by: int, at: datetime) -> int:
    """What would be revoked of ids and codes, to be looked at and confirmed; returns its number."""
    found, unknown = find_named(names)
    return preview(found, unknown, by=by, at=at)


def preview(credential_ids: list[int], unknown: int = 0, *, by: int, at: datetime) -> int:
    """What would be revoked; nothing happens before it is confirmed."""
    return add_bulk(credential_ids, unknown, by=by, at=at)


def confirm(bulk_id: int, *, reason: str, by: int, at: datetime) -> None:
    """Whoever looked at it means it: the first piece is put through at once, and the rest by the worker."""
    if bulk_of(bulk_id).made_by != by:
        raise NoSuchBulk
    confirm_bulk(bulk_id, reason=reason, at=at)
    record("bulk_revocation_confirmed", f"bulk:{bulk_id}", by=by, at=at, reason=" ".join(reason.split()))
    if put_through(bulk_id, at=at):
        put(TASK, {"bulk_id": bulk_id}, at=at, lane=Lane.BATCH)


def put_through(bulk_id: int, *, at: datetime) -> bool:
    """The next piece; whether there is more. Attempts are locked first, then organisations, in the order of ids."""
    bulk = lock_bulk(bulk_id)
    if bulk.confirmed_at is None or bulk.ended_at:
        return False
    piece = next_piece(bulk_id, PIECE)
    touched: set[int] = set()
    for credential in piece:
        lock_attempt(credential.attempt_id)
        if _revoke(bulk, credential, at):
            touched |= {place.organisation_id for place in workplaces_since(credential.person_id, at)}
    for organisation_id in sorted(touched):
        reevaluate_organisation(organisation_id, at=at)
    if len(piece) < PIECE:
        end_bulk(bulk_id, at=at)
    return len(piece) == PIECE


def _revoke(bulk: BulkRevocation, credential: Credential, at: datetime) -> bool:
    """Revoke one unless it counts no longer; somebody else decides on one's own."""
    by, reason = bulk.made_by, bulk.reason or ""
    is_revoked = credential.person_id != by
    if is_revoked:
        try:
            revoke(credential, reason=reason, by=by, at=at)
        except NotRevocable:
            is_revoked = False
    note_outcome(bulk.id, credential.id, Outcome.REVOKED if is_revoked else Outcome.LEFT)
    if is_revoked:
        subject = f"credential:{credential.public_id}"
        record("credential_revoked", subject, by=by, at=at, reason=reason, bulk=bulk.id)
    return is_revoked
