"""What a requirement asks for, what there is and what is missing, in the words of the page's language."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from app.partners.figures import BOUNDS
from app.web.layout import in_language
from app.web.partner.amounts import amount, money, percent
from app.web.wording import date_text, ngettext, number_text
from app.web.wording import gettext as _

Data = dict[str, Any]


def have(check: Data) -> str:
    """What there is; checks that were kept before there were `terms` have none."""
    terms = check.get("terms") or {}
    match check["unit"]:
        case "tenure":
            return _("Since %(date)s", date=_day(terms["since"])) if terms["since"] else _("None")
        case "tiers":
            return _("Met") if check["met"] else _("Not met")
        case "grade":
            return _grade(check["have"], terms) if check["facts"] else _("None")
    return amount(check, check["have"])


def value(check: Data, figure: int) -> str:
    """The value of a fact that is no money: a number, or a grade by its name."""
    return _grade(figure, check.get("terms") or {})


def need(check: Data) -> str:
    """What is asked for."""
    terms = check.get("terms") or {}
    match check["unit"]:
        case "tenure":
            return ngettext("%(num)s month", "%(num)s months", terms["months"])
        case "tiers":
            return in_language(terms["name"]) if terms["name"] else terms["tier"]
        case "grade":
            return _grade(check["need"], terms)
    return _figure_needed(check, terms)


def _figure_needed(check: Data, terms: Data) -> str:
    if check["kind"] == "part":
        return _("at least %(figure)s", figure=number_text(check["need"])) if check["need"] else _("no minimum")
    if "percent" in terms:
        return _share(terms)
    stated = terms.get("stated", {})
    if stated.keys() - {"at_least"}:
        return ", ".join(bound(name, amount(check, stated[name])) for name in BOUNDS if name in stated)
    return amount(check, check["need"])


def gap(check: Data) -> str:
    """What is missing, or what is too much."""
    if check.get("excess"):
        return _("%(figure)s too much", figure=amount(check, check["excess"]))
    return _missing(check, check["gap"])


def _missing(check: Data, missing: int) -> str:
    match check["unit"]:
        case "persons":
            return ngettext("%(num)s person", "%(num)s people", missing)
        case "minor_units":
            return money(missing, check["currency"])
        case "requirements":
            return ngettext("One of these parts", "%(num)s of these parts", missing)
        case "points":
            return ngettext("%(num)s point", "%(num)s points", missing) if missing else _("The minimum of a part")
        case "count":
            return _("%(number)s more", number=number_text(missing))
    return _uncounted_gap(check)


def _uncounted_gap(check: Data) -> str:
    """What is there or is not."""
    match check["unit"]:
        case "tenure":
            at = check["terms"]["at"]
            return _("Reached on %(date)s", date=_day(at)) if at else _("The start of taking part")
        case "tiers":
            return _("All that %(tier)s asks for", tier=need(check))
        case "grade":
            return _("A higher grade") if check["facts"] else _("An attestation with evidence")
    return _("The agreement")


def note(check: Data) -> str:
    """How a part comes to its points; empty for all else."""
    if check["kind"] != "part":
        return ""
    terms = check["terms"]
    words = {
        "of": _counted(terms, terms["have"]),
        "points": ngettext("%(num)s point", "%(num)s points", terms["points"]),
        "per": amount(terms, terms["per"]),
    }
    if terms["at_most"] is None:
        return _("%(of)s: %(points)s for every %(per)s", **words)
    return _("%(of)s: %(points)s for every %(per)s, at most %(cap)s", cap=number_text(terms["at_most"]), **words)


def short(check: Data) -> str:
    """Where an unmet requirement stands, in a few words."""
    plain = check["unit"] in ("persons", "count", "minor_units", "requirements", "points")
    if plain and check["gap"]:
        return _("%(have)s of %(need)s", have=have(check), need=need(check))
    return gap(check)


def _counted(terms: Data, value: int) -> str:
    if terms["unit"] == "persons":
        return ngettext("%(num)s person", "%(num)s people", value)
    return amount(terms, value)


def bound(name: str, figure: str) -> str:
    """A bound by its name in a programme's file, in words."""
    return {
        "at_least": _("at least %(figure)s", figure=figure),
        "more_than": _("more than %(figure)s", figure=figure),
        "at_most": _("at most %(figure)s", figure=figure),
        "below": _("below %(figure)s", figure=figure),
    }[name]


def _share(terms: Data) -> str:
    words = {"percent": percent(Decimal(terms["percent"])), "people": number_text(terms["present"])}
    if terms["exclusive"]:
        return _("more than %(percent)s of %(people)s", **words)
    return _("%(percent)s of %(people)s", **words)


def _grade(value: int, terms: Data) -> str:
    name = terms.get("names", {}).get(str(value))
    return in_language(name) if name else number_text(value)


def _day(instant: str) -> str:
    return date_text(datetime.fromisoformat(instant))
