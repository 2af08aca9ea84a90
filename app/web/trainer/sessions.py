"""Sessions of the courses: who attended, confirmed for several people at once, and taken back one by one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import Row, Select, exists, func, select
from werkzeug.wrappers import Response

from app.extensions import db
from app.journeys.confirming import MOST_PEOPLE, OwnPart, confirm_session, take_back_session
from app.learning.catalogue import LiveCourse, LivePart, NoSuchLesson, PartKind, live_course, live_courses, part_at
from app.learning.enrolling import Enrolment, Progress, progress_of
from app.ledger.deeds import record
from app.people.organisations import Membership, Organisation, present
from app.people.persons import Person, PersonRole, person_by_id
from app.refusal import Refusal
from app.transaction import reading, writing
from app.web.identity import address, visitor
from app.web.lists import asked_text, contains
from app.web.part_texts import parts_of, spoken_in
from app.web.trainer.part_forms import AttendanceForm, TakeBackForm, today_at_most
from app.web.wording import gettext as _
from app.web.wording import ngettext

Page = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Session:
    """A session of a course, with how many people attended it."""

    course: LiveCourse
    part: dict[str, Any]
    attended: int


def sessions() -> str:
    """Every session that is published, course by course."""
    with reading() as at:
        counted = select(Progress.lesson_id, func.count()).where(Progress.confirmed_by.is_not(None))
        counts = dict(list(db.session.execute(counted.group_by(Progress.lesson_id))))
        found = [
            Session(course, part, counts.get(part["id"], 0))
            for course in live_courses()
            for part in parts_of(course)
            if part["kind"] == PartKind.SESSION
        ]
        return render_template("trainer/sessions.html", sessions=found, at=at)


def session(slug: str, part_slug: str) -> str:
    """Whom to confirm, found by name or address, and who was confirmed."""
    return show_session(slug, part_slug, AttendanceForm(formdata=None))


def confirm(slug: str, part_slug: str) -> Page:
    """All who are ticked, or nobody."""
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(url_for("trainer.session", slug=slug, part_slug=part_slug))
    form, chosen = AttendanceForm(), _chosen()
    if not form.validate_on_submit() or not chosen:
        refusal = None if chosen else _("Tick at least one person")
        return show_session(slug, part_slug, form, chosen, refusal), 422
    try:
        with writing() as at:
            new = confirm_session(slug, part_slug, chosen, held_on=form.held_on.data, by=visitor().id, at=at)
    except Refusal as refused:
        _record_own(refused, "trainer.confirm_session")
        if refused.status != 422:
            raise
        return show_session(slug, part_slug, form, chosen, refused.title), 422
    flash(ngettext("%(num)s person is confirmed and told.", "%(num)s people are confirmed and told.", new), "success")
    return redirect(url_for("trainer.session", slug=slug, part_slug=part_slug), 303)


def take_back(slug: str, part_slug: str, person_id: int) -> Page:
    """Somebody was not there after all: asked for the reason first."""
    form = TakeBackForm()
    with reading():
        course, part, content = _session(slug, part_slug)
        person, progress = person_by_id(person_id), progress_of(person_id, part.id)
    if form.validate_on_submit():
        try:
            with writing() as at:
                take_back_session(slug, part_slug, person_id, form.reason.data, by=visitor().id, at=at)
        except OwnPart as refused:
            _record_own(refused, "trainer.take_back_session")
            raise
        flash(_("The attendance of %(name)s is taken back.", name=person.name), "success")
        return redirect(url_for("trainer.session", slug=slug, part_slug=part_slug), 303)
    page = render_template(
        "trainer/take_back.html",
        course=course,
        part=part,
        text=content["texts"][spoken_in(content["texts"])],
        person=person,
        progress=progress,
        form=form,
    )
    return (page, 422) if form.errors else page


def show_session(
    slug: str, part_slug: str, form: AttendanceForm, chosen: tuple[int, ...] = (), refusal: object = None
) -> str:
    """The page; whoever was ticked stays ticked and shown."""
    with reading() as at:
        course, part, content = _session(slug, part_slug)
        text = asked_text()
        people = db.session.execute(_candidates(course, part, text, chosen, at)).all()
        return render_template(
            "trainer/session.html",
            course=course,
            part=part,
            content=content,
            text=content["texts"][spoken_in(content["texts"])],
            people=people[:MOST_PEOPLE],
            more=len(people) > MOST_PEOPLE,
            attended=_attended(part),
            chosen=chosen,
            searched=text,
            form=today_at_most(form, at.date()),
            refusal=refusal,
            at=at,
        )


def _session(slug: str, part_slug: str) -> tuple[LiveCourse, LivePart, dict[str, Any]]:
    course = live_course(slug)
    part, content = part_at(course, part_slug)
    if part.kind is not PartKind.SESSION:
        raise NoSuchLesson
    return course, part, content


def _candidates(
    course: LiveCourse, part: LivePart, text: str, chosen: tuple[int, ...], at: datetime
) -> Select[Person, str]:
    """Consultants who are not confirmed yet: whoever has begun the course, or whom the text finds."""
    confirmed = exists().where(Progress.person_id == Person.id, Progress.lesson_id == part.id)
    begun = exists().where(Enrolment.person_id == Person.id, Enrolment.course_id == course.id)
    meant = contains(text, Person.name, Person.email) if text else begun
    fit = (Person.role == PersonRole.CONSULTANT) & Person.disabled_at.is_(None) & ~confirmed
    query = _with_workplace(at).where(fit & (meant | Person.id.in_(chosen)))
    return query.order_by(Person.id.in_(chosen).desc(), Person.name, Person.id).limit(MOST_PEOPLE + 1)


def _with_workplace(at: datetime) -> Select[Person, str]:
    at_work = (Membership.person_id == Person.id) & present(at)
    return (
        select(Person, Organisation.name)
        .outerjoin(Membership, at_work)
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
    )


def _attended(part: LivePart) -> list[Row[Person, Progress]]:
    """Who was confirmed, the latest first."""
    rows = select(Person, Progress).join(Progress, (Progress.person_id == Person.id) & (Progress.lesson_id == part.id))
    return list(db.session.execute(rows.order_by(Progress.done_at.desc(), Person.name).limit(200)).all())


def _chosen() -> tuple[int, ...]:
    """Who is ticked; what is no number fits nobody."""
    sent = dict.fromkeys(request.form.getlist("person"))
    return tuple(int(one) if one.isdecimal() and len(one) < 19 else -1 for one in sent)


def _record_own(refused: Refusal, endpoint: str) -> None:
    if isinstance(refused, OwnPart):
        with writing() as at:
            record("access_refused", endpoint, by=visitor().id, at=at, address=address())
