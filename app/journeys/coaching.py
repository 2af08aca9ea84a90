"""Coached waits: the lessons that shorten the wait after a failed attempt, and which of them were studied again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from app.exams.attempts import Attempt, attempt_of
from app.exams.grading import Grade
from app.exams.results import ResultState, Sat, current_result, earned_shares
from app.exams.weaknesses import Weaknesses, weaknesses_of
from app.learning.catalogue import LiveCourse, LivePart, live_courses
from app.learning.rereading import rereadings_after

Place = tuple[LiveCourse, LivePart]


@dataclass(frozen=True)
class AskedLesson:
    """A lesson to study again, and when it was; None while it was not."""

    course: LiveCourse
    lesson: LivePart
    reread_at: datetime | None


@dataclass(frozen=True)
class Coaching:
    """What a failed attempt asks for. `since` is the failure, or the last rereading after it."""

    since: datetime
    lessons: Sequence[AskedLesson]

    @property
    def completed_at(self) -> datetime | None:
        """When the last of the lessons was studied again; None while one is left."""
        done = [asked.reread_at for asked in self.lessons if asked.reread_at]
        return max(done) if len(done) == len(self.lessons) else None


def coaching_of(body: dict[str, Any], failure: Sat, person_id: int) -> Coaching | None:
    """What the exam asks for after the failed attempt; None where it offers no coached wait, or no lesson teaches it.

    A result that was declared void has nothing to learn from, and is waited for in full.
    """
    offered = body["retakes"].get("coached_wait_hours") is not None and body["gate"]["track"]
    if not offered or failure.state is not ResultState.FINAL or failure.closed_at is None:
        return None
    weak = _weaknesses(attempt_of(failure.id, person_id))
    places = list(_teaching(weak, live_courses(body["gate"]["track"])))
    if not places:
        return None
    reread = rereadings_after(person_id, failure.closed_at)
    first = dict(reversed(reread))
    asked = [AskedLesson(course, lesson, first.get(lesson.id)) for course, lesson in places]
    return Coaching(max([failure.closed_at, *(at for _, at in reread)]), asked)


def _weaknesses(attempt: Attempt) -> Weaknesses:
    result = current_result(attempt.id)
    assert result is not None, "a failed attempt has a result"
    graded = earned_shares(attempt, Grade.from_json(result.grade))
    return weaknesses_of(graded, Fraction(attempt.exam["cut_score"]))


def _teaching(weak: Weaknesses, courses: Sequence[LiveCourse]) -> Iterator[Place]:
    """The lessons that name a weak objective; where there is none, those of the courses of the weak domains."""
    named = [place for course in courses for place in _naming(weak.objectives, course)]
    if named:
        yield from named
        return
    for course in courses:
        if course.body["area"] in weak.domains:
            yield from ((course, lesson) for lesson in course.live_lessons)


def _naming(objectives: frozenset[str], course: LiveCourse) -> Iterator[Place]:
    for lesson, content in zip(course.live_lessons, course.body["lessons"], strict=True):
        if not objectives.isdisjoint(content["objectives"]):
            yield course, lesson
