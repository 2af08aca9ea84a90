"""Multiple response: every right option is to be chosen. Key and answer are sorted positions, in file and on form."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from app.exams.kinds.choices import marked_positions, read_marks, require_position
from app.exams.kinds.kind import (
    OPTION_OR_ACCEPTED,
    AnswerLine,
    BadAnswer,
    Item,
    Rules,
    all_or_nothing,
    count_options,
    public_view,
)
from app.refusal import N_

NAME = "multiple_response"
TITLE = N_("Multiple response")
RATED = False
LINE = OPTION_OR_ACCEPTED
INLINE = None
PARTIAL = True
KEEPS_ORDER = True
WORDS: dict[str, tuple[str, ...]] = {}


def fits(answers: Sequence[AnswerLine]) -> bool:
    return len(marked_positions(answers)) > 1


def read_key(answers: Sequence[AnswerLine], rules: Rules) -> list[int]:
    return read_marks(answers)


def parts(answers: Sequence[AnswerLine]) -> dict[str, Sequence[AnswerLine]]:
    return {"options": answers}


def shape(item: Item) -> dict[str, Any]:
    return {"input": "checkbox", "count": count_options(item)}


def public(item: Item, language: str, option_order: Sequence[int]) -> dict[str, Any]:
    return public_view(item, language, option_order, shape(item))


def read_response(raw: Any, item: Item, option_order: Sequence[int]) -> list[int] | None:
    if raw is None or raw == []:
        return None
    if not isinstance(raw, list):
        raise BadAnswer(N_("Send the options you choose as a list."))
    chosen = {require_position(position, option_order) for position in raw}
    if len(chosen) < len(raw):
        raise BadAnswer(N_("Choose each option only once."))
    return sorted(chosen)


def chosen(answer: list[int] | None, option_order: Sequence[int]) -> list[int]:
    return [option_order[position] for position in answer or ()]


def right_answer(item: Item, option_order: Sequence[int]) -> list[int]:
    return sorted(option_order.index(position) for position in item["key"])


def grade(item: Item, answer: list[int] | None, option_order: Sequence[int]) -> Fraction:
    right = set(item["key"])
    chosen = {option_order[position] for position in answer or ()}
    if item["scoring"] == "all":
        return all_or_nothing(chosen == right)
    return max(Fraction(len(chosen & right) - len(chosen - right), len(right)), Fraction(0))
