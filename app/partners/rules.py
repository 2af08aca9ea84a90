"""The schema of a programme: its tiers and ladders, its review, and all that it holds and shows beside them."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import ConfigDict, Field

from app.content.money import Currency
from app.content.schema import Number, Schema, Slug, Text
from app.partners.figures import Months, Percent
from app.partners.particulars import (
    AcceptedHole,
    AccessLevel,
    Cadence,
    Integrations,
    Kpi,
    Listing,
    Milestone,
    Onboarding,
    PartnerKind,
    Report,
    Return,
    RevenueShare,
    Series,
    Table,
    Training,
)
from app.partners.requirements import Requirement

MAIN = "tiers"  # the id of the ladder that every programme has


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
    accepted_holes: tuple[AcceptedHole, ...] = ()
    rates: tuple[Rate, ...] = ()
    onboarding: Onboarding | None = None
    training: tuple[Training, ...] = ()
    resources: tuple[Text, ...] = ()
    incentives: tuple[Text, ...] = ()
    support: tuple[Listing, ...] = ()
    access_levels: tuple[AccessLevel, ...] = ()
    reports: tuple[Report, ...] = ()
    lists: tuple[Listing, ...] = ()
    partner_kinds: tuple[PartnerKind, ...] = ()
    targets: tuple[Series, ...] = ()
    investment: tuple[Series, ...] = ()
    return_on_investment: Return | None = None
    tables: tuple[Table, ...] = ()
    kpis: tuple[Kpi, ...] = ()
    revenue_share: tuple[RevenueShare, ...] = ()
    integrations: Integrations | None = None
    roadmap: tuple[Milestone, ...] = ()
    notes: tuple[Text, ...] = ()

    @property
    def every_ladder(self) -> Sequence[tuple[str, Text | None, Sequence[Tier]]]:
        """Each ladder's id, name and tiers; the main one comes first and has no name."""
        return [(MAIN, None, self.tiers), *((ladder.id, ladder.name, ladder.tiers) for ladder in self.ladders)]

    def tiers_of(self, ladder: str) -> Sequence[Tier]:
        """The tiers of a ladder; none where the programme has no such ladder."""
        return next((tiers for id, _, tiers in self.every_ladder if id == ladder), ())
