"""Assigning: asking people for courses by a day, moving the day, taking the asking back, and who is to be told."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, bindparam, delete, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute

from app.content.levels import LEVELS
from app.extensions import db
from app.learning.assignments import IS_COMPLETE, WORKS_THERE, Assignment, NoSuchAssignment
from app.learning.catalogue import Course, LiveCourse, NoSuchCourse, live_course, live_courses
from app.learning.enrolling import progress_in
from app.learning.studies import studies_of
from app.people.organisations import Membership
from app.people.persons import Person
from app.refusal import Refusal

SOON = timedelta(days=7)  # before the day; whoever is asked for something sooner gets no reminder besides
LONGEST_NOTE = 200
TRACK = "track:"


class AssignmentChanged(Refusal):
    """The page showed what is no longer so."""

    title = _l("This assignment has changed meanwhile")
    detail = _l("Look at it again, then decide.")


class AlreadyAssigned(Refusal):
    """The same course was assigned again since."""

    title = _l("This person has been assigned the course again")


_STANDING = select(Assignment.person_id, Assignment.course_id).where(
    Assignment.organisation_id == bindparam("organisation_id"), Assignment.withdrawn_at.is_(None)
)
_ADD = insert(Assignment).returning(Assignment.id, Assignment.person_id)
_WAITING = (
    select(Assignment.id)
    .join(Membership, WORKS_THERE)
    .join(Course, (Course.id == Assignment.course_id) & Course.live)
    .join(Person, (Person.id == Assignment.person_id) & Person.disabled_at.is_(None))
    .where(Assignment.withdrawn_at.is_(None), ~IS_COMPLETE)
)
_AHEAD = (Assignment.due_at > bindparam("at")) & (Assignment.due_at <= bindparam("soon"))
_PAST = Assignment.due_at <= bindparam("at")


def courses_meant(what: str) -> Sequence[LiveCourse]:
    """The course of that slug, or with `track:` before it the required courses of a track; NoSuchCourse for none."""
    if not what.startswith(TRACK):
        return [live_course(what)]
    track = what.removeprefix(TRACK)
    required = [course for course in live_courses(track) if course.required] if track in LEVELS else []
    if not required:
        raise NoSuchCourse
    return required


def add_assignments(
    organisation_id: int,
    person_ids: Collection[int],
    courses: Sequence[LiveCourse],
    *,
    due_at: datetime,
    note: str | None,
    by: int,
    at: datetime,
) -> Mapping[int, list[int]]:
    """Assign whatever of it is neither assigned yet nor completed; the new ids by person. Hold the organisation before.

    The letter about it is the reminder, where the day is near.
    """
    standing = {tuple(row) for row in db.session.execute(_STANDING, {"organisation_id": organisation_id})}
    studies = studies_of(person_ids)
    common = {"organisation_id": organisation_id, "assigned_at": at, "assigned_by": by, "due_at": due_at, "note": note}
    common["reminded_at"] = _reminded(due_at, at)
    rows = []
    for person_id in sorted(person_ids):
        progress = progress_in(courses, studies.done.get(person_id, set()))
        left = [one.id for one in courses if not progress[one.id].complete and (person_id, one.id) not in standing]
        rows += [common | {"person_id": person_id, "course_id": course_id} for course_id in left]
    return _by_person(db.session.execute(_ADD, rows).all()) if rows else {}


def move_due(assignment_id: int, *, due_at: datetime, seen: datetime, at: datetime) -> None:
    """Another day; `seen` is the one that was looked at: AssignmentChanged if it is no longer that."""
    stands = (Assignment.id == assignment_id) & (Assignment.due_at == seen) & Assignment.withdrawn_at.is_(None)
    _change(stands, due_at=due_at, reminded_at=_reminded(due_at, at), told_late_at=None)


def withdraw(assignment_id: int, *, by: int, at: datetime) -> None:
    """It is asked no longer."""
    _change((Assignment.id == assignment_id) & Assignment.withdrawn_at.is_(None), withdrawn_at=at, withdrawn_by=by)


def restore(assignment_id: int) -> None:
    """It is asked after all, with the day that it had. Hold the organisation before."""
    assignment = db.session.get(Assignment, assignment_id)
    if assignment is None:
        raise NoSuchAssignment
    standing = {tuple(row) for row in db.session.execute(_STANDING, {"organisation_id": assignment.organisation_id})}
    if assignment.withdrawn_at and (assignment.person_id, assignment.course_id) in standing:
        raise AlreadyAssigned
    withdrawn = (Assignment.id == assignment_id) & Assignment.withdrawn_at.is_not(None)
    _change(withdrawn, withdrawn_at=None, withdrawn_by=None)


def mark_soon(at: datetime, most: int) -> Mapping[int, list[int]]:
    """Mark as reminded whatever is due soon and not done, of up to `most` people; the ids by person."""
    return _mark(Assignment.reminded_at, _AHEAD, at, most)


def mark_late(at: datetime, most: int) -> Mapping[int, list[int]]:
    """Mark as told whatever is late, of up to `most` people; the ids by person."""
    return _mark(Assignment.told_late_at, _PAST, at, most)


def forget_assignments(person_id: int) -> None:
    """Nobody knows any more what the person was asked to study."""
    db.session.execute(delete(Assignment).where(Assignment.person_id == person_id))


def _mark(
    told: InstrumentedAttribute[datetime | None], when: ColumnElement[bool], at: datetime, most: int
) -> Mapping[int, list[int]]:
    """All of one person's at once, so that they fit one letter; of several workers, one gets each."""
    waiting = _WAITING.where(told.is_(None), when)
    people = waiting.with_only_columns(Assignment.person_id).distinct().order_by(Assignment.person_id).limit(most)
    named = {"at": at, "soon": at + SOON}
    person_ids = db.session.execute(people, named).scalars().all()
    due = db.session.execute(waiting.where(Assignment.person_id.in_(person_ids)), named).scalars().all()
    marking = update(Assignment).where(Assignment.id.in_(due), told.is_(None)).values({told: at})
    return _by_person(db.session.execute(marking.returning(Assignment.id, Assignment.person_id)).all())


def _reminded(due_at: datetime, at: datetime) -> datetime | None:
    return at if due_at - at <= SOON else None


def _change(condition: ColumnElement[bool], **values: object) -> None:
    changed = db.session.execute(update(Assignment).where(condition).values(**values))
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise AssignmentChanged


def _by_person(rows: Collection[tuple[int, int]]) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = {}
    for assignment_id, person_id in sorted(rows):
        found.setdefault(person_id, []).append(assignment_id)
    return found
