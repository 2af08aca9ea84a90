"""Part checks: what trainers confirmed of courses, held against what was handed in and the rubrics it was judged by."""

from collections.abc import Iterator

from sqlalchemy import or_, select

from app.exams.marking import BadMarks, read_marks
from app.extensions import db
from app.journeys.confirming import is_enough, rubric_of
from app.learning.catalogue import Lesson, PartKind
from app.learning.enrolling import Progress
from app.learning.hand_ins import HandIn, HandInState


def part_breaches() -> Iterator[str]:
    """Every part that is done and should not be, or the other way round, and points that fit no rubric."""
    yield from _confirmed_by_somebody()
    yield from _practicals_handed_in()
    yield from _points_fit()


def _confirmed_by_somebody() -> Iterator[str]:
    """Practicals and sessions are done because somebody else says so, lessons because the person does."""
    is_lesson = Lesson.kind == PartKind.LESSON
    wrong = or_(
        is_lesson & Progress.confirmed_by.is_not(None),
        ~is_lesson & Progress.confirmed_by.is_(None),
        Progress.confirmed_by == Progress.person_id,
    )
    rows = select(Progress.person_id, Lesson.slug).join(Lesson, Lesson.id == Progress.lesson_id).where(wrong)
    for person_id, slug in db.session.execute(rows):
        yield f"person {person_id}: {slug} is done, and not by whom it takes"


def _practicals_handed_in() -> Iterator[str]:
    """A practical is done exactly where what was handed in is confirmed."""
    done = select(Progress.person_id, Progress.lesson_id).join(Lesson, Lesson.id == Progress.lesson_id)
    practicals = done.where(Lesson.kind == PartKind.PRACTICAL)
    known = {tuple(row) for row in db.session.execute(practicals)}
    confirmed = select(HandIn.person_id, HandIn.lesson_id).where(HandIn.state == HandInState.CONFIRMED)
    settled = {tuple(row) for row in db.session.execute(confirmed)}
    for person_id, lesson_id in sorted(known ^ settled):
        yield f"person {person_id}: practical {lesson_id} is done or confirmed, and not both"


def _points_fit() -> Iterator[str]:
    """The points of what is confirmed are those of its rubric, add up, and suffice."""
    judged = select(HandIn, Lesson.slug).join(Lesson, Lesson.id == HandIn.lesson_id)
    for one, slug in db.session.execute(judged.where(HandIn.state == HandInState.CONFIRMED)):
        worth = rubric_of(one.version_id or 0, slug)
        try:
            marks = read_marks(one.marks, worth)
        except BadMarks:
            marks = []
        if not marks or not is_enough(marks, worth) or (sum(marks), sum(worth)) != (one.earned, one.possible):
            yield f"hand-in {one.id}: its points do not fit the rubric"
