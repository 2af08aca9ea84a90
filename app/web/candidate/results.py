"""The page of a closed attempt: the news, the score, the bars by domain, and what to do next."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flask import Response as BaseResponse
from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.content.levels import LEVELS
from app.exams.attempts import Attempt, AttemptState
from app.exams.catalogue import Exam, live_exams
from app.exams.rating_queue import turns_of
from app.exams.receipts import receipt_of
from app.exams.responses import responses_of
from app.exams.results import Result, ResultState, minimums_of, results_of, short_domains_of
from app.journeys.gates import gate_of
from app.journeys.sitting import outcome_of
from app.learning.catalogue import LiveCourse, live_courses
from app.transaction import reading
from app.web.identity import visitor
from app.web.layout import in_language
from app.web.settling import settled_attempt


@dataclass(frozen=True)
class Domain:
    """A domain of the exam: whole percent earned, its minimum (None: it has none), and the courses that teach it."""

    name: str
    percent: int
    minimum: int | None
    is_short: bool
    courses: Sequence[LiveCourse]


def result(attempt_id: int) -> str | Response:
    """What the candidate learns: the score and a bar per domain, never one item."""
    sitting = settled_attempt(attempt_id, visitor().id)
    if sitting.state is AttemptState.OPEN:
        return redirect(url_for("candidate.attempt", attempt_id=attempt_id))
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
            at=at,
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
