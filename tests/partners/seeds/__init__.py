"""What each row of the five source documents asks a programme file to hold, as values to compare."""

from collections.abc import Iterable
from typing import Any

from app.content.schema import Text
from app.partners.particulars import Series
from app.partners.requirements import every_requirement
from app.partners.rules import Programme

Held = tuple[str, object, object]  # the row's id, what the file holds, what the source says


def english(texts: Iterable[Text]) -> list[str]:
    return [text["en"] for text in texts]


def names(things: Iterable[Any]) -> list[str]:
    return [thing.name["en"] for thing in things]


def every_series(programme: Programme) -> list[Series]:
    kinds = [series for kind in programme.partner_kinds for series in kind.targets]
    return [*programme.targets, *programme.investment, *kinds]


def figures(programme: Programme, series: str) -> list[object]:
    """Its bounds in order: 5 for at least 5, (5, 10) for 5 to 10, `> 5` for more than 5, `< 5` for below 5."""
    found = next(one for one in every_series(programme) if one.id == series)
    return [_figure(value) for value in found.values]


def _figure(value: Any) -> object:
    if value.more_than is not None:
        return f"> {value.more_than}"
    if value.below is not None:
        return f"< {value.below}"
    return value.at_least if value.at_most is None else (value.at_least, value.at_most)


def currencies(programme: Programme, *series: str) -> list[str | None]:
    return [one.currency for one in every_series(programme) if one.id in series]


def by_tier(programme: Programme, series: str) -> list[str | None]:
    found = next(one for one in every_series(programme) if one.id == series)
    return [value.tier for value in found.values]


def dates(programme: Programme, series: str) -> list[str]:
    found = next(one for one in every_series(programme) if one.id == series)
    return [str(value.by) for value in found.values]


def ladder(programme: Programme, id: str = "tiers") -> list[tuple[str, int]]:
    return [(tier.id, tier.rank) for tier in programme.tiers_of(id)]


def commissions(programme: Programme) -> list[object]:
    return [tier.commission_percent for tier in programme.tiers]


def benefits(programme: Programme, tier: str, ladder: str = "tiers") -> list[str]:
    return english(next(one for one in programme.tiers_of(ladder) if one.id == tier).benefits)


def asked(programme: Programme, tier: str, ladder: str = "tiers") -> list[tuple[Any, ...]]:
    """Every requirement of a tier as the kind and what it says, without its id and names."""
    found = next(one for one in programme.tiers_of(ladder) if one.id == tier)
    return [
        (one.kind, one.model_dump(exclude={"id", "name", "kind", "grades", "requirements"}, exclude_unset=True))
        for one in every_requirement(found.requirements)
    ]


def hours(programme: Programme, of: str) -> dict[Any, Any]:
    """Hours by `track` or by `area`."""
    return {getattr(one, of): one.hours for one in programme.training if getattr(one, of)}


def phases(programme: Programme) -> list[tuple[Any, list[str]]]:
    assert programme.onboarding is not None
    return [(phase.weeks, names(phase.steps)) for phase in programme.onboarding.phases]


def shares(programme: Programme) -> dict[str, Any]:
    return {share.name["en"]: share.percent for share in programme.revenue_share}


def table(programme: Programme, id: str) -> list[list[object]]:
    found = next(one for one in programme.tables if one.id == id)
    return [list(row.values) for row in found.rows]


def entries(listings: Iterable[Any], id: str) -> list[str]:
    return names(next(one for one in listings if one.id == id).entries)
