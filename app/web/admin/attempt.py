"""One attempt of anybody: its facts, results, devices and what happened, and voiding its result from here."""

from collections.abc import Callable, Collection, Sequence

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from app.exams.agreements import accepted_language
from app.exams.appeals import appeals_of
from app.exams.attempts import Attempt, NoSuchAttempt
from app.exams.devices import Device, devices_of
from app.exams.events import events_of
from app.exams.grants import grants_of
from app.exams.reports import reports_of
from app.exams.responses import Response as Answer
from app.exams.results import results_of
from app.exams.voids import SecondAdminNeeded, VoidState, void_of, voids_of
from app.extensions import db
from app.journeys.reviewing import OwnAttempt
from app.journeys.voiding import UNVOIDABLE, approve_voiding, propose_voiding, reject_voiding
from app.ledger.deeds import deeds_on, record
from app.people.persons import Person, person_by_id
from app.transaction import reading, writing
from app.web.access import may
from app.web.admin.deeds import in_words
from app.web.admin.forms import VoidForm
from app.web.admin.timeline import device_text, timeline
from app.web.identity import address, visitor
from app.web.wording import gettext as _

Page = str | Response | tuple[str, int]


def attempt(attempt_id: int) -> str:
    """The page of an attempt."""
    return show(attempt_id, VoidForm(formdata=None))


def propose_void(attempt_id: int) -> Page:
    """Ask another administrator to void the result."""
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(url_for("admin.attempt", attempt_id=attempt_id))
    form = VoidForm()
    if not form.validate_on_submit():
        return show(attempt_id, form), 422
    with writing() as at:
        propose_voiding(attempt_id, form.reason.data, by=visitor().id, at=at)
    flash(_("It is proposed. Another administrator has to approve it."), "success")
    return redirect(url_for("admin.attempt", attempt_id=attempt_id), 303)


def approve_void(void_id: int) -> Response:
    """The second administrator says yes."""
    return _decide(void_id, approve_voiding, _("The result is void. The candidate is told, and how to appeal."))


def reject_void(void_id: int) -> Response:
    """The second administrator says no."""
    return _decide(void_id, reject_voiding, _("The proposal is rejected. Nothing was changed."))


def _decide(void_id: int, decide: Callable[..., None], news: str) -> Response:
    with reading():
        attempt_id = void_of(void_id).attempt_id
    if request.method == "POST":
        try:
            with writing() as at:
                decide(void_id, by=visitor().id, at=at)
        except (SecondAdminNeeded, OwnAttempt):
            with writing() as at:
                record("access_refused", str(request.endpoint), by=visitor().id, at=at, address=address())
            raise
        flash(news, "success")
    return redirect(url_for("admin.attempt", attempt_id=attempt_id), 303)


def show(attempt_id: int, form: VoidForm) -> str:
    """All that is known of it; where it was answered from only for the administration."""
    with reading() as at:
        found = db.session.get(Attempt, attempt_id)
        if found is None:
            raise NoSuchAttempt
        results, devices = results_of([attempt_id])[attempt_id], devices_of(attempt_id)
        noted, noted_in_all = events_of(attempt_id)
        accepted, voids = found.agreement_hash, voids_of(attempt_id)
        proposed = next((void for void in voids if void.state is VoidState.PROPOSED), None)
        counts = bool(results) and results[-1].state not in UNVOIDABLE
        return render_template(
            "admin/attempt.html",
            attempt=found,
            exam=found.exam,
            person=person_by_id(found.person_id),
            accepted_language=accepted_language(found.exam, accepted) if accepted else None,
            results=results,
            devices=_device_lines(found, devices) if may("admin.person") else None,
            grants=grants_of(attempt_id),
            events=timeline(found, devices, noted, results, from_where=may("admin.person")),
            unkept=noted_in_all - len(noted),
            reports=reports_of(attempt_id),
            voids=voids,
            names=names_of({person for void in voids for person in (void.proposed_by, void.decided_by) if person}),
            proposed=proposed,
            may_decide=proposed is not None and may("admin.approve_void") and proposed.proposed_by != visitor().id,
            form=form if counts and proposed is None and may("admin.propose_void") else None,
            appeals=appeals_of(attempt_id),
            lines=in_words(deeds_on(f"attempt:{attempt_id}")),
            at=at,
        )


def _device_lines(attempt: Attempt, devices: Sequence[Device]) -> list[tuple[str, int]]:
    """Each device with how many answers came from it, the one of the start first."""
    counted = select(Answer.device_id, func.count()).where(Answer.attempt_id == attempt.id)
    counts: dict[int | None, int] = dict(list(db.session.execute(counted.group_by(Answer.device_id))))
    first = (device_text(attempt.address, attempt.agent), counts.get(None, 0))
    return [first, *((device_text(one.address, one.agent), counts.get(one.id, 0)) for one in devices)]


def names_of(person_ids: Collection[int]) -> dict[int, str]:
    """The names of people, by id."""
    people = db.session.scalars(select(Person).where(Person.id.in_(person_ids)))
    return {person.id: person.name for person in people}
