"""Organisations, the partner companies, and the memberships of the people who work for them."""

import enum
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import BindParameter, CheckConstraint, ColumnElement, ForeignKey, Index, bindparam, or_, select, update
from sqlalchemy.orm import Mapped, contains_eager, joinedload, mapped_column, relationship

from app.extensions import Code, Key, Model, Name, Slug, db, on_create
from app.people.brands import Brand, Label
from app.people.persons import Person, lock_person
from app.refusal import N_, NotFound, Refusal


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


class Terms(NamedTuple):
    """What a membership rests on: the company's domain that the address is at, or an approval with its reason.

    `consent_at` is when the person agreed to what the organisation sees of them, None until then. `region` is where
    the person works.
    """

    region: str | None = None
    domain: str | None = None
    approved_reason: str | None = None
    approved_by: int | None = None
    consent_at: datetime | None = None
    consent_version: str | None = None


ENTERED = Terms(approved_reason=N_("Entered by the administration"))


class Membership(Model):
    """A person working for an organisation in the half-open interval [starts_at, ends_at), in the same roles.

    Other roles from a day on are another row: so it is known who worked as what at any time.
    """

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="interval"),
        CheckConstraint("domain IS NOT NULL OR approved_reason IS NOT NULL", name="grounds"),
        CheckConstraint("approved_by IS NULL OR approved_reason IS NOT NULL", name="approval"),
        CheckConstraint("(consent_at IS NULL) = (consent_version IS NULL)", name="consent"),
        CheckConstraint("length(region) BETWEEN 2 AND 10", name="region"),
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
    region: Mapped[Code | None]
    domain: Mapped[Name | None]
    approved_reason: Mapped[Name | None]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    consent_at: Mapped[datetime | None]
    consent_version: Mapped[Code | None]

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=person_id)
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
    .execution_options(populate_existing=True)  # whatever was loaded before a lock
)
_TAKEN = (
    select(Membership.id)
    .where(Membership.person_id == bindparam("person_id"))
    .where(or_(Membership.ends_at.is_(None), Membership.ends_at > bindparam("at")))
    .limit(1)
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
    terms: Terms = ENTERED,
) -> Membership:
    """The person works for the organisation from `at` on; of several at once, one is added and the others refused."""
    lock_person(person_id)
    if db.session.connection().execute(_TAKEN, {"person_id": person_id, "at": at}).first():
        raise AlreadyMember
    membership = Membership(
        person_id=person_id,
        organisation_id=organisation_id,
        job_role=job_role,
        partner_role=partner_role,
        starts_at=at,
        **terms._asdict(),
    )
    db.session.add(membership)
    db.session.flush()
    return membership


def end_membership(person_id: int, *, at: datetime, ends_at: datetime | None = None) -> Membership:
    """Where the person works at `at` ends then, or on a later day; what has a day already gets another."""
    lock_person(person_id)
    membership = membership_of(person_id, at)
    if membership is None:
        raise NotFound
    change = update(Membership).where(Membership.id == membership.id)
    db.session.execute(change.values(ends_at=ends_at or at))
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
