"""Reviewing: the answers to what candidates reported, and the final result of an attempt that waited for them."""

from datetime import datetime

from flask_babel import lazy_gettext as _l

from app.exams.attempts import Attempt, lock_attempt
from app.exams.grading import Grade
from app.exams.ratings import decided_of
from app.exams.regrading import approved_corrections
from app.exams.reports import Finding, Report, report_of, resolve
from app.exams.responses import answers_of
from app.exams.results import Result, ResultState, current_result, grade_answers, hangs_on_reports, state_of
from app.journeys.regrade_lines import spared_from
from app.journeys.sitting import conclude
from app.ledger.deeds import record
from app.refusal import Refusal


class OwnAttempt(Refusal):
    """Nobody decides on an attempt of their own."""

    status = 403
    title = _l("This is your own attempt")
    detail = _l("Somebody else has to decide on it.")


def resolve_report(report_id: int, verdict: Finding, note: str, *, by: int, at: datetime) -> Report:
    """Answer a report; if the result of its attempt waited for nothing else, it is final from now on."""
    report = report_of(report_id)
    attempt = lock_attempt(report.attempt_id)
    if attempt.person_id == by:
        raise OwnAttempt
    resolve(report_id, verdict, note, by=by, at=at)
    record("report_resolved", f"attempt:{attempt.id}", by=by, at=at, item=report.item_id, verdict=verdict)
    settle(attempt, at=at)
    return report_of(report_id)


def settle(attempt: Attempt, *, at: datetime) -> Result | None:
    """The final result of an attempt that the caller holds, once nothing holds it back any longer."""
    current = current_result(attempt.id)
    if current is None or current.state is not ResultState.PROVISIONAL:
        return None
    grade, state = judged(attempt)
    return None if state is ResultState.PROVISIONAL else conclude(attempt, grade, state, at=at)


def judged(attempt: Attempt) -> tuple[Grade, ResultState]:
    """What the attempt earns under the corrections approved by now, but for those that it was spared from."""
    spared = spared_from(attempt.id)
    corrections = [one for one in approved_corrections(attempt.exam_id) if one.id not in spared]
    answers, ratings = answers_of([attempt.id])[attempt.id], decided_of(attempt)
    grade = grade_answers(attempt, answers, corrections, ratings)
    return grade, state_of(grade, held=hangs_on_reports(attempt, answers, corrections, ratings))
