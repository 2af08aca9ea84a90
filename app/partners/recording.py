"""Recording: what becomes of the rows of a file or a program beside what is recorded already, and writing it down."""

import enum
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, insert, select

from app.extensions import db
from app.partners.fact_files import Complaint
from app.partners.fact_mapping import FactMapping
from app.partners.fact_rows import MOST_COMPLAINTS, Entry, LeftOut, Reading
from app.partners.facts import Fact
from app.partners.placing import Place, Places
from app.partners.programmes import Programme
from app.refusal import N_

REPEATED = N_("The record stands in line %(line)s too, and says something else there.")
LOOKED_UP = 500  # at once: a database takes only so many values in one statement
WRITTEN = 2000
Key = tuple[int, str, str, str]  # programme, metric, source and the record's id there


class Outcome(enum.StrEnum):
    """What becomes of a row. `moved`: its record was another organisation's before; `known`: it says nothing new."""

    RECORDED = "recorded"
    CORRECTED = "corrected"
    MOVED = "moved"
    WITHDRAWN = "withdrawn"
    KNOWN = "known"
    REPEATED = "repeated"


class Line(NamedTuple):
    """What becomes of the row on this line, and the organisation that it concerns."""

    line: int
    outcome: Outcome
    organisation_id: int


@dataclass
class Plan:
    """The facts to be written and what becomes of each row; nothing is written while there are complaints."""

    facts: list[dict[str, Any]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    wrong: int = 0
    newest: int = 0  # the last fact of the programmes when the plan was made

    @property
    def counts(self) -> Counter[Outcome]:
        return Counter(line.outcome for line in self.lines)

    @property
    def organisations(self) -> Counter[int]:
        """How many rows change something for each organisation."""
        return Counter(fact["organisation_id"] for fact in self.facts)


class Chain(NamedTuple):
    """The record of a source in one organisation: what the source said last, and what stands now, by hand or not."""

    said: Any
    stands: Any


_RECORDS = (
    select(
        Fact.id,
        Fact.organisation_id,
        Fact.programme_id,
        Fact.metric,
        Fact.source,
        Fact.external_id,
        Fact.value,
        Fact.currency,
        Fact.valid_from,
        Fact.valid_to,
        Fact.evidence,
        Fact.corrects_id,
        Fact.withdrawn,
    )
    .where(Fact.external_id.in_(bindparam("external_ids", expanding=True)))
    .order_by(Fact.id)
)
_LOCK = (
    select(Programme.id)
    .where(Programme.slug.in_(bindparam("slugs", expanding=True)))
    .order_by(Programme.id)
    .with_for_update(key_share=True)
)
_NEWEST = (
    select(Fact.id)
    .join(Programme, Programme.id == Fact.programme_id)
    .where(Programme.slug.in_(bindparam("slugs", expanding=True)))
    .order_by(Fact.id.desc())
    .limit(1)
)
_SINCE = (
    select(Fact.external_id)
    .join(Programme, Programme.id == Fact.programme_id)
    .where(Programme.slug.in_(bindparam("slugs", expanding=True)), Fact.id > bindparam("newest"))
)
_WRITE = insert(Fact)
_SAID = ("value", "currency", "valid_from", "valid_to", "evidence")


def lock_programmes(slugs: Collection[str]) -> None:
    """Hold the programmes, before any organisation: of two who record the same record, the later one sees it."""
    db.session.connection().execute(_LOCK, {"slugs": sorted(slugs)}).all()


def is_stale(planned: Plan, reading: Reading) -> bool:
    """Whether a fact of one of its records has come since the plan was made; asked under the lock, or the answer ages.

    Facts of other records change nothing in it, and to plan a large file anew would make all who write wait.
    """
    come = db.session.connection().execute(_SINCE, {"slugs": _slugs(reading), "newest": planned.newest}).scalars()
    own = {one.external_id for one in reading.entries} | {one.external_id for one in reading.left_out}
    return not own.isdisjoint(come)


def plan(reading: Reading, mapping: FactMapping) -> Plan:
    """What would become of every row; writes nothing."""
    found = Plan(complaints=list(reading.complaints), wrong=reading.wrong, newest=_newest(reading))
    places = Places(mapping)
    placed = list(_placed(reading.entries, places, found))
    gone = [(key, row) for row in reading.left_out if (key := places.key(row))]
    chains = _chains({one[0] for one in placed} | {key for key, _ in gone})
    seen: dict[Key, Entry] = {}
    for key, place, entry in placed:
        if key in seen:
            _repeat(entry, seen[key], place, mapping, found)
        else:
            seen[key] = entry
            _settle(entry, place, chains.get(key, {}), found)
    for key, row in gone:
        if key not in seen:
            _withdraw(row, chains.get(key, {}).values(), found)
    found.complaints.sort(key=lambda one: one.line)
    return found


def write(planned: Plan, *, by: int | None, at: datetime, reason: str | None = None) -> None:
    """Write the facts of a plan that is not stale, under the lock."""
    facts = iter(planned.facts)
    while piece := list(islice(facts, WRITTEN)):
        rows = [fact | {"recorded_by": by, "recorded_at": at, "reason": reason} for fact in piece]
        db.session.connection().execute(_WRITE, rows)


def _newest(reading: Reading) -> int:
    """The id of the last fact of the programmes; under their lock ids are in the order of commits."""
    return db.session.connection().execute(_NEWEST, {"slugs": _slugs(reading)}).scalar() or 0


def _slugs(reading: Reading) -> list[str]:
    return sorted({one.programme for one in reading.entries} | {one.programme for one in reading.left_out})


def _placed(entries: Iterable[Entry], places: Places, found: Plan) -> Iterator[tuple[Key, Place, Entry]]:
    """The rows whose names stand for something; the others are complained of."""
    for entry in entries:
        place = places.find(entry)
        if isinstance(place, Place):
            yield (place.programme_id, entry.metric, entry.source, entry.external_id), place, entry
        else:
            found.wrong += 1
            found.complaints += place[: max(0, MOST_COMPLAINTS - len(found.complaints))]


def _chains(keys: Collection[Key]) -> dict[Key, dict[int, Chain]]:
    """What is recorded of these records, by organisation."""
    chains: dict[Key, dict[int, Chain]] = {}
    names = iter({key[3] for key in keys})
    roots: dict[int | None, Any] = {}
    while piece := list(islice(names, LOOKED_UP)):
        for row in db.session.connection().execute(_RECORDS, {"external_ids": piece}):
            root = roots[row.id] = roots.get(row.corrects_id, row)
            chain = chains.setdefault((row.programme_id, row.metric, root.source, row.external_id), {})
            before = chain.get(row.organisation_id)
            said = row if before is None or row.source == root.source else before.said
            chain[row.organisation_id] = Chain(said, row)
    return chains


def _repeat(entry: Entry, first: Entry, place: Place, mapping: FactMapping, found: Plan) -> None:
    """The record stands in the file twice: it counts once, unless the two disagree."""
    if _said(entry) == _said(first) and entry.organisation == first.organisation:
        found.lines.append(Line(entry.line, Outcome.REPEATED, place.organisation_id))
        return
    found.wrong += 1
    words = Complaint(entry.line, mapping.external_id or "", REPEATED, {"line": str(first.line)})
    found.complaints.append(words)


def _settle(entry: Entry, place: Place, chains: dict[int, Chain], found: Plan) -> None:
    own = chains.get(place.organisation_id)
    others = [chain for organisation_id, chain in chains.items() if organisation_id != place.organisation_id]
    left = [_taken_back(chain) for chain in others if not chain.said.withdrawn]
    found.facts += left
    if own and not own.said.withdrawn and _said(own.said) == _said(entry):
        outcome = Outcome.KNOWN
    else:
        outcome = Outcome.CORRECTED if own else Outcome.RECORDED
        found.facts.append(_fact(entry, place, own))
    found.lines.append(Line(entry.line, Outcome.MOVED if left else outcome, place.organisation_id))


def _withdraw(row: LeftOut, chains: Iterable[Chain], found: Plan) -> None:
    for chain in chains:
        if not chain.said.withdrawn:
            found.facts.append(_taken_back(chain))
            found.lines.append(Line(row.line, Outcome.WITHDRAWN, chain.stands.organisation_id))


def _said(one: Entry | Row[Any]) -> Sequence[object]:
    return [getattr(one, name) for name in _SAID]


def _fact(entry: Entry, place: Place, own: Chain | None) -> dict[str, Any]:
    return {
        "organisation_id": place.organisation_id,
        "programme_id": place.programme_id,
        "metric": entry.metric,
        "source": entry.source,
        "external_id": entry.external_id,
        "corrects_id": own.stands.id if own else None,
        "withdrawn": False,
        **dict(zip(_SAID, _said(entry), strict=True)),
    }


def _taken_back(chain: Chain) -> dict[str, Any]:
    """The correction that says that the record counts no longer; it repeats what it takes back."""
    kept = ("organisation_id", "programme_id", "metric", "external_id", *_SAID)
    same = {name: getattr(chain.stands, name) for name in kept}
    return same | {"source": chain.said.source, "corrects_id": chain.stands.id, "withdrawn": True}
