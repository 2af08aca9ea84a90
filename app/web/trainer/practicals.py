"""Practicals that people handed in: the queue, and deciding on one of them."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.journeys.confirming import OwnPart, confirm_practical, rubric_of, send_back
from app.learning.catalogue import live_course, part_at
from app.learning.hand_ins import HandIn, HandInState, decided_hand_ins, hand_in_line, history_of, waiting_hand_ins
from app.ledger.deeds import record
from app.people.organisations import membership_of
from app.people.persons import person_by_id
from app.refusal import Refusal
from app.transaction import reading, writing
from app.web.identity import address, visitor
from app.web.part_texts import rubric_lines, spoken_in, title_of
from app.web.trainer.part_forms import PointsForm, SendBackForm, points_form
from app.web.wording import gettext as _

Page = str | Response | tuple[str, int]


def practicals() -> str:
    """What waits, the oldest first, and what was decided lately."""
    with reading() as at:
        return render_template(
            "trainer/practicals.html",
            waiting=[_titled(line) for line in waiting_hand_ins()],
            decided=[_titled(line) for line in decided_hand_ins()],
            own=visitor().id,
            at=at,
        )


def practical(hand_in_id: int) -> str:
    """One that was handed in, its rubric, and the forms that decide on it."""
    return show_practical(hand_in_id)


def confirm(hand_in_id: int) -> Page:
    """Give it its points; half of them at least."""
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(url_for("trainer.practical", hand_in_id=hand_in_id))
    with reading():
        line = hand_in_line(hand_in_id)
        form = points_form(rubric_of(line.version_id, line.part))
    if not form.validate_on_submit():
        return show_practical(hand_in_id, form), 422
    shown = {"version_id": _number(form.version.data), "revision": _number(form.revision.data)}
    try:
        with writing() as at:
            confirm_practical(hand_in_id, form.marks, form.words.data or "", **shown, by=visitor().id, at=at)
    except Refusal as refusal:
        return _refused(hand_in_id, refusal, form)
    flash(_("The practical is confirmed, and the person is told."), "success")
    return redirect(url_for("trainer.practicals"), 303)


def send_it_back(hand_in_id: int) -> Page:
    """Send it back with what is missing; also what was confirmed before."""
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(url_for("trainer.practical", hand_in_id=hand_in_id))
    form = SendBackForm()
    if not form.validate_on_submit():
        return show_practical(hand_in_id, back=form), 422
    try:
        with writing() as at:
            revision = _number(form.shown.data)
            send_back(hand_in_id, form.reason.data, revision=revision, by=visitor().id, at=at)
    except Refusal as refusal:
        return _refused(hand_in_id, refusal, back=form)
    flash(_("The practical is sent back, and the person is told."), "success")
    return redirect(url_for("trainer.practicals"), 303)


def show_practical(
    hand_in_id: int, form: PointsForm | None = None, back: SendBackForm | None = None, refusal: Refusal | None = None
) -> str:
    """The page. What the forms say was shown is what is shown now."""
    with reading() as at:
        line = hand_in_line(hand_in_id)
        found: HandIn = line.HandIn
        course = live_course(line.slug)
        _part, content = part_at(course, line.part)
        membership = membership_of(found.person_id, at)
        form = form or points_form(rubric_of(course.version_id, line.part))
        back = back or SendBackForm(formdata=None)
        form.revision.data = back.shown.data = str(found.revision)
        form.version.data = str(course.version_id)
        history = history_of(found.person_id, found.lesson_id)
        return render_template(
            "trainer/practical.html",
            hand_in=found,
            person=line.Person,
            organisation=membership.organisation.name if membership else "",
            course=course,
            text=content["texts"][spoken_in(content["texts"])],
            spoken=spoken_in(content["texts"]),
            rubric=rubric_lines(course, content, found),
            decider=person_by_id(found.decided_by) if found.decided_by else None,
            earlier=[one for one in history if one.number < found.number],
            is_latest=history[0].id == found.id,
            is_own=found.person_id == visitor().id,
            form=form if found.state is HandInState.WAITING else None,
            back=back if found.state is not HandInState.SENT_BACK else None,
            refusal=refusal,
            at=at,
        )


def _refused(
    hand_in_id: int, refusal: Refusal, form: PointsForm | None = None, back: SendBackForm | None = None
) -> Page:
    """Shown with what was typed, but for what no typing mends."""
    if isinstance(refusal, OwnPart):
        with writing() as at:
            record("access_refused", "trainer.practical", by=visitor().id, at=at, address=address())
    if refusal.status in (403, 404):
        raise refusal
    return show_practical(hand_in_id, form, back, refusal), refusal.status


def _titled(line: Any) -> tuple[HandIn, Any, str]:
    """The hand-in, its person and the title of the practical."""
    course = live_course(line.slug)
    return line.HandIn, line.Person, title_of(course, part_at(course, line.part)[0])


def _number(sent: str | None) -> int:
    """A number that a page kept; what is none fits nothing."""
    return int(sent) if sent and sent.isdecimal() and len(sent) < 19 else -1
