"""The reports of a programme, from daily to annual: as pages, as files, and who gets them by letter."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.content.money import to_minor
from app.ledger.deeds import record
from app.partners.periods import SHAPES, Period, last_periods, period_of
from app.partners.programmes import Programme, programme_by_slug
from app.partners.report_files import HEADER, report_rows
from app.partners.report_lines import SECTIONS, Line
from app.partners.reports import TICK, NoSuchReport, Report, period_asked, report
from app.partners.rules import Programme as Rules
from app.partners.subscriptions import subscribe, subscribed, unsubscribe
from app.transaction import reading, writing
from app.web.access import may
from app.web.admin.targets import have_words
from app.web.admin.vendor import programme_choices, vendor_tabs
from app.web.csv_export import csv_response
from app.web.identity import visitor
from app.web.layout import in_language, last_day
from app.web.naming import CADENCES, LEVELS
from app.web.partner.amounts import money
from app.web.wording import date_text, number_text
from app.web.wording import gettext as _
from app.web.wording import lazy_gettext as _l

SHOWN = 50  # lines of a section on the page; the file has them all
LISTED = {"daily": 7, "weekly": 6, "monthly": 12, "quarterly": 8, "annual": 5}
TITLES = {
    "risen": _l("Rose"),
    "fallen": _l("Fell"),
    "at_risk": _l("Came to be at risk"),
    "joined": _l("New partners"),
    "issued": _l("Certificates issued"),
    "expired": _l("Certificates expired"),
    "revoked": _l("Certificates revoked"),
    "facts": _l("Facts recorded"),
}
CHANGES = {
    "active_partners": _l("Active partners"),
    "certified_persons": _l("Certified people"),
    "at_risk": _l("Tiers at risk"),
}
NOTES = {"withdrawn": _l("withdrawn"), "corrected": _l("corrected")}


@dataclass(frozen=True)
class Shown:
    """A line of a section in words."""

    slug: str
    partner: str
    what: str
    at: datetime


@dataclass(frozen=True)
class Block:
    """A section of the page: its first lines, and how many there are in all."""

    id: str
    title: str
    lines: Sequence[Shown]
    total: int


def reports(programme: str) -> str:
    """The latest periods of each cadence, and which of them the reader gets by letter."""
    with reading() as at:
        found = programme_by_slug(programme)
        return render_template(
            "admin/reports.html",
            tabs=vendor_tabs(programme),
            choices=programme_choices(found),
            slug=programme,
            rules=found.rules,
            names=_names(found.rules),
            periods={cadence: last_periods(cadence, at, number) for cadence, number in LISTED.items()},  # type: ignore[arg-type]
            words=period_words,
            subscribed=subscribed(visitor().id, found.id),
            may_subscribe=may("admin.subscribe_to"),
        )


def show_report(programme: str, cadence: str, period: str) -> str:
    """One report."""
    with reading() as now:
        found, made = _made(programme, cadence, period, now)
        return render_template(
            "admin/report.html",
            slug=programme,
            report=made,
            title=_names(made.rules)[cadence],
            period=period_words(made.period),
            earlier=period_of(made.period.cadence, (made.period.start - TICK).date()),
            later=_later(made.period, now),
            blocks=_blocks(made),
            changes=CHANGES,
            tier_names={tier.id: in_language(tier.name) for tier in made.rules.tiers},
            metrics={kpi.metric: in_language(kpi.name) for kpi in found.rules.kpis},
            have_words=have_words,
            amount=_amount,
            words=period_words,
        )


def report_export(programme: str, cadence: str, period: str) -> FlaskResponse:
    """The same, with every line, as CSV."""
    with reading() as now:
        _found, made = _made(programme, cadence, period, now)
        return csv_response(f"{programme}-{cadence}-{period}", HEADER, report_rows(made))


def subscribe_to(programme: str, cadence: str) -> Response:
    """Get the reports of a cadence by letter."""
    return _change(programme, cadence, subscribe=True)


def unsubscribe_from(programme: str, cadence: str) -> Response:
    """Get them no longer."""
    return _change(programme, cadence, subscribe=False)


def period_words(period: Period) -> str:
    """The period as people say it."""
    first, last = period.start.date(), last_day(period.end)
    if period.cadence == "daily":
        return date_text(first, "long")
    if period.cadence == "monthly":
        return date_text(first, "MMMM y")
    if period.cadence == "annual":
        return date_text(first, "y")
    return _("%(first)s to %(last)s", first=date_text(first), last=date_text(last))


def _made(programme: str, cadence: str, period: str, now: datetime) -> tuple[Programme, Report]:
    found = programme_by_slug(programme)
    return found, report(found, period_asked(cadence, period), now=now)


def _later(period: Period, now: datetime) -> Period | None:
    following = period_of(period.cadence, period.end.date())
    return following if following.end <= now else None


def _names(rules: Rules) -> dict[str, str]:
    """What the programme calls its reports, and the plain name of those that it names none for."""
    named = {one.cadence: in_language(one.name) for one in rules.reports}
    return {cadence: named.get(cadence) or str(CADENCES[cadence]) for cadence in SHAPES}  # type: ignore[call-overload]


def _change(programme: str, cadence: str, *, subscribe: bool) -> Response:
    if cadence not in SHAPES:
        raise NoSuchReport
    if request.method == "POST":
        _subscribe(programme, cadence, wanted=subscribe)
        said = _("You get this report by letter from its next period on.") if subscribe else _("You no longer get it.")
        flash(said, "success")
    return redirect(url_for("admin.reports", programme=programme), 303)


def _subscribe(programme: str, cadence: str, *, wanted: bool) -> None:
    with writing() as at:
        found = programme_by_slug(programme)
        person = visitor().id
        if wanted:
            subscribe(person, found.id, cadence, at=at)  # type: ignore[arg-type]
        else:
            unsubscribe(person, found.id, cadence)
        deed = "report_subscribed" if wanted else "report_unsubscribed"
        record(deed, f"person:{person}", by=person, at=at, name=f"{programme} {cadence}")


def _blocks(made: Report) -> list[Block]:
    tiers = {
        (ladder, tier.id): in_language(tier.name) for ladder, _name, all in made.rules.every_ladder for tier in all
    }
    words: dict[str, Callable[[Line], str]] = {
        "risen": lambda line: _moved(line, tiers),
        "fallen": lambda line: _moved(line, tiers),
        "at_risk": lambda line: tiers.get((str(line.ladder), str(line.subject)), str(line.subject)),
        "facts": lambda line: _fact(line, {kpi.metric: in_language(kpi.name) for kpi in made.rules.kpis}),
        "joined": lambda line: "",
    }
    blocks = []
    for section in SECTIONS:
        lines = [line for line in made.lines if line.section == section]
        say = words.get(section, _credential)
        shown = [Shown(line.slug, line.partner, say(line), line.at) for line in lines[:SHOWN]]
        blocks.append(Block(section, str(TITLES[section]), shown, len(lines)))
    return blocks


def _moved(line: Line, tiers: dict[tuple[str, str], str]) -> str:
    before, after = (tiers.get((str(line.ladder), str(one)), one) for one in (line.before, line.subject))
    return _("%(before)s → %(after)s", before=before or _("No tier"), after=after or _("No tier"))


def _credential(line: Line) -> str:
    return _("%(level)s, %(name)s", level=LEVELS[str(line.subject)], name=line.who or "")


def _fact(line: Line, names: Mapping[str, str]) -> str:
    value = money(line.value or 0, line.currency) if line.currency else number_text(line.value or 0)
    note = f" ({NOTES[line.note]})" if line.note else ""
    return f"{names.get(str(line.subject), line.subject)}: {value}{note}"


def _amount(value: Decimal, currency: str) -> str:
    return money(to_minor(value, currency), currency)
