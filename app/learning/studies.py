"""How far people are in their studies, asked for many of them at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from app.content.levels import LEVELS
from app.extensions import db
from app.learning.catalogue import LiveCourse, live_courses
from app.learning.enrolling import Progress, progress_in
from app.learning.progress import CourseProgress

_DONE = select(Progress.person_id, Progress.lesson_id).where(
    Progress.person_id.in_(bindparam("person_ids", expanding=True))
)


@dataclass(frozen=True)
class Studies:
    """The required courses, and by person the ids of the lessons done."""

    courses: Sequence[LiveCourse]
    done: Mapping[int, set[int]]

    def minutes_left(self, person_id: int, held: str | None, wanted: str) -> int:
        """Minutes of required lessons between the level held and the one wanted."""
        tracks = LEVELS[LEVELS.index(held) + 1 if held else 0 : LEVELS.index(wanted) + 1]
        progress = progress_in([course for course in self.courses if course.track in tracks], self._done(person_id))
        return sum(part.minutes - part.minutes_done for part in progress.values())

    def minutes_of(self, person_id: int, track: str, course: str | None) -> int:
        """Minutes of the lessons that are left of one course, or of the required ones of its track."""
        wanted = [one for one in self.courses if one.track == track and course in (None, one.slug)]
        progress = progress_in(wanted, self._done(person_id))
        return sum(part.minutes - part.minutes_done for part in progress.values())

    def left(self, person_id: int) -> dict[str, int]:
        """Minutes of lessons that the person has still to do, by the slug of the required course."""
        progress = progress_in(self.courses, self._done(person_id))
        return {course.slug: progress[course.id].minutes - progress[course.id].minutes_done for course in self.courses}

    def progress(self, person_id: int) -> Collection[CourseProgress]:
        """How far a person is in each required course."""
        return progress_in(self.courses, self._done(person_id)).values()

    def _done(self, person_id: int) -> set[int]:
        return self.done.get(person_id, set())


def studies_of(person_ids: Collection[int]) -> Studies:
    """The studies of these people."""
    done: dict[int, set[int]] = defaultdict(set)
    for person_id, lesson_id in db.session.connection().execute(_DONE, {"person_ids": list(person_ids)}):
        done[person_id].add(lesson_id)
    return Studies([course for course in live_courses() if course.required], done)
