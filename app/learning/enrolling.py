"""Enrolling: who studies what, which parts are done, and where each person left off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Table, bindparam, delete, exists, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, db, insert_or_ignore, on_create
from app.learning.catalogue import Course, Lesson, LiveCourse, LivePart, PartKind
from app.learning.progress import CourseProgress, course_progress
from app.refusal import Refusal


class Enrolment(Model):
    """A person who has opened a course, and the lesson to resume at."""

    __tablename__ = "enrolments"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    started_at: Mapped[datetime]
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"))
    opened_at: Mapped[datetime]


class Progress(Model):
    """A lesson that a person has finished, or a practical or session that somebody else has confirmed.

    `held_on` is the day of the session.
    """

    __tablename__ = "progress"
    __table_args__ = (
        CheckConstraint("confirmed_by <> person_id", name="another_person"),
        CheckConstraint("held_on IS NULL OR confirmed_by IS NOT NULL", name="held"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"), primary_key=True)
    done_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    held_on: Mapped[date | None]


CONFIRMS = "a trainer confirms practicals and sessions, and nobody lessons"
IS_LESSON = "(SELECT kind = 'lesson' FROM lessons WHERE id = NEW.lesson_id)"
CONFIRMS_FUNCTION = f"""
CREATE OR REPLACE FUNCTION refuse_unconfirmed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {IS_LESSON} <> (NEW.confirmed_by IS NULL) THEN
    RAISE EXCEPTION '{CONFIRMS}' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$
"""


def _ask_for_confirmation(table: Table) -> None:
    """Let the database itself see what is done: no constraint reaches another table."""
    on_create(table, "postgresql", CONFIRMS_FUNCTION)
    for deed in ("INSERT", "UPDATE"):
        trigger = f"CREATE TRIGGER progress_confirmed_{deed.lower()} BEFORE {deed} ON progress"
        condition = f"WHEN {IS_LESSON} <> (NEW.confirmed_by IS NULL) "
        on_create(table, "sqlite", f"{trigger} {condition}BEGIN SELECT RAISE(ABORT, '{CONFIRMS}'); END")
        on_create(table, "postgresql", f"{trigger} FOR EACH ROW EXECUTE FUNCTION refuse_unconfirmed()")


_ask_for_confirmation(Progress.__table__)  # type: ignore[arg-type]


class TrainerConfirms(Refusal):
    """Nobody says of themselves that a practical or a session is done."""

    status = 403
    title = _l("A trainer confirms this part of the course")


_DONE = select(Progress.lesson_id).where(Progress.person_id == bindparam("person_id"))
_PLACES = (
    select(Enrolment.course_id, Enrolment.lesson_id)
    .where(Enrolment.person_id == bindparam("person_id"))
    .order_by(Enrolment.opened_at.desc())
)
_PLACE = select(Enrolment.lesson_id).where(
    Enrolment.person_id == bindparam("person_id"), Enrolment.course_id == bindparam("course_id")
)
_lessons = select(Lesson.id).where(Lesson.course_id == Course.id, Lesson.live)
_done = exists().where(Progress.person_id == bindparam("person_id"), Progress.lesson_id == Lesson.id)
# What `CourseProgress.complete` says of one course: a course without parts never is.
_MISSING = (
    select(Course)
    .where(Course.live, Course.required, or_(_lessons.where(~_done).exists(), ~_lessons.exists()))
    .order_by(Course.position)
)


@dataclass(frozen=True)
class Resume:
    """The part of a course where a person left off."""

    course: LiveCourse
    lesson: LivePart


def open_lesson(person_id: int, lesson: LivePart, *, at: datetime) -> None:
    """Enrol on the first visit, and remember the place."""
    place = {"lesson_id": lesson.id, "opened_at": at}
    if not insert_or_ignore(Enrolment, person_id=person_id, course_id=lesson.course_id, started_at=at, **place):
        own = (Enrolment.person_id == person_id) & (Enrolment.course_id == lesson.course_id)
        db.session.execute(update(Enrolment).where(own).values(**place))


def finish_lesson(person_id: int, lesson: LivePart, *, at: datetime) -> None:
    """The lesson is done; doing it again changes nothing."""
    _require_lesson(lesson)
    open_lesson(person_id, lesson, at=at)
    insert_or_ignore(Progress, person_id=person_id, lesson_id=lesson.id, done_at=at)


def reopen_lesson(person_id: int, lesson: LivePart) -> None:
    """The lesson is not done after all."""
    _require_lesson(lesson)
    unconfirm(person_id, lesson.id)


def confirm(person_id: int, part: LivePart, *, by: int, at: datetime, held_on: date | None = None) -> bool:
    """A practical or session is done, says somebody else; whether that is new."""
    row = {"person_id": person_id, "lesson_id": part.id, "done_at": at, "confirmed_by": by, "held_on": held_on}
    return insert_or_ignore(Progress, **row)


def unconfirm(person_id: int, part_id: int) -> bool:
    """The part is not done after all; whether it was."""
    done = delete(Progress).where(Progress.person_id == person_id, Progress.lesson_id == part_id)
    return bool(db.session.connection().execute(done).rowcount)


def progress_of(person_id: int, part_id: int) -> Progress | None:
    """That the person has done the part; None: not yet."""
    return db.session.get(Progress, (person_id, part_id))


def _require_lesson(part: LivePart) -> None:
    if part.kind is not PartKind.LESSON:
        raise TrainerConfirms


def lessons_done(person_id: int) -> set[int]:
    """The ids of the parts that the person has done."""
    return set(db.session.connection().execute(_DONE, {"person_id": person_id}).scalars())


def progress_in(courses: Sequence[LiveCourse], done: set[int]) -> dict[int, CourseProgress]:
    """How far a person is in each course, by the course's id."""
    return {
        course.id: course_progress([(part.id, part.duration_min) for part in course.parts], done) for course in courses
    }


def missing_courses(person_id: int) -> Sequence[Course]:
    """The required courses, of every track, that the person has still to finish."""
    return db.session.scalars(_MISSING, {"person_id": person_id}).all()


def where_left_off(person_id: int, courses: Sequence[LiveCourse], done: set[int]) -> Resume | None:
    """The lesson to resume: where the person last was, or the next one if that is done; None with nothing begun."""
    places = db.session.connection().execute(_PLACES, {"person_id": person_id})
    by_id = {course.id: course for course in courses}
    for course_id, lesson_id in places:
        course = by_id.get(course_id)
        lesson = course and next_part(course, done, lesson_id)
        if course and lesson:
            return Resume(course, lesson)
    return None


def next_part(course: LiveCourse, done: set[int], at_part_id: int | None = None) -> LivePart | None:
    """The part at the place, if it is not done, else the first that is not done; None when all are."""
    left = [part for part in course.parts if part.id not in done]
    return next((part for part in left if part.id == at_part_id), left[0] if left else None)


def place_in(person_id: int, course: LiveCourse) -> int | None:
    """The id of the lesson where the person last was in the course."""
    place = {"person_id": person_id, "course_id": course.id}
    return db.session.connection().execute(_PLACE, place).scalar()


def forget_studies(person_id: int) -> None:
    """Nobody knows any more what the person studied and when."""
    for model in (Progress, Enrolment):
        db.session.execute(delete(model).where(model.person_id == person_id))  # type: ignore[attr-defined]
