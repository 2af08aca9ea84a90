"""What takes more than one exam, or the courses, to see: lessons that there are not, banks that are not apart."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from app.content.complaints import Complaint
from app.content.levels import LEVELS
from app.exams.bank import ExamFile
from app.exams.kinds import KINDS
from app.learning.course_schema import CourseFile

_TAG = re.compile("<[^>]*>")


def unknown_lessons(exams: Sequence[ExamFile], courses: Sequence[CourseFile]) -> Iterator[Complaint]:
    """Items whose `lesson` no course has, or (with one) whose `objective` nothing up to the exam's track teaches."""
    lessons = {f"{course.spec.id}/{lesson.slug}" for course in courses for lesson in course.lessons}
    for exam in exams:
        track = exam.spec.level if exam.spec.practice else exam.spec.gate.track
        taught = _objectives(courses, track) if track else None
        for item in (item for item in exam.items if "lesson" in item):
            if item["lesson"] not in lessons:
                yield exam.complain(item["id"], f"there is no lesson `{item['lesson']}`")
            if taught is not None and item["objective"] and item["objective"] not in taught:
                message = f"no course up to the track `{track}` declares the objective `{item['objective']}`"
                yield exam.complain(item["id"], message)


def _objectives(courses: Sequence[CourseFile], track: str) -> set[str]:
    studied = LEVELS[: LEVELS.index(track) + 1]
    return {each.id for course in courses if course.spec.track in studied for each in course.spec.objectives}


def practice_apart(exams: Sequence[ExamFile]) -> Iterator[Complaint]:
    """Items of practice exams that a person would have to rate, or that give away an item of a graded exam."""
    graded = [exam for exam in exams if not exam.spec.practice]
    ids = {item["id"]: exam.spec.id for exam in graded for item in exam.items}
    stems = {stem: exam.spec.id for exam in graded for item in exam.items for _, stem in _stems(item)}
    for exam in (exam for exam in exams if exam.spec.practice):
        for item in exam.items:
            if KINDS[item["kind"]].RATED:
                message = f"nobody rates a practice exam: an item of it cannot be of the kind `{item['kind']}`"
                yield exam.complain(item["id"], message)
            if item["id"] in ids:
                message = (
                    f"the graded exam `{ids[item['id']]}` has an item `{item['id']}`: practice has a bank of its own"
                )
                yield exam.complain(item["id"], message)
            for language, stem in _stems(item):
                if stem in stems:
                    yield exam.complain(item["id"], f"the graded exam `{stems[stem]}` asks the same", language)


def _stems(item: dict[str, Any]) -> list[tuple[str, str]]:
    """The text of the stem in each language, whatever its marks, spaces and capitals."""
    texts = [(language, _TAG.sub(" ", text["stem"])) for language, text in item["text"].items()]
    return [(language, " ".join(text.casefold().split())) for language, text in texts]
