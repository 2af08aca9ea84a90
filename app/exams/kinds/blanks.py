"""Blanks: gaps to fill in a text, `the capital is [= Paris | París]`; the key lists the accepted forms of each gap.

Forms are compared as those of short texts are. An answer lists what was typed in each gap, or None. By parts, each
right gap earns its share.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from app.exams.kinds import short_text
from app.exams.kinds.kind import (
    NO_RULES,
    AnswerLine,
    BadKey,
    Item,
    Rules,
    no_choice,
    no_parts,
    public_view,
    read_list,
    share,
)
from app.refusal import N_

NAME = "blanks"
TITLE = N_("Gaps in a text")
RATED = False
LINE = None
INLINE = re.compile(r"\[=([^\[\]]*)\]")
PARTIAL = True
KEEPS_ORDER = False
WORDS = short_text.WORDS
parts = no_parts
chosen = no_choice

MOST = 10


def fits(answers: Sequence[AnswerLine]) -> bool:
    return bool(answers)


def read_key(answers: Sequence[AnswerLine], rules: Rules) -> list[list[str]]:
    if not 1 <= len(answers) <= MOST:
        raise BadKey(f"a text has 1 to {MOST} gaps, `[= accepted | also accepted]`; this one has {len(answers)}")
    return [_forms(answer, rules) for answer in answers]


def shape(item: Item) -> dict[str, Any]:
    count = len(item["key"])
    return {"input": "list", "of": "text", "count": count, "max_length": short_text.LONGEST} | short_text.kept(item)


def public(item: Item, language: str, option_order: Sequence[int]) -> dict[str, Any]:
    return public_view(item, language, option_order, shape(item))


def read_response(raw: Any, item: Item, option_order: Sequence[int]) -> list[str | None] | None:
    return read_list(raw, len(item["key"]), short_text.read_text)


def right_answer(item: Item, option_order: Sequence[int]) -> list[str]:
    return [forms[0] for forms in item["key"]]


def grade(item: Item, answer: list[str | None] | None, option_order: Sequence[int]) -> Fraction:
    rules = item.get("rules", NO_RULES)
    gaps = zip(answer or (), item["key"], strict=False)
    right = sum(short_text.is_accepted(typed, forms, rules) for typed, forms in gaps)
    return share(item, right, len(item["key"]))


def _forms(answer: AnswerLine, rules: Rules) -> list[str]:
    forms = [form.strip() for form in answer.text.split("|")]
    return short_text.accepted_forms(forms, rules, answer.line)
