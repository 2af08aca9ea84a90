"""One item of a bank, with its key: what a candidate never reaches."""

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

from babel.numbers import format_decimal
from flask import render_template
from flask_babel import get_locale

from app.exams.catalogue import live_exam
from app.exams.item_statistics import usage_of
from app.exams.offers import ENOUGH, Usage
from app.refusal import NotFound
from app.transaction import reading
from app.web.trainer.bank_lines import BankLine, bank_lines
from app.web.trainer.editions import editions_of
from app.web.wording import gettext as _
from app.web.wording import lazy_gettext as _l


class NoSuchItem(NotFound):
    """The bank of the exam holds no such item."""

    title = _l("There is no such item")


def item(slug: str, item_id: str) -> str:
    """The item in every language side by side, and its neighbours."""
    with reading() as at:
        exam = live_exam(slug)
        lines = bank_lines(exam.version_id, exam.body["domains"])
        place = place_of(lines, item_id)
        line = lines[place]
        return render_template(
            "trainer/item.html",
            exam=exam,
            body=exam.body,
            line=line,
            item=line.item,
            right=right_options(line.item),
            accepted=accepted_answers(line.item),
            before=lines[place - 1] if place else None,
            after=lines[place + 1] if place + 1 < len(lines) else None,
            usage=usage_of(exam.id).get(item_id, Usage()),
            editions=editions_of("item", f"{slug}/{item_id}"),
            enough=ENOUGH,
            at=at,
        )


def place_of(lines: list[BankLine], item_id: str) -> int:
    """Where the item stands in the bank, or NoSuchItem."""
    for place, line in enumerate(lines):
        if line.item["id"] == item_id:
            return place
    raise NoSuchItem


def right_options(item: dict[str, Any]) -> frozenset[int]:
    """The file positions of the right options; none for an item without options."""
    key = item["key"]
    if item["kind"] == "single_choice":
        return frozenset([key])
    return frozenset(key) if item["kind"] == "multiple_response" else frozenset()


def accepted_answers(item: dict[str, Any]) -> list[str]:
    """The answers that earn the points, in words, of an item without options."""
    key = item["key"]
    match item["kind"]:
        case "true_false":
            return [_("True") if key else _("False")]
        case "numeric":
            return [numeric_answer(key)]
        case "short_text":
            return list(key)
    return [] if right_options(item) else [json.dumps(key, ensure_ascii=False)]


def numeric_answer(key: dict[str, str]) -> str:
    """`600 ± 5`, or the number alone where it has to be exact."""
    value, tolerance = exact_decimal(key["value"]), exact_decimal(key["tolerance"])
    return value if tolerance == "0" else f"{value} ± {tolerance}"


def exact_decimal(text: str) -> str:
    """A number of a key, a decimal or a fraction, with all its digits."""
    number = Fraction(text)
    return format_decimal(
        Decimal(number.numerator) / number.denominator, locale=get_locale(), decimal_quantization=False
    )
