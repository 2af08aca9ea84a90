"""Organisations, the partner companies, and the memberships of the people who work for them."""

import enum
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import BindParameter, CheckConstraint, ColumnElement, ForeignKey, Index, bindparam, or_, select, update
from sqlalchemy.orm import Mapped, contains_eager, joinedload, mapped_column, relationship

from app.extensions import Key, Model, Name, Slug, db, on_create
from app.people.brands import Brand, Label
from app.people.persons import Person
from app.refusal import NotFound, Refusal


class PartnerRole(enum.StrEnum):
    """What a member may do in the organisation's own pages."""

    USER = "user"
    ADMIN = "admin"


class JobRole(enum.StrEnum):
    """What a member works at; some requirements count one of them only."""

    SALES = "sales"
    TECHNICAL = "technical"
    MARKETING = "marketing"
    MANAGEMENT = "management"


class Organisation(Model):
    """A partner company."""

    __tablename__ = "organisations"

    id: Mapped[Key]
    slug: Mapped[Slug] = mapped_column(unique=True)
    name: Mapped[Name]
    created_at: Mapped[datetime]


class Membership(Model):
    """A person working for an organisation in the half-open interval [starts_at, ends_at)."""

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="interval"),
        Index("ix_memberships_person", "person_id", "starts_at"),
        Index("ix_memberships_organisation", "organisation_id", "starts_at"),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    partner_role: Mapped[PartnerRole]
    job_role: Mapped[JobRole]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")
    organisation: Mapped[Organisation] = relationship(lazy="raise")


# One membership per person at a time is beyond a portable constraint: SQLite needs a trigger, PostgreSQL can exclude.
for _deed in ("INSERT", "UPDATE"):
    on_create(
        Membership.__table__,  # type: ignore[arg-type]
        "sqlite",
        f"CREATE TRIGGER memberships_one_at_a_time_{_deed.lower()} BEFORE {_deed} ON memberships "
        "WHEN EXISTS (SELECT 1 FROM memberships m WHERE m.person_id = NEW.person_id AND m.id IS NOT NEW.id "
        "AND (NEW.ends_at IS NULL OR m.starts_at < NEW.ends_at) AND (m.ends_at IS NULL OR NEW.starts_at < m.ends_at)) "
        "BEGIN SELECT RAISE(ABORT, 'one membership per person at a time'); END",
    )
on_create(
    Membership.__table__,  # type: ignore[arg-type]
    "postgresql",
    "ALTER TABLE memberships ADD CONSTRAINT ex_memberships_one_at_a_time EXCLUDE USING gist "
    "(int8range(person_id, person_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&)",
)


def present(at: datetime | BindParameter[Any]) -> ColumnElement[bool]:
    """The condition that a membership holds at an instant."""
    return (Membership.starts_at <= at) & or_(Membership.ends_at.is_(None), Membership.ends_at > at)


_PRESENT = (
    select(Membership)
    .join(Membership.person)
    .options(contains_eager(Membership.person))
    .where(Membership.organisation_id == bindparam("organisation_id"), present(bindparam("at")))
    .order_by(Person.name)
)
_OF_PERSON = (
    select(Membership)
    .options(joinedload(Membership.organisation))
    .where(Membership.person_id == bindparam("person_id"), present(bindparam("at")))
)
_LOCK = select(Organisation.id).where(Organisation.id == bindparam("organisation_id")).with_for_update()


class Workplace(NamedTuple):
    """Where a person works or came to work, and the label under which its people are certified, if it has one."""

    organisation_id: int
    name: str
    starts_at: datetime
    label: Label | None


_WORKPLACES = (
    select(Membership.organisation_id, Organisation.name, Membership.starts_at, Brand.name, Brand.colour, Brand.logo)
    .join(Membership.organisation)
    .outerjoin(Brand, Brand.organisation_id == Membership.organisation_id)
    .where(Membership.person_id == bindparam("person_id"))
    .where(or_(Membership.ends_at.is_(None), Membership.ends_at > bindparam("at")))
    .order_by(Membership.organisation_id, Membership.starts_at)
)


class AlreadyMember(Refusal):
    """The person works for an organisation at that time."""

    title = _l("This person already works for an organisation")


def add_organisation(slug: str, name: str, *, at: datetime) -> Organisation:
    """A new partner company."""
    organisation = Organisation(slug=slug, name=name, created_at=at)
    db.session.add(organisation)
    db.session.flush()
    return organisation


def add_membership(
    person_id: int,
    organisation_id: int,
    *,
    job_role: JobRole,
    at: datetime,
    partner_role: PartnerRole = PartnerRole.USER,
) -> Membership:
    """The person works for the organisation from `at` on."""
    taken = select(Membership).where(Membership.person_id == person_id, present(at))
    if db.session.scalar(taken):
        raise AlreadyMember
    membership = Membership(
        person_id=person_id, organisation_id=organisation_id, job_role=job_role, partner_role=partner_role, starts_at=at
    )
    db.session.add(membership)
    db.session.flush()
    return membership


def end_membership(person_id: int, *, at: datetime) -> Membership:
    """The person leaves the organisation at `at`."""
    membership = membership_of(person_id, at)
    if membership is None:
        raise NotFound
    unchanged = Membership.ends_at.is_not_distinct_from(membership.ends_at)
    change = update(Membership).where(Membership.id == membership.id, unchanged)
    if db.session.execute(change.values(ends_at=at)).rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound
    return membership


def membership_of(person_id: int, at: datetime) -> Membership | None:
    """Where the person works at an instant, with the organisation."""
    return db.session.scalar(_OF_PERSON, {"person_id": person_id, "at": at})


def workplaces_since(person_id: int, at: datetime) -> Sequence[Workplace]:
    """Where the person works at an instant or came to work later, in the order of locks."""
    rows = db.session.connection().execute(_WORKPLACES, {"person_id": person_id, "at": at})
    return [
        Workplace(organisation_id, name, starts_at, Label(label, colour, logo) if label else None)
        for organisation_id, name, starts_at, label, colour, logo in rows
    ]


def memberships_in(organisation_id: int) -> Sequence[Membership]:
    """Every membership the organisation ever had, with the persons; read afresh, whatever was loaded before a lock."""
    query = select(Membership).options(joinedload(Membership.person), joinedload(Membership.organisation))
    query = query.where(Membership.organisation_id == organisation_id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def members_of(organisation_id: int, at: datetime) -> Sequence[Membership]:
    """Who works for the organisation at an instant, by name."""
    return db.session.scalars(_PRESENT, {"organisation_id": organisation_id, "at": at}).all()


def organisation_by_slug(slug: str) -> Organisation:
    """The organisation, or NotFound."""
    organisation = db.session.scalar(select(Organisation).where(Organisation.slug == slug))
    if organisation is None:
        raise NotFound(_l("There is no organisation with that name"))
    return organisation


def all_organisations() -> Sequence[Organisation]:
    """Every organisation, by name."""
    return db.session.scalars(select(Organisation).order_by(Organisation.name)).all()


def lock_organisation(organisation_id: int) -> None:
    """Hold the organisation until the transaction ends, so that two standings are not computed at once."""
    db.session.connection().execute(_LOCK, {"organisation_id": organisation_id})
