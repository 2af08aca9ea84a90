"""The worker: the loop over the outbox and the deeds that are due. Any number may run side by side."""

import contextlib
import logging
import signal
from collections.abc import Callable, Iterable
from datetime import datetime
from threading import Event
from typing import Any, TypeVar

from flask import current_app
from sqlalchemy.exc import OperationalError

from app.credentials.keeping import first_language
from app.credentials.register import credential_of_number
from app.credentials.reminders import is_reminded_of
from app.exams.attempts import AttemptClosed
from app.exams.counting import count, uncounted
from app.exams.finding import overdue_attempts
from app.exams.heartbeat import seen_until
from app.journeys.assignment_letters import assignment_letter, lines_told
from app.journeys.bulk_revoking import put_through
from app.journeys.importing_facts import content_of, planned_of, put_through_import
from app.journeys.invitation_letters import invitation_letter
from app.journeys.letters import (
    Letter,
    appeal_letter,
    corrected_letter,
    expiry_letter,
    recognition_letter,
    result_letter,
)
from app.journeys.nightly import close_overdue_attempt, remind, schedule_all, sweep
from app.journeys.part_letters import news_stands, part_letter
from app.journeys.partner_letters import standing_letter
from app.journeys.publishing import hold_new_rules, put_off, waiting_organisations
from app.journeys.regrading import go_on
from app.journeys.report_letters import put_reports, report_letter
from app.journeys.welcoming import is_still_late, onboarding_letter, warn_late
from app.ledger.numbering import number_leaves
from app.mail.delivery import compose, delete_letters, deliver
from app.mail.outbox import again, anything_due, done, failed, lease
from app.partners.evaluating import reevaluate_organisation
from app.partners.fact_rows import read_facts
from app.partners.programmes import stand_by_date
from app.partners.standing import due_organisations
from app.people.invitations import InvitationState, invitation_of
from app.transaction import empty_write_ahead_log, reading, writing
from app.web.keeping import kept_certificate

PAUSE_S = 1.0
COUNTED_BATCHES = 40
T = TypeVar("T")
log = logging.getLogger(__name__)


def run(*, once: bool = False) -> None:
    """Work until told to stop; with `once`, until nothing is due."""
    stop = Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    with writing() as at:
        schedule_all(at)
    while not stop.is_set():
        busy = _work_or_wait(once)
        if once and not busy:
            return
        if not busy:
            stop.wait(PAUSE_S)


def _work_or_wait(once: bool) -> int:
    """A store that is busy or starts again is no reason to die, but for whoever waits for the end."""
    try:
        return work()
    except OperationalError:
        if once:
            raise
        log.exception("the store did not answer")
        return 0


def work() -> int:
    """Do what is due now; returns how many tasks were taken."""
    with reading() as at:
        if not anything_due(at):
            return 0
    with writing() as at:
        tasks = [(task.id, task.kind, task.payload) for task in lease(at)]
    for task_id, kind, payload in tasks:
        _do(task_id, kind, payload)
    return len(tasks)


def _do(task_id: int, kind: str, payload: dict[str, Any]) -> None:
    try:
        is_more_left = HANDLERS[kind](task_id, payload)
    except Exception as error:  # whatever went wrong, the task is kept with its reason and tried again
        log.exception("task %s (%s) failed", task_id, kind)
        with writing() as at:
            failed(task_id, repr(error), at=at)
    else:
        with writing() as at:
            (again if is_more_left else done)(task_id, at=at)


def _send_invitation(task_id: int, payload: dict[str, Any]) -> None:
    with reading() as at:
        is_open = invitation_of(payload["invitation_id"]).state(at) is InvitationState.OPEN
    if is_open:  # the letter may have waited for long
        key = current_app.config["SECRET_KEY"]
        _send(task_id, lambda about, base_url: invitation_letter(about, base_url, key), payload["invitation_id"])


def _send_assignment(task_id: int, payload: dict[str, Any]) -> None:
    with reading() as at:
        lines = lines_told(payload, at)
    if lines:  # the letter may have waited for long
        _send(task_id, lambda about, base_url: assignment_letter(payload["kind"], about, base_url), lines)


def _by_letter(
    write: Callable[[Any, str], Letter], key: str | None = None, stands: Callable[[Any, datetime], bool] | None = None
) -> Callable[[int, dict[str, Any]], None]:
    """Send what is written about the payload, or about one value of it, if that still stands when its turn comes."""

    def send(task_id: int, payload: dict[str, Any]) -> None:
        about = payload[key] if key else payload
        if stands:
            with reading() as at:
                if not stands(about, at):
                    return
        _send(task_id, write, about)

    return send


def _send(task_id: int, write: Callable[[T, str], Letter], about: T) -> None:
    config = current_app.config
    with reading():
        letter = write(about, config["BASE_URL"])
    message = compose(letter.to, letter.subject, letter.text, sender=config["MAIL_FROM"], number=task_id)
    deliver(message, smtp_url=config["SMTP_URL"], folder=config["DATA_DIR"] / "mail")


def _keep_certificate(_task_id: int, payload: dict[str, Any]) -> None:
    with reading():
        credential = credential_of_number(payload["credential_id"])
    kept_certificate(credential, first_language(credential))


