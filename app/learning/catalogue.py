"""The catalogue: the courses and their parts that stand, by track, and how they get there from their files."""

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Select, Table, UniqueConstraint, bindparam, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from app.content.levels import LEVELS
from app.content.media import MEDIA_TYPES
from app.content.versions import Medium, body_of, publish_medium, publish_version
from app.extensions import Code, Key, Model, Slug, db, on_create
from app.learning.course_files import CourseFile, LessonFile, PracticalFile, SessionFile
from app.refusal import NotFound, Refusal


class PartKind(enum.StrEnum):
    """A lesson is read, a practical handed in and a session attended; of the last two a trainer confirms it."""

    LESSON = "lesson"
    PRACTICAL = "practical"
    SESSION = "session"


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
        """The published content: titles, summary, objectives, parts with their HTML."""
        return body_of(self.version_id)


class Lesson(Model):
    """A part of a course: a lesson, or a practical or a session, which come after the lessons.

    Progress points here, so a part keeps its row through every version, and stays what it is.
    """

    __tablename__ = "lessons"
    __table_args__ = (UniqueConstraint("course_id", "slug"),)

    id: Mapped[Key]
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    slug: Mapped[Slug]
    kind: Mapped[PartKind] = mapped_column(default=PartKind.LESSON)
    position: Mapped[int]
    duration_min: Mapped[int]
    live: Mapped[bool] = mapped_column(default=True)


STAYS = "a part of a course stays what it is"
STAYS_FUNCTION = f"""
CREATE OR REPLACE FUNCTION refuse_another_kind() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{STAYS}' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def _keep_kind(table: Table) -> None:
    """Let the database itself refuse what would make a lesson that people have read a task that nobody confirmed."""
    when = "BEFORE UPDATE OF kind ON lessons"
    on_create(
        table,
        "sqlite",
        f"CREATE TRIGGER lessons_keep_kind {when} WHEN NEW.kind <> OLD.kind BEGIN SELECT RAISE(ABORT, '{STAYS}'); END",
    )
    on_create(table, "postgresql", STAYS_FUNCTION)
    on_create(
        table,
        "postgresql",
        f"CREATE TRIGGER lessons_keep_kind {when} FOR EACH ROW WHEN (NEW.kind <> OLD.kind) "
        "EXECUTE FUNCTION refuse_another_kind()",
    )


_keep_kind(Lesson.__table__)  # type: ignore[arg-type]


@dataclass(frozen=True)
class LivePart:
    """A lesson, practical or session of the standing version."""

    id: int
    course_id: int
    slug: str
    kind: PartKind
    position: int
    duration_min: int


@dataclass(frozen=True)
class LiveCourse:
    """A published course with its parts in order, the lessons first, as everyone who studies sees it."""

    id: int
    slug: str
    track: str
    required: bool
    version_id: int
    parts: Sequence[LivePart]

    @property
    def live_lessons(self) -> Sequence[LivePart]:
        """Those of the parts that are read."""
        return [part for part in self.parts if part.kind is PartKind.LESSON]

    @property
    def body(self) -> dict[str, Any]:
        """The published content: titles, summary, objectives, parts with their HTML."""
        return body_of(self.version_id)


_COURSE = (Course.id, Course.slug, Course.track, Course.required, Course.version_id)
_PART = (Lesson.id, Lesson.course_id, Lesson.slug, Lesson.kind, Lesson.position, Lesson.duration_min)
_LIVE = (
    select(*_COURSE, *_PART)
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
    """The course has no such part."""

    title = _l("There is no such lesson")


class PartStaysWhatItIs(Refusal):
    """Who finished a lesson has not handed in a practical of the same name."""

    status = 422
    title = _l("A part of a course stays what it is")


def live_courses(track: str | None = None) -> Sequence[LiveCourse]:
    """The published courses with their parts, in the order of the tracks."""
    return _read(_OF_TRACK if track else _LIVE, track=track)


def live_course(slug: str) -> LiveCourse:
    """A published course with its parts, or NoSuchCourse."""
    for course in _read(_BY_SLUG, slug=slug):
        return course
    raise NoSuchCourse


def _read(query: Select[*tuple[Any, ...]], **values: object) -> list[LiveCourse]:
    """One row for each part; a course without any has a row of its own."""
    rows = db.session.connection().execute(query, values)
    parts = [(row[: len(_COURSE)], row[len(_COURSE) :]) for row in rows]
    found = []
    for (id, slug, track, required, version_id), group in groupby(parts, key=itemgetter(0)):
        live = [LivePart(*part) for _, part in group if part[0]]
        found.append(LiveCourse(id, slug, track, required, version_id, live))
    return found


def part_at(course: LiveCourse, slug: str) -> tuple[LivePart, dict[str, Any]]:
    """A part of the course and its published content, or NoSuchLesson."""
    part = next((part for part in course.parts if part.slug == slug), None)
    content = next((content for content in contents_of(course.body) if content["slug"] == slug), None)
    if part is None or content is None:
        raise NoSuchLesson
    return part, content


def contents_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    """What a published course says of each of its parts, in their order; older versions have lessons alone."""
    return [*body["lessons"], *body.get("practicals", ()), *body.get("sessions", ())]


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
    _place_parts(course, file)
    return version.id


def _place_parts(course: Course, file: CourseFile) -> None:
    known = {part.slug: part for part in course.lessons}
    for part in course.lessons:
        part.live = False
    for position, (kind, text) in enumerate(_parts(file)):
        part = known.get(text.slug) or Lesson(slug=text.slug, kind=kind)
        if part.kind is not kind:
            raise PartStaysWhatItIs(f"{file.spec.id}: `{text.slug}` was a {part.kind}; give the {kind} another id")
        part.position, part.duration_min, part.live = position, text.duration_min, True
        if text.slug not in known:
            course.lessons.append(part)
    db.session.flush()


def _parts(file: CourseFile) -> Iterator[tuple[PartKind, LessonFile | PracticalFile | SessionFile]]:
    yield from ((PartKind.LESSON, lesson) for lesson in file.lessons)
    yield from ((PartKind.PRACTICAL, practical) for practical in file.practicals)
    yield from ((PartKind.SESSION, session) for session in file.sessions)
