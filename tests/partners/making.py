"""Factories for the partners' tests: instants, records, and a small ladder that a few records can climb."""

from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

from app.content.schema import Text
from app.partners.programme_files import programme_from_json, read_programmes
from app.partners.proofs import Check
from app.partners.records import Completion, Fact, Holding, Member, Records
from app.partners.rules import Programme
from app.partners.tiers import Held, Qualification, qualify, steps

ROOT = Path(__file__).parents[2]
START = datetime(2024, 1, 1, tzinfo=UTC)
NOW = datetime(2025, 6, 1, tzinfo=UTC)
_numbers = count(1)


def published(programme: str) -> Programme:
    """A programme as its file in the repository states it."""
    files, complaints = read_programmes(ROOT)
    assert complaints == []
    return next(file.spec for file in files if file.spec.id == programme)


def day(year: int, month: int, number: int) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)


def member(
    person_id: int,
    job_role: str = "sales",
    from_at: datetime = START,
    to_at: datetime | None = None,
    region: str | None = None,
) -> Member:
    return Member(person_id, f"Person {person_id}", job_role, from_at, to_at, region)


def completion(person_id: int, course: str, at: datetime = START, track: str = "fundamentals") -> Completion:
    return Completion(person_id, track, course, at)


def holding(
    person_id: int, level: str = "fundamentals", valid_from: datetime = START, valid_to: datetime | None = None
) -> Holding:
    return Holding(person_id, level, f"credential-{person_id}-{level}", valid_from, valid_to)


def fact(
    metric: str,
    value: int = 1,
    currency: str | None = None,
    valid_from: datetime = START,
    valid_to: datetime | None = None,
    evidence: str | None = None,
) -> Fact:
    return Fact(next(_numbers), metric, value, currency, valid_from, valid_to, valid_from, "test", evidence)


def text(words: str) -> Text:
    return {"es": words, "en": words}


def ladder(*tiers: list[dict[str, Any]], every_months: int = 12, grace_days: int = 90, **more: Any) -> Programme:
    """A programme whose tiers `t1`, `t2` … ask for these requirements (without their ids and names)."""
    return programme_from_json(
        {
            "id": "small",
            "title": text("Small"),
            "summary": text("Small"),
            "effective_from": "2024-01-01",
            "review": {"every_months": every_months, "grace_days": grace_days},
            "tiers": rungs(*tiers),
            **more,
        }
    )


def side_ladder(*tiers: list[dict[str, Any]]) -> dict[str, Any]:
    """The ladder `levels`, for `ladders`."""
    return {"id": "levels", "name": text("Levels"), "tiers": rungs(*tiers)}


def rungs(*tiers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "id": f"t{rank}",
            "rank": rank,
            "name": text(f"Tier {rank}"),
            "requirements": [_named(one, f"r{n}") for n, one in enumerate(requirements, start=1)],
        }
        for rank, requirements in enumerate(tiers, start=1)
    ]


def _named(requirement: dict[str, Any], id: str) -> dict[str, Any]:
    inner = {
        key: [_named(one, f"{id}-{n}") for n, one in enumerate(requirement[key], start=1)]
        for key in ("requirements", "parts")
        if key in requirement
    }
    return {**requirement, "id": id, "name": text(id), **inner}


def the_check(requirement: dict[str, Any], records: Records, at: datetime = NOW, **more: Any) -> Check:
    """The requirement, as the only one of a programme, held against the records; `more` is said of the programme."""
    (proof,) = qualify(ladder([requirement], **more), records, at).ladder
    return proof.checks[0]


def last_step(
    programme: Programme, records: Records, at: datetime, anniversary_from: date, held: Held | None = None
) -> tuple[Held, Qualification]:
    """The standing at the instant, after every step before it."""
    *_, last = steps([(START, programme)], records, at, anniversary_from, held)
    return last
