"""Short text: a word or a phrase, compared without case, accents or spare spaces. The key lists the accepted forms."""

import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from app.exams.kinds import numeric, true_false
from app.exams.kinds.kind import AnswerLine, BadAnswer, BadKey, Item, all_or_nothing, public_view
from app.refusal import N_

NAME = "short_text"
OPTIONS = False
PARTIAL = False

LONGEST = 200
UNSEEN = {"Mn", "Cf"}  # combining marks, and what editors paste without showing it
UNSTORABLE = {"Cc", "Cs"}  # a NUL or half a surrogate pair, which no database or UTF-8 text takes


def fits(answers: Sequence[AnswerLine]) -> bool:
    written = [answer for answer in answers if answer.marked is None]
    reads_otherwise = [numeric.fits([answer]) or true_false.fits([answer]) for answer in written]
    return len(written) == len(answers) > 0 and not all(reads_otherwise)


def read_key(answers: Sequence[AnswerLine]) -> list[str]:
    if not answers or any(answer.marked is not None for answer in answers):
        raise BadKey("a short text item has one line `= text` for each accepted form, and no options")
    accepted = [answer.text for answer in answers]
    if not all(fold(text) for text in accepted):
        raise BadKey("an accepted form needs at least one letter or figure")
    if any(len(text) > LONGEST for text in accepted):
        raise BadKey(f"an accepted form has at most {LONGEST} characters")
    if len({fold(text) for text in accepted}) < len(accepted):
        raise BadKey("two accepted forms differ only in case, accents or spaces")
    return accepted


def shape(item: Item) -> dict[str, Any]:
    return {"input": "text", "max_length": LONGEST}


def public(item: Item, language: str, option_order: Sequence[int]) -> dict[str, Any]:
    return public_view(item, language, option_order, shape(item))


def read_response(raw: Any, item: Item, option_order: Sequence[int]) -> str | None:
    if raw is None:
        return None
    if not isinstance(raw, str):
        raise BadAnswer(N_("Type your answer as text."))
    text = " ".join(raw.split())
    if len(text) > LONGEST:
        raise BadAnswer(N_("The answer is too long."))
    if any(unicodedata.category(char) in UNSTORABLE for char in text):
        raise BadAnswer(N_("The answer holds characters that cannot be shown."))
    return text or None


def grade(item: Item, answer: str | None, option_order: Sequence[int]) -> Fraction:
    return all_or_nothing(answer is not None and fold(answer) in {fold(text) for text in item["key"]})


def fold(text: str) -> str:
    """What is compared: compatibility forms, case, accents and runs of spaces made alike."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    seen = "".join(char for char in decomposed if unicodedata.category(char) not in UNSEEN)
    return " ".join(seen.split())
