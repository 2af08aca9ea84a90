"""Letters: the mail that the journeys send, written in the language of whoever receives it."""

from dataclasses import dataclass

from flask_babel import force_locale
from flask_babel import gettext as _

from app.exams.attempts import Attempt
from app.exams.results import current_result
from app.extensions import db
from app.people.persons import Person


@dataclass(frozen=True)
class Letter:
    """A message ready to be sent."""

    to: str
    subject: str
    text: str


def result_letter(attempt_id: int, base_url: str) -> Letter:
    """The news of a result, with the way to its page; the score itself stays behind the sign-in."""
    attempt = db.session.get_one(Attempt, attempt_id)
    person = db.session.get_one(Person, attempt.person_id)
    result = current_result(attempt_id)
    with force_locale(person.language):
        titles = attempt.exam["title"]
        title = titles.get(person.language, titles[attempt.language])
        if result and result.passed:
            subject = _("You passed: %(exam)s", exam=title)
            news = _("You passed the exam “%(exam)s”. Your certificate is ready.", exam=title)
        else:
            subject = _("Your result: %(exam)s", exam=title)
            news = _("Your result of the exam “%(exam)s” is ready, with what to study next.", exam=title)
        greeting = _("Hello %(name)s,", name=person.name)
        link = _("See your result: %(url)s", url=f"{base_url}/attempts/{attempt_id}/result")
    return Letter(person.email, subject, f"{greeting}\n\n{news}\n\n{link}\n")
