"""The catalogue: the courses and lessons that stand, by track, and how they get there from their files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Select, UniqueConstraint, bindparam, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from app.content.levels import LEVELS
from app.content.media import MEDIA_TYPES
from app.content.versions import Medium, body_of, publish_medium, publish_version
from app.extensions import Code, Key, Model, Slug, db
from app.learning.course_files import CourseFile
from app.refusal import NotFound


class Course(Model):
    """A course of a track, at the version that stands. One that is no longer published stays, not `live`."""

    __tablename__ = "courses"

    id: Mapped[Key]
    slug: Mapped[Slug] = mapped_column(unique=True)
    track: Mapped[Code] = mapped_column(index=True)
    position: Mapped[int]
    required: Mapped[bool]
    live: Mapped[bool] = mapped_column(default=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"))

    lessons: Mapped[list["Lesson"]] = relationship(order_by="Lesson.position", lazy="raise")

    @property
    def body(self) -> dict[str, Any]:
        """The published content: titles, summary, objectives, lessons with their HTML."""
        return body_of(self.version_id)


class Lesson(Model):
    """The smallest unit of a course. Progress points here, so a lesson keeps its row through every version."""

    __tablename__ = "lessons"
    __table_args__ = (UniqueConstraint("course_id", "slug"),)

    id: Mapped[Key]
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    slug: Mapped[Slug]
    position: Mapped[int]
    duration_min: Mapped[int]
    live: Mapped[bool] = mapped_column(default=True)


@dataclass(frozen=True)
class LiveLesson:
    """A lesson of the standing version."""

    id: int
    course_id: int
    slug: str
    position: int
    duration_min: int


@dataclass(frozen=True)
class LiveCourse:
    """A published course with its lessons in order, as everyone who studies sees it."""

    id: int
    slug: str
    track: str
    required: bool
    version_id: int
    live_lessons: Sequence[LiveLesson]

    @property
    def body(self) -> dict[str, Any]:
        """The published content: titles, summary, objectives, lessons with their HTML."""
        return body_of(self.version_id)


_COURSE = (Course.id, Course.slug, Course.track, Course.required, Course.version_id)
_LESSON = (Lesson.id, Lesson.course_id, Lesson.slug, Lesson.position, Lesson.duration_min)
_LIVE = (
    select(*_COURSE, *_LESSON)
    .outerjoin(Lesson, (Lesson.course_id == Course.id) & Lesson.live)
    .where(Course.live)
    .order_by(Course.position, Course.id, Lesson.position)
)
_OF_TRACK = _LIVE.where(Course.track == bindparam("track"))
_BY_SLUG = _LIVE.where(Course.slug == bindparam("slug"))


class NoSuchCourse(NotFound):
    """The course is not published."""

    title = _l("There is no such course")


class NoSuchLesson(NotFound):
    """The course has no such lesson."""

    title = _l("There is no such lesson")


def live_courses(track: str | None = None) -> Sequence[LiveCourse]:
    """The published courses with their lessons, in the order of the tracks."""
    return _read(_OF_TRACK if track else _LIVE, track=track)


def live_course(slug: str) -> LiveCourse:
    """A published course with its lessons, or NoSuchCourse."""
    for course in _read(_BY_SLUG, slug=slug):
        return course
    raise NoSuchCourse


def _read(query: Select[*tuple[Any, ...]], **values: object) -> list[LiveCourse]:
    """One row for each lesson; a course without any has a row of its own."""
    rows = db.session.connection().execute(query, values)
    parts = [(row[: len(_COURSE)], row[len(_COURSE) :]) for row in rows]
    found = []
    for (id, slug, track, required, version_id), group in groupby(parts, key=itemgetter(0)):
        lessons = [LiveLesson(*lesson) for _, lesson in group if lesson[0]]
        found.append(LiveCourse(id, slug, track, required, version_id, lessons))
    return found


def lesson_at(course: LiveCourse, slug: str) -> tuple[LiveLesson, dict[str, Any]]:
    """A lesson of the course and its published content, or NoSuchLesson."""
    for lesson, content in zip(course.live_lessons, course.body["lessons"], strict=True):
        if lesson.slug == slug:
            return lesson, content
    raise NoSuchLesson


def medium_of(course: LiveCourse, name: str) -> Medium:
    """An image of the course."""
    found = db.session.get(Medium, course.body["media"].get(name, ""))
    if found is None:
        raise NotFound
    return found


def publish_courses(files: Sequence[CourseFile], *, at: datetime) -> list[str]:
    """Make these the courses that stand; returns the ids of those that are new or changed."""
    stood = set(db.session.scalars(select(Course.version_id).where(Course.live)))
    db.session.execute(update(Course).values(live=False))
    ranked = sorted(files, key=lambda file: (LEVELS.index(file.spec.track), file.spec.id))
    return [file.spec.id for position, file in enumerate(ranked) if _publish_course(file, position, at) not in stood]


def _publish_course(file: CourseFile, position: int, at: datetime) -> int:
    for name, body in file.media.items():
        publish_medium(body, MEDIA_TYPES[name.rpartition(".")[2].lower()])
    version, _ = publish_version("course", file.spec.id, file.as_json(), at=at)
    course = db.session.scalar(select(Course).where(Course.slug == file.spec.id).options(selectinload(Course.lessons)))
    if course is None:
        course = Course(slug=file.spec.id, lessons=[])
        db.session.add(course)
    course.track, course.position, course.required = file.spec.track, position, file.spec.required
    course.version_id, course.live = version.id, True
    _place_lessons(course, file)
    return version.id


def _place_lessons(course: Course, file: CourseFile) -> None:
    known = {lesson.slug: lesson for lesson in course.lessons}
    for lesson in course.lessons:
        lesson.live = False
    for position, text in enumerate(file.lessons):
        lesson = known.get(text.slug) or Lesson(slug=text.slug)
        lesson.position, lesson.duration_min, lesson.live = position, text.duration_min, True
        if text.slug not in known:
            course.lessons.append(lesson)
    db.session.flush()
