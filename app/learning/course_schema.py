"""The schema of course.yml and of a lesson's front matter, and a course as it is once read."""

from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from app.canonical import fingerprint
from app.content.markdown import Heading
from app.content.schema import DottedSlug, Languages, Line, Prose, Schema, Slug, Text

Minutes = Annotated[int, Field(ge=1, le=10_000)]


class Objective(Schema):
    id: DottedSlug
    es: Prose | None = None
    en: Prose | None = None


class CourseSpec(Schema):
    id: Slug
    track: Literal["fundamentals", "advanced", "expert", "master"]
    area: Literal["product", "sales", "technical", "business"]
    languages: Languages
    title: Text
    summary: Text
    duration_min: Minutes
    required: bool = True
    prerequisites: tuple[Slug, ...] = ()
    objectives: Annotated[tuple[Objective, ...], Field(min_length=1)]
    lessons: Annotated[tuple[Slug, ...], Field(min_length=1)]


class LessonHead(Schema):
    title: Line
    duration_min: Minutes
    objectives: tuple[DottedSlug, ...] = ()


@dataclass(frozen=True)
class LessonText:
    """A lesson in one language; the HTML is safe, its links relative to /courses/<course>/<lesson>."""

    title: str
    html: str
    headings: tuple[Heading, ...]


@dataclass(frozen=True)
class LessonFile:
    slug: str
    duration_min: int
    objectives: tuple[str, ...]
    texts: dict[str, LessonText]


@dataclass(frozen=True)
class CourseFile:
    """Lessons stand in the order of the spec; media are bytes by file name."""

    spec: CourseSpec
    lessons: tuple[LessonFile, ...]
    media: dict[str, bytes]

    def as_json(self) -> dict[str, Any]:
        """What a version keeps: the spec, with whole lessons for their names, and media by hash."""
        spec = self.spec.model_dump(mode="json")
        media = {name: fingerprint(data) for name, data in self.media.items()}
        return spec | {"lessons": [asdict(lesson) for lesson in self.lessons], "media": media}
