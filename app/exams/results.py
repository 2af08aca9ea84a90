"""Results: closing an attempt, grading it from its pinned versions, and the scores it was given."""

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, bindparam, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.attributes import set_committed_value

from app.exams.attempts import Attempt, AttemptClosed, AttemptState, Closing
from app.exams.correcting import Correction, corrected
from app.exams.grading import NO_RATINGS, Grade, Ratings, grade_form, shares, short_domains
from app.exams.holding import Form, verdict_hangs
from app.exams.kinds.kind import Item
from app.exams.ratings import decided_of
from app.exams.regrading import approved_corrections
from app.exams.reports import waiting_positions
from app.exams.responses import Saved, answers_of, responses_of
from app.extensions import Model, append_only, db, one_of


class ResultState(enum.StrEnum):
    """Provisional, it is not known yet whether it is passed; void, it counts as failed whatever was answered; of
    practice, it decides nothing, whatever was earned."""

    PROVISIONAL = "provisional"
    FINAL = "final"
    VOID = "void"
    PRACTICE = "practice"


DECIDED = (ResultState.FINAL, ResultState.VOID)
_STATES = ", ".join(f"'{state.value}'" for state in ResultState)


class Result(Model):
    """A score against the cut score. Results of an attempt are numbered; the highest is the current one.

    Only a final one is passed, whatever its grade says.
    """

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
    state: Mapped[ResultState] = mapped_column(
        # A constraint of the column, not of the table: SQLite adds no other to a table that is there.
        one_of(ResultState, constraint=False),
        CheckConstraint(f"state IN ({_STATES}) AND (state = 'final' OR NOT passed)", name="state"),
        server_default=ResultState.FINAL.value,
    )

    @property
    def verdict(self) -> bool | None:
        """Whether it is passed; None as long as nobody knows, and where nothing hangs on it."""
        return self.passed if self.state in DECIDED else None

    @property
    def domain_percent(self) -> dict[str, int]:
        """Whole percent of the points earned in each domain: all that a candidate learns of the parts."""
        domains = Grade.from_json(self.grade).domains
        return {name: int(100 * earned / possible) for name, (earned, possible) in domains.items()}


append_only(Result.__table__)  # type: ignore[arg-type]


class Sat(NamedTuple):
    """An attempt as the gate of a next one looks at it; `passed` and `state` are None until there is a result."""

    id: int
    exam_id: int
    deadline_at: datetime
    closed_at: datetime | None
    start_key: int | None
    passed: bool | None
    state: ResultState | None

    @property
    def failed(self) -> bool:
        """It counts against the number of attempts."""
        return self.passed is False and self.state in DECIDED


_SHUT = (
    update(Attempt)
    .where(Attempt.id == bindparam("attempt_id"), Attempt.state == AttemptState.OPEN)
    .values(state=AttemptState.CLOSED, closed_at=bindparam("at"), closing=bindparam("how"))
)
_RESULT = insert(Result)
_numbers = select(Result.number).where(Result.attempt_id == Attempt.id).order_by(Result.number.desc())
_is_current = Result.number == _numbers.limit(1).correlate(Attempt).scalar_subquery()
_with_result = (Result.attempt_id == Attempt.id) & _is_current
_by_person = Attempt.person_id == bindparam("person_id")
_ATTEMPTS = (
    select(Attempt, Result)
    .outerjoin(Result, _with_result)
    .where(_by_person)
    .order_by(Attempt.started_at.desc(), Attempt.id.desc())
)
_SAT = (
    select(
        Attempt.id,
        Attempt.exam_id,
        Attempt.deadline_at,
        Attempt.closed_at,
        Attempt.start_key,
        Result.passed,
        Result.state,
    )
    .outerjoin(Result, _with_result)
    .where(_by_person)
)
_CURRENT = select(Result).where(Result.attempt_id == bindparam("attempt_id")).order_by(Result.number.desc()).limit(1)


def close_attempt(attempt: Attempt, closing: Closing, *, at: datetime) -> tuple[Result, dict[int, Saved]]:
    """Close it once, then read the responses and grade them. The one row updated is the lock against late saves."""
    shut = db.session.connection().execute(_SHUT, {"attempt_id": attempt.id, "at": at, "how": closing})
    if shut.rowcount != 1:
        raise AttemptClosed
    for name, value in (("state", AttemptState.CLOSED), ("closed_at", at), ("closing", closing)):
        set_committed_value(attempt, name, value)
    responses = responses_of(attempt.id)
    answers = {position: saved.answer for position, saved in responses.items()}
    corrections = approved_corrections(attempt.exam_id)
    grade = grade_answers(attempt, answers, corrections)
    if attempt.is_practice:
        return append_result(attempt.id, 1, grade, at=at, state=ResultState.PRACTICE), responses
    state = state_of(grade, held=hangs_on_reports(attempt, answers, corrections))
    return append_result(attempt.id, 1, grade, at=at, state=state), responses


def state_of(grade: Grade, *, held: bool) -> ResultState:
    """Provisional as long as people have to rate an answer or, as `held` says, to look at something else."""
    return ResultState.PROVISIONAL if grade.pending or held else ResultState.FINAL


