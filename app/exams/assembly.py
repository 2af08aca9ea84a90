"""Drawing a form from the bank by its blueprint, and putting its options in order.

Rows of a blueprint may overlap (any item of a domain; a hard one of the same domain), so seats are filled by
augmenting paths: a unit takes a seat if those before it can move over. Units are offered one by one, unseen ones first,
then the least used, and otherwise by chance; so a form holds as many unseen ones as any could, and no draw fails that
could succeed.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from random import Random
from types import MappingProxyType

from app.exams.balancing import Seats, balance
from app.exams.blueprint import BankItem, Row, pilots_of, seats_in, takes, units_of
from app.exams.offers import Offer, Usage, offers
from app.refusal import N_, Refusal

FEW = 3  # options left of a single choice for whom it was granted
UNUSED: Mapping[str, Usage] = MappingProxyType({})


class BankTooSmall(Refusal):
    """The bank does not hold the items that the blueprint asks for."""

    status = 409
    title = N_("This exam cannot be started")
    detail = N_("The exam has too few items. Its trainer has to add some before anyone can start it.")


@dataclass(frozen=True)
class Shortfall:
    """Row number `row` of the blueprint (from 0) asks for more items, or cases, than the rows can be given."""

    row: int
    asked: int
    found: int


def draw_form(
    bank: Sequence[BankItem],
    blueprint: Sequence[Row],
    rng: Random,
    seen: AbstractSet[str] = frozenset(),
    usage: Mapping[str, Usage] = UNUSED,
    pilots: int = 0,
) -> list[int]:
    """The version ids of a form, in the order to show them: section by section, the items of a case together.

    `seen` are item ids to avoid while others last, and `usage` what became of items so far, by id. So many `pilots` are
    mixed in as the bank has, and no start fails for want of them. Raises BankTooSmall.
    """
    offered = offers(units_of(bank), rng, seen, usage)
    seats = _seat(offered, blueprint)
    if _unfilled(seats, blueprint):
        raise BankTooSmall
    balance(seats, offered, blueprint)
    sections = [row.get("section", 0) for row in blueprint]
    drawn = [(section, offer) for section, row in zip(sections, seats, strict=True) for offer in row]
    drawn += [(max(sections), offer) for offer in offers(pilots_of(bank), rng, seen, usage)[:pilots]]
    rng.shuffle(drawn)
    drawn.sort(key=lambda placed: placed[0])
    return [item.version_id for _, offer in drawn for item in offer.unit]


def shortfalls(bank: Sequence[BankItem], blueprint: Sequence[Row]) -> list[Shortfall]:
    """The rows that no draw can fill."""
    offered = [Offer(unit, seen=False, use=0, expected=0) for unit in units_of(bank)]
    return _unfilled(_seat(offered, blueprint), blueprint)


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


def _seat(offered: Sequence[Offer], blueprint: Sequence[Row]) -> Seats:
    seats: Seats = [[] for _ in blueprint]
    free = sum(seats_in(row) for row in blueprint)
    for offer in offered:
        if not free:
            break
        free -= _find_seat(offer, seats, blueprint, set())
    return seats


def _find_seat(offer: Offer, seats: Seats, blueprint: Sequence[Row], tried: set[int]) -> bool:
    """Seats the unit, moving others to a free seat if need be; False leaves all as it was."""
    for number, row in enumerate(blueprint):
        if number in tried or not takes(row, offer.unit):
            continue
        tried.add(number)
        if len(seats[number]) < seats_in(row):
            seats[number].append(offer)
            return True
        for place, sitting in enumerate(seats[number]):
            if _find_seat(sitting, seats, blueprint, tried):
                seats[number][place] = offer
                return True
    return False


def _unfilled(seats: Seats, blueprint: Sequence[Row]) -> list[Shortfall]:
    return [
        Shortfall(number, seats_in(row), len(seated))
        for number, (row, seated) in enumerate(zip(blueprint, seats, strict=True))
        if len(seated) < seats_in(row)
    ]
