"""Persons: the accounts, with the role each has at the vendor."""

import enum
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
from sqlalchemy import String, bindparam, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Code, Key, Model, Name, db, insert_or_ignore
from app.refusal import NotFound, Refusal


class PersonRole(enum.StrEnum):
    """What a person is to the vendor; a consultant's rights come from the membership."""

    CONSULTANT = "consultant"
    TRAINER = "trainer"
    VIEWER = "viewer"
    ADMIN = "admin"


class Person(Model):
    """An account: a candidate while examined, a holder of credentials."""

    __tablename__ = "persons"

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[Name]
    role: Mapped[PersonRole] = mapped_column(default=PersonRole.CONSULTANT)
    language: Mapped[Code] = mapped_column(default="es")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    email_verified_at: Mapped[datetime | None]


class EmailInvalid(Refusal):
    """The text is not an e-mail address."""

    status = 422
    title = _l("That is not an e-mail address")


class EmailTaken(Refusal):
    """Another person has the address."""

    title = _l("There is already an account with that e-mail")


class NoSuchPerson(NotFound):
    """Nobody has the id."""

    title = _l("There is no such person")


class NameInvalid(Refusal):
    """A legal name is 2 to 120 characters on one line."""

    status = 422
    title = _l("Write your full name, in 2 to 120 characters")


_LOCK = select(Person.id).where(Person.id == bindparam("person_id")).with_for_update(key_share=True)


def clean_email(text: str) -> str:
    """The address as we store and compare it."""
    try:
        return validate_email(text.strip(), check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError as error:
        raise EmailInvalid from error


def clean_name(text: str) -> str:
    """The name with single spaces and nothing unprintable."""
    name = " ".join(text.split())
    if not 2 <= len(name) <= 120 or not name.isprintable():
        raise NameInvalid
    return name


def add_person(
    email: str,
    name: str,
    *,
    at: datetime,
    role: PersonRole = PersonRole.CONSULTANT,
    password_hash: str | None = None,
    language: str = "es",
) -> Person:
    """A new account."""
    address = clean_email(email)
    given = {"name": clean_name(name), "role": role, "language": language, "password_hash": password_hash}
    if not insert_or_ignore(Person, email=address, created_at=at, **given):  # of several at once, one is added
        raise EmailTaken
    return db.session.scalars(select(Person).where(Person.email == address)).one()


def person_by_email(email: str) -> Person | None:
    """The person of an address, whatever the case of its letters."""
    return db.session.scalar(select(Person).where(Person.email == email.strip().lower()))


def person_by_id(person_id: int) -> Person:
    """The person, or NoSuchPerson."""
    person = db.session.get(Person, person_id)
    if person is None:
        raise NoSuchPerson
    return person


def lock_person(person_id: int) -> None:
    """Hold the person until the transaction ends, so that of several deeds at once each sees what the other did."""
    db.session.connection().execute(_LOCK, {"person_id": person_id})


def verify_email(person_id: int, *, at: datetime) -> None:
    """The person opened a link that was sent to the address."""
    unverified = (Person.id == person_id) & Person.email_verified_at.is_(None)
    db.session.execute(update(Person).where(unverified).values(email_verified_at=at))


def change_language(person_id: int, language: str) -> None:
    """The language the person reads from now on."""
    db.session.get_one(Person, person_id).language = language


def confirm_name(person_id: int, name: str) -> str:
    """Set the legal name, as it will stand on the certificate; returns it as stored."""
    legal = clean_name(name)
    db.session.execute(update(Person).where(Person.id == person_id, Person.name != legal).values(name=legal))
    return legal


def count_persons() -> int:
    """How many accounts there are."""
    return db.session.scalar(select(func.count(Person.id))) or 0
