"""Appealing: a candidate who does not accept a result, the answer, and the result that an upheld appeal restores."""

from datetime import datetime

from app.credentials.issuing import supersede
from app.credentials.register import credential_of_attempt
from app.exams.appeals import (
    AnotherPersonNeeded,
    Appeal,
    AppealTooLate,
    NothingToAppeal,
    add_appeal,
    appeal_of,
    close_appeal,
    last_day,
)
from app.exams.attempts import Attempt, lock_attempt, lock_for_closing
from app.exams.reports import reports_of
from app.exams.responses import NoSuchPosition
from app.exams.results import DECIDED, Result, ResultState, current_result
from app.exams.voids import standing_void
from app.journeys.reviewing import OwnAttempt, judged
from app.journeys.sitting import conclude
from app.journeys.voiding import VOIDED
from app.ledger.deeds import record
from app.mail.outbox import put
from app.refusal import N_

RESTORED = N_("An appeal restored the result of the exam")


def file_appeal(attempt_id: int, person_id: int, said: str, position: int | None, *, at: datetime) -> None:
    """The candidate appeals against the current result, or against one item of it."""
    attempt = lock_for_closing(attempt_id, person_id)
    result = current_result(attempt_id)
    if result is None or result.state not in DECIDED:
        raise NothingToAppeal
    if at > last_day(attempt.exam, result.graded_at):
        raise AppealTooLate
    if position is not None and not 0 <= position < len(attempt.item_ids):
        raise NoSuchPosition
    against = _decider(attempt, result, position)
    add_appeal(attempt_id, result.number, position, said, against=against, at=at)
    record("appeal_filed", f"attempt:{attempt_id}", by=person_id, at=at, number=result.number)


def answer_appeal(appeal_id: int, *, upheld: bool, answer: str, by: int, at: datetime) -> Appeal:
    """Somebody who did not decide it answers; an upheld appeal against a void brings the result back."""
    appeal = appeal_of(appeal_id)
    attempt = lock_attempt(appeal.attempt_id)
    if attempt.person_id == by:
        raise OwnAttempt
    current = current_result(attempt.id)
    is_void = current is not None and current.state is ResultState.VOID
    void = standing_void(attempt.id) if is_void else None
    if void and by in (void.proposed_by, void.decided_by):
        raise AnotherPersonNeeded
    close_appeal(appeal, upheld=upheld, answer=answer, by=by, at=at)
    record("appeal_answered", f"attempt:{attempt.id}", by=by, at=at, upheld=upheld)
    if upheld and is_void:
        _restore(attempt, by, at)
    put("appeal_mail", {"appeal_id": appeal_id}, at=at)
    return appeal


def _restore(attempt: Attempt, by: int, at: datetime) -> None:
    """The result as it is earned; a credential that fell with it gives way to another, now or when the result is final.

    One that was revoked for a reason of its own stays.
    """
    credential = credential_of_attempt(attempt.id)
    if credential and credential.revoked_reason == VOIDED:
        supersede(credential, reason=RESTORED, by=by, at=at)
    conclude(attempt, *judged(attempt), at=at)


def _decider(attempt: Attempt, result: Result, position: int | None) -> int | None:
    """Who decided what the appeal is against, if a person did: they do not answer it."""
    if result.state is ResultState.VOID:
        void = standing_void(attempt.id)
        return void.decided_by if void else None
    return next((one.resolved_by for one in reports_of(attempt.id) if one.position == position), None)
