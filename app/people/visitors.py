"""Visitors: who is asking, as loaded once per request, and what role that makes them."""

import enum
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import contains_eager

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
class Visitor:
    """A signed-in person with the present membership. `may_write` is false for a read-only token."""

    person: Person
    membership: Membership | None
    may_write: bool = True

    is_authenticated = True
    is_active = True
    is_anonymous = False

    @property
    def id(self) -> int:
        return self.person.id

    @property
    def organisation(self) -> Organisation | None:
        """The company the person works for now."""
        return self.membership.organisation if self.membership else None

    @property
    def role(self) -> Role:
        """The person's role at the vendor, or what the membership makes of a consultant."""
        if self.person.role is not PersonRole.CONSULTANT:
            return Role(self.person.role.value)
        if self.membership and self.membership.partner_role is PartnerRole.ADMIN:
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
    person = membership = organisation = None

    def get_id(self) -> None:
        """A guest has no name."""


def load_visitor(proof: type[Model], condition: ColumnElement[bool], at: datetime) -> tuple[Visitor, Model] | None:
    """The visitor whom a session or a token stands for, and that row; None when the person is disabled."""
    query = (
        select(Person, Membership, proof)
        .join(proof, proof.person_id == Person.id)  # type: ignore[attr-defined]
        .outerjoin(Membership, (Membership.person_id == Person.id) & present(at))
        .outerjoin(Membership.organisation)
        .options(contains_eager(Membership.organisation))
        .where(condition, Person.disabled_at.is_(None))
    )
    row = db.session.execute(query).first()
    return None if row is None else (Visitor(row[0], row[1]), row[2])
