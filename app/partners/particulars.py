"""The schema of what a programme holds and shows beside its tiers: onboarding, training, targets, shares, support."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from app.content.money import Amount, Currency, within_currency
from app.content.schema import LANGUAGES, Schema, Slug, Text
from app.partners.figures import Months, PercentSpan, Span
from app.partners.requirements import Level, MetricName

Area = Literal["product", "sales", "technical", "marketing", "business"]
Cadence = Literal["daily", "weekly", "monthly", "quarterly", "annual"]
Unit = Literal["count", "percent", "score", "money", "days", "months"]
Measure = Literal[
    "certified_persons",
    "trained_persons",
    "active_partners",
    "training_completion",
    "onboarding_days",
    "partnership_months",
]


class Step(Schema):
    """Something done once on the way in; its id is permanent, as its completion is recorded by it."""

    id: Slug
    name: Text


class OnboardingPhase(Schema):
    name: Text
    weeks: Span | None = None
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    deliverables: tuple[Text, ...] = ()


class Onboarding(Schema):
    """The clock, where there is one: `weeks`, at least and at most, or less than `below_days`.

    A phase's weeks are its first and its last.
    """

    weeks: Span | None = None
    below_days: Annotated[int, Field(ge=1, le=3660)] | None = None
    phases: Annotated[tuple[OnboardingPhase, ...], Field(min_length=1)]


class Training(Schema):
    """Training that the programme names, and the track or the courses that teach it, where there are any.

    The courses are of the track and the area that are named, and take the hours together.
    """

    name: Text
    track: Level | None = None
    area: Area | None = None
    hours: Annotated[int, Field(ge=1, le=1000)] | None = None
    courses: tuple[Slug, ...] = ()


class Figure(Schema):
    """A figure for a period, for a tier or for both, between an inclusive or exclusive lower and upper bound.

    `by` is its last day; the money counted against it is of so many `months`.
    """

    period: Text | None = None
    tier: Slug | None = None
    by: date | None = None
    months: Months | None = None
    at_least: Amount | None = None
    more_than: Amount | None = None
    at_most: Amount | None = None
    below: Amount | None = None

    @property
    def amounts(self) -> list[Decimal]:
        """The bounds there are."""
        return [bound for bound in (self.at_least, self.more_than, self.at_most, self.below) if bound is not None]

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        lower, upper = (self.at_least, self.more_than), (self.at_most, self.below)
        if None not in lower or None not in upper or not self.amounts:
            raise ValueError("must have a lower bound, an upper bound or one of each")
        if len(self.amounts) == 2 and self.amounts[0] > self.amounts[1]:
            raise ValueError("must have its lower bound below its upper bound")
        if self.period is None and self.tier is None:
            raise ValueError("must name its `period` or its `tier`")
        return self


class Series(Schema):
    """A figure of the programme over time or by tier.

    `measure` names what the platform itself can count against it, and `metric` the recorded facts that do.
    """

    id: Slug
    name: Text
    unit: Unit = "count"
    currency: Currency | None = None
    measure: Measure | None = None
    metric: MetricName | None = None
    values: Annotated[tuple[Figure, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _counts_one_thing(self) -> Self:
        if self.measure and self.metric:
            raise ValueError("must name a `measure` or a `metric`, not both")
        months = self.metric is not None and self.unit == "money"
        if any((figure.months is not None) != months for figure in self.values):
            raise ValueError("must name the `months` of each figure for a `metric` that is money, and for nothing else")
        return self

    @model_validator(mode="after")
    def _fits_currency(self) -> Self:
        for figure in self.values:
            for amount in figure.amounts:
                within_currency(amount, self.currency)
        return self


class Column(Schema):
    name: Text
    unit: Unit = "count"
    currency: Currency | None = None


class Row(Schema):
    """A value for each column; null where the source has none."""

    name: Text
    values: Annotated[tuple[Amount | None, ...], Field(min_length=1)]


class Table(Schema):
    """Figures of the source by kind, segment or product, as it states them."""

    id: Slug
    name: Text
    columns: Annotated[tuple[Column, ...], Field(min_length=1)]
    rows: Annotated[tuple[Row, ...], Field(min_length=1)]


class PartnerKind(Schema):
    """A kind of partner: what is done together, what each side gains, how it earns, and the targets for it."""

    id: Slug
    name: Text
    group: Text | None = None
    model: tuple[Text, ...] = ()
    benefits: tuple[Text, ...] = ()
    revenue: tuple[Text, ...] = ()
    targets: tuple[Series, ...] = ()


class Kpi(Schema):
    """A metric whose facts are recorded and shown, whether or not a tier asks for it."""

    metric: MetricName
    name: Text
    unit: Literal["count", "percent", "score", "money"] = "count"


class Return(Schema):
    """How the return on investment is worked out, from a series of `targets` and one of `investment`."""

    formula: Literal["ratio", "gain_percent"]
    revenue: Slug
    investment: Slug


class RevenueShare(Schema):
    """How a kind of partner earns: a percentage from–to, a fixed fee or both; `basis` says of what.

    Without a percentage the source names none. `paid_after_days`: so many days after the customer has paid.
    """

    name: Text
    kind: Literal["percent", "fixed_fee", "hybrid"] = "percent"
    basis: Text | None = None
    percent: PercentSpan | None = None
    paid_after_days: Annotated[int, Field(ge=0, le=3660)] | None = None
    terms: tuple[Text, ...] = ()


def _https(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise ValueError("must be a web address") from error
    if parts.scheme != "https" or not parts.hostname or parts.username or not re.fullmatch(r"[!-~]+", address):
        raise ValueError("must be a web address that begins with https://")
    return address


def _named(written: Any) -> Any:
    """A line that is nothing but its name may be written, and was once published, as that text alone."""
    return {"name": written} if isinstance(written, dict) and written.keys() & set(LANGUAGES) else written


WebAddress = Annotated[str, Field(max_length=300), AfterValidator(_https)]


class Entry(Schema):
    """A line of a list; `tier` is the one that brings it, `url` leads to it."""

    name: Text
    detail: Text | None = None
    tier: Slug | None = None
    url: WebAddress | None = None


Resource = Annotated[Entry, BeforeValidator(_named)]


class Listing(Schema):
    """A named list: levels of support, channels, what a portal shows."""

    id: Slug
    name: Text
    entries: Annotated[tuple[Entry, ...], Field(min_length=1)]


class AccessLevel(Schema):
    """Who may see what, in the programme's words, and the role of the platform that it is."""

    name: Text
    role: Literal["guest", "consultant", "partner_admin", "trainer", "viewer", "admin"]


