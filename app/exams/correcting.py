"""Corrections of items, purely: what each kind of them makes of an item's key, so that a pinned form is graded anew."""

import enum
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.exams.kinds import KINDS
from app.exams.kinds.kind import Item

CREDIT, ALSO = "credit", "also_keys"  # what a corrected item has beside its published members


class CorrectionKind(enum.StrEnum):
    """What is done about a faulty item."""

    NEW_KEY = "new_key"
    ALSO_ACCEPT = "also_accept"
    FULL_CREDIT = "full_credit"
    DROP = "drop"


MARKED = frozenset({"single_choice", "multiple_response"})
REKEYED = MARKED | {"true_false", "numeric", "short_text"}  # the others are given full credit, or dropped
KEYED = frozenset({CorrectionKind.NEW_KEY, CorrectionKind.ALSO_ACCEPT})
NOT_RATED = Fraction(0)


@dataclass(frozen=True)
class Correction:
    """One correction of the item versions it concerns; `key` is as its kind stores it, None where no key is needed."""

    id: int
    version_ids: frozenset[int]
    kind: CorrectionKind
    key: Any = None

    def concerns(self, item_ids: Collection[int]) -> bool:
        """Whether a form holds one of the item versions."""
        return not self.version_ids.isdisjoint(item_ids)


def corrected(item_ids: Sequence[int], items: Sequence[Item], corrections: Iterable[Correction]) -> list[Item]:
    """The items of a form as they are graded under corrections, given in the order of their approval.

    The last correction of an item decides; a key accepted in addition joins those that counted before.
    """
    graded = list(items)
    for correction in corrections:
        for position, version_id in enumerate(item_ids):
            if version_id in correction.version_ids:
                graded[position] = _correct(graded[position], correction)
    return graded


def is_dropped(item: Item) -> bool:
    """Whether the item counts neither for nor against anybody."""
    return item.get(CREDIT) == CorrectionKind.DROP


def is_rated(item: Item) -> bool:
    """Whether people say what an answer earns; not where a correction has said it for everybody."""
    return KINDS[item["kind"]].RATED and item.get(CREDIT) is None


def share_of(item: Item, answer: Any, option_order: Sequence[int], rating: Fraction = NOT_RATED) -> Fraction:
    """The share of its points that an answer earns, by the key that suits it best where there are several.

    `rating` is the share that people gave it; only an item that is rated by people asks for it.
    """
    if item.get(CREDIT) == CorrectionKind.FULL_CREDIT:
        return Fraction(1)  # to everyone who was given the item, answered or not
    if is_rated(item):
        return rating if answer is not None else Fraction(0)
    grade = KINDS[item["kind"]].grade
    shares = [grade({**item, "key": key}, answer, option_order) for key in item.get(ALSO, ())]
    return max([grade(item, answer, option_order), *shares])


def _correct(item: Item, correction: Correction) -> Item:
    match correction.kind:
        case CorrectionKind.NEW_KEY:
            return {**item, "key": correction.key, ALSO: (), CREDIT: None}
        case CorrectionKind.ALSO_ACCEPT:
            return {**item, ALSO: (*item.get(ALSO, ()), correction.key), CREDIT: None}
    return {**item, CREDIT: correction.kind}
