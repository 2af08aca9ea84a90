"""Consent: what a person agrees that the organisation sees, as text in versions that memberships refer to."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from app.extensions import db
from app.people.organisations import Membership, Terms

# A text that was agreed to is never edited: another wording is another version.
TEXTS = {
    "2026-11": _l(
        "While you work for it, the organisation sees the certificates you hold, how far you are in your courses, and "
        "whether you passed an exam. It sees no score and no answer. Once you have left, it sees nothing new."
    )
}
CURRENT = "2026-11"


def agreed(terms: Terms, at: datetime) -> Terms:
    """The terms with the person's consent to the current text."""
    return terms._replace(consent_at=at, consent_version=CURRENT)


def give_consent(membership: Membership, *, at: datetime) -> bool:
    """The person agrees to the current text; whether that is new."""
    unasked = (Membership.id == membership.id) & Membership.consent_at.is_(None)
    given = update(Membership).where(unasked).values(consent_at=at, consent_version=CURRENT)
    return bool(db.session.execute(given).rowcount)  # type: ignore[attr-defined]
