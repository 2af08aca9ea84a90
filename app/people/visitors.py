"""Visitors: who is asking, as loaded once per request, and what role that makes them."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import Model, db
from app.people.organisations import Membership, Organisation, PartnerRole, present
from app.people.persons import Person, PersonRole


class Role(enum.StrEnum):
    """The roles that the table of routes speaks of."""

    GUEST = "guest"
    CONSULTANT = "consultant"
    PARTNER_ADMIN = "partner_admin"
    TRAINER = "trainer"
    VIEWER = "viewer"
    ADMIN = "admin"


@dataclass(frozen=True)
class Account:
    """What a request knows of a person."""

    id: int
    email: str
    name: str
    language: str
    role: PersonRole
    password_hash: str | None
    latin_name: str | None


@dataclass(frozen=True)
class Employer:
    """The organisation that a person works for, and what the person may do in its pages.

    `consent_at` is when the person agreed to what it sees, None until then.
    """

    id: int
    slug: str
    name: str
    partner_role: PartnerRole
    consent_at: datetime | None


@dataclass(frozen=True)
class Visitor:
    """A signed-in person and where they work now. `may_write` is false for a read-only token."""

    person: Account
    organisation: Employer | None
    may_write: bool = True

    is_authenticated = True
    is_active = True
    is_anonymous = False

    @property
    def id(self) -> int:
        return self.person.id

    @property
    def role(self) -> Role:
        """The person's role at the vendor, or what the membership makes of a consultant."""
        if self.person.role is not PersonRole.CONSULTANT:
            return Role(self.person.role.value)
        if self.organisation and self.organisation.partner_role is PartnerRole.ADMIN:
            return Role.PARTNER_ADMIN
        return Role.CONSULTANT

    def get_id(self) -> str:
        """Flask-Login's name for the person."""
        return str(self.person.id)


class Guest:
    """Nobody: a visitor who has not signed in."""

    is_authenticated = False
    is_active = False
    is_anonymous = True
    may_write = True
    role = Role.GUEST
    person = organisation = None

    def get_id(self) -> None:
        """A guest has no name."""


ACCOUNT = (
    *(Person.id, Person.email, Person.name, Person.language, Person.role),
    *(Person.password_hash, Person.latin_name),
)
EMPLOYER = (Organisation.id, Organisation.slug, Organisation.name, Membership.partner_role, Membership.consent_at)


def visitor_query(
    proof: type[Model], condition: ColumnElement[bool], *more: InstrumentedAttribute[Any]
) -> Select[*tuple[Any, ...]]:
    """Who is meant, at `:at`, by the session or the token of the condition; `more` are columns of it.

    Made once, since every request asks it and building it takes longer than running it.
    """
    return (
        select(*ACCOUNT, *EMPLOYER, *more)
        .select_from(proof)
        .join(Person, Person.id == proof.person_id)  # type: ignore[attr-defined]
        .outerjoin(Membership, (Membership.person_id == Person.id) & present(bindparam("at")))
        .outerjoin(Membership.organisation)
        .where(condition, Person.disabled_at.is_(None))
    )


def load_visitor(query: Select[*tuple[Any, ...]], **values: object) -> tuple[Visitor, Sequence[Any]] | None:
    """The visitor and what more the query asks for; None when it finds nobody who may come in."""
    row = db.session.connection().execute(query, values).first()
    if row is None:
        return None
    account, rest = row[: len(ACCOUNT)], row[len(ACCOUNT) :]
    employer, more = rest[: len(EMPLOYER)], rest[len(EMPLOYER) :]
    works = employer[0] is not None
    return Visitor(Account(*account), Employer(*employer) if works else None), more
