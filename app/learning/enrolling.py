"""Enrolling: who studies what, which lessons are done, and where each person left off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, bindparam, delete, exists, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, db, insert_or_ignore
from app.learning.catalogue import Course, Lesson, LiveCourse, LiveLesson
from app.learning.progress import CourseProgress, course_progress


class Enrolment(Model):
    """A person who has opened a course, and the lesson to resume at."""

    __tablename__ = "enrolments"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    started_at: Mapped[datetime]
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"))
    opened_at: Mapped[datetime]


class Progress(Model):
    """A lesson that a person has finished."""

    __tablename__ = "progress"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"), primary_key=True)
    done_at: Mapped[datetime]


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
# What `CourseProgress.complete` says of one course: a course without lessons never is.
_MISSING = (
    select(Course)
    .where(Course.live, Course.required, or_(_lessons.where(~_done).exists(), ~_lessons.exists()))
    .order_by(Course.position)
)


@dataclass(frozen=True)
class Resume:
    """The lesson where a person left off."""

    course: LiveCourse
    lesson: LiveLesson


def open_lesson(person_id: int, lesson: LiveLesson, *, at: datetime) -> None:
    """Enrol on the first visit, and remember the place."""
    place = {"lesson_id": lesson.id, "opened_at": at}
    if not insert_or_ignore(Enrolment, person_id=person_id, course_id=lesson.course_id, started_at=at, **place):
        own = (Enrolment.person_id == person_id) & (Enrolment.course_id == lesson.course_id)
        db.session.execute(update(Enrolment).where(own).values(**place))


def finish_lesson(person_id: int, lesson: LiveLesson, *, at: datetime) -> None:
    """The lesson is done; doing it again changes nothing."""
    open_lesson(person_id, lesson, at=at)
    insert_or_ignore(Progress, person_id=person_id, lesson_id=lesson.id, done_at=at)


def reopen_lesson(person_id: int, lesson: LiveLesson) -> None:
    """The lesson is not done after all."""
    progress = db.session.get(Progress, (person_id, lesson.id))
    if progress:
        db.session.delete(progress)


def lessons_done(person_id: int) -> set[int]:
    """The ids of the lessons that the person has finished."""
    return set(db.session.connection().execute(_DONE, {"person_id": person_id}).scalars())


def progress_in(courses: Sequence[LiveCourse], done: set[int]) -> dict[int, CourseProgress]:
    """How far a person is in each course, by the course's id."""
    return {
        course.id: course_progress([(lesson.id, lesson.duration_min) for lesson in course.live_lessons], done)
        for course in courses
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
        lesson = course and next_lesson(course, done, lesson_id)
        if course and lesson:
            return Resume(course, lesson)
    return None


def next_lesson(course: LiveCourse, done: set[int], at_lesson_id: int | None = None) -> LiveLesson | None:
    """The lesson at the place, if it is not done, else the first that is not done; None when all are."""
    left = [lesson for lesson in course.live_lessons if lesson.id not in done]
    return next((lesson for lesson in left if lesson.id == at_lesson_id), left[0] if left else None)


def place_in(person_id: int, course: LiveCourse) -> int | None:
    """The id of the lesson where the person last was in the course."""
    place = {"person_id": person_id, "course_id": course.id}
    return db.session.connection().execute(_PLACE, place).scalar()


def forget_studies(person_id: int) -> None:
    """Nobody knows any more what the person studied and when."""
    for model in (Progress, Enrolment):
        db.session.execute(delete(model).where(model.person_id == person_id))  # type: ignore[attr-defined]
