"""Counting, purely: what the recorded facts of a metric come to at an instant, partner by partner and all together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from app.content.money import from_minor
from app.partners.particulars import Figure, Series
from app.partners.records import Fact, holds
from app.partners.rules import Rate
from app.partners.targets import mean
from app.partners.timeline import Life, life_of

SUMMED = ("count", "money")


@dataclass(frozen=True)
class Recorded:
    """What counts of each organisation that has something recorded, and how much money no rate converts."""

    values: Mapping[int, Decimal]
    left_out: int = 0

    def total(self, series: Series) -> Decimal | None:
        """Money and counts are added up, and of the rest it is the average of the partners; None of nothing."""
        values = list(self.values.values())
        if series.unit in SUMMED:
            return sum(values, Decimal()) if values else None
        return mean(values)


def recorded(
    facts: Mapping[int, Sequence[Fact]], series: Series, figure: Figure, rates: Sequence[Rate], at: datetime
) -> Recorded:
    """What the facts, by organisation, come to for a figure at an instant."""
    if series.currency and figure.months:
        return money_recorded(facts, series.currency, rates, figure.months, at)
    worth = _sum_of if series.unit in SUMMED else _latest_of
    found = {organisation: worth([one for one in every if _holds(one, at)]) for organisation, every in facts.items()}
    return Recorded({organisation: Decimal(value) for organisation, value in found.items() if value is not None})


def money_recorded(
    facts: Mapping[int, Sequence[Fact]], currency: str, rates: Sequence[Rate], months: int, at: datetime
) -> Recorded:
    """The money of the window, as a tier counts it: in one currency, by the rate of the day its period ended."""
    span = (next((one.metric for every in facts.values() for one in every), ""), months, currency)
    lives = {organisation: _lives(every, span, rates, at) for organisation, every in facts.items()}
    return Recorded(
        {
            organisation: from_minor(sum(life.worth or 0 for life in every), currency)
            for organisation, every in lives.items()
            if any(life.worth is not None for life in every)
        },
        sum(life.worth is None for every in lives.values() for life in every),
    )


def came_in(
    facts: Iterable[Fact], currency: str, rates: Sequence[Rate], start: datetime, end: datetime
) -> tuple[Decimal, int]:
    """The money whose period ended in (start, end], and how many facts of it no rate converts."""
    found = [one for one in facts if start < (one.valid_to or one.valid_from) <= end]
    worth = [life_of((one.metric, 12, currency), one, rates).worth for one in found]
    return from_minor(sum(one or 0 for one in worth), currency), worth.count(None)


def _lives(facts: Sequence[Fact], span: tuple[str, int, str], rates: Sequence[Rate], at: datetime) -> list[Life]:
    """Those that count at the instant; whatever ended before the longest window or ends later is not looked at."""
    opens = at - timedelta(days=31 * span[1] + 1)
    near = (fact for fact in facts if opens < (fact.valid_to or fact.valid_from) <= at)
    lives = (life_of(span, fact, rates) for fact in near)
    return [life for life in lives if holds(life.counts_from, life.until, at)]


def _holds(fact: Fact, at: datetime) -> bool:
    return fact.currency is None and holds(fact.valid_from, fact.valid_to, at)


def _sum_of(facts: Sequence[Fact]) -> int | None:
    return sum(fact.value for fact in facts) if facts else None


def _latest_of(facts: Sequence[Fact]) -> int | None:
    latest = max(facts, key=lambda fact: (fact.valid_from, fact.recorded_at, fact.id), default=None)
    return latest.value if latest else None
