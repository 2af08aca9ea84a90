"""The parts of a course and the rubrics of its practicals in the page's language, for every audience's pages."""

from dataclasses import dataclass
from typing import Any

from app.content.versions import body_of
from app.learning.catalogue import LiveCourse, LivePart, contents_of, part_at
from app.learning.hand_ins import HandIn
from app.web import language


@dataclass(frozen=True)
class Line:
    """What earns how many points, as HTML, and the points given, where some were."""

    points: int
    html: str
    given: int | None = None


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


def rubric_lines(course: LiveCourse, content: dict[str, Any], latest: HandIn | None) -> list[Line]:
    """The rubric that stands; of what was confirmed, the one that it was confirmed by, with its points."""
    if latest and latest.version_id:
        judged = contents_of(body_of(latest.version_id))
        content = next((one for one in judged if one["slug"] == content["slug"]), content)
    texts = content["texts"][spoken_in(content["texts"])].get("rubric", ())
    marks = latest.marks if latest and latest.marks else [None] * len(texts)
    return [Line(*line) for line in zip(content.get("rubric", ()), texts, marks, strict=True)]


def _title(content: dict[str, Any]) -> str:
    return str(content["texts"][spoken_in(content["texts"])]["title"])
