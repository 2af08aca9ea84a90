"""The practicals and sessions of a course.yml: what is wrong with them, and their briefs written as HTML."""

from collections.abc import Iterator

from app.content.complaints import Complaint
from app.content.lint import lint
from app.content.markdown import MarkdownTooComplex, render_inline
from app.content.schema import Document
from app.learning.course_schema import (
    CourseSpec,
    LessonText,
    PracticalFile,
    PracticalSpec,
    PracticalText,
    SessionFile,
    SessionSpec,
)
from app.learning.lesson_files import Places, resolver, write_text

LISTS = ("practicals", "sessions")


def part_checks(document: Document[CourseSpec]) -> Iterator[Complaint]:
    """Every id is the address of a page, so no two parts of a course share one; objectives are the course's own."""
    taken = set(document.value.lessons)
    objectives = {objective.id for objective in document.value.objectives}
    for keys, part in _parts(document.value):
        if part.id in taken:
            yield document.complain(f"another part of the course is called `{part.id}` too", *keys, "id")
        taken.add(part.id)
        for position, objective in enumerate(part.objectives):
            if objective not in objectives:
                yield document.complain(f"course.yml has no objective `{objective}`", *keys, "objectives", position)


def write_practicals(
    document: Document[CourseSpec], places: Places
) -> tuple[tuple[PracticalFile, ...], list[Complaint]]:
    complaints: list[Complaint] = []
    written = []
    for position, practical in enumerate(document.value.practicals):
        briefs, found = _briefs(document, places, ("practicals", position), practical)
        lines, unreadable = _rubric(document, position, practical)
        complaints += found + unreadable
        texts = {
            language: PracticalText(text.title, text.html, text.headings, tuple(lines[language]))
            for language, text in briefs.items()
        }
        points = tuple(line.points for line in practical.rubric)
        written.append(PracticalFile(practical.id, practical.duration_min, practical.objectives, points, texts))
    return tuple(written), complaints


def write_sessions(document: Document[CourseSpec], places: Places) -> tuple[tuple[SessionFile, ...], list[Complaint]]:
    complaints: list[Complaint] = []
    written = []
    for position, session in enumerate(document.value.sessions):
        texts, found = _briefs(document, places, ("sessions", position), session)
        complaints += found
        written.append(SessionFile(session.id, session.kind, session.duration_min, session.objectives, texts))
    return tuple(written), complaints


def _parts(spec: CourseSpec) -> Iterator[tuple[tuple[str, int], PracticalSpec | SessionSpec]]:
    for name in LISTS:
        for position, part in enumerate(getattr(spec, name)):
            yield (name, position), part


def _briefs(
    document: Document[CourseSpec], places: Places, keys: tuple[str, int], part: PracticalSpec | SessionSpec
) -> tuple[dict[str, LessonText], list[Complaint]]:
    """By language. Addresses are read as those of a lesson are: from the folder of the language."""
    complaints: list[Complaint] = []
    written: dict[str, LessonText] = {}
    for language, brief in part.brief.items():
        if language not in part.title:
            continue  # said by Document.missing_languages
        line = document.line(*keys, "brief", language) + ("\n" in brief)  # a block begins on the line after its key
        resolve = resolver(document.path.parent / language, places)
        text, found = write_text(part.title[language], brief, document.path, line, language, resolve)
        complaints += found
        if text is not None:
            written[language] = text
    return written, complaints


def _rubric(
    document: Document[CourseSpec], position: int, practical: PracticalSpec
) -> tuple[dict[str, list[str]], list[Complaint]]:
    """The lines as HTML, by language."""
    complaints: list[Complaint] = []
    written: dict[str, list[str]] = {str(language): [] for language in practical.brief}
    for number, line in enumerate(practical.rubric):
        for language, lines in written.items():
            text = getattr(line, language) or ""
            complaints += lint(text, document.path, document.line("practicals", position, "rubric", number, language))
            try:
                lines.append(render_inline(text))
            except MarkdownTooComplex:
                lines.append("")  # the lint above has said so
    return written, complaints
