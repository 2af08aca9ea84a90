"""Voiding: a result that no longer counts for misconduct, by two people, with all that follows from it."""

from datetime import datetime

from flask_babel import lazy_gettext as _l

from app.credentials.register import credential_of_attempt
from app.exams.attempts import Attempt, lock_attempt
from app.exams.grading import Grade
from app.exams.results import Result, ResultState, current_result
from app.exams.voids import SecondAdminNeeded, Void, VoidState, decide_void, propose_void, void_of
from app.journeys.moving import revoke_credential
from app.journeys.reviewing import OwnAttempt
from app.journeys.sitting import conclude
from app.ledger.deeds import record
from app.refusal import N_, Refusal

UNVOIDABLE = (ResultState.VOID, ResultState.PRACTICE)
VOIDED = N_("The result of the exam was voided")  # what everyone reads; why, only the holder does


class NothingToVoid(Refusal):
    """There is no result, or it does not count as it is."""

    title = _l("There is no result that could be voided")


def propose_voiding(attempt_id: int, reason: str, *, by: int, at: datetime) -> None:
    """Ask for it: nothing changes before another administrator has approved it."""
    attempt = lock_attempt(attempt_id)
    _result_to_void(attempt)
    if attempt.person_id == by:
        raise OwnAttempt
    propose_void(attempt_id, reason, by=by, at=at)
    record("void_proposed", f"attempt:{attempt_id}", by=by, at=at)


def approve_voiding(void_id: int, *, by: int, at: datetime) -> None:
    """The second person's yes: the result is void, its credential revoked, and the standings follow."""
    void = void_of(void_id)
    attempt = _decide(void, VoidState.APPROVED, by=by, at=at)
    current = _result_to_void(attempt)
    credential = credential_of_attempt(attempt.id)
    if credential and not (credential.revoked_at or credential.withdrawn_at):
        revoke_credential(credential, reason=VOIDED, by=by, at=at)
    record("void_approved", f"attempt:{attempt.id}", by=by, at=at)
    conclude(attempt, Grade.from_json(current.grade), ResultState.VOID, at=at)


def reject_voiding(void_id: int, *, by: int, at: datetime) -> None:
    """The second person's no: everything stays as it is."""
    attempt = _decide(void_of(void_id), VoidState.REJECTED, by=by, at=at)
    record("void_rejected", f"attempt:{attempt.id}", by=by, at=at)


def _decide(void: Void, state: VoidState, *, by: int, at: datetime) -> Attempt:
    """The attempt is locked first, as everywhere."""
    attempt = lock_attempt(void.attempt_id)
    if by in (attempt.person_id, void.proposed_by):
        raise OwnAttempt if by == attempt.person_id else SecondAdminNeeded
    decide_void(void, state, by=by, at=at)
    return attempt


def _result_to_void(attempt: Attempt) -> Result:
    current = current_result(attempt.id)
    if attempt.is_erased or current is None or current.state in UNVOIDABLE:
        raise NothingToVoid
    return current
