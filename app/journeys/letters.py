"""Letters: the mail that the journeys send, written in the language of whoever receives it."""

from dataclasses import dataclass

from flask_babel import force_locale, format_date
from flask_babel import gettext as _

from app.credentials.issuing import Credential
from app.credentials.recognitions import RecognitionState, recognition_of
from app.exams.appeals import Appeal, AppealState, last_day
from app.exams.attempts import Attempt
from app.exams.catalogue import live_exams
from app.exams.results import Result, ResultState, current_result
from app.exams.retakes import add_months
from app.exams.voids import standing_void
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
    attempt, person, title, result = _told(attempt_id)
    with force_locale(person.language):
        if result.state is ResultState.PROVISIONAL:
            subject = _("We have your answers: %(exam)s", exam=title)
            news = _("Part of the exam “%(exam)s” is decided by people. We write again when it is final.", exam=title)
        elif result.state is ResultState.VOID:
            subject = _("Your result does not count: %(exam)s", exam=title)
            news = f"{_void_news(attempt, title)}\n\n{_way_to_appeal(attempt, result)}"
        elif result.passed:
            subject = _("You passed: %(exam)s", exam=title)
            news = _("You passed the exam “%(exam)s”. Your certificate is ready.", exam=title)
        else:
            subject = _("Your result: %(exam)s", exam=title)
            news = _("Your result of the exam “%(exam)s” is ready, with what to study next.", exam=title)
        return _letter(attempt, person, subject, news, base_url)


def corrected_letter(attempt_id: int, base_url: str) -> Letter:
    """The news that an item was corrected and the result with it; again without the score."""
    attempt, person, title, result = _told(attempt_id)
    with force_locale(person.language):
        subject = _("Your result was corrected: %(exam)s", exam=title)
        news = _("An item of the exam “%(exam)s” was corrected, and your result with it.", exam=title)
        verdict = _("The result now is: passed.") if result.passed else _("The result now is: not passed.")
        return _letter(attempt, person, subject, f"{news} {verdict}", base_url)


def appeal_letter(appeal_id: int, base_url: str) -> Letter:
    """The answer to an appeal is there; what it says stays behind the sign-in."""
    appeal = db.session.get_one(Appeal, appeal_id)
    attempt, person, title, _result = _told(appeal.attempt_id)
    with force_locale(person.language):
        subject = _("Your appeal was answered: %(exam)s", exam=title)
        upheld = appeal.state is AppealState.UPHELD
        why = _("The page of the result says why.")
        verdict = _("Your appeal was upheld.") if upheld else _("Your appeal was not upheld.")
        return _letter(attempt, person, subject, f"{verdict} {why}", base_url)


def expiry_letter(credential_id: int, base_url: str) -> Letter:
    """A credential ends soon: when, how it is renewed, and where."""
    credential = db.session.get_one(Credential, credential_id)
    person, titles = db.session.get_one(Person, credential.person_id), credential.data["title"]
    exam = next((one for one in live_exams() if one.level == credential.level), None)
    with force_locale(person.language):
        title = titles.get(person.language, next(iter(titles.values())))
        day = format_date(credential.expires_at, "long")
        lines = [
            _("Your certificate “%(title)s” (%(code)s) expires on %(day)s.", title=title, code=credential.code, day=day)
        ]
        if exam:
            opens = add_months(credential.expires_at, -exam.body["validity"]["renewal_months"])
            since = format_date(opens, "long")
            lines.append(_("You renew it by passing the exam again, which you can from %(day)s on.", day=since))
            lines.append(_("Go to the exam: %(url)s", url=f"{base_url}/exams/{exam.slug}"))
        greeting = _("Hello %(name)s,", name=person.name)
        subject = _("Your certificate expires on %(day)s: %(title)s", day=day, title=title)
        return Letter(person.email, subject, "\n\n".join([greeting, *lines]) + "\n")


def recognition_letter(recognition_id: int, base_url: str) -> Letter:
    """What was decided on an outside credential; why is said behind the sign-in."""
    recognition = recognition_of(recognition_id)
    person = db.session.get_one(Person, recognition.person_id)
    with force_locale(person.language):
        title = recognition.name
        if recognition.state is RecognitionState.APPROVED:
            subject = _("Your certificate from elsewhere was accepted: %(title)s", title=title)
            news = _("It is accepted until %(day)s.", day=format_date(recognition.last_day, "long"))
        elif recognition.state is RecognitionState.REVOKED:
            subject = _("Your certificate from elsewhere is accepted no longer: %(title)s", title=title)
            news = _("The page of your certificates says why.")
        else:
            subject = _("Your certificate from elsewhere was not accepted: %(title)s", title=title)
            news = _("The page of your certificates says why.")
        greeting = _("Hello %(name)s,", name=person.name)
        link = _("See it: %(url)s", url=f"{base_url}/recognitions")
        return Letter(person.email, subject, f"{greeting}\n\n{subject}. {news}\n\n{link}\n")


def _void_news(attempt: Attempt, title: str) -> str:
    void = standing_void(attempt.id)
    reason = void.reason if void else ""
    return str(_("Your result of the exam “%(exam)s” was voided. The reason: %(reason)s", exam=title, reason=reason))


def _way_to_appeal(attempt: Attempt, result: Result) -> str:
    until = format_date(last_day(attempt.exam, result.graded_at), "long")
    return str(_("If you do not agree, you can appeal on the page of the result until %(day)s.", day=until))


def _told(attempt_id: int) -> tuple[Attempt, Person, str, Result]:
    """What a letter tells: the exam's title in the reader's language, and the current result."""
    attempt = db.session.get_one(Attempt, attempt_id)
    person = db.session.get_one(Person, attempt.person_id)
    result = current_result(attempt_id)
    assert result is not None, "letters are about results"
    titles = attempt.exam["title"]
    return attempt, person, titles.get(person.language, titles[attempt.language]), result


def _letter(attempt: Attempt, person: Person, subject: str, news: str, base_url: str) -> Letter:
    greeting = _("Hello %(name)s,", name=person.name)
    link = _("See your result: %(url)s", url=f"{base_url}/attempts/{attempt.id}/result")
    return Letter(person.email, subject, f"{greeting}\n\n{news}\n\n{link}\n")
