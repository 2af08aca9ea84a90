"""News: what a change of a standing is to whoever administers the organisation, put in the outbox for each once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from app.mail.outbox import Lane, put_all
from app.partners.exceptions import ENDS_SOON, Granted
from app.partners.proofs import Check
from app.partners.records import Member, holds
from app.partners.tiers import Held, Qualification

TASK = "standing_mail"
Kind = Literal["upgrade", "at_risk", "grace", "lost", "exception_ending", "exception_ended", "exception_approved"]
Payload = dict[str, Any]


@dataclass(frozen=True)
class Look:
    """A standing as one look found it: what the review rules give, and the exception that holds another tier."""

    held: Held
    granted: Granted | None

    @property
    def tier(self) -> str | None:
        """The tier that is held in the end."""
        return self.granted.tier if self.granted else self.held.tier

    def holds_as(self, other: "Look") -> bool:
        """Whether both hold the same tier for the same reason, so that it is one standing that goes on."""
        return (self.tier, self.granted and self.granted.id) == (other.tier, other.granted and other.granted.id)


def news(before: Look, after: Look, earlier: datetime, qualification: Qualification) -> Iterator[Kind]:
    """What became of a standing between two looks, the one before at `earlier`."""
    at, held = qualification.at, after.held
    rank, ranked = qualification.rank(after.tier), qualification.rank(before.tier)
    if before.granted and before.granted.until <= at:
        yield "exception_ended"
    elif rank > ranked and not after.granted:
        yield "upgrade"
    elif rank <= ranked and before.tier != after.tier:
        yield "lost"
    if after.granted:
        if max(earlier, after.granted.since) < after.granted.expires_at - ENDS_SOON <= at:
            yield "exception_ending"
        return
    if held.grace_until and not before.held.grace_until:
        yield "grace"
    elif held.at_risk_since and (before.granted or not before.held.at_risk_since):
        yield "at_risk"


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
