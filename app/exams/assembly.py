"""Drawing a form from the bank by its blueprint, and putting its options in order.

Rows of a blueprint may overlap (any item of a domain; a hard one of the same domain), so seats are filled by
augmenting paths: an item takes a seat if those before it can move over. Items are offered one by one, unseen ones first
and each group shuffled; so a form holds as many unseen ones as any could, and no draw fails that could succeed.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from random import Random
from typing import Any

from app.refusal import N_, Refusal

FEW = 3  # options left of a single choice for whom it was granted


class BankTooSmall(Refusal):
    """The bank does not hold the items that the blueprint asks for."""

    status = 409
    title = N_("This exam cannot be started")
    detail = N_("The exam has too few items. Its trainer has to add some before anyone can start it.")


@dataclass(frozen=True)
class BankItem:
    """What a draw needs to know of an item: `item_id` is permanent, `version_id` the text that would be given."""

    version_id: int
    item_id: str
    domain: str
    difficulty: int
    objective: str | None = None


@dataclass(frozen=True)
class Shortfall:
    """Row number `row` of the blueprint (from 0) asks for more items than the rows can be given."""

    row: int
    asked: int
    found: int


# As `exam.yml` states it: so many `items` of a `domain`, and of a `difficulty` or an `objective` unless they are None.
Row = Mapping[str, Any]
Seats = list[list[BankItem]]


def draw_form(
    bank: Sequence[BankItem],
    blueprint: Sequence[Row],
    rng: Random,
    seen: AbstractSet[str] = frozenset(),
) -> list[int]:
    """The version ids of a form, in the order to show them; `seen` are item ids to avoid while others last.

    Raises BankTooSmall.
    """
    offered = _newest_versions(bank)
    rng.shuffle(offered)
    offered.sort(key=lambda item: item.item_id in seen)
    seats = _seat(offered, blueprint)
    if _unfilled(seats, blueprint):
        raise BankTooSmall
    form = [item.version_id for row in seats for item in row]
    rng.shuffle(form)
    return form


def shortfalls(bank: Sequence[BankItem], blueprint: Sequence[Row]) -> list[Shortfall]:
    return _unfilled(_seat(_newest_versions(bank), blueprint), blueprint)


def option_order(count: int, shuffle: bool, rng: Random) -> list[int]:
    """File positions in the order of the form; every order is equally likely."""
    order = list(range(count))
    if shuffle:
        rng.shuffle(order)
    return order


def fewer_options(order: Sequence[int], key: int, rng: Random) -> list[int]:
    """The same order with the right option and at most `FEW - 1` of the others."""
    others = [position for position in order if position != key]
    kept = {key, *rng.sample(others, min(FEW - 1, len(others)))}
    return [position for position in order if position in kept]


def _newest_versions(bank: Sequence[BankItem]) -> list[BankItem]:
    """One version of each item, in an order that does not depend on the bank's."""
    newest = {item.item_id: item for item in sorted(bank, key=lambda item: item.version_id)}
    return list(newest.values())


def _takes(row: Row, item: BankItem) -> bool:
    return (
        item.domain == row["domain"]
        and row["difficulty"] in (None, item.difficulty)
        and row["objective"] in (None, item.objective)
    )


def _seat(offered: Sequence[BankItem], blueprint: Sequence[Row]) -> Seats:
    seats: Seats = [[] for _ in blueprint]
    free = sum(row["items"] for row in blueprint)
    for item in offered:
        if not free:
            break
        free -= _find_seat(item, seats, blueprint, set())
    return seats


def _find_seat(item: BankItem, seats: Seats, blueprint: Sequence[Row], tried: set[int]) -> bool:
    """Seats the item, moving others to a free seat if need be; False leaves all as it was."""
    for number, row in enumerate(blueprint):
        if number in tried or not _takes(row, item):
            continue
        tried.add(number)
        if len(seats[number]) < row["items"]:
            seats[number].append(item)
            return True
        for place, sitting in enumerate(seats[number]):
            if _find_seat(sitting, seats, blueprint, tried):
                seats[number][place] = item
                return True
    return False


def _unfilled(seats: Seats, blueprint: Sequence[Row]) -> list[Shortfall]:
    return [
        Shortfall(number, row["items"], len(seated))
        for number, (row, seated) in enumerate(zip(blueprint, seats, strict=True))
        if len(seated) < row["items"]
    ]
