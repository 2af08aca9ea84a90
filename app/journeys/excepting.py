"""Excepting: a tier held by decision of two administrators, with another look at the standing and the news of it."""

from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l

from app.ledger.deeds import record
from app.partners.evaluating import reevaluate_organisation
from app.partners.exceptions import (
    ExceptionState,
    TierException,
    decide_exception,
    end_exception,
    exception_of,
    propose_exception,
)
from app.partners.knowledge import people_of
from app.partners.news import tell
from app.partners.programmes import Participation
from app.partners.timeline import start_of
from app.people.organisations import lock_organisation
from app.refusal import Refusal


class NoSuchTier(Refusal):
    """The programme has no such tier by the rules in force."""

    status = 422
    title = _l("The programme has no such tier")


def propose_tier(
    participation: Participation, ladder: str, tier: str, reason: str, last_day: date, *, by: int, at: datetime
) -> None:
    """Ask for it: nothing changes before another administrator has approved it. The last day counts whole, in UTC."""
    if tier not in {one.id for one in participation.programme.rules.tiers_of(ladder)}:
        raise NoSuchTier
    place = {"organisation_id": participation.organisation_id, "programme_id": participation.programme_id}
    row = place | {"ladder": ladder, "tier": tier, "reason": reason}
    propose_exception(row | {"expires_at": start_of(last_day + timedelta(days=1))}, by=by, at=at)
    _record("exception_proposed", participation.organisation_id, reason, by, at)


def approve_tier(exception_id: int, *, by: int, at: datetime) -> None:
    """The second person's yes: the tier is held from now on until the last day, and the partner hears of it."""
    exception = _decide(exception_id, ExceptionState.APPROVED, by, at)
    organisation_id = exception.organisation_id
    _record("exception_approved", organisation_id, exception.reason, by, at)
    reevaluate_organisation(organisation_id, at=at)
    news = {
        "kind": "exception_approved",
        "at": at.isoformat(),
        "organisation_id": organisation_id,
        "programme_id": exception.programme_id,
        "ladder": exception.ladder,
        "tier": exception.tier,
        "reason": exception.reason,
        "exception_until": exception.expires_at.isoformat(),
    }
    tell(people_of(organisation_id).admins, [news], at=at)


def reject_tier(exception_id: int, *, by: int, at: datetime) -> None:
    """The second person's no: everything stays as it is."""
    exception = _decide(exception_id, ExceptionState.REJECTED, by, at)
    _record("exception_rejected", exception.organisation_id, exception.reason, by, at)


def revoke_tier(exception_id: int, reason: str, *, by: int, at: datetime) -> None:
    """It is over before its last day; what the review rules give is held again."""
    exception = exception_of(exception_id)
    lock_organisation(exception.organisation_id)
    end_exception(exception, reason, by=by, at=at)
    _record("exception_revoked", exception.organisation_id, reason, by, at)
    reevaluate_organisation(exception.organisation_id, at=at)


def _decide(exception_id: int, state: ExceptionState, by: int, at: datetime) -> TierException:
    """The organisation is locked first, as wherever a standing may change."""
    exception = exception_of(exception_id)
    lock_organisation(exception.organisation_id)
    decide_exception(exception, state, by=by, at=at)
    return exception_of(exception_id)


def _record(deed: str, organisation_id: int, reason: str, by: int, at: datetime) -> None:
    subject = f"organisation:{organisation_id}"
    record(deed, subject, by=by, at=at, organisation=organisation_id, reason=" ".join(reason.split()))
