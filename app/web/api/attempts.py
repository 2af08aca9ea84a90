"""Endpoints of exams and attempts; the exam page saves through these."""

from collections.abc import Mapping
from datetime import datetime
from random import SystemRandom
from typing import Any

from marshmallow import Schema, fields, validate

from app.credentials.names import clean_names
from app.credentials.register import owned_by
from app.exams.attempts import Attempt, AttemptState
from app.exams.breaks import is_on_break
from app.exams.catalogue import Exam, all_exams, live_exam
from app.exams.finishing import finish_section as finish
from app.exams.languages import require_offered, show_in
from app.exams.receipts import known_keys, receipt_of
from app.exams.responses import KeyReused, Saved, responses_of
from app.exams.responses import save_response as save
from app.exams.results import ResultState, short_domains_of
from app.exams.sections import Present
from app.journeys.gates import Gate, gates_of
from app.journeys.sitting import AlreadyStarted, Outcome, outcome_of
from app.journeys.sitting import start_attempt as start
from app.journeys.sitting import submit_attempt as submit
from app.transaction import now, reading, writing
from app.web import language
from app.web.api.feedback import items_with_feedback
from app.web.api.idempotency import asked_key
from app.web.api.parsing import Endpoints
from app.web.identity import device, visitor
from app.web.settling import settle_overdue, settled_attempt

SHOWN = (ResultState.FINAL, ResultState.PRACTICE)
blueprint = Endpoints("api_attempts", __name__, description="Exams and attempts")


class StartSchema(Schema):
    """What starts an attempt. Names and language default to the person's own."""

    agreement = fields.Boolean(
        load_default=False, metadata={"description": "the agreement is accepted; practice asks for none, nor for names"}
    )
    agreement_hash = fields.String(
        load_default=None,
        validate=validate.Length(equal=64),
        metadata={"description": "the SHA-256 of the text that was shown; 409 with the new one if it has changed"},
    )
    legal_name = fields.String(validate=validate.Length(max=200))
    latin_name = fields.String(
        validate=validate.Length(max=200),
        metadata={"description": "needed for a name that is neither in Latin nor in Greek or Cyrillic letters"},
    )
    language = fields.String(validate=validate.OneOf(language.LANGUAGES))


class ViewSchema(Schema):
    """How to look at an attempt."""

    language = fields.String(load_default=None, metadata={"description": "of the items, for this once"})


class LanguageSchema(Schema):
    """The language to go on in."""

    language = fields.String(required=True)


class SaveSchema(Schema):
    """An answer in the shape of its item, on top of the revision last seen (0 for none)."""

    answer = fields.Raw(required=True, allow_none=True)
    revision = fields.Integer(required=True, strict=True, validate=validate.Range(min=0))
    flagged = fields.Boolean(allow_none=True, load_default=None)


@blueprint.get("/exams")
@blueprint.response(200)
def list_exams() -> dict[str, Any]:
    """The exams, and whether you may start each now."""
    settle_overdue(visitor().id)
    with reading() as at:
        exams = all_exams()
        gates = gates_of(exams, visitor().id, owned_by(visitor().id, at), at)
        return {"exams": [_exam_view(exam, gates[exam.id]) for exam in exams]}


@blueprint.post("/exams/<slug>/attempts")
@blueprint.arguments(StartSchema())
@blueprint.response(201)
def start_attempt(asked: dict[str, Any], slug: str) -> dict[str, Any]:
    """Start an attempt: the clock runs from here."""
    person = visitor().person
    settle_overdue(person.id)
    wish = {
        "legal_name": asked.get("legal_name") or person.name,
        "latin_name": asked.get("latin_name") or person.latin_name,
        "language": asked.get("language") or person.language,
        "agreement": asked["agreement"],
    }
    try:
        with writing() as at:
            attempt = start(
                live_exam(slug),
                person,
                **wish,
                at=at,
                rng=SystemRandom(),
                key=asked_key(),
                agreement_hash=asked["agreement_hash"],
                seen=device(),
            )
    except AlreadyStarted as refusal:
        return _begun_before(refusal.facts["attempt"], wish)
    with reading() as at:
        return attempt_view(attempt, {}, at)


