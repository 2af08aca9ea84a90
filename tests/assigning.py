"""What the tests of assigned courses share: an organisation, its people, and deeds at instants of one spring."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from app.extensions import db
from app.journeys.assigning import assign, move_assignment, withdraw_assignment
from app.journeys.assignment_letters import lines_told
from app.journeys.nightly import remind
from app.learning.assignments import Line, assignments_in, completion_of
from app.learning.catalogue import live_course
from app.learning.enrolling import finish_lesson
from app.mail.outbox import Task
from app.people.organisations import Organisation, PartnerRole
from app.people.persons import Person
from app.transaction import reading, writing
from tests.factories import make_membership, make_person

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
DUE = (NOON + 20 * DAY).date()
OVER = datetime(2026, 3, 23, tzinfo=UTC)  # the instant at which that day is over


def member(organisation: Organisation, **overrides: object) -> Person:
    role = overrides.pop("partner_role", PartnerRole.USER)
    person = make_person(**overrides)
    make_membership(person, organisation, partner_role=role, at=NOON - 9 * DAY)
    return person


def ask(organisation: Organisation, by: Person, *people: Person, what: str = "basics", **changes: object) -> None:
    given = {"last_day": DUE, "note": "", "by": by.id, "at": NOON} | changes
    with writing():
        assign(organisation.id, [person.id for person in people], what, **given)  # type: ignore[arg-type]


def move(organisation: Organisation, by: Person, assignment_id: int, last_day: object, *, seen: datetime) -> None:
    with writing():
        move_assignment(organisation.id, assignment_id, last_day=last_day, seen=seen, by=by.id, at=NOON)  # type: ignore[arg-type]


def withdrawn(organisation: Organisation, by: Person, assignment_id: int) -> None:
    with writing():
        withdraw_assignment(organisation.id, assignment_id, by=by.id, at=NOON)


def study(person: Person, slug: str, *, at: datetime = NOON) -> None:
    with writing():
        for lesson in live_course(slug).live_lessons:
            finish_lesson(person.id, lesson, at=at)


def lines(organisation: Organisation, at: datetime = NOON) -> list[Line]:
    with reading():
        return list(assignments_in(organisation.id, at))


def completion(*organisations: Organisation) -> tuple[int, int]:
    with reading():
        return completion_of([one.id for one in organisations], NOON)


def told(payload: dict[str, object], at: datetime) -> list[Line]:
    with reading():
        return list(lines_told(payload, at))


def letters() -> list[tuple[str, list[int]]]:
    with reading():
        payloads = db.session.scalars(select(Task.payload).where(Task.kind == "assignment_mail").order_by(Task.id))
        return [(one["kind"], one["assignment_ids"]) for one in payloads]


def night(at: datetime) -> list[tuple[str, list[int]]]:
    """The letters that a night puts in the outbox."""
    before = len(letters())
    with writing():
        while remind(at):
            pass
    return letters()[before:]
