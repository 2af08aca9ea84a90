"""Changes of memberships: other roles, an end that is taken back, and how often a person may change organisations."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.people.organisations import JobRole, Membership, PartnerRole, membership_of, present
from app.people.persons import lock_person
from app.refusal import NotFound, Refusal

MOVES, PERIOD = 2, timedelta(days=365)
REGION = re.compile(r"[A-Z]{2,5}(-[A-Z0-9]{1,4})?", re.ASCII)


class TooManyMoves(Refusal):
    """Who changes organisations again and again makes tiers rise and fall with nobody learning anything."""

    title = _l("You have changed organisations twice in twelve months")
    detail = _l("Ask the organisation to have the administration of the platform invite you, with the reason.")


class LastPartnerAdmin(Refusal):
    """Somebody has to look after the team."""

    title = _l("Nobody else manages the team")
    detail = _l("Let somebody else manage it first.")


class MembershipChanged(Refusal):
    """The page showed what is no longer so."""

    title = _l("This membership has changed meanwhile")
    detail = _l("Look at it again, then decide.")


class NoEndSet(Refusal):
    """There is no end to take back."""

    title = _l("This membership has no end")


class BadDay(Refusal):
    """What ends does so today or later, and not in years."""

    status = 422
    title = _l("Choose a day from today on, and within a year")


class BadRegion(Refusal):
    """A country or a part of one by ISO 3166, or a region of one's own."""

    status = 422
    title = _l("That is not the code of a region")
    detail = _l("Write a country like MX, a part of one like MX-JAL, or a region like LATAM: up to 10 signs.")


_OF_PERSON = (
    select(Membership.organisation_id, Membership.starts_at)
    .where(Membership.person_id == bindparam("person_id"), Membership.starts_at <= bindparam("at"))
    .order_by(Membership.starts_at)
)
_STORY = (
    select(Membership)
    .options(joinedload(Membership.person), joinedload(Membership.organisation))
    .where(Membership.person_id == bindparam("person_id"))
    .where(Membership.organisation_id == bindparam("organisation_id"))
    .order_by(Membership.starts_at)
    .execution_options(populate_existing=True)
)
_OTHER_ADMINS = (
    select(Membership.id)
    .where(Membership.organisation_id == bindparam("organisation_id"), present(bindparam("at")))
    .where(Membership.person_id != bindparam("person_id"), Membership.ends_at.is_(None))
    .where(Membership.partner_role == PartnerRole.ADMIN)
    .limit(1)
)


def clean_region(text: str) -> str | None:
    """The code in capitals; None where nothing is written."""
    code = text.strip().upper()
    if code and (len(code) > 10 or not REGION.fullmatch(code)):
        raise BadRegion
    return code or None


def end_of(last_day: date, at: datetime) -> datetime:
    """The instant at which this last day is over, in UTC; BadDay unless it is one from today on and within a year."""
    if not at.date() <= last_day <= at.date() + PERIOD:
        raise BadDay
    return datetime.combine(last_day, time(), UTC) + timedelta(days=1)


def refuse_hopping(person_id: int, organisation_id: int, at: datetime) -> None:
    """TooManyMoves if joining the organisation were one change too many; hold the person before.

    To come back to the organisation that one left last is none.
    """
    rows = db.session.connection().execute(_OF_PERSON, {"person_id": person_id, "at": at}).all()
    moves = [after for before, after in pairwise(rows) if before[0] != after[0] and after[1] > at - PERIOD]
    if rows and rows[-1][0] != organisation_id and len(moves) >= MOVES:
        raise TooManyMoves


def refuse_last_admin(membership: Membership, at: datetime) -> None:
    """LastPartnerAdmin if nobody else manages the team without an end; hold the organisation before."""
    others = {"organisation_id": membership.organisation_id, "person_id": membership.person_id, "at": at}
    if (
        membership.partner_role is PartnerRole.ADMIN
        and not db.session.connection().execute(_OTHER_ADMINS, others).first()
    ):
        raise LastPartnerAdmin


def story_of(person_id: int, organisation_id: int) -> Sequence[Membership]:
    """Every membership that a person ever had in an organisation, the first one first; NotFound without any."""
    found = db.session.scalars(_STORY, {"person_id": person_id, "organisation_id": organisation_id}).all()
    if not found:
        raise NotFound
    return found


def present_in(person_id: int, organisation_id: int, at: datetime) -> Membership:
    """The present membership of a person in this organisation and no other, held until the transaction ends."""
    lock_person(person_id)
    membership = membership_of(person_id, at)
    if membership is None or membership.organisation_id != organisation_id:
        raise NotFound
    return membership


def change_membership(
    membership: Membership, *, job_role: JobRole, partner_role: PartnerRole, region: str | None, at: datetime
) -> bool:
    """Other roles or another region from `at` on: the row ends and another goes on; whether anything changes."""
    before = (membership.job_role, membership.partner_role, membership.region)
    if before == (job_role, partner_role, region):
        return False
    if membership.starts_at >= at:
        raise MembershipChanged
    ends_at = membership.ends_at
    db.session.execute(update(Membership).where(Membership.id == membership.id).values(ends_at=at))
    db.session.add(
        Membership(
            person_id=membership.person_id,
            organisation_id=membership.organisation_id,
            job_role=job_role,
            partner_role=partner_role,
            starts_at=at,
            ends_at=ends_at,
            region=region,
            domain=membership.domain,
            approved_reason=membership.approved_reason,
            approved_by=membership.approved_by,
            consent_at=membership.consent_at,
            consent_version=membership.consent_version,
        )
    )
    db.session.flush()
    return True


def keep_membership(membership: Membership) -> None:
    """Take the end back, which has not come yet."""
    ending = (Membership.id == membership.id) & Membership.ends_at.is_not(None)
    if db.session.execute(update(Membership).where(ending).values(ends_at=None)).rowcount != 1:  # type: ignore[attr-defined]
        raise NoEndSet