@blueprint.get("/attempts/<int:attempt_id>")
@blueprint.arguments(ViewSchema(), location="query")
@blueprint.response(200)
def get_attempt(asked: dict[str, Any], attempt_id: int) -> dict[str, Any]:
    """Your attempt: its items without their keys, your responses, the deadline; once closed, the result.

    Practice, once closed, tells of each item what is right, why, and which lesson teaches it.
    """
    attempt = settled_attempt(attempt_id, visitor().id)
    with reading() as at:
        if asked["language"]:
            require_offered(attempt.exam, asked["language"])
        return attempt_view(attempt, responses_of(attempt_id), at, asked["language"])


@blueprint.put("/attempts/<int:attempt_id>/language")
@blueprint.arguments(LanguageSchema())
@blueprint.response(200)
def show_attempt_in(asked: dict[str, Any], attempt_id: int) -> dict[str, Any]:
    """Read the items in another language of the exam from now on; nothing else about the attempt changes."""
    attempt = settled_attempt(attempt_id, visitor().id)
    with writing():
        show_in(attempt, asked["language"])
    return {"language": attempt.language, "shown_language": attempt.spoken}


@blueprint.put("/attempts/<int:attempt_id>/responses/<int:position>")
@blueprint.arguments(SaveSchema())
@blueprint.response(200)
def save_response(asked: dict[str, Any], attempt_id: int, position: int) -> dict[str, Any]:
    """Save an answer; the reply means that it is kept. 409 with the current one if it changed elsewhere."""
    with writing() as at:
        deadline, saved = save(
            attempt_id,
            visitor().id,
            position,
            asked["answer"],
            revision=asked["revision"],
            flagged=asked["flagged"],
            at=at,
            key=asked_key(),
            seen=device(),
        )
    return {"position": position} | response_view(saved) | _clock(deadline)


@blueprint.post("/attempts/<int:attempt_id>/sections/<int:number>/finish")
@blueprint.response(200)
def finish_section(attempt_id: int, number: int) -> dict[str, Any]:
    """Finish a section, counted from 1, for good, and go on to the next; asking again answers the same."""
    with writing() as at:
        section = finish(attempt_id, visitor().id, number - 1, at=at)
    return section_view(section) | _clock(section.deadline)


@blueprint.post("/attempts/<int:attempt_id>/submit")
@blueprint.response(200)
def submit_attempt(attempt_id: int) -> dict[str, Any]:
    """Close the attempt and grade it; asking again answers the same."""
    with writing() as at:
        outcome = submit(attempt_id, visitor().id, at=at)
        receipt = receipt_of(outcome.attempt, outcome.responses)
    return {"id": attempt_id, "state": AttemptState.CLOSED.value} | _outcome_view(outcome) | {"receipt": receipt}


@blueprint.get("/receipt-key")
@blueprint.response(200)
def get_receipt_key() -> dict[str, Any]:
    """The public key of the receipts that a submission returns, and those before it."""
    with reading():
        present, *retired = known_keys()
    return present | {"retired": retired}


