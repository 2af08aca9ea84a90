"""Moving: people who join and leave organisations and credentials that are revoked, with the standings they change."""

from datetime import datetime

from app.credentials.issuing import Credential, clean_reason, revoke
from app.ledger.deeds import record
from app.partners.evaluating import reevaluate_organisation
from app.people.consent import CURRENT, give_consent
from app.people.membership_changes import (
    MembershipChanged,
    change_membership,
    keep_membership,
    present_in,
    refuse_last_admin,
)
from app.people.organisations import (
    ENTERED,
    JobRole,
    Membership,
    PartnerRole,
    Terms,
    add_membership,
    end_membership,
    lock_organisation,
    membership_of,
    workplaces_since,
)
from app.refusal import NotFound


def join(
    person_id: int,
    organisation_id: int,
    *,
    job_role: JobRole,
    by: int | None,
    at: datetime,
    partner_role: PartnerRole = PartnerRole.USER,
    terms: Terms = ENTERED,
) -> Membership:
    """The person starts to work for the organisation, and brings along what they hold.

    The vendor's own word, unless the terms say otherwise: whoever is invited joins by `inviting.accept`.
    """
    membership = add_membership(
        person_id, organisation_id, job_role=job_role, partner_role=partner_role, at=at, terms=terms
    )
    record("joined", f"person:{person_id}", by=by, at=at, organisation=organisation_id)
    reevaluate_organisation(organisation_id, at=at)
    return membership


def leave(person_id: int, *, by: int | None, at: datetime, ends_at: datetime | None = None) -> None:
    """The person stops working for the organisation, now or on a later day; what they hold stays theirs."""
    membership = end_membership(person_id, at=at, ends_at=ends_at)
    _tell_end(membership, ends_at, by, at)
    reevaluate_organisation(membership.organisation_id, at=at)


def send_off(
    person_id: int,
    organisation_id: int,
    *,
    by: int,
    at: datetime,
    ends_at: datetime | None = None,
    reason: str | None = None,
) -> None:
    """As `leave`, by an administrator of the organisation, or of the vendor with a reason.

    One who manages the team always stays. Raises ReasonMissing.
    """
    why = clean_reason(reason) if reason is not None else None
    membership = present_in(person_id, organisation_id, at)
    lock_organisation(organisation_id)
    refuse_last_admin(membership, at)
    end_membership(person_id, at=at, ends_at=ends_at)
    _tell_end(membership, ends_at, by, at, why)
    reevaluate_organisation(organisation_id, at=at)


def keep(person_id: int, organisation_id: int, *, by: int, at: datetime) -> None:
    """The person does not leave after all."""
    keep_membership(present_in(person_id, organisation_id, at))
    record("membership_kept", f"person:{person_id}", by=by, at=at, organisation=organisation_id)
    reevaluate_organisation(organisation_id, at=at)


def change_roles(
    person_id: int,
    organisation_id: int,
    *,
    job_role: JobRole,
    partner_role: PartnerRole,
    region: str | None,
    seen: int,
    by: int,
    at: datetime,
) -> None:
    """Other roles or another region from now on; what was before stays as it was.

    `seen` is the id of the membership that was looked at: MembershipChanged if it is no longer the present one.
    """
    membership = present_in(person_id, organisation_id, at)
    lock_organisation(organisation_id)
    if membership.id != seen:
        raise MembershipChanged
    if partner_role is not PartnerRole.ADMIN:
        refuse_last_admin(membership, at)
    if not change_membership(membership, job_role=job_role, partner_role=partner_role, region=region, at=at):
        return
    roles = {"job_role": job_role.value, "partner_role": partner_role.value, "region": region}
    record("membership_changed", f"person:{person_id}", by=by, at=at, organisation=organisation_id, now=roles)
    reevaluate_organisation(organisation_id, at=at)


def consent(person_id: int, *, at: datetime) -> None:
    """The person agrees to what the organisation sees of them."""
    membership = membership_of(person_id, at)
    if membership is None:
        raise NotFound
    if give_consent(membership, at=at):
        place = membership.organisation_id
        record("consent_given", f"person:{person_id}", by=person_id, at=at, organisation=place, version=CURRENT)


def _tell_end(
    membership: Membership, ends_at: datetime | None, by: int | None, at: datetime, reason: str | None = None
) -> None:
    subject, place = f"person:{membership.person_id}", membership.organisation_id
    why = {"reason": reason} if reason else {}
    if ends_at is None:
        record("left", subject, by=by, at=at, organisation=place, **why)
    else:
        record("membership_ends", subject, by=by, at=at, organisation=place, ends_at=ends_at.isoformat(), **why)


def revoke_credential(credential: Credential, *, reason: str, by: int, at: datetime) -> None:
    """The credential no longer counts, nor does it for the organisations of the holder."""
    revoke(credential, reason=reason, by=by, at=at)
    record("credential_revoked", f"credential:{credential.public_id}", by=by, at=at, reason=credential.revoked_reason)
    reevaluate_workplaces(credential.person_id, at=at)


def reevaluate_workplaces(*person_ids: int, at: datetime) -> None:
    """Look again at the organisations where the people work or come to work, in the order of locks."""
    places = {place.organisation_id for person_id in person_ids for place in workplaces_since(person_id, at)}
    for organisation_id in sorted(places):
        reevaluate_organisation(organisation_id, at=at)
