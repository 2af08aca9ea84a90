"""Reads courses/tracks.yml, where there is one: how many hours the required courses of a track add up to."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from app.content.complaints import Complaint
from app.content.schema import Document, Schema, read_yaml
from app.learning.course_schema import CourseSpec


class TracksSpec(Schema):
    """The hours by track; a track that is not named may take any time."""

    hours: Annotated[
        dict[Literal["fundamentals", "advanced", "expert", "master"], Annotated[int, Field(ge=1, le=1000)]],
        Field(min_length=1),
    ]


def read_hours(folder: Path) -> tuple[Document[TracksSpec] | None, list[Complaint]]:
    path = folder / "tracks.yml"
    return read_yaml(path, TracksSpec) if path.exists() else (None, [])


def hours_checks(document: Document[TracksSpec], specs: Iterable[CourseSpec]) -> Iterator[Complaint]:
    minutes = _required_minutes(specs)
    for track, hours in document.value.hours.items():
        if minutes.get(track, 0) != 60 * hours:
            message = f"the required courses of `{track}` take {minutes.get(track, 0)} minutes; {hours} hours are"
            yield document.complain(f"{message} {60 * hours}", "hours", track)


def _required_minutes(specs: Iterable[CourseSpec]) -> Mapping[str, int]:
    minutes: dict[str, int] = {}
    for spec in specs:
        if spec.required:
            minutes[spec.track] = minutes.get(spec.track, 0) + spec.duration_min
    return minutes
