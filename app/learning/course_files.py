"""Reads courses/: every course with its lessons and images, and every complaint about them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.content.complaints import Complaint
from app.content.files import strays, visible
from app.content.levels import LEVELS
from app.content.media import read_media
from app.content.schema import Document, read_yaml
from app.learning.course_schema import CourseFile, CourseSpec, LessonFile, LessonText
from app.learning.lesson_files import LessonSource, Places, read_lesson, write_lesson
from app.learning.part_files import part_checks, write_practicals, write_sessions
from app.learning.track_hours import hours_checks, read_hours

__all__ = ["CourseFile", "LessonFile", "LessonText", "read_courses"]


@dataclass(frozen=True)
class _Source:
    """A course as read, before it is checked against the others."""

    folder: Path
    document: Document[CourseSpec]
    lessons: dict[str, dict[str, LessonSource]]
    media: dict[str, bytes]

    @property
    def spec(self) -> CourseSpec:
        return self.document.value


def read_courses(root: Path) -> tuple[list[CourseFile], list[Complaint]]:
    """`root` holds courses/. Only courses that can be read are returned; publish none while there are complaints."""
    folder = root / "courses"
    complaints = strays(folder)
    if complaints:
        return [], complaints
    complaints += _foreign_tracks(folder)
    hours, found = read_hours(folder)
    complaints += found
    sources: list[_Source] = []
    unread = False
    for track in LEVELS:
        for path in filter(Path.is_dir, visible(folder / track)):
            source, found = _read_course(path)
            complaints += found
            unread = unread or source is None
            sources += [source] if source else []
    complaints += _across(sources)
    if hours and not unread:  # what could not be read has minutes too
        complaints += hours_checks(hours, (source.spec for source in sources))
    places = _places(folder, sources)
    courses = []
    for source in sources:
        course, found = _write_course(source, places)
        courses.append(course)
        complaints += found
    return courses, sorted(set(complaints))


def _foreign_tracks(folder: Path) -> list[Complaint]:
    return [
        Complaint(path, 1, f"there is no track `{path.name}`; the tracks are {', '.join(LEVELS)}")
        for path in visible(folder)
        if path.is_dir() and path.name not in LEVELS
    ]


def _read_course(folder: Path) -> tuple[_Source | None, list[Complaint]]:
    document, complaints = read_yaml(folder / "course.yml", CourseSpec)
    media, found = read_media(folder / "media")
    complaints += found
    if document is None:
        return None, complaints
    lessons: dict[str, dict[str, LessonSource]] = {slug: {} for slug in document.value.lessons}
    for language in document.value.languages:
        complaints += _read_language(folder / language, language, document, lessons)
    source = _Source(folder, document, lessons, media)
    return source, complaints + list(_checks(source))


def _read_language(
    folder: Path, language: str, document: Document[CourseSpec], lessons: dict[str, dict[str, LessonSource]]
) -> list[Complaint]:
    complaints = []
    for position, slug in enumerate(document.value.lessons):
        path = folder / f"{slug}.md"
        if not path.is_file():
            message = f"the lesson {language}/{slug}.md is missing"
            complaints.append(document.complain(message, "lessons", position))
            continue
        lesson, found = read_lesson(path)
        complaints += found
        if lesson is not None:
            lessons[slug][language] = lesson
    for path in visible(folder):
        if path.suffix != ".md" or path.stem not in document.value.lessons:
            complaints.append(Complaint(path, 1, "course.yml does not list this lesson"))
    return complaints


def _checks(source: _Source) -> Iterator[Complaint]:
    document, spec = source.document, source.spec
    if spec.id != source.folder.name:
        yield document.complain(f"`id` is `{spec.id}` but the folder is `{source.folder.name}`", "id")
    if spec.track != source.folder.parent.name:
        yield document.complain(f"`track` is `{spec.track}` but the folder is `{source.folder.parent.name}`", "track")
    yield from document.missing_languages(spec.languages)
    for path in visible(source.folder):
        if path.is_dir() and path.name not in (*spec.languages, "media"):
            yield Complaint(path, 1, "this folder is neither `media` nor one of the course's languages")
    yield from _repeated(document, "languages", spec.languages)
    yield from _repeated(document, "prerequisites", spec.prerequisites)
    yield from _repeated(document, "lessons", spec.lessons)
    yield from _repeated(document, "objectives", tuple(objective.id for objective in spec.objectives))
    for texts in source.lessons.values():
        yield from _lesson_checks(list(texts.values()), {objective.id for objective in spec.objectives})
    yield from part_checks(document)
    yield from _minutes(source)


def _repeated(document: Document[CourseSpec], key: str, names: tuple[str, ...]) -> Iterator[Complaint]:
    for position, name in enumerate(names):
        if name in names[:position]:
            yield document.complain(f"`{name}` stands in `{key}` twice", key, position)


def _lesson_checks(texts: list[LessonSource], objectives: set[str]) -> Iterator[Complaint]:
    for text in texts:
        head, first = text.head.value, texts[0].head.value
        for position, objective in enumerate(head.objectives):
            if objective not in objectives:
                message = f"course.yml has no objective `{objective}`"
                yield text.head.complain(message, "objectives", position)
        for key in ("duration_min", "objectives"):
            if getattr(head, key) != getattr(first, key):
                yield text.head.complain(f"`{key}` differs from {texts[0].path.parent.name}/{text.path.name}", key)


def _minutes(source: _Source) -> Iterator[Complaint]:
    spec = source.spec
    firsts = [next(iter(texts.values())) for texts in source.lessons.values() if texts]
    others = sum(part.duration_min for part in spec.practicals) + sum(part.duration_min for part in spec.sessions)
    total = sum(text.head.value.duration_min for text in firsts) + others
    if len(firsts) == len(source.lessons) and total != spec.duration_min:
        parts = "the lessons, practicals and sessions" if others else "the lessons"
        message = f"`duration_min` is {spec.duration_min} but {parts} add up to {total}"
        yield source.document.complain(message, "duration_min")


def _across(sources: list[_Source]) -> Iterator[Complaint]:
    counts = Counter(source.spec.id for source in sources)
    asks = {source.spec.id: source.spec.prerequisites for source in sources}
    for source in sources:
        if counts[source.spec.id] > 1:
            yield source.document.complain(f"another course has the id `{source.spec.id}` too", "id")
        for position, course in enumerate(source.spec.prerequisites):
            if course not in asks:
                yield source.document.complain(f"there is no course `{course}`", "prerequisites", position)
            elif source.spec.id in _behind(course, asks):
                message = f"`{course}` in its turn asks for `{source.spec.id}`, so neither can be begun"
                yield source.document.complain(message, "prerequisites", position)


def _behind(course: str, asks: dict[str, tuple[str, ...]]) -> set[str]:
    """The course and all that must be finished before it."""
    seen: set[str] = set()
    waiting = [course]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += asks.get(name, ())
    return seen


def _places(folder: Path, sources: list[_Source]) -> Places:
    """Where each file of the courses is shown: lessons by their path, images by theirs."""
    lessons = {
        text.path.relative_to(folder).as_posix(): (source.spec.id, slug)
        for source in sources
        for slug, texts in source.lessons.items()
        for text in texts.values()
    }
    media = {
        (source.folder / "media" / name).relative_to(folder).as_posix(): (source.spec.id, name)
        for source in sources
        for name in source.media
    }
    return Places(folder, lessons, media)


def _write_course(source: _Source, places: Places) -> tuple[CourseFile, list[Complaint]]:
    lessons, complaints = _write_lessons(source, places)
    practicals, about_practicals = write_practicals(source.document, places)
    sessions, about_sessions = write_sessions(source.document, places)
    course = CourseFile(source.spec, lessons, practicals, sessions, source.media)
    return course, complaints + about_practicals + about_sessions


def _write_lessons(source: _Source, places: Places) -> tuple[tuple[LessonFile, ...], list[Complaint]]:
    complaints: list[Complaint] = []
    lessons = []
    for slug, texts in source.lessons.items():
        written: dict[str, LessonText] = {}
        for language, text in texts.items():
            shown, found = write_lesson(text, language, places)
            complaints += found
            if shown is not None:
                written[language] = shown
        if written:
            head = next(iter(texts.values())).head.value
            lessons.append(LessonFile(slug, head.duration_min, head.objectives, written))
    return tuple(lessons), complaints
