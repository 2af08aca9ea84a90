"""Sitting an exam: from the gate to the result, the credential, the standings and the mail."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l

from app.content.levels import levels_from
from app.credentials.certificate import fit_name
from app.credentials.issuing import Credential, issue
from app.credentials.register import Owned, credential_of_attempt, held_exactly, longest, owned_by
from app.exams.accommodations import NOTHING, Allowance, allowance_of
from app.exams.attempts import (
    Attempt,
    AttemptOpen,
    Closing,
    begin_attempt,
    lock_candidate,
    lock_for_closing,
)
from app.exams.catalogue import Exam
from app.exams.heartbeat import TimeUnsettled, is_over
from app.exams.responses import Saved, responses_of
from app.exams.results import Result, Sat, close_attempt, current_result, sat_by
from app.exams.retakes import HeldCredential, Policy, Verdict, add_months, next_start
from app.exams.timing import ALWAYS, Window, is_overdue, latest_start
from app.learning.catalogue import Course
from app.learning.enrolling import missing_courses
from app.ledger.deeds import record
from app.mail.outbox import put
from app.partners.standing import reevaluate_organisation
from app.people.organisations import workplaces_since
from app.people.persons import Person, clean_name, confirm_name
from app.people.visitors import Account
from app.refusal import Refusal


@dataclass(frozen=True)
class Gate:
    """Whether a person may start an exam, and if not, all that stands in the way.

    `own` is the valid credential of the exam's own level that lasts longest.
    """

    missing_courses: Sequence[Course] = ()
    missing_level: str | None = None
    retake: Verdict = field(default_factory=lambda: Verdict(True, "free"))
    open_attempt: Sat | None = None
    own: Owned | None = None
    attempts_used: int = 0
    history: Sequence[Sat] = ()
    allowance: Allowance = NOTHING
    window: Window = ALWAYS
    window_state: str = "open"

    @property
    def allowed(self) -> bool:
        """Nothing stands in the way of a new start."""
        return (
            not self.missing_courses
            and self.missing_level is None
            and self.retake.allowed
            and self.window_state == "open"
        )


@dataclass(frozen=True)
class Outcome:
    """What closing an attempt brought about, and what was graded for it: the responses by position."""

    attempt: Attempt
    responses: Mapping[int, Saved]
    result: Result
    credential: Credential | None


class GateClosed(Refusal):
    """A course or a credential is missing."""

    title = _l("This exam is not open to you yet")
    detail = _l("Finish the required courses and hold the certificate of the level below.")


class RetakeRefused(Refusal):
    """The retake policy says not now."""

    title = _l("You cannot start this exam now")


class OutsideWindow(Refusal):
    """The exam is sat between two instants, and nobody starts who could not have the full time."""

    title = _l("This exam cannot be started now")
    detail = _l("The page of the exam says when it can.")


class AlreadyStarted(Refusal):
    """The same wish to start was fulfilled before."""

    title = _l("This attempt has begun already")


class AgreementNeeded(Refusal):
    """The agreement comes before the start."""

    status = 422
    title = _l("Accept the agreement to start the exam")


def gate_of(exam: Exam, person_id: int, at: datetime) -> Gate:
    """What stands between the person and a start of the exam."""
    return gates_of([exam], person_id, owned_by(person_id, at), at)[exam.id]


def gates_of(exams: Iterable[Exam], person_id: int, owned: Sequence[Owned], at: datetime) -> dict[int, Gate]:
    """The gates of several exams, by the exam's id, for who has these credentials: three statements for all of them."""
    history, unfinished, given = sat_by(person_id), missing_courses(person_id), allowance_of(person_id, at)
    return {
        exam.id: _gate(exam.body, [sat for sat in history if sat.exam_id == exam.id], owned, unfinished, given, at)
        for exam in exams
    }


def _gate(
    body: dict[str, Any],
    history: Sequence[Sat],
    owned: Sequence[Owned],
    unfinished: Sequence[Course],
    given: Allowance,
    at: datetime,
) -> Gate:
    track, below = body["gate"]["track"], body["gate"]["credential"]
    failures = [sat.closed_at for sat in history if sat.closed_at and sat.passed is False]
    policy = _policy(body, given)
    own = longest(owned, (body["level"],))
    window = _window(body, given)
    return Gate(
        missing_courses=[course for course in unfinished if course.track == track],
        missing_level=below if below and not longest(owned, levels_from(below)) else None,
        retake=next_start(policy, failures, HeldCredential(own.expires_at) if own else None, at),
        open_attempt=next((sat for sat in history if sat.closed_at is None), None),
        own=own,
        attempts_used=sum(failure > add_months(at, -policy.window_months) for failure in failures),
        history=history,
        allowance=given,
        window=window,
        window_state=window.state(at),
    )


def _policy(body: dict[str, Any], given: Allowance) -> Policy:
    policy = Policy(**body["retakes"], renewal_months=body["validity"]["renewal_months"])
    return replace(policy, limit=policy.limit + given.extra_attempts)


