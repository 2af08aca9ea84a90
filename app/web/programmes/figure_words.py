"""Figures of a programme in words: bounds, amounts of a unit, shares of revenue, the clock of the onboarding."""

from decimal import Decimal

from app.content.money import to_minor
from app.partners.particulars import Column, Figure, Onboarding, RevenueShare, Series, Unit
from app.web.partner.amounts import money, percent
from app.web.wording import gettext as _
from app.web.wording import ngettext, number_text


def figure(value: Figure, series: Series) -> str:
    """The bounds of a figure in the unit of its series."""
    ends = (value.at_least, value.more_than, value.at_most, value.below)
    least, above, most, below = (None if end is None else amount(end, series.unit, series.currency) for end in ends)
    return bounds(least, above, most, below)


def bounds(least: str | None, above: str | None, most: str | None, below: str | None) -> str:
    """At most one lower and one upper bound, already in words: inclusive, exclusive, inclusive, exclusive."""
    match (least or above, most or below):
        case (lower, None):
            return _("at least %(least)s", least=lower) if least else _("more than %(least)s", least=lower)
        case (None, upper):
            return _("at most %(most)s", most=upper) if most else _("less than %(most)s", most=upper)
        case (lower, upper) if least and most:
            return _("%(least)s to %(most)s", least=lower, most=upper)
        case (lower, upper) if least:
            return _("from %(least)s to less than %(most)s", least=lower, most=upper)
        case (lower, upper) if most:
            return _("more than %(least)s, up to %(most)s", least=lower, most=upper)
        case (lower, upper):
            return _("more than %(least)s and less than %(most)s", least=lower, most=upper)


def amount(value: Decimal, unit: Unit, currency: str | None) -> str:
    """12500 as `$12,500`, `12,500 %`, `12,500 days` or `12,500`."""
    if unit == "money" and currency:
        return money(to_minor(value, currency), currency)
    if unit == "percent":
        return percent(value)
    if unit == "days":
        return ngettext("%(num)s day", "%(num)s days", int(value))
    if unit == "months":
        return ngettext("%(num)s month", "%(num)s months", int(value))
    return number_text(value)


def cell(value: Decimal | None, column: Column) -> str:
    """A value of a table; a dash where the source has none."""
    return "–" if value is None else amount(value, column.unit, column.currency)


def share(value: RevenueShare) -> str:
    """What is earned: `10 % to 15 %`, a fixed fee or both."""
    if value.kind == "fixed_fee":
        return _("Fixed fee")
    if value.kind == "hybrid":
        return _("Percentage and fixed fee")
    if value.percent is None:
        return _("As agreed")
    least, most = value.percent
    return percent(least) if least == most else bounds(percent(least), None, percent(most), None)


def clock(onboarding: Onboarding) -> str:
    """How long the onboarding takes; empty where the programme does not say."""
    if onboarding.below_days:
        return ngettext("In less than %(num)s day", "In less than %(num)s days", onboarding.below_days)
    if onboarding.weeks is None:
        return ""
    least, most = onboarding.weeks
    if least == most:
        return ngettext("In %(num)s week", "In %(num)s weeks", most)
    return _("In %(least)s to %(most)s weeks", least=least, most=most)


def returned(formula: str, value: Decimal) -> str:
    """`2.2 to 1`, or a gain in per cent."""
    if formula == "ratio":
        return _("%(ratio)s to 1", ratio=number_text(round(value, 1)))
    return percent(round(value, 1).normalize())
