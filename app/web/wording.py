"""Texts, dates and numbers in a page's language: what Flask-Babel gives, but looked up once for many pages."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from babel import Locale, dates, numbers
from babel.support import Translations
from flask import Flask
from flask_babel.speaklater import LazyString
from markupsafe import Markup, escape

from app.web.language import current

CATALOGUES = Path(__file__).parents[1] / "translations"


def register(app: Flask) -> None:
    """Let templates say `_('Continue')` and `{{ value | dateformat('long') }}` by these."""
    app.jinja_env.globals.update(_=markup, gettext=markup, ngettext=plural_markup)
    app.jinja_env.filters.update(
        dateformat=date_text,
        datetimeformat=instant_text,
        timeformat=time_text,
        numberformat=number_text,
        percentformat=percent_text,
    )


def gettext(text: str, **values: object) -> str:
    """As Flask-Babel's, at a tenth of its cost: `from app.web.wording import gettext as _`."""
    found = _pattern(current(), text)
    return found % values if values else found


def ngettext(singular: str, plural: str, num: int, **values: object) -> str:
    """The form that goes with `num`, which is one of the values."""
    return _catalogue(current()).ngettext(singular, plural, num) % {"num": num, **values}


def lazy_gettext(text: str) -> LazyString:
    """A text that is looked up each time it is shown: for tables and classes, which are made before any page is."""
    return LazyString(gettext, text)


def markup(text: str, **values: object) -> Markup:
    """The text of a template in the page's language, its values escaped."""
    if not values:
        return _text(current(), text)
    return Markup(_pattern(current(), text) % _escaped(values))  # noqa: S704


def plural_markup(singular: str, plural: str, num: int, **values: object) -> Markup:
    """Of `ngettext`, its values escaped."""
    return Markup(ngettext(singular, plural, num, **_escaped(values)))  # noqa: S704


def date_text(value: date, style: str = "medium") -> str:
    """A date, or the date of an instant in UTC."""
    day = value.astimezone(UTC).date() if isinstance(value, datetime) else value
    return _kept(dates.format_date, day, style, current())


def instant_text(value: datetime, style: str = "medium") -> str:
    """The date and time of an instant in UTC."""
    if "mm" in style and "ss" not in style:
        value = value.replace(second=0, microsecond=0)  # is not shown, and no two moments would be alike by it
    return _kept(dates.format_datetime, value, style, UTC, current())


def time_text(value: datetime, style: str = "medium") -> str:
    """The time of day of an instant in UTC."""
    return _kept(dates.format_time, value, style, UTC, current())


def number_text(value: float | Decimal) -> str:
    """`1,250.5`, as the language writes it."""
    return _kept(numbers.format_decimal, value, None, current())


def percent_text(value: float | Decimal) -> str:
    """`12%` of 0.12."""
    return _kept(numbers.format_percent, value, None, current())


def country_text(code: str) -> str:
    """The name of a country by its two letters; the letters where the language has none."""
    return str(Locale(current()).territories.get(code, code))


@cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(CATALOGUES, [language])


@lru_cache(4096)
def _pattern(language: str, text: str) -> str:
    return _catalogue(language).gettext(text)


@lru_cache(4096)
def _text(language: str, text: str) -> Markup:
    """A text without values is a pattern too: `%%` is one per cent."""
    return Markup(_pattern(language, text) % {})  # noqa: S704


def _escaped(values: Mapping[str, object]) -> dict[str, Markup]:
    return {name: escape(value) for name, value in values.items()}


@lru_cache(4096)
def _kept(write: Callable[..., str], *arguments: Any) -> str:
    """What Babel writes: the same days and figures stand on many pages, and it takes 10 to 20 µs for one."""
    return write(*arguments)
