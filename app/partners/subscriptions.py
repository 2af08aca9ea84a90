"""Subscriptions: which administrators of the vendor want the reports of a programme by letter, and what was sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import CheckConstraint, ForeignKey, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Code, Model, db, insert_or_ignore
from app.partners.particulars import Cadence
from app.partners.periods import last_periods
from app.partners.programmes import Programme
from app.people.persons import Person, PersonRole


class Subscription(Model):
    """A person of the vendor gets each report of a programme and cadence when its period is over.

    `sent_period` is the last one that was put in the outbox; at first, the last one that was over by then.
    """

    __tablename__ = "report_subscriptions"
    __table_args__ = (
        CheckConstraint("cadence IN ('daily', 'weekly', 'monthly', 'quarterly', 'annual')", name="cadence"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), primary_key=True)
    cadence: Mapped[Code] = mapped_column(primary_key=True)
    sent_period: Mapped[Code]


class Due(NamedTuple):
    """A letter to put in the outbox."""

    person_id: int
    programme_id: int
    cadence: str
    period: str


def subscribe(person_id: int, programme_id: int, cadence: Cadence, *, at: datetime) -> None:
    """From the period that is under way on; asking twice changes nothing."""
    sent = last_periods(cadence, at, 1)[0].id
    insert_or_ignore(Subscription, person_id=person_id, programme_id=programme_id, cadence=cadence, sent_period=sent)


def unsubscribe(person_id: int, programme_id: int, cadence: str) -> None:
    own = (Subscription.person_id == person_id) & (Subscription.programme_id == programme_id)
    db.session.execute(delete(Subscription).where(own, Subscription.cadence == cadence))


def forget_subscriptions(person_id: int) -> None:
    """The person is erased, and gets nothing any more."""
    db.session.execute(delete(Subscription).where(Subscription.person_id == person_id))


def subscribed(person_id: int, programme_id: int) -> Sequence[str]:
    """The cadences that the person gets."""
    own = (Subscription.person_id == person_id) & (Subscription.programme_id == programme_id)
    return db.session.scalars(select(Subscription.cadence).where(own)).all()


def due_reports(at: datetime) -> list[Due]:
    """The reports whose period is over and that were not put in the outbox yet, of those who still may read them."""
    wanted = select(Subscription).join(Person, Person.id == Subscription.person_id)
    wanted = wanted.join(Programme, (Programme.id == Subscription.programme_id) & Programme.live)
    readers = Person.role.in_([PersonRole.ADMIN, PersonRole.VIEWER]) & Person.disabled_at.is_(None)
    due = []
    for one in db.session.scalars(wanted.where(readers)):
        over = last_periods(one.cadence, at, 1)[0].id  # type: ignore[arg-type]
        if over != one.sent_period:
            due.append(Due(one.person_id, one.programme_id, one.cadence, over))
    return due


def note_sent(due: Due) -> bool:
    """Whether this is the one who puts it in the outbox: of several workers, one is."""
    own = (Subscription.person_id == due.person_id) & (Subscription.programme_id == due.programme_id)
    one = update(Subscription).where(own, Subscription.cadence == due.cadence, Subscription.sent_period != due.period)
    return bool(db.session.connection().execute(one.values(sent_period=due.period)).rowcount)
