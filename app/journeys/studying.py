"""Studying: lessons that are done or opened again, with the standings that count completed courses."""

from datetime import datetime

from app.journeys.moving import reevaluate_workplaces
from app.learning.catalogue import LiveCourse, LivePart
from app.learning.enrolling import finish_lesson, lessons_done, progress_in, reopen_lesson


def study(person_id: int, course: LiveCourse, lesson: LivePart, *, at: datetime) -> set[int]:
    """The lesson is done, and with the last one the course; returns the lessons that the person has finished."""
    finish_lesson(person_id, lesson, at=at)
    done = lessons_done(person_id)
    if progress_in([course], done)[course.id].complete:
        reevaluate_workplaces(person_id, at=at)
    return done


def take_back(person_id: int, lesson: LivePart, *, at: datetime) -> None:
    """The lesson is not done after all, and its course neither."""
    reopen_lesson(person_id, lesson)
    reevaluate_workplaces(person_id, at=at)