def _close_overdue(_task_id: int, _payload: dict[str, Any]) -> None:
    with reading() as at:
        overdue = [attempt.id for attempt in overdue_attempts(seen_until(at))]
    _one_by_one(overdue, _close)


def _look_again(_task_id: int, _payload: dict[str, Any]) -> None:
    with writing() as at:
        stand_by_date(at)
        due = due_organisations(at)
    _one_by_one(due, lambda organisation_id, at: reevaluate_organisation(organisation_id, at=at))


def _roll_out(_task_id: int, payload: dict[str, Any]) -> bool:
    """A piece at a time, each organisation in its own transaction: a killed worker's piece goes on where it was."""
    rollout_id = payload["rollout_id"]
    with writing() as at:
        waiting = waiting_organisations(rollout_id, at=at)
    for organisation_id in waiting:
        try:
            with writing() as at:
                hold_new_rules(rollout_id, organisation_id, at=at)
        except Exception:  # it is kept as a task of its own
            log.exception("organisation %s could not be looked at", organisation_id)
            with writing() as at:
                put_off(rollout_id, organisation_id, at=at)
    return bool(waiting)


def _look_at(_task_id: int, payload: dict[str, Any]) -> None:
    with writing() as at:
        reevaluate_organisation(payload["organisation_id"], at=at)


def _regrade(_task_id: int, payload: dict[str, Any]) -> bool:
    """A piece at a time, so that the lease of the next one is always fresh."""
    with writing() as at:
        return go_on(payload["regrade_id"], at=at)


def _count_items(_task_id: int, _payload: dict[str, Any]) -> None:
    """Graded outside the transaction that adds up, so that nobody waits for it; what is left over waits a turn."""
    for _ in range(COUNTED_BATCHES):
        with reading():
            tallies = uncounted()
        if not tallies:
            return
        with writing():
            count(tallies)


def _number_leaves(_task_id: int, _payload: dict[str, Any]) -> bool:
    with writing() as at:
        return number_leaves(at=at)


def _remind(_task_id: int, _payload: dict[str, Any]) -> bool:
    with writing() as at:
        return remind(at)


def _warn_late(_task_id: int, _payload: dict[str, Any]) -> None:
    with writing() as at:
        warn_late(at)


def _send_reports(_task_id: int, _payload: dict[str, Any]) -> None:
    with writing() as at:
        put_reports(at)


def _bulk_revoke(_task_id: int, payload: dict[str, Any]) -> bool:
    with writing() as at:
        return put_through(payload["bulk_id"], at=at)


def _scrub(_task_id: int, payload: dict[str, Any]) -> None:
    """What an erasure leaves in files; done again after a kill, it finds less."""
    delete_letters(payload["tasks"], current_app.config["DATA_DIR"] / "mail")
    empty_write_ahead_log()


def _import_facts(_task_id: int, payload: dict[str, Any]) -> bool:
    """The file is read and planned before the transaction that records it."""
    with reading():
        content, mapping = content_of(payload["import_id"])
    read = None
    if content is not None:
        rows = read_facts(content, mapping)
        with reading():
            read = rows, planned_of(payload["import_id"], rows)
    with writing() as at:
        return put_through_import(payload["import_id"], read, at=at)


def _sweep(_task_id: int, _payload: dict[str, Any]) -> None:
    with writing() as at:
        sweep(at)


def _close(attempt_id: int, at: datetime) -> None:
    with contextlib.suppress(AttemptClosed):
        close_overdue_attempt(attempt_id, at)


def _one_by_one(ids: Iterable[int], deed: Callable[[int, datetime], object]) -> None:
    """Each in its own transaction; one that fails is told at the end, and keeps none of the others waiting."""
    failures: list[Exception] = []
    for one in ids:
        try:
            with writing() as at:
                deed(one, at)
        except Exception as error:
            failures.append(error)
    if failures:
        raise ExceptionGroup("some could not be done", failures)


# A handler that returns true has more to do, and gets another turn.
HANDLERS: dict[str, Callable[[int, dict[str, Any]], bool | None]] = {
    "result_mail": _by_letter(result_letter, "attempt_id"),
    "corrected_mail": _by_letter(corrected_letter, "attempt_id"),
    "appeal_mail": _by_letter(appeal_letter, "appeal_id"),
    "recognition_mail": _by_letter(recognition_letter, "recognition_id"),
    "invitation_mail": _send_invitation,
    "certificate": _keep_certificate,
    "regrade": _regrade,
    "close_overdue": _close_overdue,
    "look_again": _look_again,
    "roll_out": _roll_out,
    "look_at": _look_at,
    "standing_mail": _by_letter(standing_letter),
    "count_items": _count_items,
    "number_leaves": _number_leaves,
    "bulk_revoke": _bulk_revoke,
    "scrub": _scrub,
    "import_facts": _import_facts,
    "sweep": _sweep,
    "remind": _remind,
    "expiry_mail": _by_letter(expiry_letter, "credential_id", is_reminded_of),
    "send_reports": _send_reports,
    "report_mail": _by_letter(report_letter),
    "assignment_mail": _send_assignment,
    "warn_late": _warn_late,
    "onboarding_mail": _by_letter(onboarding_letter, stands=is_still_late),
    "part_mail": _by_letter(part_letter, stands=news_stands),
}
