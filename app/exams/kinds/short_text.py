"""Short text: a word or a phrase. The key lists the accepted forms.

Compared without spare spaces, and without case and accents unless the braces keep them (`case=keep`, `accents=keep`).
"""

import re
import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from app.exams.kinds import numeric, true_false
from app.exams.kinds.kind import (
    NO_RULES,
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

NAME = "short_text"
TITLE = N_("Short text")
RATED = False
LINE = OPTION_OR_ACCEPTED
INLINE = None
PARTIAL = False
KEEPS_ORDER = False
WORDS = {"case": ("keep",), "accents": ("keep",)}
parts = no_parts
chosen = no_choice

LONGEST = 200
NEARLY_NUMBER = re.compile(r"-?[0-9].*(\+-|±|\.\.)")
UNSTORABLE = {"Cc", "Cs"}  # a NUL or half a surrogate pair, which no database or UTF-8 text takes


def fits(answers: Sequence[AnswerLine]) -> bool:
    written = [answer for answer in answers if answer.marked is None]
    reads_otherwise = [numeric.fits([answer]) or true_false.fits([answer]) for answer in written]
    return len(written) == len(answers) > 0 and not all(reads_otherwise)


def read_key(answers: Sequence[AnswerLine], rules: Rules) -> list[str]:
    if not answers or any(answer.marked is not None for answer in answers):
        raise BadKey("a short text item has one line `= text` for each accepted form, and no options")
    for answer in answers:
        if NEARLY_NUMBER.match(answer.text):
            message = "this is nearly a number with a tolerance or a range: write `= 5 km +- 1` or `= 5 .. 10 km`"
            raise BadKey(message, answer.line)
    return accepted_forms([answer.text for answer in answers], rules)


def shape(item: Item) -> dict[str, Any]:
    return {"input": "text", "max_length": LONGEST} | kept(item)


def public(item: Item, language: str, option_order: Sequence[int]) -> dict[str, Any]:
    return public_view(item, language, option_order, shape(item))


def read_response(raw: Any, item: Item, option_order: Sequence[int]) -> str | None:
    return None if raw is None else read_text(raw)


def right_answer(item: Item, option_order: Sequence[int]) -> str:
    return str(item["key"][0])


def grade(item: Item, answer: str | None, option_order: Sequence[int]) -> Fraction:
    return all_or_nothing(is_accepted(answer, item["key"], item.get("rules", NO_RULES)))


def accepted_forms(forms: list[str], rules: Rules, line: int = 0) -> list[str]:
    """The forms as they are; raises BadKey."""
    if not all(fold(text, rules) for text in forms):
        raise BadKey("an accepted form needs at least one letter or figure", line)
    if any(len(text) > LONGEST for text in forms):
        raise BadKey(f"an accepted form has at most {LONGEST} characters", line)
    if len({fold(text, rules) for text in forms}) < len(forms):
        raise BadKey("two accepted forms differ only in case, accents or spaces", line)
    return forms


def is_accepted(answer: str | None, forms: Sequence[str], rules: Rules) -> bool:
    return answer is not None and fold(answer, rules) in {fold(text, rules) for text in forms}


def kept(item: Item) -> dict[str, Any]:
    """For the shape: what counts, of case and accents."""
    rules = item.get("rules")
    return {"keep": sorted(rules)} if rules else {}


def read_text(raw: Any) -> str | None:
    """One line of text, None where there is none; raises BadAnswer."""
    if not isinstance(raw, str):
        raise BadAnswer(N_("Type your answer as text."))
    text = " ".join(raw.split())
    if len(text) > LONGEST:
        raise BadAnswer(N_("The answer is too long."))
    if any(unicodedata.category(char) in UNSTORABLE for char in text):
        raise BadAnswer(N_("The answer holds characters that cannot be shown."))
    return text or None


def fold(text: str, rules: Rules = NO_RULES) -> str:
    """What is compared: compatibility forms, spaces and, unless they are kept, case and accents made alike."""
    folded = unicodedata.normalize("NFKD", text)
    if "case" not in rules:
        folded = unicodedata.normalize("NFKD", folded.casefold())
    # Format characters are what editors paste without showing it; accents are combining marks by now.
    unseen = {"Cf"} if "accents" in rules else {"Cf", "Mn"}
    seen = "".join(char for char in folded if unicodedata.category(char) not in unseen)
    return " ".join(unicodedata.normalize("NFKD", seen).split())
