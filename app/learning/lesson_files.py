"""Reads a lesson's Markdown file and writes it as HTML whose links and images lead to our pages."""

import posixpath
from dataclasses import dataclass
from pathlib import Path

from app.content.complaints import Complaint
from app.content.files import read_text
from app.content.front_matter import BLOCK_LINE, split
from app.content.lint import lint
from app.content.markdown import MarkdownTooComplex, Resolve, render
from app.content.schema import Document, parse_yaml
from app.learning.course_schema import LessonHead, LessonText


@dataclass(frozen=True)
class LessonSource:
    """A lesson in one language as read; the body begins on `body_line` of the file."""

    path: Path
    head: Document[LessonHead]
    body: str
    body_line: int


@dataclass(frozen=True)
class Places:
    """Files under `folder` by their relative path, each with the id of its course and its name there."""

    folder: Path
    lessons: dict[str, tuple[str, str]]
    media: dict[str, tuple[str, str]]


def read_lesson(path: Path) -> tuple[LessonSource | None, list[Complaint]]:
    text, complaints = read_text(path)
    if text is None:
        return None, complaints
    parts, complaints = split(text, path)
    if parts is None:
        return None, complaints
    head, complaints = parse_yaml(parts.block, path, LessonHead, BLOCK_LINE)
    if head is None:
        return None, complaints
    return LessonSource(path, head, parts.body, parts.body_line), complaints


def write_lesson(source: LessonSource, language: str, places: Places) -> tuple[LessonText | None, list[Complaint]]:
    title, resolve = source.head.value.title, resolver(source.path.parent, places)
    text, complaints = write_text(title, source.body, source.path, source.body_line, language, resolve)
    if not source.body.strip():
        complaints.append(Complaint(source.path, source.body_line, "the lesson has no text"))
    return text, complaints


def write_text(
    title: str, body: str, path: Path, body_line: int, language: str, resolve: Resolve
) -> tuple[LessonText | None, list[Complaint]]:
    """Markdown that begins on `body_line` of the file at `path`, as HTML."""
    complaints = lint(body, path, body_line, resolve=resolve)
    try:
        rendered = render(body, language=language, resolve=resolve)
    except MarkdownTooComplex:
        return None, complaints  # the lint above has said so, with the line
    return LessonText(title, rendered.html, rendered.headings), complaints


def resolver(home: Path, places: Places) -> Resolve:
    """Where the addresses lead that are written in the folder of a course's language.

    Pages live at /courses/<course>/<part> in the reader's language, so links stay within the language.
    """
    folder = home.relative_to(places.folder).as_posix()
    own, language = home.parent.name, home.name

    def resolve(address: str) -> str | None:
        file, hash_mark, fragment = address.partition("#")
        target = posixpath.normpath(posixpath.join(folder, file))
        if target in places.media:
            course, name = places.media[target]
            return f"media/{name}" if course == own and not fragment else None
        if target in places.lessons and target.split("/")[-2] == language:
            course, slug = places.lessons[target]
            return (slug if course == own else f"../{course}/{slug}") + hash_mark + fragment
        return None

    return resolve
