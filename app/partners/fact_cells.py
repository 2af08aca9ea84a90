"""Cells of facts: an amount, a date or a text as a file writes it, or plain words on what to write instead."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

from babel.numbers import is_currency

from app.content.money import exponent, to_minor
from app.refusal import N_

MOST = 10**15  # of a value: whole things or minor units
YEARS = range(1990, 2101)  # beyond them a date is a slip of the pen
PLAIN = re.compile(r"\d{1,18}(\.\d{1,6})?")
GROUPED = {
    "point": re.compile(r"\d{1,3}(,\d{3})+(\.\d{1,6})?"),
    "comma": re.compile(r"\d{1,3}(\.\d{3})+(,\d{1,6})?"),
}
WITH_COMMA = re.compile(r"\d{1,18}(,\d{1,6})?")
ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)
PARTED = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})", re.ASCII)
ROUNDED = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE | re.ASCII)


class BadCell(Exception):
    """The cell cannot be taken; `message` says what to write, with `facts` to be put into the words."""

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.facts = {name: str(value) for name, value in facts.items()}


def read_amount(cell: str, decimals: str) -> Decimal:
    """A number that is not negative; `decimals` says which mark parts them, and `plain` takes no thousands."""
    cell = cell.strip()
    if cell.startswith("-") or (cell.startswith("(") and cell.endswith(")")):
        raise BadCell(N_("A value is not negative: to take something back, withdraw or correct its fact."))
    if not cell.isascii():
        raise BadCell(N_("Write the value in digits, with a point for decimals: 1234.50"))
    if decimals == "comma":
        if WITH_COMMA.fullmatch(cell) or GROUPED["comma"].fullmatch(cell):
            return Decimal(cell.replace(".", "").replace(",", "."))
        raise BadCell(N_("Write the value in digits, with a comma for decimals: 1234,50"))
    if PLAIN.fullmatch(cell):
        return Decimal(cell)
    if decimals == "point" and GROUPED["point"].fullmatch(cell):
        return Decimal(cell.replace(",", ""))
    if "," in cell and decimals == "plain":
        raise BadCell(N_("The comma could part thousands or decimals: write 1234.50"))
    raise BadCell(N_("Write the value in digits, with a point for decimals: 1234.50"))


def in_units(amount: Decimal, currency: str | None) -> int:
    """The value as it is kept: whole things, or minor units of the currency."""
    if currency is None:
        if amount != amount.to_integral_value():
            raise BadCell(N_("Without a currency it has to be a whole number."))
        units = int(amount)
    else:
        try:
            units = to_minor(amount, currency)
        except ValueError as error:
            words = N_("%(currency)s has %(decimals)s decimals: write no more.")
            raise BadCell(words, currency=currency, decimals=exponent(currency)) from error
    if units > MOST:
        raise BadCell(N_("The value is too large: check the decimals."))
    return units


def read_currency(cell: str) -> str | None:
    """The three letters of a currency, or None where the cell is empty."""
    code = cell.strip().upper()
    if not code:
        return None
    if not code.isascii() or not _is_known(code):
        raise BadCell(N_("Write the three letters of a currency, such as USD."))
    return code


@lru_cache(1024)
def _is_known(code: str) -> bool:
    return is_currency(code)


def read_instant(cell: str, dates: str) -> datetime:
    """The instant, or the first of a day, in UTC; without a zone it is UTC."""
    cell = cell.strip()
    if dates == "iso":
        instant = _iso(cell)
    else:
        parts = PARTED.fullmatch(cell)
        if not parts:
            raise BadCell(N_("Write the date in figures, as the mapping says: 31/12/2026 or 12/31/2026"))
        day, month = (1, 3) if dates == "day_first" else (3, 1)
        instant = _instant(f"{parts[4]}-{int(parts[month]):02}-{int(parts[day]):02}")
    if instant.year not in YEARS:
        raise BadCell(N_("The year must be between 1990 and 2100."))
    return instant


def _iso(cell: str) -> datetime:
    if PARTED.fullmatch(cell):
        words = N_("The day could be the month: write the date as 2026-12-31, or say in the mapping which comes first.")
        raise BadCell(words)
    if not ISO.fullmatch(cell):
        raise BadCell(N_("Write the date as 2026-12-31."))
    return _instant(cell)


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
        return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise BadCell(N_("There is no such day: write the date as 2026-12-31.")) from error


def read_words(cell: str, longest: int = 200) -> str:
    """A text on one line."""
    words = " ".join(cell.split())
    if len(words) > longest:
        raise BadCell(N_("It is too long: write up to %(longest)s characters."), longest=longest)
    if not words.isprintable():
        raise BadCell(N_("It holds characters that cannot be printed."))
    return words


def read_id(cell: str) -> str | None:
    """The id of a record in its system; one that a spreadsheet has rounded stands for several."""
    words = read_words(cell, 120)
    if ROUNDED.fullmatch(words):
        raise BadCell(N_("A spreadsheet has rounded this id: export it again and do not save it in Excel."))
    return words or None
