"""The requirements of a tier as lines of a table: what there is, what is asked for and what is missing, with names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.content.levels import LEVELS
from app.partners.requirements import Persons, Requirement
from app.web.layout import in_language
from app.web.partner.amounts import amount, gap, money, study_time
from app.web.partner.studies import Studies

Data = dict[str, Any]


@dataclass(frozen=True)
class Holder:
    """A person who counts, and by which credential."""

    name: str
    level: str
    public_id: str
    until: datetime | None


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
    reason: str | None = None


@dataclass(frozen=True)
class Line:
    """A requirement; `depth` is how many groups it stands in, `candidates` begin with the nearest."""

    name: str
    depth: int
    met: bool
    have: str
    need: str
    gap: str
    holders: Sequence[Holder]
    candidates: Sequence[Candidate]
    figures: Sequence[Figure]


def lines_of(
    checks: Sequence[Data], asked: Mapping[str, Requirement], studies: Studies, depth: int = 0
) -> Iterator[Line]:
    """The checks of a tier's proof, each group followed by its parts; `asked` are the tier's requirements by id."""
    for check in checks:
        yield Line(
            name=in_language(check["name"]),
            depth=depth,
            met=check["met"],
            have=amount(check, check["have"]),
            need=amount(check, check["need"]),
            gap=gap(check),
            holders=[_holder(who) for who in check["people"]],
            candidates=_candidates(check, asked.get(check["id"]), studies),
            figures=[*map(_figure, check["facts"]), *map(_figure, check["left_out"])],
        )
        yield from lines_of(check["requirements"], asked, studies, depth + 1)


def _holder(who: Data) -> Holder:
    return Holder(who["name"], who["level"], who["credential"], _instant(who["valid_to"]))


def _candidates(check: Data, requirement: Requirement | None, studies: Studies) -> list[Candidate]:
    wanted = (isinstance(requirement, Persons) and requirement.level) or LEVELS[0]
    candidates = [_candidate(who, wanted, studies) for who in check["candidates"]]
    return sorted(candidates, key=lambda candidate: candidate.minutes)


def _candidate(who: Data, wanted: str, studies: Studies) -> Candidate:
    minutes = studies.minutes_left(who["person"], who["level"], wanted)
    return Candidate(who["name"], minutes, study_time(minutes))


def _figure(fact: Data) -> Figure:
    value = money(fact["value"], fact["currency"]) if fact["currency"] else amount({"unit": "count"}, fact["value"])
    since = datetime.fromisoformat(fact["valid_from"])
    return Figure(value, since, _instant(fact["valid_to"]), fact["source"], fact.get("reason"))


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