def attempt_view(
    attempt: Attempt, responses: Mapping[int, Saved], at: datetime, language: str | None = None
) -> dict[str, Any]:
    """What a candidate may know of an attempt: listed here, and nothing else. The deadline is the section's.

    The items are in the language asked for, or else in the one that the candidate reads; on a break they are hidden.
    """
    section = attempt.present(at)
    hidden = attempt.state is AttemptState.CLOSED or is_on_break(attempt, at)
    shown = () if hidden else section.open_positions
    view: dict[str, Any] = {
        "id": attempt.id,
        "exam": attempt.exam["id"],
        "language": attempt.language,
        "shown_language": language or attempt.spoken,
        "state": attempt.state.value,
        "started_at": attempt.started_at.isoformat(),
        **section_view(section),
        **_clock(section.deadline),
        "break_until": attempt.break_until.isoformat() if attempt.break_until else None,
        "items": [
            {"position": position}
            | (attempt.public_item(position, language) if position in shown else {})
            | {"response": response_view(responses.get(position))}
            for position in range(len(attempt.item_ids))
        ],
    }
    if attempt.state is AttemptState.CLOSED:
        view |= _outcome_view(outcome_of(attempt))
    if attempt.state is AttemptState.CLOSED and attempt.is_practice:
        told = items_with_feedback(attempt, responses, language or attempt.spoken)
        view["items"] = [item | more for item, more in zip(view["items"], told, strict=True)]
    return view


def response_view(saved: Saved | None) -> dict[str, Any]:
    """A response and its revision; revision 0 means nothing was answered."""
    if saved is None:
        return {"answer": None, "revision": 0, "flagged": False, "saved_at": None}
    saved_at = saved.received_at.isoformat() if saved.received_at else None
    return {"answer": saved.answer, "revision": saved.revision, "flagged": saved.flagged, "saved_at": saved_at}


def section_view(section: Present) -> dict[str, Any]:
    """Which section is present, counted from 1, and the positions of those whose items may be seen and answered."""
    return {"section": section.number + 1, "open": [section.open_positions.start, section.open_positions.stop]}


def _begun_before(attempt_id: int, wish: dict[str, Any]) -> dict[str, Any]:
    """The attempt that the same key started; with another name or language it was another wish."""
    attempt = settled_attempt(attempt_id, visitor().id)
    begun = (attempt.legal_name, attempt.latin_name)
    names = begun if attempt.is_practice else clean_names(wish["legal_name"], wish["latin_name"])
    if (*begun, attempt.language) != (*names, wish["language"]):
        raise KeyReused
    with reading() as at:
        return attempt_view(attempt, responses_of(attempt_id), at)


def _clock(deadline: datetime) -> dict[str, Any]:
    return {"deadline": deadline.isoformat(), "now": now().isoformat()}


def _outcome_view(outcome: Outcome) -> dict[str, Any]:
    result = outcome.result
    decided = {
        "passed": result.verdict,
        "scaled": result.scaled,
        "domain_percent": result.domain_percent,
        "short_domains": short_domains_of(outcome.attempt.exam, result),
    }
    undecided = dict.fromkeys(decided)
    return {
        "result": {"state": result.state.value} | (decided if result.state in SHOWN else undecided),
        "credential": outcome.credential.public_id if outcome.credential else None,
    }


def _exam_view(exam: Exam, gate: Gate) -> dict[str, Any]:
    body = exam.body
    return {
        "id": exam.slug,
        "level": exam.level,
        "title": body["title"],
        "practice": exam.is_practice,
        "duration_min": body["duration_min"],
        "may_start": gate.allowed and gate.open_attempt is None,
        "open_attempt": gate.open_attempt.id if gate.open_attempt else None,
        "missing_courses": [course.slug for course in gate.missing_courses],
        "missing_level": gate.missing_level,
        "result_awaited": gate.awaited.id if gate.awaited else None,
        "from_when": gate.retake.from_when.isoformat() if gate.retake.from_when else None,
        "study_again": _coaching_view(gate),
    }


def _coaching_view(gate: Gate) -> dict[str, Any] | None:
    """The lessons that shorten the wait, and from when a start would be possible if all were studied again now."""
    if not gate.coaching or not gate.coached_start:
        return None
    lessons = [
        {"course": asked.course.slug, "lesson": asked.lesson.slug, "done": asked.reread_at is not None}
        for asked in gate.coaching.lessons
    ]
    return {"lessons": lessons, "would_open": gate.coached_start.isoformat()}
