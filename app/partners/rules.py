"""The schema of a programme: its tiers, what each asks for as structured data, and the figures it holds and shows."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, TypeVar

from babel.numbers import is_currency
from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from app.content.schema import Number, Schema, Slug, Text
from app.partners.money import to_minor

N = TypeVar("N", int, Decimal)

Level = Literal["fundamentals", "advanced", "expert", "master"]
Area = Literal["product", "sales", "technical", "business"]
JobRole = Literal["sales", "technical", "marketing", "management"]
Cadence = Literal["daily", "weekly", "monthly", "quarterly", "annual"]
MetricName = Annotated[Slug, Field(max_length=40)]
Count = Annotated[int, Field(ge=0, le=1_000_000_000)]
Months = Annotated[int, Field(ge=1, le=120)]
Amount = Annotated[Number, Field(ge=0, le=10**12)]
Percent = Annotated[Number, Field(ge=0, le=100)]


def _ascending(pair: tuple[N, N]) -> tuple[N, N]:
    if pair[0] > pair[1]:
        raise ValueError("must name the lower figure first")
    return pair


def _known(currency: str) -> str:
    if not is_currency(currency):
        raise ValueError("must be the three letters of a currency, such as USD")
    return currency


Currency = Annotated[str, AfterValidator(_known)]
Span = Annotated[tuple[Count, Count], AfterValidator(_ascending)]
PercentSpan = Annotated[tuple[Percent, Percent], AfterValidator(_ascending)]


def _within_currency(amount: Decimal, currency: str | None) -> Decimal:
    if currency:
        to_minor(amount, currency)
    return amount


class Persons(Schema):
    """Present members who hold a valid credential of the level, or of one above it unless `exactly`."""

    kind: Literal["persons"]
    id: Slug
    name: Text
    level: Level
    at_least: Annotated[Count, Field(ge=1)]
    job_role: JobRole | None = None
    exactly: bool = False


class Metric(Schema):
    """The sum of the facts of the metric that are valid at the instant."""

    kind: Literal["metric"]
    id: Slug
    name: Text
    metric: MetricName
    at_least: Count


class Money(Schema):
    """The sum, in one currency, of the facts of the metric whose period ended in the last `window_months`."""

    kind: Literal["money"]
    id: Slug
    name: Text
    metric: MetricName
    window_months: Months
    currency: Currency
    at_least: Amount

    @field_validator("at_least")
    @classmethod
    def _fits_currency(cls, amount: Decimal, info: ValidationInfo) -> Decimal:
        return _within_currency(amount, info.data.get("currency"))

    @property
    def at_least_minor(self) -> int:
        return to_minor(self.at_least, self.currency)


class Agreement(Schema):
    """A fact of the metric that is valid at the instant; a fact of value 0 says that there is none."""

    kind: Literal["agreement"]
    id: Slug
    name: Text
    metric: MetricName


class AllOf(Schema):
    kind: Literal["all_of"]
    id: Slug
    name: Text
    requirements: Annotated[tuple["Requirement", ...], Field(min_length=1)]


class AnyOf(Schema):
    kind: Literal["any_of"]
    id: Slug
    name: Text
    requirements: Annotated[tuple["Requirement", ...], Field(min_length=1)]


Requirement = Annotated[Persons | Metric | Money | Agreement | AllOf | AnyOf, Field(discriminator="kind")]


class Tier(Schema):
    """A step of the ladder; the highest rank is the best. It asks for what it lists, not for the tiers below it."""

    id: Slug
    rank: Annotated[int, Field(ge=1, le=1000)]
    name: Text
    commission_percent: Percent | None = None
    business_review: Cadence | None = None
    requirements: tuple[Requirement, ...]
    benefits: tuple[Text, ...] = ()


class Review(Schema):
    """When a tier that is no longer earned is looked at (counted from the participation's start), and the grace."""

    every_months: Months
    grace_days: Annotated[int, Field(ge=0, le=3660)]


class Step(Schema):
    """Something done once on the way in; its id is permanent, as its completion is recorded by it."""

    id: Slug
    name: Text


class OnboardingPhase(Schema):
    name: Text
    weeks: Span | None = None
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]


class Onboarding(Schema):
    """`weeks`: how long it takes, at least and at most; a phase's weeks: its first and its last."""

    weeks: Span
    phases: Annotated[tuple[OnboardingPhase, ...], Field(min_length=1)]


class Training(Schema):
    """Training that the programme names, and the track that teaches it, where one does."""

    name: Text
    track: Level | None = None
    area: Area | None = None
    hours: Annotated[int, Field(ge=1, le=1000)] | None = None


class Figure(Schema):
    period: Text
    by: date | None = None
    at_least: Amount


class Series(Schema):
    """A figure of the programme over time. `measure` names what the platform itself can count against it."""

    id: Slug
    name: Text
    unit: Literal["count", "percent", "score", "money"] = "count"
    currency: Currency | None = None
    measure: Literal["certified_persons", "active_partners"] | None = None
    values: Annotated[tuple[Figure, ...], Field(min_length=1)]

    @field_validator("values")
    @classmethod
    def _fits_currency(cls, figures: tuple[Figure, ...], info: ValidationInfo) -> tuple[Figure, ...]:
        for figure in figures:
            _within_currency(figure.at_least, info.data.get("currency"))
        return figures


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
    """What a kind of partner receives, as a percentage from–to; `basis` says of what."""

    name: Text
    basis: Text | None = None
    percent: PercentSpan


class IntegrationLevel(Schema):
    id: Slug
    name: Text
    includes: tuple[Text, ...] = ()


class IntegrationPhase(Schema):
    name: Text
    months: Span
    steps: tuple[Text, ...] = ()


class Integrations(Schema):
    """How deep a technical integration may go, and the phases of making one."""

    levels: Annotated[tuple[IntegrationLevel, ...], Field(min_length=1)]
    phases: tuple[IntegrationPhase, ...] = ()


class Programme(Schema):
    """A partner programme, as its file states it."""

    id: Slug
    title: Text
    summary: Text
    effective_from: date
    review: Review
    business_review: Cadence | None = None
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1)]
    onboarding: Onboarding | None = None
    training: tuple[Training, ...] = ()
    resources: tuple[Text, ...] = ()
    incentives: tuple[Text, ...] = ()
    targets: tuple[Series, ...] = ()
    investment: tuple[Series, ...] = ()
    return_on_investment: Return | None = None
    kpis: tuple[Kpi, ...] = ()
    revenue_share: tuple[RevenueShare, ...] = ()
    integrations: Integrations | None = None
    notes: tuple[Text, ...] = ()


def every_requirement(requirements: Iterable[Requirement]) -> Iterator[Requirement]:
    """The requirements and, after each group, those inside it."""
    for requirement in requirements:
        yield requirement
        if isinstance(requirement, AllOf | AnyOf):
            yield from every_requirement(requirement.requirements)
