"""Inviting: people who are asked by mail to work for an organisation, and what happens when they accept."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l

from app.journeys.moving import join
from app.ledger.deeds import record
from app.mail.outbox import put
from app.partners.evaluating import reevaluate_organisation
from app.people.consent import agreed
from app.people.domains import domain_of
from app.people.invitations import (
    Invitation,
    Wish,
    WrongPerson,
    add_invitation,
    invitation_by_token,
    invitation_in,
    note_accepted,
    open_invitation,
    send_anew,
)
from app.people.invitations import revoke_invitation as take_back
from app.people.membership_changes import refuse_hopping
from app.people.organisations import (
    AlreadyMember,
    Membership,
    Terms,
    end_membership,
    lock_organisation,
    membership_of,
)
from app.people.persons import Person, PersonRole, add_person, clean_email, lock_person, person_by_email, verify_email
from app.refusal import Refusal

MOST = 100  # addresses at once


class BadAddresses(Refusal):
    """Some cannot be invited, so nobody is; `facts["lines"]` are pairs of what was written and why not."""

    status = 422
    title = _l("Nobody was invited: some lines cannot be sent")


class InvitedTwice(Refusal):
    """One invitation is enough."""

    title = _l("Already invited: send it again from the list")


class WorksHere(Refusal):
    """There is nothing to invite to."""

    title = _l("Works here already")


class OutsideDomains(Refusal):
    """The address does not say that the person works for the company."""

    status = 422
    title = _l("The address is not at a domain of the organisation")
    detail = _l(
        "Ask the administration of the platform to verify your domain, or to invite this person as an exception."
    )


class WorksForVendor(Refusal):
    """Whoever makes or grades exams works for no partner."""

    title = _l("This account belongs to the administration of the platform")
    detail = _l("Use the account of another address.")


class StillElsewhere(AlreadyMember):
    """The person works for another organisation and did not say that this is to end."""

    detail = _l("Confirm that you leave it today to accept this invitation.")


def invite(
    organisation_id: int, addresses: Sequence[str], wish: Wish, *, key: str, by: int, at: datetime
) -> list[Invitation]:
    """Invite everyone, or nobody: BadAddresses says which lines are wrong. An expired invitation is sent again."""
    lock_organisation(organisation_id)
    found: list[str] = []
    wrong: list[tuple[str, object]] = []
    for line in addresses:
        try:
            found.append(_invitable(organisation_id, line, wish, found, at))
        except Refusal as refusal:
            wrong.append((line, refusal.title))
    if wrong or not found or len(addresses) > MOST:
        raise BadAddresses(lines=wrong)
    return [_invite(organisation_id, email, wish, key, by, at) for email in found]


def send_again(organisation_id: int, invitation_id: int, *, key: str, by: int, at: datetime) -> None:
    """Another link by mail; the old one opens nothing any more."""
    invitation = invitation_in(organisation_id, invitation_id)
    send_anew(invitation, key=key, at=at)
    _tell("invitation_sent_again", invitation, by, at)
    put("invitation_mail", {"invitation_id": invitation.id}, at=at)


def revoke_invitation(organisation_id: int, invitation_id: int, *, by: int, at: datetime) -> None:
    """The link opens nothing any more."""
    invitation = invitation_in(organisation_id, invitation_id)
    take_back(invitation, by=by, at=at)
    _tell("invitation_revoked", invitation, by, at)


def accept(token: str, person: Person, *, leaves: bool, at: datetime) -> Membership:
    """The person agrees and works for the organisation from now on; `leaves` ends the work for another one now."""
    invitation = invitation_by_token(token, at, lock=True)
    if person.email != invitation.email:
        raise WrongPerson
    return _accept(invitation, person, leaves, at)


def accept_as_newcomer(
    token: str, name: str, *, password_hash: str, language: str, at: datetime
) -> tuple[Person, Membership]:
    """The same for somebody without an account, who gets one; opening the link has shown that the address is theirs."""
    invitation = invitation_by_token(token, at, lock=True)
    person = add_person(invitation.email, name, at=at, password_hash=password_hash, language=language)
    return person, _accept(invitation, person, False, at)


def _invitable(organisation_id: int, line: str, wish: Wish, others: Sequence[str], at: datetime) -> str:
    """The address of a line, or why it cannot be invited."""
    email = clean_email(line)
    if not wish.approved_reason and domain_of(email, organisation_id) is None:
        raise OutsideDomains
    waiting = open_invitation(organisation_id, email)
    if email in others or (waiting and waiting.expires_at > at):
        raise InvitedTwice
    person = person_by_email(email)
    membership = membership_of(person.id, at) if person else None
    if membership and membership.organisation_id == organisation_id:
        raise WorksHere
    return email


def _invite(organisation_id: int, email: str, wish: Wish, key: str, by: int, at: datetime) -> Invitation:
    expired = open_invitation(organisation_id, email)
    if expired:
        take_back(expired, by=by, at=at)
    invitation = add_invitation(organisation_id, email, wish, key=key, by=by, at=at)
    _tell("invited", invitation, by, at)
    put("invitation_mail", {"invitation_id": invitation.id}, at=at)
    return invitation


def _accept(invitation: Invitation, person: Person, leaves: bool, at: datetime) -> Membership:
    """Both organisations are held in the order of locks, whichever way the person goes."""
    if person.role is not PersonRole.CONSULTANT:
        raise WorksForVendor
    lock_person(person.id)
    new, old = invitation.organisation_id, membership_of(person.id, at)
    if old and old.organisation_id == new:
        raise AlreadyMember
    if old and not leaves:
        raise StillElsewhere
    terms = _terms(invitation, person, at)
    note_accepted(invitation, person.id, at=at)
    verify_email(person.id, at=at)
    for organisation_id in sorted({new, *([old.organisation_id] if old else [])}):
        lock_organisation(organisation_id)
    if old:
        end_membership(person.id, at=at)
        record("left", f"person:{person.id}", by=person.id, at=at, organisation=old.organisation_id)
        reevaluate_organisation(old.organisation_id, at=at)
    job_role, partner_role = invitation.job_role, invitation.partner_role
    return join(person.id, new, job_role=job_role, partner_role=partner_role, by=person.id, at=at, terms=terms)


def _terms(invitation: Invitation, person: Person, at: datetime) -> Terms:
    """What the membership rests on; an approval by the vendor stands in for a domain and for the limit on moving."""
    domain, reason = domain_of(person.email, invitation.organisation_id), invitation.approved_reason
    if not reason:
        refuse_hopping(person.id, invitation.organisation_id, at)
        if domain is None:  # withdrawn meanwhile
            raise OutsideDomains
    by = invitation.invited_by if reason else None
    terms = Terms(region=invitation.region, domain=domain, approved_reason=reason, approved_by=by)
    return agreed(terms, at)


def _tell(deed: str, invitation: Invitation, by: int, at: datetime) -> None:
    """Which one it is: the address stays in its own row, which can be erased."""
    place = invitation.organisation_id
    record(deed, f"organisation:{place}", by=by, at=at, organisation=place, invitation=invitation.id)
