"""Amounts of a proof in the words and figures of the page's language."""

from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.numbers import format_currency, format_percent

from app.content.money import from_minor
from app.web.language import current
from app.web.wording import gettext as _
from app.web.wording import ngettext, number_text


def amount(check: dict[str, Any], value: int) -> str:
    """What there is or what is asked for, in the unit of the check."""
    if check["unit"] == "minor_units":
        return money(value, check["currency"])
    if check["unit"] == "agreements":
        return _("In force") if value else _("None")
    return number_text(value)


def money(minor: int, currency: str) -> str:
    """The amount with its currency; cents only where there are any."""
    return _money(minor, currency, current())


def percent(value: Decimal | None) -> str:
    """12.5 is `12.5 %`."""
    if value is None:
        return ""
    return _percent(value, current())


def study_time(minutes: int) -> str:
    """How long the study still takes, to the half hour."""
    if minutes == 0:
        return _("courses finished")
    if minutes < 60:
        return ngettext("%(num)s minute of study", "%(num)s minutes of study", minutes)
    return _("%(hours)s h of study", hours=number_text(round(minutes / 30) / 2))


@lru_cache(4096)
def _money(minor: int, currency: str, language: str) -> str:
    """Kept, as Babel takes 100 µs and a fact stands with every tier that asks for it."""
    value = from_minor(minor, currency)
    if value != value.to_integral_value():
        return format_currency(value, currency, locale=language)
    whole = Locale.parse(language).currency_formats["standard"].pattern.replace(".00", "")
    return format_currency(value, currency, format=whole, locale=language, currency_digits=False)


@lru_cache(1024)
def _percent(value: Decimal, language: str) -> str:
    return format_percent(value / 100, locale=language, decimal_quantization=False)
