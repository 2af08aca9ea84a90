"""Earnings: the revenue of an organisation in a programme by month, and the commission that its tiers come to.

Money that was recorded as commission is shown as it is; where there is none, the commission is estimated from the
recorded revenue, by the percentage of the tier that was held on the fact's day. Currencies are never mixed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import cache
from itertools import groupby

from app.partners.facts import facts_about
from app.partners.programmes import Participation
from app.partners.records import Fact
from app.partners.rule_versions import rules_of, version_at, versions_of
from app.partners.standing import history_of

REVENUE, COMMISSION = "revenue", "commission"
MONTHS = 24
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Share:
    """The revenue that came in while a tier was held, and its percentage; no tier and no percentage where none is."""

    tier: str | None
    percent: Decimal | None
    revenue: int


@dataclass(frozen=True)
class Month:
    """Money of a month in minor units. `commission` is None where nothing says what it is.

    `is_recorded`: it is the sum of what was recorded as commission, and no estimate.
    """

    first: date
    revenue: int
    commission: int | None
    is_recorded: bool
    shares: Sequence[Share]


@dataclass(frozen=True)
class Earnings:
    """The months of one currency, the latest first."""

    currency: str
    months: Sequence[Month]

    @property
    def revenue(self) -> int:
        return sum(month.revenue for month in self.months)

    @property
    def commission(self) -> int:
        """The sum of the months' rounded amounts, so that it is what one gets by adding them up."""
        return sum(month.commission or 0 for month in self.months)

    @property
    def highest(self) -> int:
        """The largest revenue of a month, at least 1."""
        return max(1, *(month.revenue for month in self.months))


Rated = tuple[str | None, Decimal | None]  # the id of a tier and its percentage


def earnings_of(participation: Participation, now: datetime) -> list[Earnings]:
    """The last 24 months, this one included, by currency; none without money recorded in them."""
    facts = facts_about(participation.organisation_id, now).get(participation.programme_id, [])
    return earnings_in(facts, _rated(participation, now), now)


def earnings_in(facts: Iterable[Fact], rated: Callable[[datetime], Rated], now: datetime) -> list[Earnings]:
    """The same of these facts; `rated` says which tier was held at an instant, and its percentage."""
    months = _months(now)
    counted: dict[str, dict[date, list[Fact]]] = {}
    for fact in facts:
        first = day_of(fact).date().replace(day=1)
        if fact.currency and fact.metric in (REVENUE, COMMISSION) and first in months:
            counted.setdefault(fact.currency, {}).setdefault(first, []).append(fact)
    return [
        Earnings(currency, [_month(first, by_month.get(first, []), rated, now) for first in months])
        for currency, by_month in sorted(counted.items())
    ]


def day_of(fact: Fact) -> datetime:
    """When a fact counts: the last moment of its period, as money does for the tiers; without an end, its beginning."""
    return fact.valid_to - _TICK if fact.valid_to else fact.valid_from


def _months(now: datetime) -> list[date]:
    """The first days of the months, the present one first."""
    first = now.astimezone(UTC).date().replace(day=1)
    months = [first]
    while len(months) < MONTHS:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months


def _month(first: date, facts: Sequence[Fact], rated: Callable[[datetime], Rated], now: datetime) -> Month:
    revenue = [fact for fact in facts if fact.metric == REVENUE]
    recorded = [fact.value for fact in facts if fact.metric == COMMISSION]
    shares = _shares([(rated(min(day_of(fact), now)), fact.value) for fact in revenue])
    commission = sum(recorded) if recorded else _commission(shares)
    return Month(first, sum(fact.value for fact in revenue), commission, bool(recorded), shares)


def _shares(rated: Iterable[tuple[Rated, int]]) -> list[Share]:
    ordered = sorted(rated, key=_by_tier)
    grouped = groupby(ordered, key=lambda pair: pair[0])
    return [Share(tier, percent, sum(value for _, value in part)) for (tier, percent), part in grouped]


def _by_tier(pair: tuple[Rated, int]) -> tuple[Decimal, str]:
    (tier, percent), _ = pair
    return percent if percent is not None else Decimal(-1), tier or ""


def _commission(shares: Sequence[Share]) -> int | None:
    """Worked out exactly over the whole month and rounded once, half a minor unit to the even one."""
    parts = [_EXACT.multiply(Decimal(one.revenue), one.percent) for one in shares if one.percent is not None]
    if not parts:
        return None
    exact = Decimal(0)
    for part in parts:
        exact = _EXACT.add(exact, part)
    return int(_EXACT.quantize(exact.scaleb(-2, _EXACT), Decimal(1)))


def _rated(participation: Participation, now: datetime) -> Callable[[datetime], Rated]:
    """By the history of standings, and by the rules in force at the instant."""
    history, versions = history_of(participation), versions_of(participation.programme_id)

    @cache
    def rated(at: datetime) -> Rated:
        held = next((one for one in history if one.since <= at and (one.until is None or at < one.until)), None)
        version = version_at(versions, at, now)
        if held is None or version is None:
            return None, None
        tiers = rules_of(version.version_id).tiers
        return held.tier, next((tier.commission_percent for tier in tiers if tier.id == held.tier), None)

    return rated
