"""Numeric: a number within a tolerance or a range. Numbers are kept as decimal strings, so that no digit is rounded.

The key is `{"value": "12.5", "tolerance": "1/4"}` (a tolerance in percent is worked out, as an exact fraction, when the
file is read) or `{"from": "5", "to": "10"}`. A unit belongs to the text of each language and stands beside the field.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
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
    public_view,
)
from app.refusal import N_

NAME = "numeric"
TITLE = N_("Number")
RATED = False
LINE = OPTION_OR_ACCEPTED
INLINE = None
PARTIAL = False
KEEPS_ORDER = False
WORDS: dict[str, tuple[str, ...]] = {}
chosen = no_choice

LONGEST = 40
NUMBER = r"[0-9]{1,18}(?:\.[0-9]{1,18})?"
UNIT = r"(?: +(?P<unit>[^\s\d.,=+\-]\S{0,19}))?"
NEAR = re.compile(rf"(?P<value>-?{NUMBER}){UNIT}(?: *\+- *(?P<off>{NUMBER})(?P<percent> ?%)?)?")
RANGE = re.compile(rf"(?P<low>-?{NUMBER}) *\.\. *(?P<high>-?{NUMBER}){UNIT}")
TYPED = re.compile(r"(?P<sign>[+\-−]?)(?P<whole>[0-9]*)(?:[.,](?P<decimals>[0-9]+))?")


def fits(answers: Sequence[AnswerLine]) -> bool:
    return _written(answers) is not None


def read_key(answers: Sequence[AnswerLine], rules: Rules) -> dict[str, str]:
    found = _written(answers)
    if found is None:
        raise BadKey("a numeric item has one answer line: `= 600`, `= 600 +- 5`, `= 12.5 km +- 2%` or `= 5 .. 10`")
    if found.re is NEAR:
        return {"value": _canonical(found["value"]), "tolerance": _tolerance(found)}
    if Fraction(found["low"]) >= Fraction(found["high"]):
        raise BadKey("a range runs from the lower number to the higher", answers[0].line)
    return {"from": _canonical(found["low"]), "to": _canonical(found["high"])}


def parts(answers: Sequence[AnswerLine]) -> dict[str, Sequence[AnswerLine]]:
    found = _written(answers)
    return {"units": [replace(answers[0], text=found["unit"])]} if found and found["unit"] else {}


def shape(item: Item) -> dict[str, Any]:
    return {"input": "number", "max_length": LONGEST}


def public(item: Item, language: str, option_order: Sequence[int]) -> dict[str, Any]:
    units = [{"unit": unit} for unit in item["text"][language].get("units", ())]
    return public_view(item, language, option_order, shape(item) | (units[0] if units else {}))


def read_response(raw: Any, item: Item, option_order: Sequence[int]) -> str | None:
    """The unit that stands beside the field may be typed after the number."""
    typed = _as_text(raw).strip()
    units = {html.unescape(unit) for text in item["text"].values() for unit in text.get("units", ())}
    number = next((typed.removesuffix(unit).rstrip() for unit in units if typed.endswith(unit)), typed)
    return _canonical(number) if typed else None


def right_answer(item: Item, option_order: Sequence[int]) -> str:
    return str(item["key"].get("value") or item["key"]["from"])


def grade(item: Item, answer: str | None, option_order: Sequence[int]) -> Fraction:
    if answer is None:
        return Fraction(0)
    low, high = bounds(item["key"])
    return all_or_nothing(low <= Fraction(answer) <= high)


def bounds(key: dict[str, str]) -> tuple[Fraction, Fraction]:
    """The lowest and the highest number that is right."""
    if "from" in key:
        return Fraction(key["from"]), Fraction(key["to"])
    value, off = Fraction(key["value"]), Fraction(key["tolerance"])
    return value - off, value + off


def _written(answers: Sequence[AnswerLine]) -> re.Match[str] | None:
    """The one answer line, where it says a number or a range."""
    if len(answers) != 1 or answers[0].marked is not None:
        return None
    return NEAR.fullmatch(answers[0].text) or RANGE.fullmatch(answers[0].text)


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
