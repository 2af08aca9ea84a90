"""The lint of what a programme holds beside its tiers, purely: ids, currencies, tables, the return, tiers named."""

from collections.abc import Iterable, Iterator
from typing import Any

from app.partners.implying import Keys
from app.partners.ladder_lint import Fault
from app.partners.metrics import metrics_of
from app.partners.particulars import Column, Series
from app.partners.rules import Programme

Placed = tuple[Any, Keys]


def held_faults(programme: Programme) -> Iterator[Fault]:
    """Everything that the schema of a single part cannot see."""
    series = list(_every_series(programme))
    yield from _twice("step", _steps(programme))
    yield from _twice("series", [(one.id, (*keys, "id")) for one, keys in series])
    for field, what in (("partner_kinds", "kind"), ("tables", "table"), ("support", "list"), ("lists", "list")):
        yield from _twice(what, [(one.id, (*keys, "id")) for one, keys in _numbered(programme, field)])
    yield from _twice("metric", [(one.metric, (*keys, "metric")) for one, keys in _numbered(programme, "kpis")])
    for one, keys in _numbered(programme, "training"):
        yield from _twice("course", [(course, (*keys, "courses", n)) for n, course in enumerate(one.courses)])
    yield from _currencies([*series, *_columns(programme)])
    yield from _rows(programme)
    yield from _tiers_named(programme, series)
    yield from _empty_handed(programme)
    yield from _metrics_named(programme, series)
    yield from _return(programme)


def _numbered(programme: Programme, field: str) -> Iterator[Placed]:
    yield from ((one, (field, n)) for n, one in enumerate(getattr(programme, field)))


def _twice(what: str, places: Iterable[Placed]) -> Iterator[Fault]:
    seen = set()
    for value, keys in places:
        if value in seen:
            yield Fault(f"the {what} `{value}` stands here twice", keys)
        seen.add(value)


def _steps(programme: Programme) -> Iterator[Placed]:
    for n, phase in enumerate(programme.onboarding.phases if programme.onboarding else ()):
        yield from ((step.id, ("onboarding", "phases", n, "steps", m, "id")) for m, step in enumerate(phase.steps))


def _every_series(programme: Programme) -> Iterator[tuple[Series, Keys]]:
    yield from _numbered(programme, "targets")
    yield from _numbered(programme, "investment")
    for kind, keys in _numbered(programme, "partner_kinds"):
        yield from ((one, (*keys, "targets", n)) for n, one in enumerate(kind.targets))


def _columns(programme: Programme) -> Iterator[tuple[Column, Keys]]:
    for table, keys in _numbered(programme, "tables"):
        yield from ((column, (*keys, "columns", n)) for n, column in enumerate(table.columns))


def _currencies(figures: Iterable[tuple[Series | Column, Keys]]) -> Iterator[Fault]:
    for one, keys in figures:
        if (one.unit == "money") != (one.currency is not None):
            yield Fault("a `currency` goes with `unit: money`, and with no other", keys)


def _rows(programme: Programme) -> Iterator[Fault]:
    for table, keys in _numbered(programme, "tables"):
        for n, row in enumerate(table.rows):
            if len(row.values) != len(table.columns):
                message = f"a row of `{table.id}` has {len(row.values)} values for {len(table.columns)} columns"
                yield Fault(message, (*keys, "rows", n))


def _tiers_named(programme: Programme, series: Iterable[tuple[Series, Keys]]) -> Iterator[Fault]:
    """A target or a benefit is of a tier that there is."""
    tiers = {tier.id for _, _, tiers in programme.every_ladder for tier in tiers}
    named = [(figure.tier, (*keys, "values", n, "tier")) for one, keys in series for n, figure in enumerate(one.values)]
    for field in ("support", "lists"):
        for listing, keys in _numbered(programme, field):
            named += [(entry.tier, (*keys, "entries", n, "tier")) for n, entry in enumerate(listing.entries)]
    named += [(entry.tier, (*keys, "tier")) for entry, keys in _numbered(programme, "resources")]
    for tier, keys in named:
        if tier is not None and tier not in tiers:
            yield Fault(f"there is no tier `{tier}` that this could belong to", keys)


def _empty_handed(programme: Programme) -> Iterator[Fault]:
    """On a ladder whose tiers bring benefits each of them brings some."""
    for n, (_, _, tiers) in enumerate(programme.every_ladder):
        keys: Keys = ("ladders", n - 1, "tiers") if n else ("tiers",)
        if any(tier.benefits for tier in tiers):
            for m, tier in enumerate(tiers):
                if not tier.benefits:
                    yield Fault(f"the tier `{tier.id}` brings no benefit, and others do", (*keys, m))


def _metrics_named(programme: Programme, series: Iterable[tuple[Series, Keys]]) -> Iterator[Fault]:
    """A target that facts count against counts such as are recorded, money as money."""
    metrics = metrics_of(programme)
    for one, keys in series:
        if one.metric and one.metric not in metrics:
            yield Fault(f"no facts of `{one.metric}` are recorded for this programme", (*keys, "metric"))
        elif one.metric and metrics[one.metric] != (one.unit == "money"):
            yield Fault(f"`{one.metric}` and what counts against it must both be money, or neither", (*keys, "metric"))


def _return(programme: Programme) -> Iterator[Fault]:
    """The formula needs two series of one currency over the same periods, and something to divide by."""
    rule = programme.return_on_investment
    if rule is None:
        return
    revenue = next((one for one in programme.targets if one.id == rule.revenue), None)
    investment = next((one for one in programme.investment if one.id == rule.investment), None)
    if revenue is None:
        yield Fault(f"`targets` has no `{rule.revenue}`", ("return_on_investment", "revenue"))
    if investment is None:
        yield Fault(f"`investment` has no `{rule.investment}`", ("return_on_investment", "investment"))
    if revenue and investment and not _divisible(revenue, investment):
        message = "the two series must be money of one currency over the same periods, the investment above zero"
        yield Fault(message, ("return_on_investment",))


def _divisible(revenue: Series, investment: Series) -> bool:
    same = [figure.period for figure in revenue.values] == [figure.period for figure in investment.values]
    above_zero = all(figure.amounts[0] > 0 for figure in investment.values)
    return same and revenue.currency == investment.currency and above_zero
