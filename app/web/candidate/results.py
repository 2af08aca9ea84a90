"""The page of a closed attempt: the news, the score, the bars by domain, and what to do next."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from flask import Response as BaseResponse
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.content.levels import LEVELS
from app.exams.appeals import AppealState, appeals_of, last_day
from app.exams.attempts import Attempt, AttemptState
from app.exams.catalogue import Exam, live_exams
from app.exams.rating_queue import turns_of
from app.exams.receipts import receipt_of
from app.exams.reports import reports_of
from app.exams.responses import responses_of
from app.exams.results import Result, ResultState, minimums_of, results_of, short_domains_of
from app.exams.voids import standing_void
from app.journeys.appealing import file_appeal
from app.journeys.gates import gate_of
from app.journeys.sitting import outcome_of
from app.learning.catalogue import LiveCourse, live_courses
from app.transaction import reading, writing
from app.web.candidate.forms import AppealForm, appeal_form
from app.web.candidate.practised import practised_page
from app.web.identity import visitor
from app.web.layout import in_language
from app.web.settling import settled_attempt
from app.web.wording import gettext as _


@dataclass(frozen=True)
class Domain:
    """A domain of the exam: whole percent earned, its minimum (None: it has none), and the courses that teach it."""

    name: str
    percent: int
    minimum: int | None
    is_short: bool
    courses: Sequence[LiveCourse]


def result(attempt_id: int) -> str | Response:
    """What the candidate learns: the score and a bar per domain, never one item; of practice, all of it."""
    sitting = settled_attempt(attempt_id, visitor().id)
    if sitting.state is AttemptState.OPEN:
        return redirect(url_for("candidate.attempt", attempt_id=attempt_id))
    return practised_page(sitting) if sitting.is_practice else result_page(sitting)


def appeal(attempt_id: int) -> str | Response | tuple[str, int]:
    """Appeal against the result, or an item of it."""
    sitting = settled_attempt(attempt_id, visitor().id)
    no_form = sitting.state is AttemptState.OPEN or sitting.is_practice
    if request.method == "GET" or no_form:  # the page of an error, asked for again
        return redirect(url_for("candidate.result", attempt_id=attempt_id))
    form = appeal_form(len(sitting.item_ids))
    if not form.validate_on_submit():
        return result_page(sitting, form), 422
    with writing() as at:
        file_appeal(attempt_id, visitor().id, form.text.data, form.position, at=at)
    flash(_("Your appeal is filed. You get a message with the answer, and read it here."), "success")
    return redirect(url_for("candidate.result", attempt_id=attempt_id), 303)


def result_page(sitting: Attempt, form: AppealForm | None = None) -> str:
    """The page of the current result, with the form of an appeal while there is time for one."""
    with reading() as at:
        outcome = outcome_of(sitting)
        exams = live_exams()
        domains = _domains(sitting, outcome.result)
        again = next((exam for exam in exams if exam.id == sitting.exam_id), None)
        credential = outcome.credential
        return render_template(
            "candidate/result.html",
            attempt=sitting,
            exam=sitting.exam,
            result=outcome.result,
            cut_percent=int(100 * Fraction(sitting.exam["cut_score"])),
            domains=domains,
            rows=[(domain.name, domain.percent) for domain in domains],
            waiting=_waiting(outcome.result),
            was_final=_was_final(outcome.result),
            credential=credential,
            credential_state=credential.state(at) if credential else None,
            again=again,
            gate=gate_of(again, sitting.person_id, at) if again else None,
            following=_following(sitting.exam["level"], exams),
            exam_of_level={exam.level: exam for exam in exams},
            reports=reports_of(sitting.id),
            at=at,
            **_appeals(sitting, outcome.result, form, at),
        )


def receipt(attempt_id: int) -> Response:
    """The signed receipt, as a file to keep."""
    sitting = settled_attempt(attempt_id, visitor().id)
    if sitting.state is AttemptState.OPEN:
        return redirect(url_for("candidate.attempt", attempt_id=attempt_id))
    with reading():
        file = json.dumps(receipt_of(sitting, responses_of(sitting.id)), ensure_ascii=False, indent=2)
    name = f'attachment; filename="acredita-receipt-{attempt_id}.json"'
    return BaseResponse(file + "\n", mimetype="application/json", headers={"Content-Disposition": name})


def _appeals(sitting: Attempt, result: Result, form: AppealForm | None, at: datetime) -> dict[str, Any]:
    """The appeals, why a void result is void, and the form of another appeal with its last day, or none."""
    is_void, filed = result.state is ResultState.VOID, appeals_of(sitting.id)
    until = last_day(sitting.exam, result.graded_at)
    is_open = any(one.state is AppealState.OPEN for one in filed)
    may_appeal = result.state is not ResultState.PROVISIONAL and at <= until and not is_open
    return {
        "appeals": filed,
        "appeal_form": (form or appeal_form(0 if is_void else len(sitting.item_ids))) if may_appeal else None,
        "appeal_until": until,
        "void": standing_void(sitting.id) if is_void else None,
    }


def _waiting(result: Result) -> int:
    """How many answers wait for people."""
    if result.state is not ResultState.PROVISIONAL:
        return 0
    return len({turn.position for turn in turns_of(result.attempt_id)})


def _was_final(result: Result) -> bool:
    """Whether a result that the candidate was told came before this one."""
    earlier = results_of([result.attempt_id])[result.attempt_id][:-1] if result.number > 1 else []
    return any(one.state is ResultState.FINAL for one in earlier)


def _domains(sitting: Attempt, result: Result) -> list[Domain]:
    """In the order of the exam, with the courses to go back to."""
    track = sitting.exam["gate"]["track"]
    courses = live_courses(track) if track else []
    percent, minimums, short = result.domain_percent, minimums_of(sitting.exam), short_domains_of(sitting.exam, result)
    return [
        Domain(
            name=in_language(title),
            percent=percent[name],
            minimum=int(100 * minimums[name]) if name in minimums else None,
            is_short=name in short,
            courses=[course for course in courses if course.body["area"] == name],
        )
        for name, title in sitting.exam["domains"].items()
        if name in percent
    ]


def _following(level: str, exams: Sequence[Exam]) -> Exam | None:
    """The exam of the next level."""
    above = LEVELS[LEVELS.index(level) + 1 :]
    return next((exam for exam in exams if exam.level in above), None)
