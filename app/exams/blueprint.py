"""What a blueprint asks for and what a bank offers it: items that stand alone, and cases that are drawn whole."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class BankItem:
    """What a draw needs to know of an item: `item_id` is permanent, `version_id` the text that would be given.

    `case_id` names the case that it shares with its neighbours; a pilot is tried out and never counts.
    """

    version_id: int
    item_id: str
    domain: str
    difficulty: int
    objective: str | None = None
    case_id: str | None = None
    pilot: bool = False


# As `exam.yml` states it: so many `items` of a `domain`, and of a `difficulty` or an `objective` unless they are None.
# With `cases` the items come in so many cases of equal size, and without it they stand alone.
Row = Mapping[str, Any]
# What is drawn as one: an item that stands alone, or the items of a case in the order of their file.
Unit = tuple[BankItem, ...]


def bank_item(version_id: int, item: Mapping[str, Any]) -> BankItem:
    """An item, as it is stored, of a bank."""
    case = item.get("case")
    return BankItem(
        version_id,
        item["id"],
        item["domain"],
        item["difficulty"],
        item["objective"],
        case_id=case["id"] if case else None,
        pilot=item.get("pilot", False),
    )


def units_of(bank: Sequence[BankItem]) -> list[Unit]:
    """What the rows of a blueprint draw from, pilots left out, in an order that does not depend on the bank's."""
    cases: dict[str, list[BankItem]] = {}
    for item in _newest_versions(bank):
        if not item.pilot:
            cases.setdefault(item.case_id or f"{item.item_id} alone", []).append(item)
    return _sorted(tuple(items) for items in cases.values())


def pilots_of(bank: Sequence[BankItem]) -> list[Unit]:
    """The items that are tried out, in an order that does not depend on the bank's."""
    return _sorted((item,) for item in _newest_versions(bank) if item.pilot)


def takes(row: Row, unit: Unit) -> bool:
    """Whether the unit may sit in the row: each of its items is what the row asks for."""
    if unit[0].domain != row["domain"]:
        return False  # as most are: a start asks this thousands of times
    return _fits_in_size(row, unit) and all(_is_asked_for(row, item) for item in unit)


def seats_in(row: Row) -> int:
    """How many units the row asks for."""
    return int(row.get("cases") or row["items"])


def form_length(body: Mapping[str, Any]) -> int:
    """How many items a form of the published exam has."""
    scored: int = sum(row["items"] for row in body["blueprint"])
    return scored + int(body.get("pilots", 0))


def section_lengths(blueprint: Sequence[Row], length: int) -> list[int]:
    """How many items of a form of the length each section has; what no row asked for, pilots, is in the last."""
    lengths = [0] * (1 + max(row.get("section", 0) for row in blueprint))
    for row in blueprint:
        lengths[row.get("section", 0)] += row["items"]
    lengths[-1] += length - sum(lengths)
    return lengths


def _fits_in_size(row: Row, unit: Unit) -> bool:
    if not row.get("cases"):
        return unit[0].case_id is None
    return unit[0].case_id is not None and len(unit) * int(row["cases"]) == int(row["items"])


def _is_asked_for(row: Row, item: BankItem) -> bool:
    return (
        item.domain == row["domain"]
        and row["difficulty"] in (None, item.difficulty)
        and row["objective"] in (None, item.objective)
    )


def _newest_versions(bank: Sequence[BankItem]) -> list[BankItem]:
    """One version of each item."""
    newest: dict[str, BankItem] = {}
    for item in bank:
        known = newest.setdefault(item.item_id, item)
        if known.version_id < item.version_id:
            newest[item.item_id] = item
    return list(newest.values())


def _sorted(units: Iterable[Unit]) -> list[Unit]:
    return sorted(units, key=lambda unit: min(item.version_id for item in unit))
