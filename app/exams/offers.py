"""What is offered to a draw: each unit of the bank with how it was used so far and what it is expected to earn."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from random import Random

from app.exams.blueprint import BankItem, Unit

ENOUGH = 100  # responses after which people say more about an item than its author
EXPECTED = {1: 0.85, 2: 0.65, 3: 0.45}  # the share of its points that an item of a declared difficulty earns
THOUSANDTHS = 1000


@dataclass(frozen=True)
class Usage:
    """What became of an item on closed attempts: `earned` is the sum of the shares of its points, in thousandths."""

    given: int = 0
    answered: int = 0
    earned: int = 0

    def __add__(self, more: "Usage") -> "Usage":
        return Usage(self.given + more.given, self.answered + more.answered, self.earned + more.earned)

    @property
    def facility(self) -> float | None:
        """The mean share that those who answered it earned; None while they are too few."""
        return self.earned / (THOUSANDTHS * self.answered) if self.answered >= ENOUGH else None


UsageOf = Mapping[str, Usage]  # by item id; an item that is missing was never given


@dataclass(frozen=True, eq=False)
class Offer:
    """A unit, whether the candidate has seen any of it, how much it was used, and the sum of what its items earn.

    `use` counts in powers of two: a finer count would give all who start in the same minute the same form.
    """

    unit: Unit
    seen: bool
    use: int
    expected: float


def offers(units: Iterable[Unit], rng: Random, seen: AbstractSet[str], usage: UsageOf) -> list[Offer]:
    """In the order to draw them: unseen first, then the least used, and otherwise by chance."""
    found = [_offer(unit, seen, usage) for unit in units]
    rng.shuffle(found)
    return sorted(found, key=lambda offer: (offer.seen, offer.use))


def expected_share(item: BankItem, usage: UsageOf) -> float:
    """The share of its points that somebody is expected to earn with the item, from 0 to 1."""
    observed = usage[item.item_id].facility if item.item_id in usage else None
    return EXPECTED[item.difficulty] if observed is None else observed


def _offer(unit: Unit, seen: AbstractSet[str], usage: UsageOf) -> Offer:
    given = max(usage.get(item.item_id, Usage()).given for item in unit)
    return Offer(
        unit,
        seen=any(item.item_id in seen for item in unit),
        use=given.bit_length(),
        expected=sum(expected_share(item, usage) for item in unit),
    )
