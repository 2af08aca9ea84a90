"""Rows of facts: a file read by a mapping; each row is a fact to be recorded, or a complaint for each wrong cell."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from app.partners.fact_cells import BadCell, in_units, read_amount, read_currency, read_id, read_instant, read_words
from app.partners.fact_files import BadRow, Complaint, read_table
from app.partners.fact_mapping import FactMapping, own_columns
from app.refusal import N_

MOST_COMPLAINTS = 1000  # kept; the rest is counted
LONGEST_EVIDENCE = 2000
NEVER = datetime.min.replace(tzinfo=UTC)  # of a row whose date is wrong, which is not recorded
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a row says; programme and metric as it writes them. A value in minor units where there is a currency."""

    line: int
    organisation: str
    programme: str
    metric: str
    source: str
    external_id: str
    value: int
    currency: str | None
    valid_from: datetime
    valid_to: datetime | None
    evidence: str | None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row whose stage says that it is not won; if its record was recorded before, that counts no longer."""

    line: int
    programme: str
    metric: str
    source: str
    external_id: str


@dataclass
class Reading:
    """What a file came to: facts, rows left out, and how many rows are wrong; the first complaints are kept."""

    entries: list[Entry] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    rows: int = 0
    wrong: int = 0

    def complain(self, *complaints: Complaint) -> None:
        """A row is wrong, for these reasons."""
        self.wrong += 1
        self.complaints += complaints[: max(0, MOST_COMPLAINTS - len(self.complaints))]


@dataclass
class Cells:
    """One row while it is read: its cells by what they say, and what is wrong with them so far."""

    mapping: FactMapping
    line: int
    texts: dict[str, str]
    complaints: list[Complaint] = field(default_factory=list)

    def read(self, part: str, how: Callable[[str], T], without: T) -> T:
        """What the cell of a part says, or `without` where there is none or it is wrong."""
        if part not in self.texts:
            return without
        try:
            return how(self.texts[part])
        except BadCell as bad:
            self.complaints.append(Complaint(self.line, getattr(self.mapping, part), bad.message, bad.facts))
            return without

    def named(self, part: str, always: str | None = None) -> str:
        """A text that may not be missing."""
        return self.read(part, _needed, always or "")


def read_facts(content: bytes, mapping: FactMapping | None = None) -> Reading:
    """Every row of a file, by a mapping or by our own columns; raises BadFile."""
    table = read_table(content)
    mapping = mapping or own_columns(table.header)
    reading = Reading()
    if missing := _missing(mapping, table.header):
        reading.complain(*missing)
        return reading
    places = {part: table.header.index(column) for part, column in mapping.columns().items()}
    same: Counter[bytes] = Counter()
    try:
        for line, cells in table.rows:
            reading.rows += 1
            _take(Cells(mapping, line, {part: cells[place] for part, place in places.items()}), reading, same)
    except BadRow as broken:  # nobody knows where the next row begins
        reading.complain(broken.complaint)
    return reading


def read_one(said: Mapping[str, str], mapping: FactMapping) -> Reading:
    """One fact whose parts were written into a form or sent by a program; its line is 1."""
    reading = Reading(rows=1)
    _take(Cells(mapping, 1, {part: said.get(part) or "" for part in mapping.columns()}), reading, Counter())
    return reading


def _missing(mapping: FactMapping, header: Sequence[str]) -> list[Complaint]:
    """A complaint for each column that the file lacks or has twice."""
    lacks, twice = N_("The file has no column of this name."), N_("The file has two columns of this name.")
    return [
        Complaint(1, column, twice if column in header else lacks)
        for column in dict.fromkeys(mapping.columns().values())
        if header.count(column) != 1
    ]


def _take(row: Cells, reading: Reading, same: Counter[bytes]) -> None:
    mapping = row.mapping
    external_id = row.read("external_id", read_id, None)
    programme, metric = row.named("programme", mapping.always_programme), row.named("metric", mapping.always_metric)
    source = row.named("source", mapping.always_source)
    if not _is_won(row):
        if external_id and not row.complaints:
            reading.left_out.append(LeftOut(row.line, programme, metric, source, external_id))
        return
    entry = _entry(row, (programme, metric, source), external_id, same)
    if row.complaints:
        reading.complain(*row.complaints)
    else:
        reading.entries.append(entry)


def _entry(row: Cells, place: tuple[str, str, str], external_id: str | None, same: Counter[bytes]) -> Entry:
    mapping = row.mapping
    organisation = row.named("organisation")
    currency = row.read("currency", read_currency, None) or mapping.always_currency
    value = row.read("value", lambda cell: in_units(read_amount(cell, mapping.decimals), currency), 1)
    valid_from = row.read("valid_from", lambda cell: read_instant(cell, mapping.dates), NEVER)
    valid_to = row.read("valid_to", lambda cell: read_instant(cell, mapping.dates) if cell.strip() else None, None)
    if valid_to and NEVER < valid_from >= valid_to:
        row.complaints.append(Complaint(row.line, mapping.valid_to or "", N_("It must be after the first day.")))
    evidence = row.read("evidence", lambda cell: read_words(cell, LONGEST_EVIDENCE), "")
    if external_id is None:
        external_id = _stand_in((organisation, *place, value, currency, valid_from, valid_to), same)
    return Entry(row.line, organisation, *place, external_id, value, currency, valid_from, valid_to, evidence or None)


def _is_won(row: Cells) -> bool:
    """Whether the row is to be recorded; CRMs write a stage now as a name and now as a key."""
    if "stage" not in row.texts or not row.mapping.stages:
        return True
    return _bare(row.texts["stage"]) in {_bare(stage) for stage in row.mapping.stages}


def _bare(stage: str) -> str:
    return "".join(char for char in stage.casefold() if char.isalnum())


def _needed(cell: str) -> str:
    words = read_words(cell)
    if not words:
        raise BadCell(N_("It is empty: write it."))
    return words


def _stand_in(said: tuple[object, ...], same: Counter[bytes]) -> str:
    """An id for a row without one: the same row of another file is the same fact, and twice in a file it is two."""
    digest = hashlib.sha256(repr([str(part) for part in said]).encode()).digest()[:16]
    same[digest] += 1
    return f"row:{digest.hex()}:{same[digest]}"