class Report(Schema):
    cadence: Cadence
    name: Text
    url: WebAddress | None = None


class Milestone(Schema):
    """A period of the roadmap and what it aims at."""

    period: Text
    name: Text
    aims: Annotated[tuple[Text, ...], Field(min_length=1)]


class IntegrationLevel(Schema):
    id: Slug
    name: Text
    includes: tuple[Text, ...] = ()


class IntegrationPhase(Schema):
    name: Text
    months: Span
    steps: tuple[Text, ...] = ()


class Integrations(Schema):
    """How deep a technical integration may go, the phases of making one, and the systems there are or will be."""

    levels: tuple[IntegrationLevel, ...] = ()
    phases: tuple[IntegrationPhase, ...] = ()
    systems: tuple[Entry, ...] = ()


class AcceptedHole(Schema):
    """A hole above an upper bound of a tier that the programme means to have, and why."""

    ladder: Slug = "tiers"
    tier: Slug
    requirement: Slug
    reason: Text


def returns(formula: str, revenue: Series, investment: Series) -> Iterator[tuple[Text, Decimal]]:
    """The return of each period that the two series share: a ratio, or a gain in per cent."""
    for earned, spent in zip(revenue.values, investment.values, strict=True):
        income, cost = earned.amounts[0], spent.amounts[0]
        yield earned.period or {}, return_of(formula, income, cost)


def return_of(formula: str, income: Decimal, cost: Decimal) -> Decimal:
    """3 and 1 are a ratio of 3, or a gain of 200 per cent."""
    return income / cost if formula == "ratio" else (income - cost) / cost * 100
