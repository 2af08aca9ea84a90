"""Stems and number keys of items as text, for the pages that show an item outside of an exam."""

from decimal import Decimal
from fractions import Fraction

from babel.numbers import format_decimal
from flask_babel import get_locale

from app.exams.kinds.kind import GAP


def with_gaps(stem: str) -> str:
    """A stem with lines for what its kind took out of it; nothing where a picture stood alone."""
    return stem.replace(f"<p>{GAP}</p>", "").replace(GAP, "____")


def numeric_answer(key: dict[str, str]) -> str:
    """`600 ± 5`, `5 – 10`, or the number alone where it has to be exact."""
    if "from" in key:
        return f"{exact_decimal(key['from'])} – {exact_decimal(key['to'])}"
    value, tolerance = exact_decimal(key["value"]), exact_decimal(key["tolerance"])
    return value if tolerance == "0" else f"{value} ± {tolerance}"


def exact_decimal(text: str) -> str:
    """A number of a key, a decimal or a fraction, with all its digits."""
    number = Fraction(text)
    return format_decimal(
        Decimal(number.numerator) / number.denominator, locale=get_locale(), decimal_quantization=False
    )