def hangs_on_reports(
    attempt: Attempt, answers: Mapping[int, Any], corrections: Sequence[Correction], ratings: Ratings = NO_RATINGS
) -> bool:
    """Whether reports that nobody has answered yet could change the verdict."""
    reported = waiting_positions(attempt.id)
    if not reported:
        return False
    exam = attempt.exam
    form = Form(
        corrected(attempt.item_ids, attempt.items, corrections),
        attempt.option_orders,
        [answers.get(position) for position in range(len(attempt.item_ids))],
        ratings,
    )
    return verdict_hangs(form, Fraction(exam["cut_score"]), minimums_of(exam), reported)


def append_result(
    attempt_id: int, number: int, grade: Grade, *, at: datetime, state: ResultState = ResultState.FINAL
) -> Result:
    """The next result of an attempt, which is its current one from now on."""
    passed = grade.passed and state is ResultState.FINAL
    verdict = {"passed": passed, "scaled": grade.scaled, "grade": grade.as_json(), "graded_at": at, "state": state}
    row = {"attempt_id": attempt_id, "number": number} | verdict
    db.session.connection().execute(_RESULT, row)
    return Result(**row)


def grade_answers(
    attempt: Attempt, answers: Mapping[int, Any], corrections: Sequence[Correction], ratings: Ratings = NO_RATINGS
) -> Grade:
    """Grade answers, by position, that were read already; the grade names the corrections that its form meets."""
    exam = attempt.exam
    met = [correction for correction in corrections if correction.concerns(attempt.item_ids)]
    items = corrected(attempt.item_ids, attempt.items, met)
    in_order = [answers.get(position) for position in range(len(items))]
    grade = grade_form(
        items,
        attempt.option_orders,
        in_order,
        Fraction(exam["cut_score"]),
        minimums=minimums_of(exam),
        ratings=ratings,
    )
    return replace(grade, corrections=tuple(correction.id for correction in met)) if met else grade


def minimums_of(exam: Mapping[str, Any]) -> dict[str, Fraction]:
    """The share of its points that each of some domains asks for, of a published exam."""
    return {name: Fraction(least) for name, least in exam.get("minimums", {}).items()}


def short_domains_of(exam: Mapping[str, Any], result: Result) -> list[str]:
    """The domains of a published exam in which a result stays below their minimum."""
    return short_domains(Grade.from_json(result.grade).domains, minimums_of(exam))


def earned_shares(attempt: Attempt, grade: Grade) -> list[tuple[Item, Fraction]]:
    """The items of a graded form as they were graded, each with the share of its points that the answer earned."""
    met = [correction for correction in approved_corrections(attempt.exam_id) if correction.id in grade.corrections]
    items = corrected(attempt.item_ids, attempt.items, met)
    answers = answers_of([attempt.id])[attempt.id]
    in_order = [answers.get(position) for position in range(len(items))]
    return list(zip(items, shares(items, attempt.option_orders, in_order, grade.ratings), strict=True))


def replays(attempt: Attempt, approved: Sequence[Correction]) -> Iterator[tuple[Result, bool]]:
    """Each result of a closed attempt, in order, and whether grading it again gives the same.

    `approved` are the corrections of the exam; each result names those that it was graded under, and the answers that
    were rated by then, whose ratings are asked for again.
    """
    known = {correction.id: correction for correction in approved}
    answers = answers_of([attempt.id])[attempt.id]
    for result in results_of([attempt.id])[attempt.id]:
        stored = Grade.from_json(result.grade)
        decided = decided_of(attempt) if stored.ratings else NO_RATINGS
        ratings = {position: decided[position] for position in stored.ratings if position in decided}
        again = grade_answers(attempt, answers, [known[one] for one in stored.corrections if one in known], ratings)
        passed = again.passed and result.state is ResultState.FINAL
        yield result, (result.passed, result.scaled, stored) == (passed, again.scaled, again)


def results_of(attempt_ids: Sequence[int]) -> dict[int, list[Result]]:
    """The results of several attempts in their order, by attempt."""
    found: dict[int, list[Result]] = {attempt_id: [] for attempt_id in attempt_ids}
    query = select(Result).where(Result.attempt_id.in_(attempt_ids)).order_by(Result.attempt_id, Result.number)
    for result in db.session.scalars(query):
        found[result.attempt_id].append(result)
    return found


def attempts_of(person_id: int, exam_id: int | None = None) -> Sequence[tuple[Attempt, Result | None]]:
    """A person's attempts with their current results, newest first."""
    rows = db.session.execute(_ATTEMPTS, {"person_id": person_id})
    return [(attempt, result) for attempt, result in rows if exam_id in (None, attempt.exam_id)]


def sat_by(person_id: int) -> Sequence[Sat]:
    """A person's attempts, for looking at what they allow."""
    return [Sat(*row) for row in db.session.connection().execute(_SAT, {"person_id": person_id})]


def current_result(attempt_id: int) -> Result | None:
    """The result of the highest number."""
    return db.session.scalar(_CURRENT, {"attempt_id": attempt_id})
