"""Persons: the accounts, with the role each has at the vendor."""

import enum
import re
import unicodedata
from datetime import datetime
from itertools import groupby

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, String, bindparam, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Code, Key, Model, Name, db, insert_or_ignore
from app.refusal import NotFound, Refusal

# What no eye sees and no script needs: it comes along with what is pasted, and makes names differ that look alike.
UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2060-\u2064\u2800\u3164\ufeff\uffa0]"
)
JOINERS = "\u200c\u200d"  # Persian and the scripts of India write names with them
VIRAMA = 9  # the combining class of the sign that joins two consonants
MOST_MARKS = 4  # on one letter


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
    latin_name: Mapped[Name | None] = mapped_column(CheckConstraint("latin_name <> ''", name="latin_name"))
    role: Mapped[PersonRole] = mapped_column(default=PersonRole.CONSULTANT)
    language: Mapped[Code] = mapped_column(default="es")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    email_verified_at: Mapped[datetime | None]

    @property
    def pseudonym(self) -> str:
        """What stands in the place of the names and the address of a person who was erased."""
        return f"#{self.id}"

    @property
    def is_erased(self) -> bool:
        """No address begins so."""
        return self.email == self.pseudonym


class EmailInvalid(Refusal):
    """The text is not an e-mail address."""

    status = 422
    title = _l("That is not an e-mail address")


class EmailTaken(Refusal):
    """Another person has the address."""

    title = _l("There is already an account with that e-mail")


class AccountClosed(Refusal):
    """The account was disabled, or its person erased, while the page was open."""

    status = 403
    title = _l("This account is closed")


class NoSuchPerson(NotFound):
    """Nobody has the id."""

    title = _l("There is no such person")


class NameInvalid(Refusal):
    """A legal name is 2 to 120 characters on one line."""

    status = 422
    title = _l("Write your full name, in 2 to 120 characters")


class HiddenCharacters(NameInvalid):
    """A name holds what changes how it reads and is not seen itself, or a heap of marks."""

    title = _l("The name holds characters that cannot be read: type it by hand instead of pasting it")


_LOCK = select(Person.id).where(Person.id == bindparam("person_id")).with_for_update(key_share=True)


def clean_email(text: str) -> str:
    """The address as we store and compare it."""
    try:
        return validate_email(text.strip(), check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError as error:
        raise EmailInvalid from error


def clean_name(text: str) -> str:
    """The name with single spaces, its letters and their accents joined (NFC), and nothing in it that is not seen.

    Raises NameInvalid; what would turn the direction of the text is refused, what only hides in it is left out.
    """
    name = " ".join(unicodedata.normalize("NFC", _without_unseen(text)).split())
    if not 2 <= len(name) <= 120 or not any(map(str.isalpha, name)):
        raise NameInvalid
    if not re.sub(f"[{JOINERS}]", "", name).isprintable() or _is_heaped(name):
        raise HiddenCharacters
    return name


def _without_unseen(text: str) -> str:
    text = UNSEEN.sub("", text)
    return "".join(letter for place, letter in enumerate(text) if letter not in JOINERS or _joins(text, place))


def _joins(text: str, place: int) -> bool:
    """Whether a joiner stands between letters of a script that has a use for it there."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    in_use = before and (unicodedata.combining(before) == VIRAMA or unicodedata.bidirectional(before) == "AL")
    return bool(in_use and after.isalpha())


def _is_heaped(name: str) -> bool:
    """Whether it begins with a mark that belongs on a letter, or has more of them on one than any language writes."""
    runs = groupby(name, lambda letter: unicodedata.category(letter) in ("Mn", "Me"))
    longest = max((len(list(run)) for marks, run in runs if marks), default=0)
    return longest > MOST_MARKS or unicodedata.category(name[0]).startswith("M")


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


def confirm_name(person_id: int, name: str, latin_name: str | None = None) -> None:
    """Set the legal name, and its Latin form if certificates print that instead."""
    names = {"name": clean_name(name), "latin_name": latin_name}
    db.session.execute(update(Person).where(Person.id == person_id).values(names))


def set_latin_name(person_id: int, latin_name: str) -> None:
    """Set the Latin form of the legal name."""
    db.session.get_one(Person, person_id).latin_name = latin_name


def count_persons() -> int:
    """How many accounts there are."""
    return db.session.scalar(select(func.count(Person.id))) or 0
