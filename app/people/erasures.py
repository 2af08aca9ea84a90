"""Erasures: who asked to be erased, until when that is to be answered, and of whom nothing is left but the number."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, bindparam, delete, func, insert, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Key, Model, Name, db
from app.people.invitations import Invitation
from app.people.organisations import Membership, present
from app.people.persons import NoSuchPerson, Person, PersonRole
from app.people.sessions import Session
from app.people.tokens import Token
from app.refusal import Refusal

ANSWERED_WITHIN = timedelta(days=30)
STANDS = text("taken_back_at IS NULL")


class Erasure(Model):
    """A wish to be erased: waiting, taken back, or done. Whose it was stays known by the number alone.

    `reason` says why it was done and names nobody; `erased_by` is none for whoever runs the service.
    """

    __tablename__ = "erasures"
    __table_args__ = (
        CheckConstraint("taken_back_at IS NULL OR erased_at IS NULL", name="one_end"),
        CheckConstraint("(erased_at IS NULL) = (reason IS NULL)", name="reason"),
        CheckConstraint("length(reason) BETWEEN 1 AND 200", name="reason_text"),
        CheckConstraint("erased_by IS NULL OR erased_at IS NOT NULL", name="erased_by"),
        CheckConstraint("erased_by <> person_id", name="by_another"),
        Index("uq_erasures_one_standing", "person_id", unique=True, sqlite_where=STANDS, postgresql_where=STANDS),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    asked_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    erased_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    reason: Mapped[Name | None]

    @property
    def answer_by(self) -> datetime:
        """Until when the person is to have an answer."""
        return self.asked_at + ANSWERED_WITHIN


class AlreadyAsked(Refusal):
    """One wish at a time."""

    title = _l("You have asked for this before")


class NothingAsked(Refusal):
    """There is no wish that waits."""

    title = _l("There is no request to take back")


class AlreadyErased(Refusal):
    """Nothing is left to erase."""

    title = _l("This person was erased before")


class LastAdministrator(Refusal):
    """Somebody has to be able to sign in."""

    title = _l("This is the only administrator")
    detail = _l("Name another one first.")


_STANDING = select(Erasure).where(Erasure.person_id == bindparam("person_id"), STANDS)
_ASK = insert(Erasure)
_waiting = (STANDS, Erasure.erased_at.is_(None))
_END = update(Erasure).where(Erasure.person_id == bindparam("whom"), *_waiting)
_LOCK = select(Person).where(Person.id == bindparam("person_id")).with_for_update()


def lock_unerased(person_id: int) -> Person:
    """The person, held until the transaction ends: of two erasures, and of an erasure and a start, one comes first."""
    person = db.session.scalar(_LOCK.execution_options(populate_existing=True), {"person_id": person_id})
    if person is None:
        raise NoSuchPerson
    if person.is_erased:
        raise AlreadyErased
    return person


def ask_for_erasure(person_id: int, *, at: datetime) -> None:
    """The person wants to be erased."""
    lock_unerased(person_id)
    if standing_erasure(person_id):
        raise AlreadyAsked
    db.session.connection().execute(_ASK, {"person_id": person_id, "asked_at": at})


def take_erasure_back(person_id: int, *, at: datetime) -> None:
    """The person wants to stay."""
    lock_unerased(person_id)
    if db.session.connection().execute(_END.values(taken_back_at=at), {"whom": person_id}).rowcount != 1:
        raise NothingAsked


def note_erasure(person_id: int, *, reason: str, by: int | None, at: datetime) -> None:
    """The wish is done, or was that of somebody who asked by another way."""
    if standing_erasure(person_id) is None:
        db.session.connection().execute(_ASK, {"person_id": person_id, "asked_at": at})
    done = {"erased_at": at, "erased_by": by, "reason": reason}
    db.session.connection().execute(_END.values(done), {"whom": person_id})


def standing_erasure(person_id: int) -> Erasure | None:
    """The wish that waits or was done."""
    return db.session.scalar(_STANDING, {"person_id": person_id})


def waiting_erasures() -> Sequence[tuple[Erasure, Person]]:
    """Who waits to be erased, the one that is to be answered first before the others."""
    query = select(Erasure, Person).join(Person, Person.id == Erasure.person_id).where(*_waiting)
    return [(erasure, person) for erasure, person in db.session.execute(query.order_by(Erasure.asked_at, Erasure.id))]


def done_erasures() -> Sequence[Erasure]:
    """Everybody who was erased, in the order of the deeds."""
    done = select(Erasure).where(Erasure.erased_at.is_not(None))
    return db.session.scalars(done.order_by(Erasure.erased_at, Erasure.id)).all()


def require_another_admin(person: Person) -> None:
    """Raises LastAdministrator."""
    others = select(func.count(Person.id)).where(
        Person.role == PersonRole.ADMIN, Person.disabled_at.is_(None), Person.id != person.id
    )
    if person.role is PersonRole.ADMIN and not db.session.scalar(others):
        raise LastAdministrator


def forget_person(person: Person, *, at: datetime) -> None:
    """Leave the number of the person, and where it worked when; nobody signs in by it any more."""
    for model in (Session, Token):
        db.session.execute(delete(model).where(model.person_id == person.id))  # type: ignore[attr-defined]
    own = Membership.person_id == person.id
    db.session.execute(delete(Membership).where(own, Membership.starts_at >= at))
    db.session.execute(update(Membership).where(own, present(at)).values(ends_at=at))
    db.session.execute(
        update(Membership).where(own, Membership.approved_reason.is_not(None)).values(approved_reason="-")
    )
    invited = (Invitation.email == person.email) | (Invitation.accepted_by == person.id)
    db.session.execute(delete(Invitation).where(invited))
    person.email = person.name = person.pseudonym
    person.latin_name = None
    person.role, person.language, person.password_hash = PersonRole.CONSULTANT, "es", None
    person.disabled_at, person.email_verified_at = at, None
    db.session.flush()


def organisations_ever(person_id: int) -> list[int]:
    """Every organisation that the person works or has worked for, in the order of locks."""
    query = select(Membership.organisation_id).where(Membership.person_id == person_id).distinct()
    return list(db.session.scalars(query.order_by(Membership.organisation_id)))
