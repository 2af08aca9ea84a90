"""Studying a lesson again, where a failed exam asks for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from app.credentials.register import owned_by
from app.exams.catalogue import live_exams
from app.journeys.coaching import AskedLesson
from app.journeys.gates import gates_of
from app.learning.catalogue import LiveCourse, LivePart
from app.learning.rereading import counts_from, reread_lesson
from app.refusal import Refusal


@dataclass(frozen=True)
class Chance:
    """A lesson that shortens a wait; `counts_from` is the first instant at which it may be marked."""

    asked: AskedLesson
    since: datetime
    counts_from: datetime


class NotAskedFor(Refusal):
    """No wait of the person is shortened by the lesson."""

    title = _l("No exam asks you to study this lesson again")


def chance_of(person_id: int, course: LiveCourse, lesson: LivePart, at: datetime) -> Chance | None:
    """What studying the lesson again would count for; None where it counts for nothing."""
    exams = [exam for exam in live_exams() if _coaches(exam.body, course.track)]
    if not exams:
        return None
    gates = gates_of(exams, person_id, owned_by(person_id, at), at)
    found = [
        Chance(asked, gate.coaching.since, counts_from(lesson, gate.coaching.since))
        for gate in gates.values()
        if gate.coaching
        for asked in gate.coaching.lessons
        if asked.lesson.id == lesson.id
    ]
    return max(found, key=lambda chance: (chance.asked.reread_at is None, chance.since), default=None)


def study_again(person_id: int, course: LiveCourse, lesson: LivePart, *, at: datetime) -> None:
    """Mark the lesson; doing it again changes nothing."""
    chance = chance_of(person_id, course, lesson, at)
    if chance is None:
        raise NotAskedFor
    if chance.asked.reread_at is None:
        reread_lesson(person_id, lesson, since=chance.since, at=at)


def _coaches(body: dict[str, Any], track: str) -> bool:
    return body["gate"]["track"] == track and body["retakes"].get("coached_wait_hours") is not None
