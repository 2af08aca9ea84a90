"""Balance: forms of one exam are of like difficulty, by what each of their items is expected to earn.

A form that strays from the mean of what its blueprint draws from has units exchanged, each for one that might as well
have been drawn in its place, until its own mean is near enough or no single exchange brings it nearer.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.exams.blueprint import Row, takes
from app.exams.offers import Offer

TOLERANCE = 0.02  # how far the mean of a form may lie from the mean of what it was drawn from

# Who sits in each row of a blueprint.
Seats = list[list[Offer]]


class _Exchange(NamedTuple):
    """Who gives up a seat of a row to whom."""

    row: int
    seat: int
    change: float
    incoming: Offer


def balance(seats: Seats, offered: Sequence[Offer], blueprint: Sequence[Row]) -> None:
    """Exchange until the form lies within the tolerance, or no exchange brings it nearer.

    What was not seen is never given up for what was; of the exchanges that do, the one for the least used is made.
    """
    length = sum(row["items"] for row in blueprint)
    off = stray(seats, offered, blueprint)
    while beyond(off, length):
        possible = list(_exchanges(seats, offered, blueprint))
        best = min(possible, key=lambda one: (beyond(off + one.change, length), one.incoming.use), default=None)
        if best is None or beyond(off + best.change, length) >= beyond(off, length):
            break
        seats[best.row][best.seat] = best.incoming
        off += best.change


def stray(seats: Seats, offered: Sequence[Offer], blueprint: Sequence[Row]) -> float:
    """How much more, in items, the form is expected to earn than one like the mean of what its rows draw from."""
    off = sum(offer.expected for row in seats for offer in row)
    for row in blueprint:
        pool = [offer for offer in offered if takes(row, offer.unit)]
        off -= row["items"] * sum(offer.expected for offer in pool) / sum(len(offer.unit) for offer in pool)
    return off


def beyond(off: float, length: int) -> float:
    """How far outside the tolerance the mean of a form of the length lies."""
    return max(0.0, abs(off) / length - TOLERANCE)


def _exchanges(seats: Seats, offered: Sequence[Offer], blueprint: Sequence[Row]) -> Iterator[_Exchange]:
    sitting = {offer for row in seats for offer in row}
    for number, row in enumerate(blueprint):
        free = [offer for offer in offered if offer not in sitting and takes(row, offer.unit)]
        for seat, outgoing in enumerate(seats[number]):
            for incoming in free:
                if incoming.seen <= outgoing.seen:
                    yield _Exchange(number, seat, incoming.expected - outgoing.expected, incoming)
