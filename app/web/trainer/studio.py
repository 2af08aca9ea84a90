"""The studio: the courses and exams that stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template
from sqlalchemy import func, select

from app.exams.catalogue import ExamItem, all_exams
from app.extensions import db
from app.learning.catalogue import live_courses
from app.transaction import reading
from app.web.layout import in_language
from app.web.lists import asked_choice, asked_sort, asked_text, fold, matches, ordered
from app.web.naming import LEVELS
from app.web.trainer.editions import Edition, numbered

SORTS = ("title", "level", "size", "minutes", "published")
ORDER = list(LEVELS)


@dataclass(frozen=True)
class Entry:
    """A course or an exam; `size` counts its lessons or its items."""

    slug: str
    level: str
    body: dict[str, Any]
    size: int
    edition: Edition

    @property
    def title(self) -> str:
        return in_language(self.body["title"])


def studio() -> str:
    """Both lists, searched and filtered at once."""
    with reading() as at:
        courses, exams = course_entries(), exam_entries()
        return render_template(
            "trainer/studio.html",
            courses=chosen(courses),
            exams=chosen(exams),
            nothing=not (courses or exams),
            sort=asked_sort(SORTS, "level"),
            at=at,
        )


def course_entries() -> list[Entry]:
    """The published courses."""
    courses = live_courses()
    editions = numbered({course.version_id for course in courses})
    return [
        Entry(course.slug, course.track, course.body, len(course.live_lessons), editions[course.version_id])
        for course in courses
    ]


def exam_entries() -> list[Entry]:
    """The published exams."""
    exams = all_exams()
    editions = numbered({exam.version_id for exam in exams})
    counted = select(ExamItem.exam_version_id, func.count().label("size")).group_by(ExamItem.exam_version_id)
    rows = db.session.execute(counted.where(ExamItem.exam_version_id.in_(editions)))
    sizes = {row.exam_version_id: row.size for row in rows}
    return [
        Entry(exam.slug, exam.level, exam.body, sizes.get(exam.version_id, 0), editions[exam.version_id])
        for exam in exams
    ]


def chosen(entries: Sequence[Entry]) -> list[Entry]:
    """Those that fit the address, in its order."""
    text, level, sort = asked_text(), asked_choice("level", LEVELS), asked_sort(SORTS, "level")
    fitting = [entry for entry in entries if matches(text, entry.title, entry.slug) and level in ("", entry.level)]
    keys = {
        "title": lambda entry: fold(entry.title),
        "level": lambda entry: ORDER.index(entry.level),
        "size": lambda entry: entry.size,
        "minutes": lambda entry: entry.body["duration_min"],
        "published": lambda entry: entry.edition.published_at,
    }
    return ordered(fitting, keys[sort.removeprefix("-")], sort)
