"""Matching: each prompt goes with one of the options, `- HTTP -> 80`; an option without a prompt distracts.

Prompts keep the file's order, options are shuffled; several prompts may go with one option. The key lists for each
prompt the file position of its option; an answer lists for each prompt a position on the form, or None. By parts, each
right pair earns its share.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from app.exams.kinds.choices import require_position
from app.exams.kinds.kind import AnswerLine, BadKey, Item, Rules, no_choice, public_view, read_list, share
from app.refusal import N_

NAME = "matching"
TITLE = N_("Matching")
RATED = False
LINE = re.compile(r" {0,3}[-*+] ?.*->.*")
INLINE = None
PARTIAL = True
KEEPS_ORDER = False
WORDS: dict[str, tuple[str, ...]] = {}
chosen = no_choice

FEWEST, MOST = 2, 10
PAIR = re.compile(r"-(?: +(?P<prompt>(?:(?! -> ).)+?))? +-> +(?P<option>(?:(?! -> ).)+)")


def fits(answers: Sequence[AnswerLine]) -> bool:
    return bool(answers)


def read_key(answers: Sequence[AnswerLine], rules: Rules) -> list[int]:
    pairs = [_pair(answer) for answer in answers]
    options = _options(answers)
    prompts = [prompt for prompt, _ in pairs if prompt]
    if len(prompts) < FEWEST or len(options) < FEWEST:
        raise BadKey(f"a matching item has at least {FEWEST} pairs and {FEWEST} different right-hand sides")
    if len(pairs) > MOST:
        raise BadKey(f"a matching item has at most {MOST} lines; this one has {len(pairs)}")
    if len(set(prompts)) < len(prompts):
        raise BadKey("the same left-hand side stands twice")
    distractors = [option for prompt, option in pairs if not prompt]
    if len(set(distractors)) < len(distractors) or {option for prompt, option in pairs if prompt} & set(distractors):
        raise BadKey("a right-hand side without a left one stands once, and is no pair's")
    return [list(options).index(option) for prompt, option in pairs if prompt]


def parts(answers: Sequence[AnswerLine]) -> dict[str, Sequence[AnswerLine]]:
    prompts = [replace(answer, text=prompt) for answer in answers if (prompt := _pair(answer)[0])]
    return {"options": list(_options(answers).values()), "prompts": prompts}


def shape(item: Item) -> dict[str, Any]:
    return {"input": "list", "of": "position", "count": len(item["key"])}


def public(item: Item, language: str, option_order: Sequence[int]) -> dict[str, Any]:
    shown = public_view(item, language, option_order, shape(item))
    return shown | {"prompts": list(item["text"][language]["prompts"])}


def read_response(raw: Any, item: Item, option_order: Sequence[int]) -> list[int | None] | None:
    return read_list(raw, len(item["key"]), lambda position: require_position(position, option_order))


def right_answer(item: Item, option_order: Sequence[int]) -> list[int]:
    return [option_order.index(position) for position in item["key"]]


def grade(item: Item, answer: list[int | None] | None, option_order: Sequence[int]) -> Fraction:
    chosen = [None if position is None else option_order[position] for position in answer or ()]
    right = sum(one == other for one, other in zip(chosen, item["key"], strict=False))
    return share(item, right, len(item["key"]))


def _pair(answer: AnswerLine) -> tuple[str, str]:
    found = PAIR.fullmatch(answer.text)
    if not found:
        raise BadKey("a pair is written `- left -> right`, a distractor `- -> right`, at the margin", answer.line)
    return (found["prompt"] or "").strip(), found["option"].strip()


def _options(answers: Sequence[AnswerLine]) -> dict[str, AnswerLine]:
    """The different right-hand sides, by their text."""
    options: dict[str, AnswerLine] = {}
    for answer in answers:
        option = _pair(answer)[1]
        options.setdefault(option, replace(answer, text=option))
    return options
