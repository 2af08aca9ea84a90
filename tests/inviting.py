"""What the tests of invitations share: an organisation with a domain, invitations, accepting them, many at once."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.journeys.inviting import (
    accept,
    accept_as_newcomer,
    invite,
)
from app.journeys.moving import join
from app.people.domains import verify_domain
from app.people.invitations import (
    Invitation,
    Wish,
    secret_of,
)
from app.people.organisations import JobRole, Membership, Organisation
from app.people.passwords import hash_password
from app.people.persons import Person
from app.refusal import Refusal
from app.transaction import reading, writing
from tests.factories import make_organisation

KEY = "only for tests"
WISH = Wish(JobRole.SALES)


def founded(slug: str | None = None, *programmes: str) -> Organisation:
    """An organisation with the domain of its slug."""
    organisation = make_organisation(*programmes, **({"slug": slug, "name": slug.title()} if slug else {}))
    with writing() as at:
        verify_domain(organisation.id, f"{organisation.slug}.example", by=None, at=at)
    return organisation


def ask(
    organisation: Organisation, by: Person, *lines: str, wish: Wish = WISH, at: datetime | None = None
) -> list[Invitation]:
    with writing() as instant:
        return invite(organisation.id, lines, wish, key=KEY, by=by.id, at=at or instant)


def secret(invitation: Invitation) -> str:
    return secret_of(invitation.nonce, KEY)


PASSWORD = hash_password("correct horse battery")


def newcomer(invitation: Invitation, at: datetime | None = None) -> tuple[Person, Membership]:
    given = {"password_hash": PASSWORD, "language": "es"}
    with writing() as instant:
        return accept_as_newcomer(secret(invitation), "Ana Ruiz", at=at or instant, **given)


def accepted(invitation: Invitation, person: Person, *, leaves: bool = False) -> Membership:
    with writing() as at:
        return accept(secret(invitation), person, leaves=leaves, at=at)


def joined(person: Person, organisation: Organisation) -> None:
    with writing() as at:
        join(person.id, organisation.id, job_role=JobRole.SALES, by=None, at=at)


def at_once(app: Flask, deeds: Sequence[Callable[[], object]]) -> Counter[type[Refusal] | None]:
    """How each ended: None, or the refusal."""
    barrier = Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> type[Refusal] | None:
        with app.app_context():
            barrier.wait()
            try:
                deed()
            except Refusal as refusal:
                return type(refusal)
            return None

    with ThreadPoolExecutor(len(deeds)) as pool:
        return Counter(pool.map(run, deeds))


def invited(organisation: Organisation, by: Person, email: str = "ana@andes.example", **wish: object) -> Invitation:
    """Asked to sell there, unless `wish` says otherwise."""
    [one] = ask(organisation, by, email, wish=Wish(**{"job_role": JobRole.SALES} | wish))
    return one


def link(invitation: Invitation) -> str:
    """The path that the letter leads to."""
    return f"/invitations/{secret(invitation)}"


def counted(model: type) -> int:
    with reading():
        return db.session.scalar(select(func.count()).select_from(model))
