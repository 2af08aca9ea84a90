"""Enrolling: who studies what, which lessons are done, and where each person left off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, db, insert_or_ignore
from app.learning.catalogue import Course, Lesson, live_courses
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


@dataclass(frozen=True)
class Resume:
    """The lesson where a person left off."""

    course: Course
    lesson: Lesson


def open_lesson(person_id: int, lesson: Lesson, *, at: datetime) -> None:
    """Enrol on the first visit, and remember the place."""
    place = {"lesson_id": lesson.id, "opened_at": at}
    if not insert_or_ignore(Enrolment, person_id=person_id, course_id=lesson.course_id, started_at=at, **place):
        own = (Enrolment.person_id == person_id) & (Enrolment.course_id == lesson.course_id)
        db.session.execute(update(Enrolment).where(own).values(**place))


def finish_lesson(person_id: int, lesson: Lesson, *, at: datetime) -> None:
    """The lesson is done; doing it again changes nothing."""
    open_lesson(person_id, lesson, at=at)
    insert_or_ignore(Progress, person_id=person_id, lesson_id=lesson.id, done_at=at)


def reopen_lesson(person_id: int, lesson: Lesson) -> None:
    """The lesson is not done after all."""
    progress = db.session.get(Progress, (person_id, lesson.id))
    if progress:
        db.session.delete(progress)


def lessons_done(person_id: int) -> set[int]:
    """The ids of the lessons that the person has finished."""
    return set(db.session.scalars(select(Progress.lesson_id).where(Progress.person_id == person_id)))


def progress_in(courses: Sequence[Course], done: set[int]) -> dict[int, CourseProgress]:
    """How far a person is in each course, by the course's id."""
    return {
        course.id: course_progress([(lesson.id, lesson.duration_min) for lesson in course.live_lessons], done)
        for course in courses
    }


def missing_courses(person_id: int, track: str) -> list[Course]:
    """The required courses of a track that the person has still to finish."""
    courses = [course for course in live_courses(track) if course.required]
    progress = progress_in(courses, lessons_done(person_id))
    return [course for course in courses if not progress[course.id].complete]


def where_left_off(person_id: int, courses: Sequence[Course], done: set[int]) -> Resume | None:
    """The lesson to resume: where the person last was, or the next one if that is done; None with nothing begun."""
    rows = db.session.scalars(
        select(Enrolment).where(Enrolment.person_id == person_id).order_by(Enrolment.opened_at.desc())
    )
    by_id = {course.id: course for course in courses}
    for enrolment in rows:
        course = by_id.get(enrolment.course_id)
        lesson = course and next_lesson(course, done, enrolment.lesson_id)
        if course and lesson:
            return Resume(course, lesson)
    return None


def next_lesson(course: Course, done: set[int], at_lesson_id: int | None = None) -> Lesson | None:
    """The lesson at the place, if it is not done, else the first that is not done; None when all are."""
    left = [lesson for lesson in course.live_lessons if lesson.id not in done]
    return next((lesson for lesson in left if lesson.id == at_lesson_id), left[0] if left else None)


def place_in(person_id: int, course: Course) -> int | None:
    """The id of the lesson where the person last was in the course."""
    enrolment = db.session.get(Enrolment, (person_id, course.id))
    return enrolment.lesson_id if enrolment else None
