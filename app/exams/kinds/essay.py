"""Essay: a text of several paragraphs, which a person rates by a rubric. The key is the points of the rubric's lines.

`words=300` is the length asked for. A longer text is kept all the same (who writes on at the end of the time must not
lose the work of minutes): the page says by how much it is too long, and whoever rates it sees so too.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from app.exams.kinds.kind import NO_RULES, AnswerLine, BadKey, Item, Rules, no_choice, public_view
from app.exams.kinds.rubric import LONGEST, RUBRIC_LINE, read_long_text, read_rubric, rubric_parts
from app.refusal import N_

NAME = "essay"
TITLE = N_("Essay")
RATED = True
LINE = RUBRIC_LINE
INLINE = None
PARTIAL = False
KEEPS_ORDER = False
WORDS: dict[str, tuple[str, ...]] = {"words": ()}
parts = rubric_parts
chosen = no_choice

MOST_WORDS = 3000


def fits(answers: Sequence[AnswerLine]) -> bool:
    """The braces say it: a rubric is alike for every kind that is rated."""
    return False


def read_key(answers: Sequence[AnswerLine], rules: Rules) -> list[dict[str, int]]:
    words = rules.get("words", "1")
    if not (words.isascii() and words.isdecimal() and len(words) <= 4 and 1 <= int(words) <= MOST_WORDS):
        raise BadKey(f"`words={words}`: the length asked for is 1 to {MOST_WORDS} words")
    return read_rubric(answers)


def shape(item: Item) -> dict[str, Any]:
    words = item.get("rules", NO_RULES).get("words")
    return {"input": "long_text", "max_length": LONGEST} | ({"words": int(words)} if words else {})


def public(item: Item, language: str, option_order: Sequence[int]) -> dict[str, Any]:
    return public_view(item, language, option_order, shape(item))


def read_response(raw: Any, item: Item, option_order: Sequence[int]) -> str | None:
    return None if raw is None else read_long_text(raw) or None


def right_answer(item: Item, option_order: Sequence[int]) -> None:
    return None


def grade(item: Item, answer: str | None, option_order: Sequence[int]) -> Fraction:
    """Nothing, until somebody has rated it."""
    return Fraction(0)
