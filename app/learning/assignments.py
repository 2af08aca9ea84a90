"""Assignments: the courses that an organisation asks of its people by a day, and how far they are with them.

Nothing of it is kept but the asking: whether it is done follows from the lessons, as it does everywhere else.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, bindparam, case, exists, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app.content.versions import body_of
from app.extensions import Key, Model, Name, db
from app.learning.catalogue import Course, Lesson
from app.learning.enrolling import Progress
from app.people.organisations import Membership, present
from app.people.persons import Person
from app.refusal import NotFound

STANDS = text("withdrawn_at IS NULL")


class Assignment(Model):
    """A course that a person is to have completed before `due_at`; it counts while the person works there.

    `reminded_at` and `told_late_at` are when they were written to about that day; another day empties both.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        CheckConstraint("due_at > assigned_at", name="due"),
        CheckConstraint("length(note) > 0", name="note"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawal"),
        CheckConstraint("withdrawn_at >= assigned_at", name="withdrawn_later"),
        CheckConstraint("reminded_at >= assigned_at AND reminded_at < due_at", name="reminder"),
        CheckConstraint("told_late_at >= due_at", name="late"),
        Index(
            "uq_assignments_standing",
            *("organisation_id", "person_id", "course_id"),
            unique=True,
            sqlite_where=STANDS,
            postgresql_where=STANDS,
        ),
        Index("ix_assignments_person", "person_id"),
        Index("ix_assignments_due", "due_at", sqlite_where=STANDS, postgresql_where=STANDS),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    assigned_at: Mapped[datetime]
    assigned_by: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    due_at: Mapped[datetime]
    note: Mapped[Name | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    reminded_at: Mapped[datetime | None]
    told_late_at: Mapped[datetime | None]


class NoSuchAssignment(NotFound):
    """There is none, or it is another organisation's, or the person works there no longer."""

    title = _l("There is no such assignment")


@dataclass(frozen=True)
class Line:
    """An assignment with who and what it is about. `done_at` is when the last of the course's lessons was finished."""

    id: int
    person_id: int
    person: str
    email: str
    course_id: int
    slug: str
    track: str
    version_id: int
    assigned_at: datetime
    due_at: datetime
    note: str | None
    withdrawn_at: datetime | None
    lessons: int
    lessons_done: int
    last_done_at: datetime | None

    @property
    def title(self) -> Mapping[str, str]:
        """The course's, in every language."""
        titles: Mapping[str, str] = body_of(self.version_id)["title"]
        return titles

    @property
    def done_at(self) -> datetime | None:
        return self.last_done_at if 0 < self.lessons == self.lessons_done else None

    def state(self, at: datetime) -> str:
        """One of `withdrawn`, `done`, `late` and `open`; what was done after its day is done all the same."""
        if self.withdrawn_at:
            return "withdrawn"
        if self.done_at:
            return "done"
        return "late" if self.due_at <= at else "open"


_lessons = exists().where(Lesson.course_id == Assignment.course_id, Lesson.live)
_done = exists().where(Progress.person_id == Assignment.person_id, Progress.lesson_id == Lesson.id)
_left = _lessons.where(~_done.correlate(Lesson, Assignment))
IS_COMPLETE = _lessons & ~_left
# Of whoever has not agreed to be seen, nothing is shown or counted.
WORKS_THERE = (
    (Membership.person_id == Assignment.person_id)
    & (Membership.organisation_id == Assignment.organisation_id)
    & Membership.consent_at.is_not(None)
    & present(bindparam("at"))
)
_OF_ORGANISATIONS = Assignment.organisation_id.in_(bindparam("organisation_ids", expanding=True))
_COMPLETION = (
    select(func.coalesce(func.sum(case((IS_COMPLETE, 1), else_=0)), 0), func.count(Assignment.id))
    .join(Membership, WORKS_THERE)
    .join(Course, (Course.id == Assignment.course_id) & Course.live)
    .where(_OF_ORGANISATIONS, Assignment.withdrawn_at.is_(None))
)
_ABOUT = (
    *(Assignment.id, Person.id, Person.name, Person.email, Course.id, Course.slug, Course.track, Course.version_id),
    *(Assignment.assigned_at, Assignment.due_at, Assignment.note, Assignment.withdrawn_at),
)
_LINES = (
    select(*_ABOUT, func.count(Lesson.id), func.count(Progress.lesson_id), func.max(Progress.done_at))
    .select_from(Assignment)
    .join(Membership, WORKS_THERE)
    .join(Person, Person.id == Assignment.person_id)
    .join(Course, (Course.id == Assignment.course_id) & Course.live)
    .outerjoin(Lesson, (Lesson.course_id == Course.id) & Lesson.live)
    .outerjoin(Progress, (Progress.lesson_id == Lesson.id) & (Progress.person_id == Assignment.person_id))
    .group_by(*_ABOUT)
    .order_by(Assignment.due_at, Person.name, Course.position, Assignment.id)
)
_OF_ORGANISATION = _LINES.where(Assignment.organisation_id == bindparam("organisation_id"))
_OF_PERSON = _OF_ORGANISATION.where(Assignment.person_id == bindparam("person_id"), Assignment.withdrawn_at.is_(None))
_OF_IDS = _LINES.where(Assignment.id.in_(bindparam("ids", expanding=True)), Assignment.withdrawn_at.is_(None))


def completion_of(organisation_ids: Collection[int], at: datetime) -> tuple[int, int]:
    """Of the courses assigned to the people who work there at an instant: how many are completed, and how many stand.

    What was withdrawn, courses no longer published and people who left count on neither side.
    """
    asked = {"organisation_ids": sorted(organisation_ids), "at": at}
    done, assigned = db.session.connection().execute(_COMPLETION, asked).one()
    return int(done), int(assigned)


def assignments_in(organisation_id: int, at: datetime) -> Sequence[Line]:
    """Every assignment of the people who work there at an instant, the withdrawn ones too, by their day."""
    return _read(_OF_ORGANISATION, organisation_id=organisation_id, at=at)


def assignment_in(organisation_id: int, assignment_id: int, at: datetime) -> Line:
    """One of them, or NoSuchAssignment."""
    for line in assignments_in(organisation_id, at):
        if line.id == assignment_id:
            return line
    raise NoSuchAssignment


def assigned_to(person_id: int, organisation_id: int, at: datetime) -> Sequence[Line]:
    """What stands for a person in the organisation, by its day; done or not."""
    return _read(_OF_PERSON, person_id=person_id, organisation_id=organisation_id, at=at)


def standing_among(ids: Collection[int], at: datetime) -> Sequence[Line]:
    """Those of the assignments that were not withdrawn and whose people still work there, by their day."""
    return _read(_OF_IDS, ids=sorted(ids), at=at)


def _read(query: Any, **values: object) -> list[Line]:
    rows: Sequence[Any] = db.session.connection().execute(query, values).all()
    return [Line(*row) for row in rows]
