"""Losses: who counted for a requirement of the tier held and does so no longer, since when and why."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from app.credentials.issuing import Credential
from app.credentials.register import credentials_of
from app.credentials.validity import state_at
from app.partners.persons_checks import levels_of
from app.partners.requirements import Persons
from app.people.organisations import Membership, memberships_in

Fallen = tuple[Persons, Collection[int]]
Starts = Collection[tuple[int, datetime]]


@dataclass(frozen=True)
class Loss:
    """`reason` is `left`, `changed` (to other work there), or what the credential has become: expired, revoked …"""

    name: str
    level: str
    reason: str
    at: datetime


def losses(organisation_id: int, fallen: Iterable[Fallen], since: datetime, until: datetime) -> list[Loss]:
    """What was lost in (since, until], the latest first; with each requirement come the ids of who still counts."""
    memberships = memberships_in(organisation_id)
    credentials = credentials_of({membership.person_id for membership in memberships})
    goes_on = {(membership.person_id, membership.starts_at) for membership in memberships}
    latest: dict[int, Loss] = {}
    for requirement, counting in fallen:
        for membership in memberships:
            person = membership.person_id
            if person in counting or requirement.job_role not in (None, membership.job_role):
                continue
            for loss in _losses_of(membership, credentials, requirement, goes_on):
                if since < loss.at <= until and (person not in latest or latest[person].at < loss.at):
                    latest[person] = loss
    return sorted(latest.values(), key=lambda loss: loss.at, reverse=True)


def _losses_of(
    membership: Membership, credentials: Iterable[Credential], requirement: Persons, goes_on: Starts
) -> Iterator[Loss]:
    levels = levels_of(requirement)
    for credential in credentials:
        if credential.person_id == membership.person_id and credential.level in levels:
            loss = _loss(membership, credential, goes_on)
            if max(credential.issued_at, membership.starts_at) < loss.at:
                yield loss


def _loss(membership: Membership, credential: Credential, goes_on: Starts) -> Loss:
    """What came first: the person left or works as something else, or the credential ended."""
    name, ended, left = membership.person.name, credential.dates.ends_at, membership.ends_at
    if left and left <= ended:
        reason = "changed" if (membership.person_id, left) in goes_on else "left"
        return Loss(name, credential.level, reason, left)
    return Loss(name, credential.level, state_at(credential.dates, ended).value, ended)
