"""Forms of assigned courses: who is to study what until when, and another day."""

from collections.abc import Sequence
from datetime import datetime

from flask import request
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length

from app.learning.assigning import LONGEST_NOTE, TRACK
from app.learning.catalogue import LiveCourse, live_courses
from app.people.organisations import members_of
from app.web.checkboxes import Checkboxes
from app.web.layout import in_language
from app.web.naming import LEVELS
from app.web.wording import gettext as _
from app.web.wording import lazy_gettext as _l


def _instant(text: str | None) -> datetime | None:
    """The instant that a page put into a form, None for whatever else is sent."""
    try:
        instant = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return instant if instant.tzinfo else None


class AssignForm(FlaskForm):  # type: ignore[misc]
    """Who is to complete what, and until when."""

    what = SelectField(_l("Course or track"), [DataRequired(_l("Choose a course or a track"))])
    people = Checkboxes(_l("People"), [DataRequired(_l("Choose at least one person"))], coerce=int)
    last_day = DateField(
        _l("Last day"), [DataRequired(_l("Choose a day"))], description=_l("Who finishes on this day is in time.")
    )
    note = TextAreaField(
        _l("Note"),
        [Length(max=LONGEST_NOTE, message=_l("Say it in up to 200 characters"))],
        description=_l("It stands in the letter to them and beside the course."),
        render_kw={"rows": 2, "maxlength": LONGEST_NOTE},
    )


class MoveForm(FlaskForm):  # type: ignore[misc]
    """Another last day; `seen` is the instant that the page showed."""

    last_day = DateField(_l("Last day"), [DataRequired(_l("Choose a day"))])
    seen = HiddenField(filters=[_instant])


def assign_form(organisation_id: int, at: datetime) -> AssignForm:
    """The form with the courses that stand and the members who have agreed to be seen.

    The address may choose before: `?what=…&person=…`, the person as often as need be.
    """
    wanted = request.args.getlist("person", type=int)
    form = AssignForm(what=request.args.get("what", ""), people=wanted)
    form.what.choices = {"": [("", _("Choose"))]} | _courses(live_courses())
    form.people.choices = [
        (one.person_id, one.person.name) for one in members_of(organisation_id, at) if one.consent_at
    ]
    return form


def _courses(courses: Sequence[LiveCourse]) -> dict[str, list[tuple[str, str]]]:
    """The choices by track: the whole of it first, where it requires anything."""
    found: dict[str, list[tuple[str, str]]] = {}
    for course in courses:
        found.setdefault(course.track, []).append((course.slug, in_language(course.body["title"])))
    required = {course.track for course in courses if course.required}
    whole = {
        track: [(f"{TRACK}{track}", _("All required courses of %(track)s", track=LEVELS[track]))] for track in required
    }
    return {LEVELS[track]: [*whole.get(track, ()), *choices] for track, choices in found.items()}
