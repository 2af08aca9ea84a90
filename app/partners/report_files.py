"""Report files: a report as rows of one table and as JSON, whose names and ids no language changes."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.content.money import from_minor
from app.partners.reports import Report

HEADER = (
    *("section", "partner", "name", "subject", "ladder", "before", "after", "currency", "who", "at", "note"),
    *("programme", "cadence", "period"),
)


def report_rows(report: Report) -> Iterator[list[object]]:
    """The rows below HEADER: what changed, the tiers, money, exams, targets, and then every single thing."""
    place = [report.slug, report.period.cadence, report.period.id]
    for row in _rows(report):
        yield [row.get(name) for name in HEADER[: -len(place)]] + place


def report_json(report: Report) -> dict[str, Any]:
    """The same rows, by section."""
    sections: dict[str, list[dict[str, Any]]] = {}
    for row in _rows(report):
        values = {name: _plain(value) for name, value in row.items() if name != "section" and value is not None}
        sections.setdefault(str(row["section"]), []).append(values)
    return {
        "programme": report.slug,
        "cadence": report.period.cadence,
        "period": report.period.id,
        "from": report.period.start.isoformat(),
        "to": report.period.end.isoformat(),
        "sections": sections,
    }


def _rows(report: Report) -> Iterator[Mapping[str, object]]:
    for change in report.changes:
        yield {"section": "figures", "subject": change.id, "before": change.before, "after": change.after}
    yield {"section": "figures", "subject": "kept_partners", "after": report.kept}
    yield {"section": "figures", "subject": "trained_persons", "after": report.trained}
    yield {"section": "figures", "subject": "onboarded_partners", "after": report.onboarded}
    start, end = report.completion
    yield {"section": "figures", "subject": "training_completion", "before": start, "after": end}
    for tier, (before, after) in report.tiers.items():
        yield {"section": "tiers", "subject": tier, "before": before, "after": after}
    for money in report.revenue:
        place = {"section": "money", "subject": money.metric, "currency": money.currency}
        yield {**place, "before": money.before, "after": money.after}
    for passes in report.exams:
        attempts = {"before": passes.attempts, "after": passes.passed, "note": "attempts, passed"}
        yield {"section": "exams", "subject": passes.exam.slug} | attempts
    yield from _targets(report)
    yield from _lines(report)


def _targets(report: Report) -> Iterator[Mapping[str, object]]:
    for one in report.targets:
        for figure in one.figures:
            at = figure.figure.by.isoformat() if figure.figure.by else None
            place = {"section": "targets", "subject": one.series.id, "ladder": figure.figure.tier}
            there = {"after": figure.have, "currency": one.series.currency, "at": at, "note": figure.status}
            yield {**place, **there}


def _lines(report: Report) -> Iterator[Mapping[str, object]]:
    for line in report.lines:
        value: object = line.value
        if line.value is not None and line.currency:
            value = from_minor(line.value, line.currency)
        yield {
            "section": line.section,
            "partner": line.slug,
            "name": line.partner,
            "subject": line.subject,
            "ladder": line.ladder,
            "before": line.before,
            "after": value,
            "currency": line.currency,
            "who": line.who,
            "at": line.at.isoformat(timespec="seconds"),
            "note": line.note,
        }


def _plain(value: object) -> object:
    return value if isinstance(value, int | str) else str(value)
