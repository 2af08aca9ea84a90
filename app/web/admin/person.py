"""One person: what they are given in exams, their open attempts, and what was done; granting time from here."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from app.exams.accommodations import Allowance, accommodations_of
from app.exams.accommodations import end_accommodation as end
from app.exams.attempts import AttemptState
from app.exams.grants import accommodate as give
from app.exams.grants import grant_minutes, grants_of
from app.exams.results import attempts_of
from app.journeys.moving import send_off
from app.ledger.deeds import deeds_on
from app.people.membership_changes import end_of
from app.people.organisations import membership_of
from app.people.persons import Person, person_by_id
from app.refusal import NotFound, Refusal
from app.transaction import reading, writing
from app.web.access import may
from app.web.admin.deeds import in_words
from app.web.admin.forms import AccommodationForm, GrantForm
from app.web.identity import visitor
from app.web.membership_forms import EndWithReasonForm
from app.web.wording import gettext as _

Page = Response | tuple[str, int]


def person(person_id: int) -> str:
    """All that is known of the person's exams."""
    return show(person_id)


def accommodate(person_id: int) -> Page:
    """Give the person what every exam is to respect from now on."""
    form = AccommodationForm()
    return _deed(person_id, form, lambda at: _give(person_id, form, at), _("The accommodation is granted."))


def end_accommodation(person_id: int) -> Page:
    """Take it back, for the exams that begin from now on."""
    form = FlaskForm()
    return _deed(person_id, form, lambda at: end(person_id, by=visitor().id, at=at), _("The accommodation has ended."))


def end_membership(person_id: int) -> Page:
    """The person leaves the organisation, at once or after a last day, for the vendor's reason."""
    form = EndWithReasonForm()

    def deed(at: datetime) -> None:
        membership, last = membership_of(person_id, at), form.last_day.data
        if membership is None:
            raise NotFound
        ends_at, why = end_of(last, at) if last else None, form.reason.data
        send_off(person_id, membership.organisation_id, by=visitor().id, at=at, ends_at=ends_at, reason=why)

    return _deed(person_id, form, deed, _("The end is set.") if form.last_day.data else _("The membership has ended."))


def grant_time(person_id: int, attempt_id: int) -> Page:
    """More minutes for an open attempt; its page has them with its next save, or within 15 seconds."""
    form = GrantForm()

    def deed(at: datetime) -> None:
        data = form.data
        by = visitor().id
        grant_minutes(attempt_id, data["minutes"], seen=data["seen"], reason=data["reason"].strip(), by=by, at=at)

    return _deed(person_id, form, deed, _("The time is granted."))


def show(person_id: int, refusal: Refusal | None = None, wrong: FlaskForm | None = None) -> str:
    """The page; `wrong` is the form that was sent and has something to correct."""
    with reading() as at:
        found = person_by_id(person_id)
        granted, attempts = accommodations_of(person_id), attempts_of(person_id)
        return render_template(
            "admin/person.html",
            person=found,
            membership=membership_of(person_id, at),
            accommodation=next((one for one in granted if one.is_present(at)), None),
            past=[one for one in granted if not one.is_present(at)],
            attempts=attempts,
            open_attempts=[_sitting(attempt, wrong) for attempt, _result in attempts if _is_open(attempt)],
            form=(wrong if isinstance(wrong, AccommodationForm) else AccommodationForm(formdata=None)),
            end=_end_form(person_id, wrong),
            wrong=wrong,
            refusal=refusal,
            lines=in_words(deeds_on(f"person:{person_id}")),
            may_grant=may("admin.accommodate") and person_id != visitor().id and not found.is_erased,
            may_erase=may("admin.erase_person") and person_id != visitor().id and not found.is_erased,
            at=at,
        )


def _end_form(person_id: int, wrong: FlaskForm | None) -> FlaskForm | None:
    """The form as it was sent, or empty for whoever may end a membership."""
    if not may("admin.end_membership") or person_id == visitor().id:
        return None
    return wrong if isinstance(wrong, EndWithReasonForm) else EndWithReasonForm(formdata=None)


def _deed(person_id: int, form: FlaskForm, deed: Any, news: str) -> Page:
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(url_for("admin.person", person_id=person_id))
    if not form.validate_on_submit():
        return show(person_id, wrong=form), 422
    try:
        with writing() as at:
            deed(at)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return show(person_id, refusal, form), refusal.status
    flash(news, "success")
    return redirect(url_for("admin.person", person_id=person_id), 303)


def _give(person_id: int, form: AccommodationForm, at: datetime) -> None:
    data, by = form.data, visitor().id
    asked = Allowance(
        extra_time_percent=data["extra_time_percent"] or 0,
        extra_attempts=data["extra_attempts"] or 0,
        fewer_options=data["fewer_options"],
        break_min=data["break_min"] or 0,
    )
    last = data["last_day"]
    until = datetime.combine(last, time(), UTC) + timedelta(days=1) if last else None
    person: Person = person_by_id(person_id)
    give(person.id, asked, reason=data["reason"].strip(), by=by, at=at, expires_at=until)


def _is_open(attempt: Any) -> bool:
    return attempt.state is AttemptState.OPEN


def _sitting(attempt: Any, wrong: FlaskForm | None) -> dict[str, Any]:
    """An open attempt, what was granted to it, and the form that grants more."""
    grants = grants_of(attempt.id)
    sent = isinstance(wrong, GrantForm) and request.view_args and request.view_args.get("attempt_id") == attempt.id
    form = wrong if sent else GrantForm(formdata=None, prefix="", seen=len(grants))
    return {"attempt": attempt, "grants": grants, "form": form}
