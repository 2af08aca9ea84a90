"""Results: closing an attempt, grading it from its pinned versions, and the scores it was given."""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.exams.attempts import Attempt, AttemptClosed, AttemptState, Closing
from app.exams.grading import Grade, grade_form
from app.exams.responses import responses_of
from app.extensions import Model, append_only, db


class Result(Model):
    """A score against the cut score. Results of an attempt are numbered; the highest is the current one."""

    __tablename__ = "results"
    __table_args__ = (
        UniqueConstraint("attempt_id", "number", "passed"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("scaled BETWEEN 100 AND 1000", name="scaled"),
    )

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    passed: Mapped[bool]
    scaled: Mapped[int]
    grade: Mapped[dict[str, Any]]
    graded_at: Mapped[datetime]

    @property
    def domain_percent(self) -> dict[str, int]:
        """Whole percent of the points earned in each domain: all that a candidate learns of the parts."""
        domains = Grade.from_json(self.grade).domains
        return {name: int(100 * earned / possible) for name, (earned, possible) in domains.items()}


append_only(Result.__table__)  # type: ignore[arg-type]


def close_attempt(attempt: Attempt, closing: Closing, *, at: datetime) -> Result:
    """Close it once, then read the responses and grade them. The one row updated is the lock against late saves."""
    shut = (
        update(Attempt)
        .where(Attempt.id == attempt.id, Attempt.state == AttemptState.OPEN)
        .values(state=AttemptState.CLOSED, closed_at=at, closing=closing)
    )
    if db.session.execute(shut).rowcount != 1:  # type: ignore[attr-defined]
        raise AttemptClosed
    return _add_result(attempt, grade_attempt(attempt), at)


def grade_attempt(attempt: Attempt) -> Grade:
    """Grade the current responses from the pinned versions; the same whenever it is done."""
    answers = {saved.position: saved.answer for saved in responses_of(attempt.id).values()}
    in_order = [answers.get(position) for position in range(len(attempt.item_ids))]
    return grade_form(attempt.items, attempt.option_orders, in_order, Fraction(attempt.exam["cut_score"]))


def attempts_of(person_id: int, exam_id: int | None = None) -> Sequence[tuple[Attempt, Result | None]]:
    """A person's attempts with their current results, newest first."""
    query = (
        select(Attempt, Result)
        .outerjoin(Result, (Result.attempt_id == Attempt.id) & _is_current())
        .where(Attempt.person_id == person_id)
        .order_by(Attempt.started_at.desc(), Attempt.id.desc())
    )
    if exam_id is not None:
        query = query.where(Attempt.exam_id == exam_id)
    return [(attempt, result) for attempt, result in db.session.execute(query)]


def current_result(attempt_id: int) -> Result | None:
    """The result of the highest number."""
    query = select(Result).where(Result.attempt_id == attempt_id).order_by(Result.number.desc())
    return db.session.scalar(query.limit(1))


def _is_current() -> ColumnElement[bool]:
    newer = select(Result.number).where(Result.attempt_id == Attempt.id).order_by(Result.number.desc()).limit(1)
    return Result.number == newer.correlate(Attempt).scalar_subquery()


def _add_result(attempt: Attempt, grade: Grade, at: datetime) -> Result:
    last = current_result(attempt.id)
    result = Result(
        attempt_id=attempt.id,
        number=last.number + 1 if last else 1,
        passed=grade.passed,
        scaled=grade.scaled,
        grade=grade.as_json(),
        graded_at=at,
    )
    db.session.add(result)
    db.session.flush()
    return result
