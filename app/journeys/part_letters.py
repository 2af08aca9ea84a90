"""Part letters: what a trainer said to a practical that was handed in, or that somebody attended a session."""

from datetime import datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from app.content.versions import body_of
from app.extensions import db
from app.journeys.letters import Letter
from app.learning.catalogue import Course, Lesson, contents_of
from app.learning.enrolling import progress_of
from app.learning.hand_ins import HandIn
from app.people.persons import Person


def news_stands(payload: dict[str, Any], _at: datetime) -> bool:
    """Whether a letter that waited still says what is so."""
    done = progress_of(payload["person_id"], payload["lesson_id"]) is not None
    if "hand_in_id" not in payload:
        return bool(done == (payload["news"] == "attended"))
    found = db.session.get(HandIn, payload["hand_in_id"])
    return bool(found and found.state == payload["news"])


def part_letter(payload: dict[str, Any], base_url: str) -> Letter:
    """The news, with the way to the page of the part; what the trainer wrote stays behind the sign-in."""
    person = db.session.get_one(Person, payload["person_id"])
    part = db.session.get_one(Lesson, payload["lesson_id"])
    course = db.session.get_one(Course, part.course_id)
    with force_locale(person.language):
        subject, news = _said(payload, _title(course, part, person.language))
        greeting = _("Hello %(name)s,", name=person.name)
        link = _("See it: %(url)s", url=f"{base_url}/courses/{course.slug}/{part.slug}")
        return Letter(person.email, subject, f"{greeting}\n\n{news}\n\n{link}\n")


def _said(payload: dict[str, Any], title: str) -> tuple[str, str]:
    match payload["news"]:
        case "confirmed":
            subject = _("Your practical was confirmed: %(title)s", title=title)
            return subject, _("A trainer confirmed your practical “%(title)s”. The page says what for.", title=title)
        case "sent_back":
            subject = _("Your practical was sent back: %(title)s", title=title)
            news = _("A trainer sent your practical “%(title)s” back.", title=title)
            return subject, f"{news} {_('The page says why, and there you hand it in again.')}"
        case "attended":
            subject = _("Your attendance was confirmed: %(title)s", title=title)
            return subject, _("A trainer confirmed that you attended “%(title)s”.", title=title)
    subject = _("Your attendance was taken back: %(title)s", title=title)
    news = _("A trainer took back that you attended “%(title)s”.", title=title)
    return subject, f"{news} {_('The reason: %(reason)s', reason=payload['reason'])}"


def _title(course: Course, part: Lesson, language: str) -> str:
    """In the reader's language or the one there is; the part's name, should it be published no longer."""
    content = next((one for one in contents_of(body_of(course.version_id)) if one["slug"] == part.slug), None)
    texts = content["texts"] if content else {}
    text = texts.get(language) or next(iter(texts.values()), {"title": part.slug})
    return str(text["title"])
