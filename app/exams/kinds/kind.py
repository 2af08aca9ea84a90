"""What every kind of item states, and the errors and small values the kinds share.

An item is a plain mapping, as it is stored: `id`, `kind`, `domain`, `difficulty`, `objective`, `points`, `scoring`,
`shuffle`, `key`, and `text`, which holds for each language `stem`, `options`, `feedback` and `why` as HTML. An option
order lists file positions in the order of the form: `option_order[form_position] == file_position`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from app.refusal import N_, Refusal

Item = Mapping[str, Any]


class BadAnswer(Refusal):
    """The answer sent has not the shape that its item asks for."""

    status = 422
    title = N_("The answer was not saved")


class BadKey(Exception):
    """The answer lines of an item do not make a key of its kind; the message tells the author why."""


@dataclass(frozen=True)
class AnswerLine:
    """An answer line of an items file: an option, marked or not, or (`marked` is None) what follows `= `."""

    text: str
    marked: bool | None = None


class Kind(Protocol):
    """What a module of this folder states about its kind of item."""

    NAME: str
    OPTIONS: bool
    PARTIAL: bool  # whether `scoring=partial` means anything

    def fits(self, answers: Sequence[AnswerLine]) -> bool:
        """Whether the answer lines alone say that the item is of this kind."""

    def read_key(self, answers: Sequence[AnswerLine]) -> Any:
        """The key as it is stored; raises BadKey."""

    def shape(self, item: Item) -> dict[str, Any]:
        """What a page needs to build the field."""

    def public(self, item: Item, language: str, option_order: Sequence[int]) -> dict[str, Any]:
        """All that a candidate may see of the item."""

    def read_response(self, raw: Any, item: Item, option_order: Sequence[int]) -> Any:
        """The answer as it is stored, None when it was cleared; raises BadAnswer."""

    def grade(self, item: Item, answer: Any, option_order: Sequence[int]) -> Fraction:
        """The share of the item's points that the answer earns, from 0 to 1."""


def public_view(item: Item, language: str, option_order: Sequence[int], shape: dict[str, Any]) -> dict[str, Any]:
    """Lists what is shown, so that whatever an item gains later stays hidden."""
    text = item["text"][language]
    options = [text["options"][position] for position in option_order]
    return {"kind": item["kind"], "stem": text["stem"], "options": options, "shape": shape}


def count_options(item: Item) -> int:
    return len(next(iter(item["text"].values()))["options"])


def all_or_nothing(right: bool) -> Fraction:
    return Fraction(int(right))
