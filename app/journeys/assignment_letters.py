"""Assignment letters: the courses that a person is asked for, told when they are assigned, near their day and late."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import force_locale, format_date, ngettext
from flask_babel import gettext as _

from app.extensions import db
from app.journeys.letters import Letter
from app.learning.assignments import Line, standing_among
from app.people.persons import Person

# What still has to be so when a letter that waited is sent.
TRUE_OF: dict[str, Collection[str]] = {
    "assigned": ("open", "late"),
    "moved": ("open", "late"),
    "soon": ("open",),
    "late": ("late",),
}


def lines_told(payload: dict[str, Any], at: datetime) -> Sequence[Line]:
    """The assignments of a letter of which it still says something true; with none of them it is not sent."""
    lines = standing_among(payload["assignment_ids"], at)
    return [line for line in lines if line.state(at) in TRUE_OF[payload["kind"]]]


def assignment_letter(kind: str, lines: Sequence[Line], base_url: str) -> Letter:
    """One letter about all of them."""
    person = db.session.get_one(Person, lines[0].person_id)
    with force_locale(person.language):
        opening = _opening(kind, len(lines))
        listed = "\n".join(f"- {_line(line, person.language)}" for line in lines)
        parts = [_("Hello %(name)s,", name=person.name), f"{opening}:", listed]
        if kind == "assigned" and lines[0].note:
            parts.append(_("Whoever assigned it says: %(note)s", note=lines[0].note))
        parts.append(_("Go on studying: %(url)s", url=_url(lines, base_url)))
        return Letter(person.email, opening, "\n\n".join(parts) + "\n")


def _opening(kind: str, number: int) -> str:
    match kind:
        case "assigned":
            return str(ngettext("A course was assigned to you", "%(num)s courses were assigned to you", number))
        case "moved":
            return str(_("An assigned course has another date"))
        case "soon":
            return str(ngettext("An assigned course is due soon", "%(num)s assigned courses are due soon", number))
    return str(ngettext("An assigned course is late", "%(num)s assigned courses are late", number))


def _line(line: Line, language: str) -> str:
    titles = line.title
    title = titles.get(language) or next(iter(titles.values()))
    last_day = (line.due_at - timedelta(microseconds=1)).date()
    return str(_("%(course)s, by %(day)s", course=title, day=format_date(last_day, "long")))


def _url(lines: Sequence[Line], base_url: str) -> str:
    """The course's page, or that of all courses."""
    return f"{base_url}/courses/{lines[0].slug}" if len(lines) == 1 else f"{base_url}/courses"
