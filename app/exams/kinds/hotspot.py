"""Hotspot: a point to find on a picture. The key lists the areas of which any is right.

Points and areas are in thousandths of the picture's width and height, counted from its upper left corner; edges belong
to an area. An answer is `[x, y]`, either of them None while it is not given. An area is `["rect", x, y, x, y]` or
`["oval", x, y, x_radius, y_radius]`.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from app.exams.kinds.kind import (
    AnswerLine,
    BadAnswer,
    BadKey,
    Item,
    Rules,
    all_or_nothing,
    no_choice,
    public_view,
    read_list,
)
from app.refusal import N_

NAME = "hotspot"
TITLE = N_("Point on a picture")
RATED = False
LINE = re.compile(r"= *(?:rect|oval) +[0-9].*")
INLINE = re.compile(r"(!\[[^\[\]]*\]\([^()]*\))")
PARTIAL = False
KEEPS_ORDER = False
WORDS: dict[str, tuple[str, ...]] = {}
chosen = no_choice

MOST, SIDE = 10, 1000
PICTURE = re.compile(r"!\[(?P<alt>[^\[\]]*\S[^\[\]]*)\]\(\.\./\.\./media/(?P<name>[^/()]+)\)")
AREA = re.compile(r"(?P<form>rect|oval) ([0-9]{1,4}),([0-9]{1,4}) ([0-9]{1,4}),([0-9]{1,4})")


def fits(answers: Sequence[AnswerLine]) -> bool:
    return bool(answers)


def read_key(answers: Sequence[AnswerLine], rules: Rules) -> list[list[Any]]:
    _picture(answers)
    areas = [_area(answer) for answer in answers if not _is_picture(answer)]
    if not 1 <= len(areas) <= MOST:
        raise BadKey(f"a hotspot item has 1 to {MOST} areas, `= rect 100,200 300,350` or `= oval 500,500 80,60`")
    return areas


def parts(answers: Sequence[AnswerLine]) -> dict[str, Sequence[AnswerLine]]:
    line, found = _picture(answers)
    return {"images": [replace(line, text=found["name"])], "alts": [replace(line, text=found["alt"].strip())]}


def shape(item: Item) -> dict[str, Any]:
    return {"input": "list", "of": "position", "count": 2, "highest": SIDE}


def public(item: Item, language: str, option_order: Sequence[int]) -> dict[str, Any]:
    text = item["text"][language]
    return public_view(item, language, option_order, shape(item)) | {"image": text["images"][0], "alt": text["alts"][0]}


def read_response(raw: Any, item: Item, option_order: Sequence[int]) -> list[int | None] | None:
    return read_list(raw, 2, _coordinate)


def right_answer(item: Item, option_order: Sequence[int]) -> list[int]:
    form, x, y, one, other = item["key"][0]
    return [x, y] if form == "oval" else [(x + one) // 2, (y + other) // 2]


def grade(item: Item, answer: list[int | None] | None, option_order: Sequence[int]) -> Fraction:
    x, y = answer or (None, None)
    if x is None or y is None:
        return Fraction(0)
    return all_or_nothing(any(_holds(area, x, y) for area in item["key"]))


def _holds(area: Sequence[Any], x: int, y: int) -> bool:
    form, one, two, three, four = area
    if form == "rect":
        return bool(one <= x <= three and two <= y <= four)
    # An oval in whole numbers: (dx / rx)² + (dy / ry)² ≤ 1.
    return bool(((x - one) * four) ** 2 + ((y - two) * three) ** 2 <= (three * four) ** 2)


def _coordinate(raw: Any) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool) or not 0 <= raw <= SIDE:
        raise BadAnswer(N_("A point is given by two whole numbers from 0 to 1000."))
    return raw


def _is_picture(answer: AnswerLine) -> bool:
    return answer.text.startswith("!")


def _picture(answers: Sequence[AnswerLine]) -> tuple[AnswerLine, re.Match[str]]:
    pictures = [answer for answer in answers if _is_picture(answer)]
    if len(pictures) != 1:
        raise BadKey("a hotspot item shows one picture, `![what it shows](../../media/plan.png)`, above its areas")
    found = PICTURE.fullmatch(pictures[0].text)
    if not found:
        raise BadKey("the picture is written `![what it shows](../../media/plan.png)`", pictures[0].line)
    return pictures[0], found


def _area(answer: AnswerLine) -> list[Any]:
    found = AREA.fullmatch(answer.text)
    if not found:
        raise BadKey("an area is written `= rect 100,200 300,350` or `= oval 500,500 80,60`", answer.line)
    form, *numbers = found.groups()
    one, two, three, four = area = [int(number) for number in numbers]
    if max(area) > SIDE or not (three and four) or (form == "rect" and not (one < three and two < four)):
        message = "a rectangle goes from its upper left to its lower right corner, an oval has radii; all up to 1000"
        raise BadKey(message, answer.line)
    return [form, *area]
