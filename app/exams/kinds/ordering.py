"""Ordering: a numbered list that candidates see shuffled and put in order again. The key is the order of the file.

An answer lists for each element, as the form shows them, its place from 0, or None. By parts, the right order is a row
of steps from each element to the next: a step earns its share where the second element stands directly after the first.
So an element out of place costs the steps about it, and those that follow each other as they should still count.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from app.exams.kinds.choices import require_position
from app.exams.kinds.kind import AnswerLine, BadAnswer, BadKey, Item, Rules, no_choice, public_view, read_list, share
from app.refusal import N_

NAME = "ordering"
TITLE = N_("Ordering")
RATED = False
LINE = re.compile(r" {0,3}[0-9]+[.)](?: .*)?")
INLINE = None
PARTIAL = True
KEEPS_ORDER = False
WORDS: dict[str, tuple[str, ...]] = {}
chosen = no_choice

FEWEST, MOST = 2, 10
ELEMENT = re.compile(r"(?P<number>[1-9][0-9]*)\. +(?P<text>\S.*)")


def fits(answers: Sequence[AnswerLine]) -> bool:
    return bool(answers)


def read_key(answers: Sequence[AnswerLine], rules: Rules) -> list[int]:
    if not FEWEST <= len(answers) <= MOST:
        raise BadKey(f"an ordering item has {FEWEST} to {MOST} elements; this one has {len(answers)}")
    texts = [element.text for element in _elements(answers)]
    if len(set(texts)) < len(texts):
        raise BadKey("the same element stands twice")
    return list(range(len(answers)))


def parts(answers: Sequence[AnswerLine]) -> dict[str, Sequence[AnswerLine]]:
    return {"options": _elements(answers)}


def shape(item: Item) -> dict[str, Any]:
    return {"input": "list", "of": "position", "count": len(item["key"])}


def public(item: Item, language: str, option_order: Sequence[int]) -> dict[str, Any]:
    return public_view(item, language, shown_order(option_order), shape(item))


def read_response(raw: Any, item: Item, option_order: Sequence[int]) -> list[int | None] | None:
    places = read_list(raw, len(item["key"]), lambda place: require_position(place, option_order))
    given = [place for place in places or () if place is not None]
    if len(set(given)) < len(given):
        raise BadAnswer(N_("Give each place only once."))
    return places


def right_answer(item: Item, option_order: Sequence[int]) -> list[int]:
    return shown_order(option_order)


def grade(item: Item, answer: list[int | None] | None, option_order: Sequence[int]) -> Fraction:
    place_of = dict(zip(shown_order(option_order), answer or (), strict=False))
    steps = [
        (before := place_of.get(element)) is not None and place_of.get(element + 1) == before + 1
        for element in range(len(item["key"]) - 1)
    ]
    return share(item, sum(steps), len(steps))


def shown_order(option_order: Sequence[int]) -> list[int]:
    """The file positions as the form shows them: never in the right order, which one draw of many would give away."""
    order = list(option_order)
    return order[1:] + order[:1] if order == sorted(order) else order


def _elements(answers: Sequence[AnswerLine]) -> list[AnswerLine]:
    elements = []
    for number, answer in enumerate(answers, 1):
        found = ELEMENT.fullmatch(answer.text)
        if not found or int(found["number"]) != number:
            raise BadKey(
                f"elements are numbered `1. first`, `2. second` … at the margin: this one is `{number}. `", answer.line
            )
        elements.append(replace(answer, text=found["text"]))
    return elements
