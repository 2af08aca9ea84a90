"""The parts of a course in the page's language, for lists and pages of them."""

from typing import Any

from app.learning.catalogue import LiveCourse, LivePart, contents_of, part_at
from app.web import language


def parts_of(course: LiveCourse) -> list[dict[str, Any]]:
    """Id, slug, kind, minutes and title of each part; a session says which kind of one it is."""
    contents = {content["slug"]: content for content in contents_of(course.body)}
    return [
        {
            "id": part.id,
            "slug": part.slug,
            "kind": part.kind,
            "session": contents[part.slug].get("kind"),
            "minutes": part.duration_min,
            "title": _title(contents[part.slug]),
        }
        for part in course.parts
    ]


def spoken_in(texts: dict[str, Any]) -> str:
    """The page's language, or else the first that the texts have."""
    asked = language.current()
    return asked if asked in texts else next(iter(texts))


def title_of(course: LiveCourse, part: LivePart) -> str:
    """The part's title, in the page's language or the one it has."""
    return _title(part_at(course, part.slug)[1])


def _title(content: dict[str, Any]) -> str:
    return str(content["texts"][spoken_in(content["texts"])]["title"])
