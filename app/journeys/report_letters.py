"""Report letters: the report of a period that is over, in a few figures and with the way to its page."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import force_locale, format_date
from flask_babel import gettext as _

from app.extensions import db
from app.journeys.letters import Letter
from app.mail.outbox import put
from app.partners.programmes import Programme
from app.partners.reports import Report, period_asked, report
from app.partners.subscriptions import due_reports, note_sent
from app.people.persons import Person

TASK = "report_mail"


def put_reports(at: datetime) -> None:
    """Ask for a letter to each subscriber whose last period is over, once; of periods missed, only the last one."""
    for due in due_reports(at):
        if note_sent(due):
            put(TASK, due._asdict(), at=at)


def report_letter(about: Mapping[str, Any], base_url: str) -> Letter:
    """The letter of a subscription's period."""
    person = db.session.get_one(Person, about["person_id"])
    programme = db.session.get_one(Programme, about["programme_id"])
    period = period_asked(about["cadence"], about["period"])
    made = report(programme, period, now=period.end)
    with force_locale(person.language):
        title = _say(made.rules.title, person.language)
        days = {"first": format_date(period.start, "long"), "last": format_date(_last_day(period.end), "long")}
        subject = _("Report of %(programme)s: %(first)s to %(last)s", programme=title, **days)
        link = f"{base_url}/admin/reports/{programme.slug}/{period.cadence}/{period.id}"
        lines = [
            _("Hello %(name)s,", name=person.name),
            f"{subject}.",
            "\n".join(f"- {line}" for line in _figures(made)),
            _("The whole report: %(url)s", url=link),
            _("You asked for it. On %(url)s you can end that.", url=f"{base_url}/admin/reports/{programme.slug}"),
        ]
        return Letter(person.email, subject, "\n\n".join(lines) + "\n")


def _figures(made: Report) -> list[str]:
    names = {
        "active_partners": _("Active partners: %(after)s (%(before)s when it began)"),
        "certified_persons": _("Certified people: %(after)s (%(before)s when it began)"),
        "at_risk": _("Tiers at risk: %(after)s (%(before)s when it began)"),
    }
    figures = [names[one.id] % {"after": one.after, "before": one.before} for one in made.changes]
    counted = {
        section: sum(line.section == section for line in made.lines) for section in ("risen", "fallen", "issued")
    }
    figures.append(_("Partners that rose: %(risen)s, that fell: %(fallen)s", **counted))
    figures.append(_("Certificates issued: %(issued)s", **counted))
    return figures + [f"{one.metric}: {one.after} {one.currency} ({one.before})" for one in made.revenue]


def _last_day(end: datetime) -> datetime:
    return end - timedelta(days=1)


def _say(text: Mapping[Any, str], language: str) -> str:
    return text.get(language) or next(iter(text.values()))
