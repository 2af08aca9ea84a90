"""Reports: what a period brought to a programme, as it was known when it ended, however much later one looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain

from flask_babel import lazy_gettext as _l

from app.content.money import from_minor
from app.content.schema import Text
from app.partners.facts import facts_of_metrics
from app.partners.key_figures import Passes, exam_passes
from app.partners.measures import active_organisations, certified_persons, trained_persons, training_completion
from app.partners.metrics import metrics_of
from app.partners.onboarding import onboarding_days
from app.partners.particulars import Cadence
from app.partners.periods import SHAPES, Period, last_periods, period_named, period_of
from app.partners.programmes import Programme
from app.partners.records import Fact
from app.partners.report_lines import (
    Line,
    count_at_risk,
    credential_changes,
    facts_recorded,
    joined,
    moves,
    new_risks,
)
from app.partners.rule_versions import rules_of, version_at, versions_of
from app.partners.rules import Programme as Rules
from app.partners.target_sheets import Against, target_sheet
from app.refusal import NotFound, Refusal

TICK = timedelta(microseconds=1)


class NoSuchReport(NotFound):
    """There is no such cadence, or no such period of it."""

    title = _l("There is no such report")


class PeriodNotOver(Refusal):
    """What will be is not known."""

    status = 422
    title = _l("This period is not over yet")
    detail = _l("A report says what was known when its period ended.")


@dataclass(frozen=True)
class Change:
    """A figure at the start and at the end of the period; `id` says which."""

    id: str
    before: int
    after: int


@dataclass(frozen=True)
class Money:
    """What came in during the period and the one before it, of one metric in one currency: never mixed."""

    metric: str
    currency: str
    before: Decimal
    after: Decimal
    by_partner: Mapping[int, Decimal]


@dataclass(frozen=True)
class Report:
    """`tiers` are the partners of each tier of the main ladder at the start and the end; `kept` of those active at the
    start still were. `trained` finished a track, `onboarded` their onboarding; `completion` is the per cent of what was
    assigned, at the start and the end. `revenue` and `targets` are as they were known at the end.
    """

    slug: str
    name: Text | None
    rules: Rules
    period: Period
    changes: Sequence[Change]
    tiers: Mapping[str, tuple[int, int]]
    kept: int
    trained: int
    completion: tuple[Decimal | None, Decimal | None]
    onboarded: int
    exams: Sequence[Passes]
    revenue: Sequence[Money]
    targets: Sequence[Against]
    lines: Sequence[Line]


def report(programme: Programme, period: Period, *, now: datetime) -> Report:
    """The report of a period that is over: a number of statements fixed by the programme's file."""
    if period.end > now:
        raise PeriodNotOver
    start, end = period.start, period.end
    rules = rules_then(programme, end)
    before, after = (active_organisations(programme.id, at) for at in (start, end))
    certified = certified_persons(programme.id, [start, end])
    risks = [count_at_risk(programme.id, at) for at in (start, end)]
    return Report(
        slug=programme.slug,
        name=next((one.name for one in rules.reports if one.cadence == period.cadence), None),
        rules=rules,
        period=period,
        changes=[
            Change("active_partners", len(before), len(after)),
            Change("certified_persons", *certified),
            Change("at_risk", *risks),
        ],
        tiers={tier.id: (_held(before, tier.id), _held(after, tier.id)) for tier in rules.tiers},
        kept=len(before.keys() & after.keys()),
        trained=trained_persons(programme.id, end, start),
        completion=(training_completion(programme.id, start), training_completion(programme.id, end)),
        onboarded=len(onboarding_days(programme.id, end)) - len(onboarding_days(programme.id, start)),
        exams=exam_passes(programme.id, start, end),
        revenue=_revenue(programme.id, rules, period),
        targets=[
            one
            for one in target_sheet(programme.id, rules, at=end, known_at=end - TICK)
            if one.kind is None and any(line.status != "unmeasured" for line in one.figures)
        ],
        lines=_lines(programme.id, rules, start, end),
    )


def period_asked(cadence: str, text: str) -> Period:
    """The period of a cadence and an id, or NoSuchReport."""
    if cadence not in SHAPES:
        raise NoSuchReport
    named: Cadence = cadence  # type: ignore[assignment]
    try:
        return period_named(named, text)
    except ValueError as error:
        raise NoSuchReport from error


def last_over(cadence: Cadence, now: datetime) -> Period:
    """The latest period that is over."""
    return last_periods(cadence, now, 1)[0]


def rules_then(programme: Programme, at: datetime) -> Rules:
    """The rules in force at an instant, as known then; before the first, those that stand."""
    version = version_at(versions_of(programme.id), at, at)
    return rules_of(version.version_id) if version else programme.rules


def _lines(programme_id: int, rules: Rules, start: datetime, end: datetime) -> list[Line]:
    return list(
        chain(
            moves(programme_id, rules, start, end),
            new_risks(programme_id, start, end),
            joined(programme_id, start, end),
            credential_changes(programme_id, start, end),
            facts_recorded(programme_id, start, end),
        )
    )


def _held(active: Mapping[int, str], tier: str) -> int:
    return sum(held == tier for held in active.values())


def _revenue(programme_id: int, rules: Rules, period: Period) -> list[Money]:
    """What was known at the end of the money whose own period ended in this one, and in the one before."""
    metrics = sorted(metric for metric, is_money in metrics_of(rules).items() if is_money)
    earlier = period_of(period.cadence, (period.start - TICK).date())
    known = facts_of_metrics(programme_id, metrics, period.end - TICK) if metrics else {}
    return [money for metric in metrics for money in _of_metric(metric, known[metric], period, earlier)]


def _of_metric(metric: str, facts: Mapping[int, Sequence[Fact]], period: Period, earlier: Period) -> list[Money]:
    currencies = sorted({fact.currency for every in facts.values() for fact in every if fact.currency})
    found = []
    for currency in currencies:
        sums = [{id: _came_in(every, currency, one) for id, every in facts.items()} for one in (earlier, period)]
        before, after = (from_minor(sum(one.values()), currency) for one in sums)
        if before or after:
            theirs = {id: from_minor(value, currency) for id, value in sums[1].items() if value}
            found.append(Money(metric, currency, before, after, theirs))
    return found


def _came_in(facts: Sequence[Fact], currency: str, period: Period) -> int:
    """In minor units: money counts once its own period is over, at the end of the last day too."""
    of_currency = (one for one in facts if one.currency == currency)
    return sum(one.value for one in of_currency if period.start < (one.valid_to or one.valid_from) <= period.end)
