"""The schema of course.yml and of a lesson's front matter, and a course as it is once read."""

from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from app.canonical import fingerprint
from app.content.markdown import Heading
from app.content.schema import DottedSlug, Language, Languages, Line, Prose, Schema, Slug, Text

Minutes = Annotated[int, Field(ge=1, le=10_000)]
Title = Annotated[dict[Language, Line], Field(min_length=1)]


class Objective(Schema):
    id: DottedSlug
    es: Prose | None = None
    en: Prose | None = None


class RubricLine(Schema):
    """What earns so many points, as one line of Markdown in each language."""

    points: Annotated[int, Field(ge=1, le=100)]
    es: Prose | None = None
    en: Prose | None = None


class PracticalSpec(Schema):
    """A task that people hand in; the brief is Markdown, written as if it stood in the folder of its language."""

    id: Slug
    title: Title
    duration_min: Minutes
    objectives: tuple[DottedSlug, ...] = ()
    brief: Text
    rubric: Annotated[tuple[RubricLine, ...], Field(min_length=1, max_length=20)]


class SessionSpec(Schema):
    """What people attend; the brief as that of a practical."""

    id: Slug
    kind: Literal["workshop", "live", "mentoring"]
    title: Title
    duration_min: Minutes
    objectives: tuple[DottedSlug, ...] = ()
    brief: Text


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
    practicals: tuple[PracticalSpec, ...] = ()
    sessions: tuple[SessionSpec, ...] = ()


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
class PracticalText(LessonText):
    """The HTML is that of the brief; `rubric` holds the HTML of each line."""

    rubric: tuple[str, ...]


@dataclass(frozen=True)
class PracticalFile:
    """`rubric` holds the points of each line."""

    slug: str
    duration_min: int
    objectives: tuple[str, ...]
    rubric: tuple[int, ...]
    texts: dict[str, PracticalText]


@dataclass(frozen=True)
class SessionFile:
    slug: str
    kind: str
    duration_min: int
    objectives: tuple[str, ...]
    texts: dict[str, LessonText]


@dataclass(frozen=True)
class CourseFile:
    """The parts stand in the order of the spec; media are bytes by file name."""

    spec: CourseSpec
    lessons: tuple[LessonFile, ...]
    practicals: tuple[PracticalFile, ...]
    sessions: tuple[SessionFile, ...]
    media: dict[str, bytes]

    def as_json(self) -> dict[str, Any]:
        """What a version keeps: the spec, with whole parts for what it says of them, and media by hash."""
        spec = self.spec.model_dump(mode="json")
        parts = {
            "lessons": [asdict(lesson) for lesson in self.lessons],
            "practicals": [asdict(practical) for practical in self.practicals],
            "sessions": [asdict(session) for session in self.sessions],
        }
        media = {name: fingerprint(data) for name, data in self.media.items()}
        return spec | parts | {"media": media}
