"""The schema of a programme: its tiers and ladders, and the figures it holds and shows."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from app.content.schema import Number, Schema, Slug, Text
from app.partners.figures import Amount, Currency, Months, Percent, PercentSpan, Span, within_currency
from app.partners.requirements import Level, MetricName, Requirement

MAIN = "tiers"  # the id of the ladder that every programme has
Area = Literal["product", "sales", "technical", "business"]
Cadence = Literal["daily", "weekly", "monthly", "quarterly", "annual"]


class Tier(Schema):
    """A step of the ladder; the highest rank is the best. It asks for what it lists, not for the tiers below it."""

    id: Slug
    rank: Annotated[int, Field(ge=1, le=1000)]
    name: Text
    commission_percent: Percent | None = None
    business_review: Cadence | None = None
    requirements: tuple[Requirement, ...]
    benefits: tuple[Text, ...] = ()


class Ladder(Schema):
    """Tiers of their own beside the main ones, climbed by themselves."""

    id: Slug
    name: Text
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1)]


class Rate(Schema):
    """From the start of the day `on`, one unit of a currency is so many units of another."""

    model_config = ConfigDict(serialize_by_alias=True)

    currency: Annotated[Currency, Field(alias="from")]
    to: Currency
    on: date
    rate: Annotated[Number, Field(gt=0)]


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
            within_currency(figure.at_least, info.data.get("currency"))
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
    ladders: tuple[Ladder, ...] = ()
    rates: tuple[Rate, ...] = ()
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

    @property
    def every_ladder(self) -> Sequence[tuple[str, Text | None, Sequence[Tier]]]:
        """Each ladder's id, name and tiers; the main one comes first and has no name."""
        return [(MAIN, None, self.tiers), *((ladder.id, ladder.name, ladder.tiers) for ladder in self.ladders)]

    def tiers_of(self, ladder: str) -> Sequence[Tier]:
        """The tiers of a ladder; none where the programme has no such ladder."""
        return next((tiers for id, _, tiers in self.every_ladder if id == ladder), ())
