"""One attempt of anybody: its facts, results, devices and what happened, for those who look after exams."""

from collections.abc import Sequence

from flask import render_template
from sqlalchemy import func, select

from app.exams.agreements import accepted_language
from app.exams.attempts import Attempt, NoSuchAttempt
from app.exams.devices import Device, devices_of
from app.exams.grants import grants_of
from app.exams.responses import Response
from app.exams.results import results_of
from app.extensions import db
from app.ledger.deeds import deeds_on
from app.people.persons import person_by_id
from app.transaction import reading
from app.web.access import may
from app.web.admin.deeds import in_words
from app.web.admin.timeline import device_text, timeline


def attempt(attempt_id: int) -> str:
    """The page of an attempt."""
    return show(attempt_id)


def show(attempt_id: int) -> str:
    """All that is known of it; where it was answered from only for the administration."""
    with reading() as at:
        found = db.session.get(Attempt, attempt_id)
        if found is None:
            raise NoSuchAttempt
        results, devices = results_of([attempt_id])[attempt_id], devices_of(attempt_id)
        accepted = found.agreement_hash
        return render_template(
            "admin/attempt.html",
            attempt=found,
            exam=found.exam,
            person=person_by_id(found.person_id),
            accepted_language=accepted_language(found.exam, accepted) if accepted else None,
            results=results,
            devices=_device_lines(found, devices) if may("admin.person") else None,
            grants=grants_of(attempt_id),
            events=timeline(found, devices, results, from_where=may("admin.person")),
            lines=in_words(deeds_on(f"attempt:{attempt_id}")),
            at=at,
        )


def _device_lines(attempt: Attempt, devices: Sequence[Device]) -> list[tuple[str, int]]:
    """Each device with how many answers came from it, the one of the start first."""
    counted = select(Response.device_id, func.count()).where(Response.attempt_id == attempt.id)
    counts: dict[int | None, int] = dict(list(db.session.execute(counted.group_by(Response.device_id))))
    first = (device_text(attempt.address, attempt.agent), counts.get(None, 0))
    return [first, *((device_text(one.address, one.agent), counts.get(one.id, 0)) for one in devices)]
