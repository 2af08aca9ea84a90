"""Recognising: outside credentials that are proposed, decided on and revoked, each with its line in the ledger."""

from datetime import UTC, date, datetime, time, timedelta

from app.credentials.recognitions import (
    Outside,
    Recognition,
    add_recognition,
    decide,
    recognition_of,
    revoke_recognition,
)
from app.exams.attempts import lock_candidate
from app.ledger.deeds import record
from app.mail.outbox import put


def propose_recognition(person_id: int, outside: Outside, *, by: int, at: datetime) -> int:
    """Ask for an outside credential of the person to be accepted; returns the id of what is asked for."""
    lock_candidate(person_id)
    recognition_id = add_recognition(person_id, outside, by=by, at=at)
    _tell("recognition_proposed", recognition_of(recognition_id), by, at)
    return recognition_id


def approve_recognition(recognition_id: int, last_day: date, *, reason: str, by: int, at: datetime) -> None:
    """Accept it to the end of a day."""
    until = datetime.combine(last_day, time(), UTC) + timedelta(days=1)
    _decide("recognition_approved", recognition_id, until, reason, by, at)


def reject_recognition(recognition_id: int, *, reason: str, by: int, at: datetime) -> None:
    """Do not accept it."""
    _decide("recognition_rejected", recognition_id, None, reason, by, at)


def end_recognition(recognition_id: int, *, reason: str, by: int, at: datetime) -> None:
    """Accept it no longer."""
    recognition = recognition_of(recognition_id)
    revoke_recognition(recognition, reason=reason, by=by, at=at)
    _tell("recognition_revoked", recognition, by, at)
    put("recognition_mail", {"recognition_id": recognition_id}, at=at)


def _decide(deed: str, recognition_id: int, until: datetime | None, reason: str, by: int, at: datetime) -> None:
    recognition = recognition_of(recognition_id)
    decide(recognition, until, reason=reason, by=by, at=at)
    _tell(deed, recognition, by, at)
    put("recognition_mail", {"recognition_id": recognition_id}, at=at)


def _tell(deed: str, recognition: Recognition, by: int, at: datetime) -> None:
    """Whom it is about, and its number: what it says stays in its own row, which can be erased."""
    record(deed, f"person:{recognition.person_id}", by=by, at=at, recognition=recognition.id)
