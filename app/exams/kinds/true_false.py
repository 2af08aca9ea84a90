"""True or false: the stem is a statement. Key and answer are booleans."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from app.exams.kinds.kind import (
    OPTION_OR_ACCEPTED,
    AnswerLine,
    BadAnswer,
    BadKey,
    Item,
    Rules,
    all_or_nothing,
    no_choice,
    no_parts,
    public_view,
)
from app.refusal import N_

NAME = "true_false"
TITLE = N_("True or false")
RATED = False
LINE = OPTION_OR_ACCEPTED
INLINE = None
PARTIAL = False
KEEPS_ORDER = False
WORDS: dict[str, tuple[str, ...]] = {}
parts = no_parts
chosen = no_choice

TRUTHS = {"true": True, "false": False}


def fits(answers: Sequence[AnswerLine]) -> bool:
    return len(answers) == 1 and answers[0].marked is None and answers[0].text in TRUTHS


def read_key(answers: Sequence[AnswerLine], rules: Rules) -> bool:
    if not fits(answers):
        raise BadKey("a true or false item has one answer line, `= true` or `= false`")
    return TRUTHS[answers[0].text]


def shape(item: Item) -> dict[str, Any]:
    return {"input": "boolean"}


def public(item: Item, language: str, option_order: Sequence[int]) -> dict[str, Any]:
    return public_view(item, language, option_order, shape(item))


def read_response(raw: Any, item: Item, option_order: Sequence[int]) -> bool | None:
    if raw is not None and not isinstance(raw, bool):
        raise BadAnswer(N_("Choose true or false."))
    return raw


def right_answer(item: Item, option_order: Sequence[int]) -> bool:
    return bool(item["key"])


def grade(item: Item, answer: bool | None, option_order: Sequence[int]) -> Fraction:
    return all_or_nothing(answer is not None and answer == item["key"])
