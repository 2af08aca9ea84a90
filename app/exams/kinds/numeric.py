"""Numeric: a number within a tolerance. Numbers are kept as decimal strings, so that no digit is ever rounded.

The key is `{"value": "12.5", "tolerance": "1/4"}`; a tolerance in percent is worked out, as an exact fraction, when
the file is read.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.exams.kinds.kind import AnswerLine, BadAnswer, BadKey, Item, all_or_nothing, public_view
from app.refusal import N_

NAME = "numeric"
OPTIONS = False
PARTIAL = False

LONGEST = 40
NUMBER = r"[0-9]{1,18}(?:\.[0-9]{1,18})?"
KEY = re.compile(rf"(?P<value>-?{NUMBER})(?: *\+- *(?P<off>{NUMBER})(?P<percent> ?%)?)?")
TYPED = re.compile(r"(?P<sign>[+\-−]?)(?P<whole>[0-9]*)(?:[.,](?P<decimals>[0-9]+))?")


def fits(answers: Sequence[AnswerLine]) -> bool:
    return len(answers) == 1 and answers[0].marked is None and KEY.fullmatch(answers[0].text) is not None


def read_key(answers: Sequence[AnswerLine]) -> dict[str, str]:
    found = KEY.fullmatch(answers[0].text) if len(answers) == 1 and answers[0].marked is None else None
    if not found:
        raise BadKey("a numeric item has one answer line: `= 600`, `= 600 +- 5` or `= 12.5 +- 2%`")
    return {"value": _canonical(found["value"]), "tolerance": _tolerance(found)}


def shape(item: Item) -> dict[str, Any]:
    return {"input": "number", "max_length": LONGEST}


def public(item: Item, language: str, option_order: Sequence[int]) -> dict[str, Any]:
    return public_view(item, language, option_order, shape(item))


def read_response(raw: Any, item: Item, option_order: Sequence[int]) -> str | None:
    text = _as_text(raw).strip()
    return _canonical(text) if text else None


def grade(item: Item, answer: str | None, option_order: Sequence[int]) -> Fraction:
    if answer is None:
        return Fraction(0)
    off = abs(Fraction(answer) - Fraction(item["key"]["value"]))
    return all_or_nothing(off <= Fraction(item["key"]["tolerance"]))


def _as_text(raw: Any) -> str:
    if raw is None:
        return ""
    if isinstance(raw, float):
        return format(Decimal(repr(raw)), "f")
    if isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < 10**LONGEST:
        return str(raw)
    if isinstance(raw, str):
        return raw
    raise BadAnswer(N_("Type a number, without units."))


def _canonical(text: str) -> str:
    """One spelling for each number: `007,50` becomes `7.5`."""
    found = TYPED.fullmatch(text)
    if not found or not (found["whole"] or found["decimals"]):
        raise BadAnswer(N_("Type a number, without units or separators of thousands."))
    if len(text) > LONGEST:
        raise BadAnswer(N_("The number is too long."))
    whole, decimals = found["whole"].lstrip("0") or "0", (found["decimals"] or "").rstrip("0")
    number = f"{whole}.{decimals}" if decimals else whole
    return f"-{number}" if found["sign"] in ("-", "−") and number != "0" else number


def _tolerance(found: re.Match[str]) -> str:
    """How far off the answer may be, in the unit of the value."""
    off = Fraction(found["off"] or 0)
    return str(abs(Fraction(found["value"])) * off / 100 if found["percent"] else off)
