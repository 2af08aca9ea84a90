"""Single choice: one option is right. The key is its position in the file, the answer a position on the form."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from app.exams.kinds.choices import marked_positions, read_marks, require_position
from app.exams.kinds.kind import (
    OPTION_OR_ACCEPTED,
    AnswerLine,
    BadKey,
    Item,
    Rules,
    all_or_nothing,
    count_options,
    public_view,
)
from app.refusal import N_

NAME = "single_choice"
TITLE = N_("Single choice")
RATED = False
LINE = OPTION_OR_ACCEPTED
INLINE = None
PARTIAL = False
KEEPS_ORDER = True
WORDS: dict[str, tuple[str, ...]] = {}


def fits(answers: Sequence[AnswerLine]) -> bool:
    return len(marked_positions(answers)) == 1


def read_key(answers: Sequence[AnswerLine], rules: Rules) -> int:
    right = read_marks(answers)
    if len(right) > 1:
        raise BadKey(f"a single choice has one right option; {len(right)} are marked")
    return right[0]


def parts(answers: Sequence[AnswerLine]) -> dict[str, Sequence[AnswerLine]]:
    return {"options": answers}


def shape(item: Item) -> dict[str, Any]:
    return {"input": "radio", "count": count_options(item)}


def public(item: Item, language: str, option_order: Sequence[int]) -> dict[str, Any]:
    return public_view(item, language, option_order, shape(item))


def read_response(raw: Any, item: Item, option_order: Sequence[int]) -> int | None:
    return None if raw is None else require_position(raw, option_order)


def chosen(answer: int | None, option_order: Sequence[int]) -> list[int]:
    return [] if answer is None else [option_order[answer]]


def right_answer(item: Item, option_order: Sequence[int]) -> int:
    return option_order.index(item["key"])


def grade(item: Item, answer: int | None, option_order: Sequence[int]) -> Fraction:
    return all_or_nothing(answer is not None and option_order[answer] == item["key"])
