"""What every kind of item states, and the errors and small values the kinds share.

An item is a plain mapping, as it is stored: `id`, `kind`, `domain`, `difficulty`, `objective`, `points`, `scoring`,
`shuffle`, `key`, `rules` (the kind's own words of its braces, where it has any), and `text`, which holds for each
language `stem`, `options`, `feedback` and `why` as HTML, and the other parts of its kind. An item that people rate has
no `key` but a `rubric`, a list of `{"points": …}`, whose texts are the part `rubric`. An option order lists file
positions in the order of the form: `option_order[form_position] == file_position`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from app.refusal import N_, Refusal

Item = Mapping[str, Any]
Rules = Mapping[str, str]
NO_RULES: Rules = {}
OPTION_OR_ACCEPTED = re.compile(r"- \[[ xX]\](?: .*)?|=(?: .*)?")
GAP = "\ufffc"  # stands in a stem for what its kind took out of it: Unicode's own mark for an object in a text


class BadAnswer(Refusal):
    """The answer sent has not the shape that its item asks for."""

    status = 422
    title = N_("The answer was not saved")


class BadKey(Exception):
    """The answer lines of an item do not make a key of its kind; the message tells the author why, `line` where."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


@dataclass
class AnswerLine:
    """An answer of an items file: an option, marked or not, or (`marked` is None) what follows `= `.

    Of a kind with lines or gaps of its own, `text` is the whole line, or what its pattern took out of the stem.
    """

    text: str
    marked: bool | None = None
    line: int = 0


class Kind(Protocol):
    """What a module of this folder states about its kind of item."""

    NAME: str
    TITLE: str  # for people, in English
    RATED: bool  # whether a person grades it by a rubric: its key is then the rubric's points, stored as `rubric`
    PARTIAL: bool  # whether `scoring=partial` means anything
    KEEPS_ORDER: bool  # whether `shuffle=no` does

    @property
    def LINE(self) -> re.Pattern[str] | None:
        """The lines that hold its answers."""

    @property
    def INLINE(self) -> re.Pattern[str] | None:
        """What it takes out of the stem (group 1 is the answer); GAP stands there from then on."""

    @property
    def WORDS(self) -> Mapping[str, Sequence[str]]:
        """Its own words in the braces, with their values; without any, `read_key` judges what is given."""

    def fits(self, answers: Sequence[AnswerLine]) -> bool:
        """Whether the answers, written as this kind's are, say that the item is of this kind."""

    def read_key(self, answers: Sequence[AnswerLine], rules: Rules) -> Any:
        """The key as it is stored; raises BadKey."""

    def parts(self, answers: Sequence[AnswerLine]) -> Mapping[str, Sequence[AnswerLine]]:
        """The lines of Markdown that candidates see beside the stem; those named `options` are shuffled.

        Those named `images` are no Markdown: they name files of the exam's media.
        """

    def shape(self, item: Item) -> dict[str, Any]:
        """What a page needs to build the field."""

    def public(self, item: Item, language: str, option_order: Sequence[int]) -> dict[str, Any]:
        """All that a candidate may see of the item."""

    def read_response(self, raw: Any, item: Item, option_order: Sequence[int]) -> Any:
        """The answer as it is stored, None when it was cleared; raises BadAnswer."""

    def chosen(self, answer: Any, option_order: Sequence[int]) -> Sequence[int]:
        """The file positions of the options that the answer chooses, of a kind that explains them one by one."""

    def right_answer(self, item: Item, option_order: Sequence[int]) -> Any:
        """An answer, as it is stored, that earns every point; None for a kind that is rated, which has no such one."""

    def grade(self, item: Item, answer: Any, option_order: Sequence[int]) -> Fraction:
        """The share of the item's points that the answer earns, from 0 to 1.

        Of a kind that is rated, 0: what nobody has looked at has earned nothing, and `grading.py` knows the ratings.
        """


def public_view(item: Item, language: str, option_order: Sequence[int], shape: dict[str, Any]) -> dict[str, Any]:
    """Lists what is shown, so that whatever an item gains later stays hidden."""
    text = item["text"][language]
    options = [text["options"][position] for position in option_order]
    return {"kind": item["kind"], "stem": text["stem"], "options": options, "shape": shape}


def read_list(raw: Any, count: int, read_one: Callable[[Any], Any]) -> list[Any] | None:
    """One answer for each place, None where there is none yet; raises BadAnswer."""
    if raw is None:
        return None
    if not isinstance(raw, list) or len(raw) != count:
        raise BadAnswer(N_("Send a list with one answer for each place."))
    answers = [None if one is None else read_one(one) for one in raw]
    return None if all(answer is None for answer in answers) else answers


def share(item: Item, right: int, count: int) -> Fraction:
    """Of `count` parts so many are right: their share where the item earns by parts, else all or nothing."""
    return Fraction(right, count) if item["scoring"] == "partial" else all_or_nothing(right == count)


def no_parts(answers: Sequence[AnswerLine]) -> Mapping[str, Sequence[AnswerLine]]:
    return {}


def no_choice(answer: Any, option_order: Sequence[int]) -> Sequence[int]:
    return ()


def count_options(item: Item) -> int:
    return len(next(iter(item["text"].values()))["options"])


def all_or_nothing(right: bool) -> Fraction:
    return Fraction(int(right))
