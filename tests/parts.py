"""Courses with a practical and a session beside their lessons, for the tests of what trainers confirm."""

from pathlib import Path
from typing import Any

from app.journeys.confirming import hand_in
from app.learning.catalogue import live_course
from app.learning.enrolling import finish_lesson, lessons_done, progress_in
from app.learning.hand_ins import UNSEEN, HandIn, latest_of
from app.people.persons import Person
from app.transaction import reading, writing
from tests.factories import both, publish, write_course

PRACTICAL: dict[str, Any] = {
    "id": "task",
    "title": both("The task"),
    "duration_min": 45,
    "brief": both("Write it **down**."),
    "rubric": [{"points": 3} | both("Names both"), {"points": 1} | both("Is short")],
}
SESSION: dict[str, Any] = {
    "id": "meeting",
    "kind": "workshop",
    "title": both("The meeting"),
    "duration_min": 15,
    "brief": both("Bring your work."),
}


def publish_parts(root: Path, **changes: Any) -> None:
    """The course `basics`: two lessons, a practical of four points and a session."""
    write_course(root, **{"duration_min": 120, "practicals": [PRACTICAL], "sessions": [SESSION]} | changes)
    publish(root)


def handed(person: Person, said: str = "My work", link: str = "") -> HandIn:
    """What the person has handed in now for the practical of `basics`."""
    with writing() as at:
        part = live_course("basics").parts[2]
        latest = latest_of(person.id, part.id)
        seen = latest.seen if latest else UNSEEN
        hand_in(person.id, "basics", "task", said=said, link=link, seen=seen, at=at)
        found = latest_of(person.id, part.id)
        assert found
        return found


def read_lessons(person: Person) -> None:
    """The person has read the lessons of `basics`."""
    with writing() as at:
        for lesson in live_course("basics").live_lessons:
            finish_lesson(person.id, lesson, at=at)


def how_far(person: Person) -> tuple[int, int, bool]:
    """How many parts of `basics` are done, of how many, and whether the course is."""
    with reading():
        course = live_course("basics")
        progress = progress_in([course], lessons_done(person.id))[course.id]
        return progress.done, progress.total, progress.complete
