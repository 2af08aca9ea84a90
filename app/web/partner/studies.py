"""How far people are in their studies, asked for many of them at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.content.levels import LEVELS
from app.extensions import db
from app.learning.catalogue import Course, live_courses
from app.learning.enrolling import Progress, progress_in


@dataclass(frozen=True)
class Studies:
    """The required courses, and by person the ids of the lessons done."""

    courses: Sequence[Course]
    done: Mapping[int, set[int]]

    def minutes_left(self, person_id: int, held: str | None, wanted: str) -> int:
        """Minutes of required lessons between the level held and the one wanted."""
        tracks = LEVELS[LEVELS.index(held) + 1 if held else 0 : LEVELS.index(wanted) + 1]
        progress = progress_in([course for course in self.courses if course.track in tracks], self._done(person_id))
        return sum(part.minutes - part.minutes_done for part in progress.values())

    def courses_done(self, person_id: int) -> int:
        """How many of the required courses are finished."""
        return sum(part.complete for part in progress_in(self.courses, self._done(person_id)).values())

    def minutes_done(self, person_id: int) -> tuple[int, int]:
        """Minutes of required lessons finished, and in all."""
        progress = progress_in(self.courses, self._done(person_id)).values()
        return sum(part.minutes_done for part in progress), sum(part.minutes for part in progress)

    def _done(self, person_id: int) -> set[int]:
        return self.done.get(person_id, set())


def studies_of(person_ids: Collection[int]) -> Studies:
    """The studies of these people."""
    done: dict[int, set[int]] = defaultdict(set)
    query = select(Progress.person_id, Progress.lesson_id).where(Progress.person_id.in_(person_ids))
    for person_id, lesson_id in db.session.execute(query):
        done[person_id].add(lesson_id)
    return Studies([course for course in live_courses() if course.required], done)
