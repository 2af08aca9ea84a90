"""Nightly: what time itself brings about, as pieces of work that each fit one transaction."""

from datetime import datetime, timedelta

from app.credentials.reminders import due_reminders, note_reminder
from app.exams.attempts import lock_attempt
from app.exams.heartbeat import is_over
from app.journeys.assigning import remind_of_assignments
from app.journeys.sitting import close_overdue
from app.mail.outbox import Lane, put, schedule
from app.people.sessions import sweep_sessions
from app.people.throttling import sweep_throttles

PERIODIC = {
    "number_leaves": timedelta(seconds=5),
    "close_overdue": timedelta(seconds=15),
    "look_again": timedelta(minutes=1),
    "count_items": timedelta(minutes=1),
    "sweep": timedelta(hours=1),
    "remind": timedelta(days=1),
    "send_reports": timedelta(hours=1),
    "warn_late": timedelta(days=1),
}
REMINDED = 100  # in one transaction


def schedule_all(at: datetime) -> None:
    """Put every periodic task in the outbox, once."""
    for kind, every in PERIODIC.items():
        schedule(kind, every, at=at)


def close_overdue_attempt(attempt_id: int, at: datetime) -> None:
    """Close an attempt whose time is over for good; AttemptClosed if another was first."""
    attempt = lock_attempt(attempt_id)
    if is_over(attempt.deadline_at, at):
        close_overdue(attempt)


def remind(at: datetime) -> bool:
    """Write to holders whose credentials end soon, to each once at each threshold, and to whoever was assigned courses.

    Returns whether more of them are left.
    """
    due = due_reminders(at, REMINDED)
    for credential_id, days in due:
        if note_reminder(credential_id, days, at=at):
            put("expiry_mail", {"credential_id": credential_id}, at=at, lane=Lane.LATER)
    return remind_of_assignments(at, REMINDED) or bool(due)


def sweep(at: datetime) -> None:
    """Forget sessions and throttles that have ended."""
    sweep_sessions(at)
    sweep_throttles(at - timedelta(days=1))
