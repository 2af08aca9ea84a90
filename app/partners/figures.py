"""The figures in a programme's file: counts, amounts with their currency, shares, and bounds around them."""

from decimal import Decimal
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, model_validator

from app.content.schema import Number, Schema

N = TypeVar("N", int, Decimal)

Bound = Literal["at_least", "more_than", "at_most", "below"]
BOUNDS: tuple[Bound, ...] = ("at_least", "more_than", "at_most", "below")
Count = Annotated[int, Field(ge=0, le=1_000_000_000)]
Some = Annotated[int, Field(ge=1, le=1_000_000_000)]
Months = Annotated[int, Field(ge=1, le=120)]
Percent = Annotated[Number, Field(ge=0, le=100)]


def _ascending(pair: tuple[N, N]) -> tuple[N, N]:
    if pair[0] > pair[1]:
        raise ValueError("must name the lower figure first")
    return pair


Span = Annotated[tuple[Count, Count], AfterValidator(_ascending)]
PercentSpan = Annotated[tuple[Percent, Percent], AfterValidator(_ascending)]


class Bounds(Schema, Generic[N]):
    """At most one lower and one upper bound, and at least one of them: inclusive, exclusive, inclusive, exclusive."""

    at_least: N | None = None
    more_than: N | None = None
    at_most: N | None = None
    below: N | None = None

    @property
    def stated(self) -> dict[Bound, int]:
        """The bounds as they are written, in whole units."""
        written = ((name, getattr(self, name)) for name in BOUNDS)
        return {name: self._units(figure) for name, figure in written if figure is not None}

    @property
    def need(self) -> int:
        """The least that is enough, in whole units."""
        stated = self.stated
        return stated["more_than"] + 1 if "more_than" in stated else stated.get("at_least", 0)

    @property
    def most(self) -> int | None:
        """The most that is not too much, in whole units; None: there is no upper bound."""
        stated = self.stated
        return stated["below"] - 1 if "below" in stated else stated.get("at_most")

    def _units(self, figure: N) -> int:
        return int(figure)

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        stated = self.stated
        if not stated:
            raise ValueError("must have a bound: `at_least`, `more_than`, `at_most` or `below`")
        if {"at_least", "more_than"} <= stated.keys() or {"at_most", "below"} <= stated.keys():
            raise ValueError("must have one lower bound and one upper bound at most")
        if self.most is not None and self.most < self.need:
            raise ValueError("must have bounds that something lies between")
        return self
