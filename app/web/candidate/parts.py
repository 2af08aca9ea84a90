"""Practicals and sessions as whoever studies them sees them, and handing in."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField, TextAreaField

from app.journeys.confirming import hand_in as keep
from app.learning.catalogue import LiveCourse, LivePart, PartKind, live_course, part_at
from app.learning.enrolling import lessons_done, progress_in, progress_of
from app.learning.hand_ins import LONGEST_LINK, LONGEST_TEXT, UNSEEN, HandIn, HandInState, Seen, history_of
from app.people.persons import person_by_id
from app.refusal import Refusal
from app.transaction import reading, writing
from app.web.access import may
from app.web.identity import visitor
from app.web.part_texts import parts_of, rubric_lines, spoken_in
from app.web.wording import gettext as _
from app.web.wording import lazy_gettext as _l

Page = str | Response | tuple[str, int]


class HandInForm(FlaskForm):  # type: ignore[misc]
    """What is handed in, and what the page showed of it before."""

    said = TextAreaField(
        _l("Your work"),
        description=_l("Up to 20,000 characters. A trainer reads it, and nobody of your organisation."),
        render_kw={"rows": 14, "maxlength": LONGEST_TEXT},
    )
    link = StringField(
        _l("Link"),
        description=_l("Where your document is, if it is elsewhere. A trainer has to be able to open it."),
        render_kw={"type": "url", "maxlength": LONGEST_LINK, "placeholder": "https://", "autocomplete": "off"},
    )
    seen = HiddenField()


def show_part(
    course: LiveCourse, part: LivePart, content: dict[str, Any], form: HandInForm | None = None, refusal: Any = None
) -> str:
    """The page of a practical or of a session."""
    person_id = visitor().id
    with reading():
        done = lessons_done(person_id)
        progress = progress_of(person_id, part.id)
        history = history_of(person_id, part.id)
        latest = history[0] if history else None
        decider = _name(latest.decided_by if latest else progress.confirmed_by if progress else None)
        rubric = rubric_lines(course, content, latest)
        parts = parts_of(course)
    spoken = spoken_in(content["texts"])
    return render_template(
        f"candidate/{part.kind}.html",
        course=course,
        part=part,
        content=content,
        text=content["texts"][spoken],
        spoken=spoken,
        parts=parts,
        done=done,
        course_progress=progress_in([course], done)[course.id],
        progress=progress,
        latest=latest,
        earlier=history[1:],
        decider=decider,
        rubric=rubric,
        form=_form(form, latest) if part.kind is PartKind.PRACTICAL else None,
        refusal=refusal,
    )


def hand_in(slug: str, lesson_slug: str) -> Page:
    """Hand a practical in, or change what waits; what was typed is never lost to a refusal."""
    here = redirect(url_for("candidate.lesson", slug=slug, lesson_slug=lesson_slug), 303)
    if request.method == "GET":  # the page of an error, asked for again
        return here
    form = HandInForm()
    said, link = form.said.data or "", form.link.data or ""
    try:
        with writing() as at:
            keep(visitor().id, slug, lesson_slug, said=said, link=link, seen=_seen(form.seen.data), at=at)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        with reading():
            course = live_course(slug)
            part, content = part_at(course, lesson_slug)
        return show_part(course, part, content, form, refusal), refusal.status
    flash(_("Your work is handed in. You can change it until a trainer decides."), "success")
    return here


def _form(form: HandInForm | None, latest: HandIn | None) -> HandInForm | None:
    """Filled with what waits or was sent back; what was confirmed is not handed in again."""
    if not may("candidate.hand_in") or (latest and latest.state is HandInState.CONFIRMED):
        return None
    if form is None:
        form = HandInForm(formdata=None, said=latest.text if latest else "", link=latest.link if latest else "")
    form.seen.data = ".".join(map(str, latest.seen if latest else UNSEEN))
    return form


def _seen(sent: str | None) -> Seen:
    """What the page showed; what is no such mark fits nothing."""
    number, _dot, revision = (sent or "").partition(".")
    known = number.isdecimal() and revision.isdecimal() and len(sent or "") < 20
    return Seen(int(number), int(revision)) if known else Seen(-1, -1)


def _name(person_id: int | None) -> str:
    return person_by_id(person_id).name if person_id else ""
