"""News: what a change of a standing is to whoever administers the organisation, put in the outbox for each once."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from app.mail.outbox import Lane, put_all
from app.partners.looks import Kind, Look
from app.partners.proofs import Check
from app.partners.records import Member, holds
from app.partners.tiers import Qualification

TASK = "standing_mail"
Payload = dict[str, Any]


def told(kind: Kind, before: Look, after: Look, qualification: Qualification) -> Payload:
    """What the letter says later on, whatever has changed by then."""
    held = after.held
    proof = qualification.proof(before.tier if kind in ("lost", "exception_ended") else after.tier)
    return {
        "kind": kind,
        "at": qualification.at.isoformat(),
        "tier": after.tier,
        "before": before.tier,
        "earned": qualification.tier,
        "since": held.since.isoformat(),
        "review_at": held.review_at.isoformat() if held.review_at else None,
        "grace_until": held.grace_until.isoformat() if held.grace_until else None,
        "exception_until": after.granted.expires_at.isoformat() if after.granted else None,
        "unmet": [_unmet(check) for check in _every(proof.checks if proof else ()) if not check.met],
    }


def tell(admins: Iterable[Member], told: Sequence[Payload], *, at: datetime) -> None:
    """A letter for each piece of news to each person who administers the organisation now."""
    readers = dict.fromkeys(one.person_id for one in admins if holds(one.from_at, one.to_at, at))
    letters = [(TASK, {"person_id": reader} | news) for news in told for reader in readers]
    if letters:
        put_all(letters, at=at, lane=Lane.LATER)


def _every(checks: Iterable[Check]) -> Iterator[Check]:
    for check in checks:
        yield check
        yield from _every(check.checks)


def _unmet(check: Check) -> Payload:
    people = [who.person_id for who in check.people]
    return {"id": check.id, "name": dict(check.name), "kind": check.kind, "people": people}