def _window(body: dict[str, Any], given: Allowance) -> Window:
    """As `exam.yml` states it; an exam of before there were windows has none."""
    stated = body.get("window") or {}
    opens, closes = (stated.get(end) and datetime.fromisoformat(stated[end]) for end in ("opens", "closes"))
    last = latest_start(closes, body["duration_min"], given.time_factor) if closes else None
    return Window(opens or None, last)


def start_attempt(
    exam: Exam,
    person: Person | Account,
    *,
    legal_name: str,
    language: str,
    agreement: bool,
    at: datetime,
    rng: Random,
    key: int | None = None,
) -> Attempt:
    """Start the clock, once the agreement is accepted, the name confirmed and the gate open.

    `key` names the wish to start, so that whoever repeats it is told of the attempt that began.
    """
    if not agreement:
        raise AgreementNeeded
    legal_name = clean_name(legal_name)
    fit_name(legal_name)  # a name that no certificate could print is refused before the exam, not after
    if lock_candidate(person.id) != legal_name:
        confirm_name(person.id, legal_name)
    gate = gate_of(exam, person.id, at)
    if before := next((sat for sat in gate.history if key is not None and sat.start_key == key), None):
        raise AlreadyStarted(attempt=before.id)
    if gate.open_attempt:
        raise AttemptOpen(attempt=gate.open_attempt.id)
    _require_open(gate)
    offered = exam.body["languages"]
    attempt = begin_attempt(
        exam,
        person_id=person.id,
        legal_name=legal_name,
        language=language if language in offered else offered[0],
        at=at,
        rng=rng,
        allowance=gate.allowance,
        key=key,
    )
    record("attempt_started", f"attempt:{attempt.id}", by=person.id, at=at, exam=exam.slug)
    return attempt


def finish_attempt(attempt: Attempt, closing: Closing, *, at: datetime) -> Outcome:
    """Grade; if passed, issue the credential and look again at every standing; put the news in the outbox."""
    by = attempt.person_id if closing is Closing.SUBMITTED else None
    result, responses = close_attempt(attempt, closing, at=at)
    workplaces = workplaces_since(attempt.person_id, at) if result.passed else ()
    employer = next((workplace.name for workplace in workplaces if workplace.starts_at <= at), None)
    credential = issue_for(attempt, result, employer, at=at) if result.passed else None
    for organisation_id in dict.fromkeys(workplace.organisation_id for workplace in workplaces):
        reevaluate_organisation(organisation_id, at=at)
    put("result_mail", {"attempt_id": attempt.id}, at=at)
    record("attempt_closed", f"attempt:{attempt.id}", by=by, at=at, closing=closing, passed=result.passed)
    return Outcome(attempt, responses, result, credential)


def submit_attempt(attempt_id: int, person_id: int, *, at: datetime) -> Outcome:
    """The candidate is done. Submitting again answers as the first time; too late, it closes as the deadline would."""
    attempt = lock_for_closing(attempt_id, person_id)
    if attempt.closed_at:
        return outcome_of(attempt)
    if is_over(attempt.deadline_at, at):
        return close_overdue(attempt)
    if is_overdue(attempt.deadline_at, at):
        raise TimeUnsettled
    return finish_attempt(attempt, Closing.SUBMITTED, at=at)


def outcome_of(attempt: Attempt) -> Outcome:
    """What closing the attempt brought about."""
    result = current_result(attempt.id)
    assert result is not None, "a closed attempt has a result: both are written in one transaction"
    return Outcome(attempt, responses_of(attempt.id), result, credential_of_attempt(attempt.id))


def close_overdue(attempt: Attempt) -> Outcome:
    """Close an attempt whose time is over, at its deadline, from what was received by then."""
    return finish_attempt(attempt, Closing.DEADLINE, at=attempt.deadline_at)


def issue_for(attempt: Attempt, result: Result, employer: str | None, *, at: datetime) -> Credential:
    """The credential of a passing result, with everything it will ever say."""
    exam = attempt.exam
    renewed = held_exactly(attempt.person_id, exam["level"], at)
    frozen = {
        "name": attempt.legal_name,
        "title": exam["credential"],
        "organisation": employer,
        "issuer": current_app.config["ISSUER"],
        "score": result.scaled,
        "languages": exam["languages"],
        "language": attempt.language,
    }
    credential = issue(
        person_id=attempt.person_id,
        attempt_id=attempt.id,
        result_number=result.number,
        level=exam["level"],
        frozen=frozen,
        issued_at=at,
        expires_at=add_months(at, exam["validity"]["months"]),
        renews_id=renewed.id if renewed else None,
    )
    record("credential_issued", f"credential:{credential.public_id}", by=None, at=at, level=credential.level)
    return credential


def _require_open(gate: Gate) -> None:
    if gate.missing_courses or gate.missing_level:
        raise GateClosed(
            missing_courses=[course.slug for course in gate.missing_courses], missing_level=gate.missing_level
        )
    if not gate.retake.allowed:
        raise RetakeRefused(
            _l("The page of the exam says why, and when you can."),
            reason=gate.retake.reason,
            from_when=gate.retake.from_when,
        )
    if gate.window_state != "open":
        raise OutsideWindow(opens_at=gate.window.opens_at, latest_start=gate.window.latest_start)
