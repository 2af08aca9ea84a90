"""Amounts of a proof in the words and figures of the page's language."""

from decimal import Decimal
from typing import Any

from babel.numbers import format_percent
from flask_babel import format_currency, format_decimal, get_locale, ngettext
from flask_babel import gettext as _

from app.partners.money import from_minor


def amount(check: dict[str, Any], value: int) -> str:
    """What there is or what is asked for, in the unit of the check."""
    if check["unit"] == "minor_units":
        return money(value, check["currency"])
    if check["unit"] == "agreements":
        return str(_("In force") if value else _("None"))
    return str(format_decimal(value))


def gap(check: dict[str, Any]) -> str:
    """What is missing."""
    missing = check["gap"]
    match check["unit"]:
        case "persons":
            return str(ngettext("%(num)s person", "%(num)s people", missing))
        case "minor_units":
            return money(missing, check["currency"])
        case "agreements":
            return str(_("The agreement"))
        case "requirements":
            return str(ngettext("One of these parts", "%(num)s of these parts", missing))
    return str(_("%(number)s more", number=format_decimal(missing)))


def money(minor: int, currency: str) -> str:
    """The amount with its currency; cents only where there are any."""
    value = from_minor(minor, currency)
    locale = get_locale()
    if locale is None or value != value.to_integral_value():
        return str(format_currency(value, currency))
    whole = locale.currency_formats["standard"].pattern.replace(".00", "")
    return str(format_currency(value, currency, format=whole, currency_digits=False))


def percent(value: Decimal | None) -> str:
    """12.5 is `12.5 %`."""
    if value is None:
        return ""
    return format_percent(value / 100, locale=get_locale(), decimal_quantization=False)


def study_time(minutes: int) -> str:
    """How long the study still takes, to the half hour."""
    if minutes == 0:
        return str(_("courses finished"))
    if minutes < 60:
        return str(ngettext("%(num)s minute of study", "%(num)s minutes of study", minutes))
    return str(_("%(hours)s h of study", hours=format_decimal(round(minutes / 30) / 2)))
