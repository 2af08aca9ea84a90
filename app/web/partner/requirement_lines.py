"""The requirements of a tier as lines of a table: what there is, what is asked for and what is missing, with names."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.content.levels import LEVELS
from app.learning.studies import Studies
from app.partners.requirements import OfPersons, OfTraining, Points, Requirement, every_requirement
from app.web.layout import in_language
from app.web.partner import terms
from app.web.partner.amounts import money, study_time
from app.web.wording import date_text, number_text
from app.web.wording import gettext as _

Data = dict[str, Any]


@dataclass(frozen=True)
class Holder:
    """A person who counts, and by which credential, or since when the training is completed."""

    name: str
    level: str | None
    public_id: str | None
    until: datetime | None
    done_at: datetime | None


@dataclass(frozen=True)
class Candidate:
    """A person who could close the gap; `study` says how far away the exam is."""

    name: str
    minutes: int
    study: str


@dataclass(frozen=True)
class Figure:
    """A fact behind a sum; `reason` says why it is left out of it."""

    value: str
    since: datetime
    until: datetime | None
    source: str
    evidence: str | None
    reason: str | None = None


@dataclass(frozen=True)
class Line:
    """A requirement; `depth` is how many groups it stands in, `candidates` begin with the nearest.

    `asked` is false for a part without a minimum. `short` says where it stands if it is not met, `note` how a part
    comes to its points.
    """

    name: str
    depth: int
    met: bool
    asked: bool
    have: str
    need: str
    gap: str
    short: str
    note: str
    holders: Sequence[Holder]
    candidates: Sequence[Candidate]
    figures: Sequence[Figure]


def counted_in(requirements: Iterable[Requirement]) -> dict[str, object]:
    """What is counted for each requirement of a tier, and for each part of points, by its id."""
    counted: dict[str, object] = {}
    for one in every_requirement(requirements):
        counted[one.id] = one
        if isinstance(one, Points):
            counted |= {part.id: part.of for part in one.parts}
    return counted


def lines_of(checks: Sequence[Data], asked: Mapping[str, object], studies: Studies, depth: int = 0) -> Iterator[Line]:
    """The checks of a tier's proof, each group followed by its parts; `asked` is what the tier counts, by id."""
    for check in checks:
        yield Line(
            name=in_language(check["name"]),
            depth=depth,
            met=check["met"],
            asked=check["kind"] != "part" or check["need"] > 0,
            have=terms.have(check),
            need=terms.need(check),
            gap="" if check["met"] else terms.gap(check),
            short="" if check["met"] else terms.short(check),
            note=terms.note(check),
            holders=[_holder(who) for who in check["people"]],
            candidates=_candidates(check, asked.get(check["id"]), studies),
            figures=[_figure(check, fact) for fact in (*check["facts"], *check["left_out"])],
        )
        yield from lines_of(check["requirements"], asked, studies, depth + 1)


def _holder(who: Data) -> Holder:
    return Holder(who["name"], who["level"], who["credential"], _instant(who["valid_to"]), _instant(who.get("done_at")))


def _candidates(check: Data, counted: object, studies: Studies) -> list[Candidate]:
    candidates = [_candidate(who, counted, studies) for who in check["candidates"]]
    return sorted(candidates, key=lambda candidate: candidate.minutes)


def _candidate(who: Data, counted: object, studies: Studies) -> Candidate:
    if isinstance(counted, OfTraining):
        minutes = studies.minutes_of(who["person"], counted.track, counted.course)
    else:
        level = counted.level if isinstance(counted, OfPersons) else None
        minutes = studies.minutes_left(who["person"], who["level"], level or LEVELS[0])
    return Candidate(who["name"], minutes, study_time(minutes))


def _figure(check: Data, fact: Data) -> Figure:
    since = datetime.fromisoformat(fact["valid_from"])
    until = _instant(fact["valid_to"])
    return Figure(_value(check, fact), since, until, fact["source"], fact.get("evidence"), fact.get("reason"))


def _value(check: Data, fact: Data) -> str:
    """The value, and what it is worth where it was converted."""
    value = money(fact["value"], fact["currency"]) if fact["currency"] else terms.value(check, fact["value"])
    converted = fact.get("converted")
    if not converted:
        return value
    return _(
        "%(value)s = %(worth)s (rate %(rate)s of %(date)s)",
        value=value,
        worth=money(converted["worth"], converted["currency"]),
        rate=number_text(Decimal(converted["rate"])),
        date=date_text(date.fromisoformat(converted["on"])),
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
