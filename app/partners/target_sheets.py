"""Target sheets: every target of a programme against what the platform counts and what is recorded, at an instant."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from app.content.schema import Text
from app.partners.counting import recorded
from app.partners.facts import facts_of_metrics
from app.partners.measures import (
    active_organisations,
    active_partners,
    certified_persons,
    partnership_months,
    trained_persons,
    training_completion,
)
from app.partners.onboarding import onboarding_days
from app.partners.particulars import Figure, Series
from app.partners.records import Fact
from app.partners.rules import Programme
from app.partners.targets import Judged, ends, is_over, judge, judged, mean

# What the platform counts of a programme at an instant, but for what is counted once for all figures.
COUNTED: dict[str, Callable[[int, datetime], Decimal | None]] = {
    "trained_persons": lambda programme_id, at: Decimal(trained_persons(programme_id, at)),
    "partnership_months": lambda programme_id, at: mean(partnership_months(programme_id, at)),
    "training_completion": training_completion,
    "onboarding_days": lambda programme_id, at: mean(onboarding_days(programme_id, at)),
}


class OfTier(NamedTuple):
    """How many partners hold the tier of a figure, of how many something is recorded, and how many reach it."""

    partners: int
    recorded: int
    met: int


@dataclass(frozen=True)
class Against:
    """A series against what there is; `kind` names the kind of partner that it is for.

    `tiers` has, by their places, those figures that each partner of a tier is held against. `left_out`: so many facts
    are money that no dated rate converts.
    """

    series: Series
    kind: Text | None
    figures: Sequence[Judged]
    tiers: Mapping[int, OfTier]
    left_out: int


def target_sheet(programme_id: int, rules: Programme, *, at: datetime, known_at: datetime) -> list[Against]:
    """The programme's own targets, then those of its kinds of partner: a number of statements fixed by its file.

    Of a figure whose last day is past it says where it stood then. The platform's own counts are as they were known
    then, and facts as they are known at `known_at`: they come in after the days they are about.
    """
    placed = list(series_of(rules))
    sheet = _Sheet(programme_id, rules, [series for _kind, series in placed], at, known_at)
    return [sheet.against(kind, series) for kind, series in placed]


def series_of(rules: Programme) -> Iterator[tuple[Text | None, Series]]:
    """Every series of targets, with the kind of partner that it is for."""
    yield from ((None, series) for series in rules.targets)
    for kind in rules.partner_kinds:
        yield from ((kind.name, series) for series in kind.targets)


def by_tier(series: Series, figure: Figure) -> bool:
    """Whether each partner of the tier is held against the figure by itself."""
    return figure.tier is not None and series.metric is not None


class _Sheet:
    """What the series need, read once for all of them."""

    def __init__(
        self, programme_id: int, rules: Programme, series: Sequence[Series], at: datetime, known_at: datetime
    ) -> None:
        self._programme_id, self._rates, self._at = programme_id, rules.rates, at
        asked = [(one.measure, min(at, ends(figure) or at)) for one in series for figure in one.values]
        instants = sorted({instant for measure, instant in asked if measure == "certified_persons"})
        self._certified = dict(zip(instants, certified_persons(programme_id, instants), strict=True))
        active = {instant for measure, instant in asked if measure == "active_partners"}
        self._active = {instant: active_partners(programme_id, instant) for instant in sorted(active)}
        metrics = {one.metric for one in series if one.metric}
        self._facts = facts_of_metrics(programme_id, metrics, known_at) if metrics else {}
        tiers = any(by_tier(one, figure) for one in series for figure in one.values)
        self._tier_of = active_organisations(programme_id, at) if tiers else {}

    def against(self, kind: Text | None, series: Series) -> Against:
        figures = judged(series, partial(self._measured, series), self._at)
        tiers = {
            place: self._of_tier(series, one.figure) for place, one in enumerate(figures) if by_tier(series, one.figure)
        }
        for place, found in tiers.items():
            figures[place] = _of_all(figures[place], found)
        return Against(series, kind, figures, tiers, self._left_out(series))

    def _measured(self, series: Series, figure: Figure, at: datetime) -> Decimal | None:
        if series.metric:
            facts = self._facts[series.metric]
            return None if figure.tier else recorded(facts, series, figure, self._rates, at).total(series)
        if series.measure == "certified_persons":
            return Decimal(self._certified[at])
        if series.measure == "active_partners":
            held = self._active[at]
            return Decimal(held.get(figure.tier, 0) if figure.tier else sum(held.values()))
        return COUNTED[series.measure](self._programme_id, at) if series.measure else None

    def _of_tier(self, series: Series, figure: Figure) -> OfTier:
        """Only those who hold the tier now."""
        partners = {organisation for organisation, tier in self._tier_of.items() if tier == figure.tier}
        facts = self._facts[str(series.metric)]
        theirs = {organisation: facts[organisation] for organisation in partners & facts.keys()}
        values = recorded(theirs, series, figure, self._rates, self._at).values.values()
        met = sum(judge(figure, value, is_over=False)[0] in ("met", "beyond") for value in values)
        return OfTier(len(partners), len(values), met)

    def _left_out(self, series: Series) -> int:
        facts: Mapping[int, Sequence[Fact]] = self._facts.get(series.metric or "", {})
        figures = [figure for figure in series.values if figure.months and not is_over(figure, self._at)]
        found = (recorded(facts, series, figure, self._rates, self._at).left_out for figure in figures)
        return max(found, default=0)


def _of_all(one: Judged, found: OfTier) -> Judged:
    """A figure of each partner is met when every partner of the tier meets it."""
    if not found.recorded:
        return replace(one, status="unmeasured", percent=None)
    if found.met == found.partners:
        return replace(one, status="met", percent=None)
    return replace(one, status="under_way", percent=found.met * 100 // found.partners)
