"""Pages of exams: all of them as a rising path, and each with its outline, its gate and its start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import SystemRandom
from typing import Any

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.content.versions import bodies
from app.credentials.register import Owned, owned_by
from app.exams.agreements import AgreementChanged, agreement_hash
from app.exams.attempts import Attempt, AttemptOpen
from app.exams.catalogue import Exam, all_exams, bank_of, live_exam, price_of
from app.exams.correcting import is_rated
from app.exams.results import attempts_of
from app.journeys.gates import Gate, GateClosed, OutsideWindow, RetakeRefused, gate_of, gates_of
from app.journeys.sitting import start_attempt
from app.learning.catalogue import LiveCourse, live_courses
from app.learning.enrolling import lessons_done, progress_in
from app.learning.progress import track_progress
from app.refusal import Refusal
from app.transaction import reading, writing
from app.web import language
from app.web.candidate.forms import PracticeForm, StartForm, practice_form, start_form
from app.web.identity import device, visitor
from app.web.partner.amounts import money
from app.web.settling import settle_overdue

Page = str | Response | tuple[str, int]
Asked = StartForm | PracticeForm


@dataclass(frozen=True)
class Step:
    """An exam of the path, as it stands for one person; `percent` is how much of its track is studied."""

    exam: Exam
    gate: Gate
    percent: int

    @property
    def credential(self) -> Owned | None:
        """The valid credential that the exam led to."""
        return self.gate.own

    @property
    def state(self) -> str:
        """The one thing to say first: sitting, certified, missing, awaited, waiting, limit_reached or open."""
        if self.gate.open_attempt:
            return "sitting"
        if self.gate.retake.reason == "credential_held":
            return "certified"
        if self.gate.missing_courses or self.gate.missing_level:
            return "missing"
        if self.gate.allowed:
            return "open"
        if self.gate.awaited:
            return "awaited"
        return "waiting" if self.gate.retake.allowed else self.gate.retake.reason


def exams() -> str:
    """The exams in the order of their levels, and every attempt so far."""
    person_id = visitor().id
    settle_overdue(person_id)
    with reading() as at:
        done = lessons_done(person_id)
        found, courses = all_exams(), live_courses()
        gates = gates_of(found, person_id, owned_by(person_id, at), at)
        steps = [_step(exam, gates[exam.id], courses, done) for exam in found if not exam.is_practice]
        levels, practice = {step.exam.level for step in steps}, _practice_by_level(found)
        return render_template(
            "candidate/exams.html",
            steps=steps,
            exam_of_level={step.exam.level: step.exam for step in steps},
            practice=practice,
            alone=[exam for level in practice.keys() - levels for exam in practice[level]],
            gates=gates,
            history=attempts_of(person_id),
            at=at,
        )


def exam(slug: str) -> str:
    """What the exam asks and how; the start is a form of its own, so that looking starts nothing."""
    settle_overdue(visitor().id)
    return exam_page(slug)


def start_exam(slug: str) -> Page:
    """Start the clock and go to the first item; pressed twice, go to the attempt that began."""
    with reading():
        form = _form(live_exam(slug))
    if not form.validate_on_submit():
        return exam_page(slug, form), 422
    try:
        with writing() as at:
            attempt_id = _begin(live_exam(slug), form, at).id
    except AttemptOpen as refusal:
        attempt_id = refusal.facts["attempt"]
    except AgreementChanged as refusal:
        return exam_page(slug, _with_new_agreement(slug, form), refusal), refusal.status
    except (GateClosed, RetakeRefused, OutsideWindow) as refusal:
        return exam_page(slug, form, refusal), refusal.status
    return redirect(url_for("candidate.attempt", attempt_id=attempt_id), 303)


def exam_page(slug: str, form: Asked | None = None, refusal: Refusal | None = None) -> str:
    """The page of an exam as it stands now, and why a start was refused."""
    person_id = visitor().id
    with reading() as at:
        exam, exams = live_exam(slug), all_exams()
        exam_of_level = {other.level: other for other in exams if not other.is_practice}
        return render_template(
            "candidate/practice.html" if exam.is_practice else "candidate/exam.html",
            step=_step(
                exam, gate_of(exam, person_id, at), live_courses(exam.body["gate"]["track"]), lessons_done(person_id)
            ),
            form=form or _form(exam),
            refusal=refusal,
            outline=_outline(exam.body),
            rated=_is_rated(exam),
            fee=_fee(exam.body),
            exam_of_level=exam_of_level,
            graded=exam_of_level.get(exam.level),
            practice=_practice_by_level(exams).get(exam.level),
            history=attempts_of(person_id, exam.id),
            at=at,
        )


def _practice_by_level(exams: Sequence[Exam]) -> dict[str, list[Exam]]:
    found: dict[str, list[Exam]] = {}
    for exam in exams:
        if exam.is_practice:
            found.setdefault(exam.level, []).append(exam)
    return found


def _fee(body: Mapping[str, Any]) -> str | None:
    """What the exam costs, where its file says it."""
    price = price_of(body)
    return money(price.minor, price.currency) if price else None


def _begin(exam: Exam, form: Asked, at: datetime) -> Attempt:
    return start_attempt(exam, visitor().person, **form.wish, at=at, rng=SystemRandom(), seen=device())


def _with_new_agreement(slug: str, form: Asked) -> Asked:
    """The form for the text that stands now, to be accepted anew."""
    if isinstance(form, StartForm):
        with reading():
            form.agreement_hash.data = agreement_hash(live_exam(slug).body, language.current())
        form.agreement.data = False
    return form


def _form(exam: Exam) -> Asked:
    languages = exam.body["languages"]
    spoken = language.current()
    chosen = spoken if spoken in languages else languages[0]
    if exam.is_practice:
        return practice_form(languages, chosen)
    return start_form(languages, visitor().person, chosen, agreement_hash(exam.body, spoken))


def _step(exam: Exam, gate: Gate, courses: Sequence[LiveCourse], done: set[int]) -> Step:
    """The percentage is of the minutes of the courses that the gate asks for."""
    track = exam.body["gate"]["track"]
    asked = [course for course in courses if course.required and course.track == track]
    return Step(exam, gate, track_progress(progress_in(asked, done).values()).percent)


def _is_rated(exam: Exam) -> bool:
    """Whether its bank holds items that people grade."""
    return any(map(is_rated, bodies([item.version_id for item in bank_of(exam.version_id)]).values()))


def _outline(body: dict[str, Any]) -> Sequence[tuple[str, int]]:
    """How many items each domain has, the most first."""
    counts = dict.fromkeys(body["domains"], 0)
    for row in body["blueprint"]:
        counts[row["domain"]] += row["items"]
    return sorted(counts.items(), key=lambda pair: -pair[1])
