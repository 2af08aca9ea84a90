"""Sitting an exam: from the start to the result, the credential, the standings and the mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l

from app.credentials.issuing import Credential, issue
from app.credentials.names import clean_names
from app.credentials.register import credential_of_attempt, held_exactly
from app.exams.agreements import AgreementNeeded, accepted_text
from app.exams.attempts import (
    Attempt,
    AttemptOpen,
    Closing,
    begin_attempt,
    lock_candidate,
    lock_for_closing,
)
from app.exams.catalogue import Exam
from app.exams.devices import Seen
from app.exams.grading import Grade
from app.exams.heartbeat import TimeUnsettled, is_over
from app.exams.marking import Policy
from app.exams.rating_queue import ask_for_ratings
from app.exams.responses import Saved, responses_of
from app.exams.results import Result, ResultState, append_result, close_attempt, current_result
from app.exams.retakes import add_months
from app.exams.timing import is_overdue
from app.journeys.gates import gate_of, require_open
from app.ledger.deeds import record
from app.mail.outbox import put, put_all
from app.partners.evaluating import reevaluate_organisation
from app.people.organisations import Workplace, workplaces_since
from app.people.persons import Person, confirm_name
from app.people.visitors import Account
from app.refusal import Refusal


@dataclass(frozen=True)
class Outcome:
    """What closing an attempt brought about, and what was graded for it: the responses by position."""

    attempt: Attempt
    responses: Mapping[int, Saved]
    result: Result
    credential: Credential | None


class AlreadyStarted(Refusal):
    """The same wish to start was fulfilled before."""

    title = _l("This attempt has begun already")


def start_attempt(
    exam: Exam,
    person: Person | Account,
    *,
    language: str,
    at: datetime,
    rng: Random,
    legal_name: str = "",
    agreement: bool = False,
    key: int | None = None,
    agreement_hash: str | None = None,
    seen: Seen | None = None,
    latin_name: str | None = None,
) -> Attempt:
    """Start the clock, once the agreement is accepted, the name confirmed and the gate open; of practice, at once.

    `agreement_hash` is that of the text shown; without it, the one in the exam's language is accepted.
    `key` names the wish to start, so that whoever repeats it is told of the attempt that began. `latin_name` is needed
    where the legal name is in a script that certificates do not print. Practice asks for none of these.
    """
    is_practice = exam.is_practice
    if not (agreement or is_practice):
        raise AgreementNeeded
    offered = exam.body["languages"]
    language = language if language in offered else offered[0]
    accepted = None if is_practice else accepted_text(exam.body, agreement_hash, language)
    # What no certificate could print is refused before the exam, not after.
    names = None if is_practice else clean_names(legal_name, latin_name)
    known = lock_candidate(person.id)
    if names and known != names:
        confirm_name(person.id, *names)
    name, in_latin = names or known
    gate = gate_of(exam, person.id, at)
    if before := next((sat for sat in gate.history if key is not None and sat.start_key == key), None):
        raise AlreadyStarted(attempt=before.id)
    if gate.open_attempt:
        raise AttemptOpen(attempt=gate.open_attempt.id)
    require_open(gate)
    attempt = begin_attempt(
        exam,
        person_id=person.id,
        legal_name=name,
        latin_name=in_latin,
        language=language,
        at=at,
        rng=rng,
        allowance=gate.allowance,
        key=key,
        agreement_hash=accepted,
        seen=seen,
    )
    instead: dict[str, Any] = {"recognitions": [one.id for one in gate.accepted]} if gate.accepted else {}
    record("attempt_started", f"attempt:{attempt.id}", by=person.id, at=at, exam=exam.slug, **instead)
    return attempt


def finish_attempt(attempt: Attempt, closing: Closing, *, at: datetime) -> Outcome:
    """Grade; if passed, issue the credential and look again at every standing; put the news in the outbox."""
    by = attempt.person_id if closing is Closing.SUBMITTED else None
    result, responses = close_attempt(attempt, closing, at=at)
    ask_for_ratings(attempt, result.grade.get("pending", ()), Policy.of(attempt.exam).graders, at=at)
    credential = award(attempt, result, at=at) if result.passed else None
    news = ("result_mail", {"attempt_id": attempt.id})
    if not attempt.is_practice:
        put_all([news, certificate_task(credential)] if credential else [news], at=at)
    record("attempt_closed", f"attempt:{attempt.id}", by=by, at=at, closing=closing, passed=result.verdict)
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


def conclude(attempt: Attempt, grade: Grade, state: ResultState, *, at: datetime) -> Result:
    """Append what a person decided about a closed attempt that the caller holds, with all that follows from it."""
    current = current_result(attempt.id)
    assert current is not None, "a closed attempt has a result"
    result = append_result(attempt.id, current.number + 1, grade, at=at, state=state)
    if result.passed and credential_of_attempt(attempt.id) is None:  # one that a person revoked stays as it is
        put_all([certificate_task(award(attempt, result, at=at))], at=at)
    if state is not ResultState.PROVISIONAL:
        put("result_mail", {"attempt_id": attempt.id}, at=at)
    subject = f"attempt:{attempt.id}"
    record("result_decided", subject, by=None, at=at, number=result.number, state=state, passed=result.passed)
    return result


def award(attempt: Attempt, result: Result, *, at: datetime) -> Credential:
    """Issue the credential of a passing result, and look again at every standing that it may raise."""
    workplaces = workplaces_since(attempt.person_id, at)
    employer = next((workplace for workplace in workplaces if workplace.starts_at <= at), None)
    credential = issue_for(attempt, result, employer, at=at)
    for organisation_id in dict.fromkeys(workplace.organisation_id for workplace in workplaces):
        reevaluate_organisation(organisation_id, at=at)
    return credential


def certificate_task(credential: Credential) -> tuple[str, dict[str, int]]:
    """What whoever issues a credential puts in the outbox: its certificate is made by the worker."""
    return "certificate", {"credential_id": credential.id}


def issue_for(attempt: Attempt, result: Result, employer: Workplace | None, *, at: datetime) -> Credential:
    """The credential of a passing result, with everything it will ever say."""
    exam = attempt.exam
    renewed = held_exactly(attempt.person_id, exam["level"], at)
    frozen = {
        "name": attempt.legal_name,
        "title": exam["credential"],
        "organisation": employer.name if employer else None,
        "issuer": current_app.config["ISSUER"],
        "languages": exam["languages"],
        "language": attempt.language,
    }
    credential = issue(
        person_id=attempt.person_id,
        attempt_id=attempt.id,
        result_number=result.number,
        level=exam["level"],
        frozen=frozen | _names_beside(attempt, exam, employer),
        issued_at=at,
        expires_at=add_months(at, exam["validity"]["months"]),
        renews_id=renewed.id if renewed else None,
    )
    record("credential_issued", f"credential:{credential.public_id}", by=None, at=at, level=credential.level)
    return credential


def _names_beside(attempt: Attempt, exam: Mapping[str, Any], employer: Workplace | None) -> dict[str, Any]:
    """The Latin form, whoever issues jointly, and the employer's label; of what there is not, a record says nothing."""
    names = {
        "latin_name": attempt.latin_name,
        "issuers": exam.get("issuers"),
        "brand": employer.label.frozen() if employer and employer.label else None,
    }
    return {key: value for key, value in names.items() if value}
