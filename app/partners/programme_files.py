"""Programme files: `programmes/*.yml` read, held to the schema and to what a schema cannot say, or complained about."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from app.content.complaints import Complaint
from app.content.files import strays, visible
from app.content.schema import LANGUAGES, Document, read_yaml
from app.partners.rules import AllOf, AnyOf, Metric, Money, Persons, Programme, Requirement, Series

Found = Iterator[Complaint]
Keys = tuple[str | int, ...]


@dataclass(frozen=True)
class ProgrammeFile:
    """A programme that may be published."""

    spec: Programme
    path: Path

    def as_json(self) -> dict[str, Any]:
        """What a published version keeps; `programme_from_json` reads it back."""
        return self.spec.model_dump(mode="json")


def programme_from_json(data: dict[str, Any]) -> Programme:
    return Programme.model_validate_json(json.dumps(data))


def read_programmes(root: Path) -> tuple[list[ProgrammeFile], list[Complaint]]:
    """Every programme under `root`, in order, with what is wrong; a file complained about is not among them."""
    files: list[ProgrammeFile] = []
    complaints = strays(root / "programmes")
    if complaints:
        return [], complaints
    for path in visible(root / "programmes"):
        if path.suffix != ".yml":
            complaints.append(Complaint(path, 1, "a programme's file is named `<programme>.yml`"))
            continue
        document, found = read_yaml(path, Programme)
        if document:
            found = sorted(_disagreements(document))
        if document and not found:
            files.append(ProgrammeFile(document.value, path))
        complaints += found
    return files, complaints


def _disagreements(document: Document[Programme]) -> Found:
    yield from document.missing_languages(LANGUAGES)
    yield from _identity(document)
    yield from _ladder(document)
    yield from _tiers(document)
    yield from _steps(document)
    yield from _series(document)
    yield from _return(document)


def _identity(document: Document[Programme]) -> Found:
    if document.value.id != document.path.stem:
        yield document.complain(f"the id `{document.value.id}` is not the file's name `{document.path.stem}`", "id")


def _twice(document: Document[Programme], what: str, places: Iterable[tuple[object, Keys]]) -> Found:
    """`places` are pairs of a value and where it stands; each value may stand once."""
    seen = set()
    for value, keys in places:
        if value in seen:
            yield document.complain(f"the {what} `{value}` stands here twice", *keys)
        seen.add(value)


def _ladder(document: Document[Programme]) -> Found:
    tiers = document.value.tiers
    yield from _twice(document, "tier", [(tier.id, ("tiers", n, "id")) for n, tier in enumerate(tiers)])
    yield from _twice(document, "rank", [(tier.rank, ("tiers", n, "rank")) for n, tier in enumerate(tiers)])
    for n, (lower, upper) in enumerate(pairwise(tiers), start=1):
        if upper.rank < lower.rank:
            message = f"the lowest rank comes first, and {upper.rank} is lower than {lower.rank}"
            yield document.complain(message, "tiers", n, "rank")


def _tiers(document: Document[Programme]) -> Found:
    """Ids are unique within a tier, and what a higher tier asks for under the same id is not less."""
    asked: dict[str, Requirement] = {}
    for n, tier in enumerate(document.value.tiers):
        keys: Keys = ("tiers", n, "requirements")
        places = _places(tier.requirements, keys)
        yield from _twice(document, "requirement", [(one.id, (*at, "id")) for one, at in places])
        for m, one in enumerate(tier.requirements):
            if one.id in asked and _asks_less(one, asked[one.id]):
                message = f"`{one.id}` asks for less than the same requirement of a lower tier"
                yield document.complain(message, *keys, m, "at_least")
        asked |= {one.id: one for one in tier.requirements}


def _places(requirements: Iterable[Requirement], keys: Keys) -> Iterator[tuple[Requirement, Keys]]:
    for n, requirement in enumerate(requirements):
        yield requirement, (*keys, n)
        if isinstance(requirement, AllOf | AnyOf):
            yield from _places(requirement.requirements, (*keys, n, "requirements"))


def _asks_less(upper: Requirement, lower: Requirement) -> bool:
    if isinstance(upper, Persons) and isinstance(lower, Persons):
        return upper.at_least < lower.at_least and _alike(upper, lower, "level", "job_role", "exactly")
    if isinstance(upper, Money) and isinstance(lower, Money):
        return upper.at_least < lower.at_least and _alike(upper, lower, "metric", "currency", "window_months")
    if isinstance(upper, Metric) and isinstance(lower, Metric):
        return upper.at_least < lower.at_least and _alike(upper, lower, "metric")
    return False


def _alike(upper: Requirement, lower: Requirement, *fields: str) -> bool:
    return all(getattr(upper, field) == getattr(lower, field) for field in fields)


def _steps(document: Document[Programme]) -> Found:
    onboarding = document.value.onboarding
    phases = onboarding.phases if onboarding else ()
    places = [
        (step.id, ("onboarding", "phases", n, "steps", m, "id"))
        for n, phase in enumerate(phases)
        for m, step in enumerate(phase.steps)
    ]
    yield from _twice(document, "step", places)


def _series(document: Document[Programme]) -> Found:
    places: list[tuple[Series, Keys]] = [(one, ("targets", n)) for n, one in enumerate(document.value.targets)]
    places += [(one, ("investment", n)) for n, one in enumerate(document.value.investment)]
    yield from _twice(document, "series", [(one.id, (*keys, "id")) for one, keys in places])
    for one, keys in places:
        if (one.unit == "money") != (one.currency is not None):
            yield document.complain("a `currency` goes with `unit: money`, and with no other", *keys)


def _return(document: Document[Programme]) -> Found:
    """The formula needs two series of one currency over the same periods, and something to divide by."""
    rule = document.value.return_on_investment
    if rule is None:
        return
    revenue = _named(document.value.targets, rule.revenue)
    investment = _named(document.value.investment, rule.investment)
    if revenue is None:
        yield document.complain(f"`targets` has no `{rule.revenue}`", "return_on_investment", "revenue")
    if investment is None:
        yield document.complain(f"`investment` has no `{rule.investment}`", "return_on_investment", "investment")
    if revenue and investment and not _divisible(revenue, investment):
        message = "the two series must be money of one currency over the same periods, the investment above zero"
        yield document.complain(message, "return_on_investment")


def _named(series: Iterable[Series], id: str) -> Series | None:
    return next((one for one in series if one.id == id), None)


def _divisible(revenue: Series, investment: Series) -> bool:
    same = [figure.period for figure in revenue.values] == [figure.period for figure in investment.values]
    return same and revenue.currency == investment.currency and all(one.at_least > 0 for one in investment.values)
