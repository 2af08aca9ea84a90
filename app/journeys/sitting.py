"""Sitting an exam: from the gate to the result, the credential, the standings and the mail."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from flask import current_app
from flask_babel import lazy_gettext as _l

from app.credentials.certificate import fit_name
from app.credentials.issuing import Credential, issue
from app.credentials.register import credential_of_attempt, held, held_exactly
from app.exams.attempts import (
    Attempt,
    AttemptOpen,
    Closing,
    begin_attempt,
    lock_candidate,
    lock_for_closing,
    open_attempt,
)
from app.exams.catalogue import Exam
from app.exams.results import Result, attempts_of, close_attempt, current_result
from app.exams.retakes import HeldCredential, Policy, Verdict, add_months, next_start
from app.exams.timing import is_overdue
from app.learning.catalogue import Course
from app.learning.enrolling import missing_courses
from app.ledger.deeds import record
from app.mail.outbox import put
from app.partners.standing import reevaluate_organisation
from app.people.organisations import membership_of, workplaces_since
from app.people.persons import Person, clean_name, confirm_name
from app.refusal import Refusal


@dataclass(frozen=True)
class Gate:
    """Whether a person may start an exam, and if not, all that stands in the way."""

    missing_courses: Sequence[Course] = ()
    missing_level: str | None = None
    retake: Verdict = field(default_factory=lambda: Verdict(True, "free"))
    open_attempt: Attempt | None = None
    attempts_used: int = 0

    @property
    def allowed(self) -> bool:
        """Nothing stands in the way of a new start."""
        return not self.missing_courses and self.missing_level is None and self.retake.allowed


@dataclass(frozen=True)
class Outcome:
    """What closing an attempt brought about."""

    result: Result
    credential: Credential | None


class GateClosed(Refusal):
    """A course or a credential is missing."""

    title = _l("This exam is not open to you yet")
    detail = _l("Finish the required courses and hold the certificate of the level below.")


class RetakeRefused(Refusal):
    """The retake policy says not now."""

    title = _l("You cannot start this exam now")


class AgreementNeeded(Refusal):
    """The agreement comes before the start."""

    status = 422
    title = _l("Accept the agreement to start the exam")


def gate_of(exam: Exam, person_id: int, at: datetime) -> Gate:
    """What stands between the person and a start of the exam."""
    body = exam.body
    track, level = body["gate"]["track"], body["gate"]["credential"]
    failures = [
        attempt.closed_at
        for attempt, result in attempts_of(person_id, exam.id)
        if attempt.closed_at and result and not result.passed
    ]
    owned = held_exactly(person_id, exam.level, at)
    policy = Policy(**body["retakes"], renewal_months=body["validity"]["renewal_months"])
    window = add_months(at, -policy.window_months)
    return Gate(
        missing_courses=missing_courses(person_id, track) if track else (),
        missing_level=level if level and not held(person_id, level, at) else None,
        retake=next_start(policy, failures, HeldCredential(owned.expires_at) if owned else None, at),
        open_attempt=open_attempt(person_id, exam.id),
        attempts_used=sum(failure > window for failure in failures),
    )


def start_attempt(
    exam: Exam, person: Person, *, legal_name: str, language: str, agreement: bool, at: datetime, rng: Random
) -> Attempt:
    """Start the clock, once the agreement is accepted, the name confirmed and the gate open."""
    if not agreement:
        raise AgreementNeeded
    fit_name(clean_name(legal_name))  # a name that no certificate could print is refused before the exam, not after
    lock_candidate(person.id)
    gate = gate_of(exam, person.id, at)
    if gate.open_attempt:
        raise AttemptOpen(attempt=gate.open_attempt.id)
    _require_open(gate)
    offered = exam.body["languages"]
    attempt = begin_attempt(
        exam,
        person_id=person.id,
        legal_name=confirm_name(person.id, legal_name),
        language=language if language in offered else offered[0],
        at=at,
        rng=rng,
    )
    record("attempt_started", f"attempt:{attempt.id}", by=person.id, at=at, exam=exam.slug)
    return attempt


def finish_attempt(attempt: Attempt, closing: Closing, *, at: datetime) -> Outcome:
    """Grade; if passed, issue the credential and look again at every standing; put the news in the outbox."""
    by = attempt.person_id if closing is Closing.SUBMITTED else None
    result = close_attempt(attempt, closing, at=at)
    credential = issue_for(attempt, result, at=at) if result.passed else None
    for organisation_id in workplaces_since(attempt.person_id, at) if credential else ():
        reevaluate_organisation(organisation_id, at=at)
    put("result_mail", {"attempt_id": attempt.id}, at=at)
    record("attempt_closed", f"attempt:{attempt.id}", by=by, at=at, closing=closing, passed=result.passed)
    return Outcome(result, credential)


def submit_attempt(attempt_id: int, person_id: int, *, at: datetime) -> Outcome:
    """The candidate is done. Submitting again answers as the first time; too late, it closes as the deadline would."""
    attempt = lock_for_closing(attempt_id, person_id)
    if attempt.closed_at:
        return outcome_of(attempt)
    if is_overdue(attempt.deadline_at, at):
        return close_overdue(attempt)
    return finish_attempt(attempt, Closing.SUBMITTED, at=at)


def outcome_of(attempt: Attempt) -> Outcome:
    """What closing the attempt brought about."""
    result = current_result(attempt.id)
    assert result is not None, "a closed attempt has a result: both are written in one transaction"
    return Outcome(result, credential_of_attempt(attempt.id))


def close_overdue(attempt: Attempt) -> Outcome:
    """Close an attempt whose time is over, at its deadline, from what was received by then."""
    return finish_attempt(attempt, Closing.DEADLINE, at=attempt.deadline_at)


def issue_for(attempt: Attempt, result: Result, *, at: datetime) -> Credential:
    """The credential of a passing result, with everything it will ever say."""
    exam = attempt.exam
    membership = membership_of(attempt.person_id, at)
    frozen = {
        "name": attempt.legal_name,
        "title": exam["credential"],
        "organisation": membership.organisation.name if membership else None,
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
        renews=held_exactly(attempt.person_id, exam["level"], at),
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
