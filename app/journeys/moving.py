"""Moving: people who join and leave organisations and credentials that are revoked, with the standings they change."""

from datetime import datetime

from app.credentials.issuing import Credential, revoke
from app.ledger.deeds import record
from app.partners.evaluating import reevaluate_organisation
from app.people.organisations import (
    JobRole,
    Membership,
    PartnerRole,
    add_membership,
    end_membership,
    workplaces_since,
)


def join(
    person_id: int,
    organisation_id: int,
    *,
    job_role: JobRole,
    by: int | None,
    at: datetime,
    partner_role: PartnerRole = PartnerRole.USER,
) -> Membership:
    """The person starts to work for the organisation, and brings along what they hold."""
    membership = add_membership(person_id, organisation_id, job_role=job_role, partner_role=partner_role, at=at)
    record("joined", f"person:{person_id}", by=by, at=at, organisation=organisation_id)
    reevaluate_organisation(organisation_id, at=at)
    return membership


def leave(person_id: int, *, by: int | None, at: datetime) -> None:
    """The person stops working for the organisation; what they hold stays theirs."""
    membership = end_membership(person_id, at=at)
    record("left", f"person:{person_id}", by=by, at=at, organisation=membership.organisation_id)
    reevaluate_organisation(membership.organisation_id, at=at)


def revoke_credential(credential: Credential, *, reason: str, by: int, at: datetime) -> None:
    """The credential no longer counts, nor does it for the organisations of the holder."""
    revoke(credential, reason=reason, by=by, at=at)
    record("credential_revoked", f"credential:{credential.public_id}", by=by, at=at, reason=credential.revoked_reason)
    reevaluate_workplaces(credential.person_id, at=at)


def reevaluate_workplaces(person_id: int, *, at: datetime) -> None:
    """Look again at the organisations where the person works or comes to work, in the order of locks."""
    for organisation_id in dict.fromkeys(place.organisation_id for place in workplaces_since(person_id, at)):
        reevaluate_organisation(organisation_id, at=at)
