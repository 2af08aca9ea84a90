"""The schema of what a tier asks for: the kinds of requirement, and what each of them counts."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from app.content.money import Amount, Currency, to_minor, within_currency
from app.content.schema import Schema, Slug, Text
from app.partners.figures import BOUNDS, Bounds, Count, Months, Percent, Some

Level = Literal["fundamentals", "advanced", "expert", "master"]
JobRole = Literal["sales", "technical", "marketing", "management"]
MetricName = Annotated[Slug, Field(max_length=40)]
Region = Annotated[Slug, Field(max_length=40)]


class OfPersons(Schema):
    """Present members who hold a valid credential of the level (left out: of any), or above it unless `exactly`."""

    kind: Literal["persons"]
    level: Level | None = None
    job_role: JobRole | None = None
    region: Region | None = None
    exactly: bool = False

    @field_validator("exactly")
    @classmethod
    def _has_level(cls, exactly: bool, info: ValidationInfo) -> bool:
        if exactly and info.data.get("level") is None:
            raise ValueError("goes with a `level`")
        return exactly


class OfMetric(Schema):
    """The sum of the facts of the metric that are valid at the instant."""

    kind: Literal["metric"]
    metric: MetricName


class OfMoney(Schema):
    """The sum, in one currency, of the facts of the metric whose period ended in the last `window_months`."""

    kind: Literal["money"]
    metric: MetricName
    window_months: Months
    currency: Currency


class OfTraining(Schema):
    """Present members who have completed every required course of the track, or the one that is named."""

    kind: Literal["training"]
    track: Level
    course: Slug | None = None


class Persons(OfPersons):
    id: Slug
    name: Text
    at_least: Some


class Metric(Bounds[Count], OfMetric):
    id: Slug
    name: Text


class Money(Bounds[Amount], OfMoney):
    id: Slug
    name: Text

    @field_validator(*BOUNDS)
    @classmethod
    def _fits_currency(cls, amount: Decimal | None, info: ValidationInfo) -> Decimal | None:
        return amount if amount is None else within_currency(amount, info.data.get("currency"))

    def _units(self, figure: Decimal) -> int:
        return to_minor(figure, self.currency)


class Trained(OfTraining):
    """How many persons, or which share of the present members: at least so many per cent, or more than so many."""

    id: Slug
    name: Text
    at_least: Some | None = None
    share_percent: Annotated[Percent, Field(gt=0)] | None = None
    more_than_percent: Annotated[Percent, Field(lt=100)] | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if [self.at_least, self.share_percent, self.more_than_percent].count(None) != 2:
            raise ValueError("must have one of `at_least`, `share_percent` and `more_than_percent`")
        return self


class Agreement(Schema):
    """A fact of the metric that is valid at the instant; a fact of value 0 says that there is none."""

    kind: Literal["agreement"]
    id: Slug
    name: Text
    metric: MetricName


class Grade(Schema):
    value: Count
    name: Text


class Attestation(Schema):
    """The latest of the facts of the metric that are valid at the instant and have evidence: at least this grade."""

    kind: Literal["attestation"]
    id: Slug
    name: Text
    metric: MetricName
    grades: Annotated[tuple[Grade, ...], Field(min_length=1)]
    grade: Some

    @field_validator("grade")
    @classmethod
    def _is_one(cls, grade: int, info: ValidationInfo) -> int:
        if "grades" in info.data and grade not in [one.value for one in info.data["grades"]]:
            raise ValueError("must be the value of one of the `grades`")
        return grade


class Tenure(Schema):
    """So many months have gone by since the participation began."""

    kind: Literal["tenure"]
    id: Slug
    name: Text
    months: Months


class Previous(Schema):
    """All that another tier asks for, of the same ladder or of the one that is named, is met at the instant."""

    kind: Literal["previous"]
    id: Slug
    name: Text
    tier: Slug
    ladder: Slug | None = None


Counted = Annotated[OfPersons | OfMetric | OfMoney | OfTraining, Field(discriminator="kind")]


class Part(Schema):
    """Points for every full `per` of what is counted, up to `at_most`; a `minimum` of them beside the total."""

    id: Slug
    name: Text
    of: Counted
    per: Annotated[Amount, Field(gt=0)]
    points: Some
    at_most: Some | None = None
    minimum: Count = 0

    @field_validator("per")
    @classmethod
    def _countable(cls, per: Decimal, info: ValidationInfo) -> Decimal:
        counted = info.data.get("of")
        if isinstance(counted, OfMoney):
            return within_currency(per, counted.currency)
        if per != per.to_integral_value():
            raise ValueError("must be a whole number")
        return per

    @field_validator("minimum")
    @classmethod
    def _within_reach(cls, minimum: int, info: ValidationInfo) -> int:
        if minimum > (info.data.get("at_most") or minimum):
            raise ValueError("must not be above `at_most`")
        return minimum

    @property
    def per_units(self) -> int:
        """`per` in what is counted: in minor units for money."""
        return to_minor(self.per, self.of.currency) if isinstance(self.of, OfMoney) else int(self.per)


class Points(Schema):
    """The points of the parts together, and each part's own minimum."""

    kind: Literal["points"]
    id: Slug
    name: Text
    at_least: Some
    parts: Annotated[tuple[Part, ...], Field(min_length=1)]


class Team(Schema):
    """Persons for every one of the requirements at once: each present member counts for one of them at most."""

    kind: Literal["team"]
    id: Slug
    name: Text
    requirements: Annotated[tuple[Persons, ...], Field(min_length=1, max_length=50)]


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


class SomeOf(Schema):
    """At least so many of the requirements."""

    kind: Literal["some_of"]
    id: Slug
    name: Text
    requirements: Annotated[tuple["Requirement", ...], Field(min_length=1)]
    at_least: Some

    @field_validator("at_least")
    @classmethod
    def _within_reach(cls, at_least: int, info: ValidationInfo) -> int:
        if at_least > len(info.data.get("requirements", ())) > 0:
            raise ValueError("must not be more than there are `requirements`")
        return at_least


Group = AllOf | AnyOf | SomeOf | Team
Requirement = Annotated[
    Persons | Metric | Money | Trained | Agreement | Attestation | Tenure | Previous | Points | Group,
    Field(discriminator="kind"),
]


def every_requirement(requirements: Iterable[Requirement]) -> Iterator[Requirement]:
    """The requirements and, after each group, those inside it."""
    for requirement in requirements:
        yield requirement
        if isinstance(requirement, Group):
            yield from every_requirement(requirement.requirements)
