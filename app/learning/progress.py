"""Progress: how far a person is in a course and in a track."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class CourseProgress:
    """Lessons and minutes, done and in all."""

    done: int
    total: int
    minutes_done: int
    minutes: int

    @property
    def complete(self) -> bool:
        """A course is complete when its lessons are; one without lessons never is."""
        return 0 < self.total == self.done

    @property
    def percent(self) -> int:
        """Whole percent of the minutes, 100 only when complete."""
        return 100 if self.complete else min(99, 100 * self.minutes_done // max(1, self.minutes))


def course_progress(lessons: Sequence[tuple[int, int]], done: set[int]) -> CourseProgress:
    """Progress over `lessons`, pairs of lesson id and minutes."""
    finished = [minutes for lesson_id, minutes in lessons if lesson_id in done]
    return CourseProgress(len(finished), len(lessons), sum(finished), sum(minutes for _, minutes in lessons))


def track_progress(courses: Iterable[CourseProgress]) -> CourseProgress:
    """Progress over all the courses of a track."""
    parts = list(courses)
    return CourseProgress(
        sum(part.done for part in parts),
        sum(part.total for part in parts),
        sum(part.minutes_done for part in parts),
        sum(part.minutes for part in parts),
    )
