"""What a tier asks for, in words: a line for each requirement, and one below it for each of its parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.partners.figures import Bounds
from app.partners.requirements import (
    AllOf,
    AnyOf,
    Attestation,
    Group,
    Metric,
    Money,
    OfMoney,
    OfPersons,
    OfTraining,
    Part,
    Persons,
    Points,
    Previous,
    Requirement,
    SomeOf,
    Team,
    Tenure,
    Trained,
)
from app.partners.rules import Programme
from app.web.layout import in_language
from app.web.naming import JOB_ROLES, LEVELS
from app.web.partner.amounts import money, percent
from app.web.programmes.figure_words import bounds
from app.web.wording import gettext as _
from app.web.wording import ngettext, number_text


@dataclass(frozen=True)
class Line:
    """A requirement's name and what it asks for; `parts` are those of a group."""

    name: str
    text: str
    parts: Sequence["Line"] = ()


def lines(requirements: Sequence[Requirement], rules: Programme) -> list[Line]:
    """`tier.requirements | requirement_lines(rules)`"""
    return [_line(one, rules) for one in requirements]


def _line(one: Requirement, rules: Programme) -> Line:
    parts: list[Line] = []
    if isinstance(one, Group):
        parts = lines(one.requirements, rules)
    if isinstance(one, Points):
        parts = [Line(in_language(part.name), _part(part)) for part in one.parts]
    return Line(in_language(one.name), _text(one, rules), parts)


def _text(one: Requirement, rules: Programme) -> str:
    if isinstance(one, Persons | Trained):
        return " · ".join([_people(one), *_of_people(one)])
    if isinstance(one, Metric | Money):
        return " · ".join([_sum(one), *_window(one)])
    if isinstance(one, Attestation):
        grade = next(grade.name for grade in one.grades if grade.value == one.grade)
        return _("%(grade)s or better, with evidence", grade=in_language(grade))
    if isinstance(one, Tenure):
        return ngettext(
            "At least %(num)s month in the programme", "At least %(num)s months in the programme", one.months
        )
    if isinstance(one, Previous):
        return _("All that %(tier)s asks for", tier=_tier_name(one, rules))
    return _group(one)


def _group(one: Any) -> str:
    if isinstance(one, AllOf):
        return _("All of these")
    if isinstance(one, AnyOf):
        return _("Any one of these")
    if isinstance(one, SomeOf):
        return _("At least %(number)s of these", number=one.at_least)
    if isinstance(one, Team):
        return _("All of these at once, each person for one of them")
    if isinstance(one, Points):
        return _("At least %(number)s points", number=number_text(one.at_least))
    return _("In force")


def _people(one: Persons | Trained) -> str:
    if isinstance(one, Trained) and one.share_percent is not None:
        return _("At least %(share)s of the people", share=percent(one.share_percent))
    if isinstance(one, Trained) and one.more_than_percent is not None:
        return _("More than %(share)s of the people", share=percent(one.more_than_percent))
    return ngettext("At least %(num)s person", "At least %(num)s people", one.at_least or 0)


def _of_people(one: OfPersons | OfTraining) -> list[str]:
    """Which people are meant."""
    if isinstance(one, OfTraining):
        if one.course:
            return [_("having completed the course %(course)s", course=one.course)]
        return [_("having completed the track %(level)s", level=LEVELS[one.track])]
    said = [_certificate(one)]
    if one.job_role:
        said.append(str(JOB_ROLES[one.job_role]))
    if one.region:
        said.append(_("region %(region)s", region=one.region))
    return said


def _certificate(one: OfPersons) -> str:
    if one.level is None:
        return _("with a valid certificate of any level")
    if one.exactly:
        return _("with a valid certificate of exactly %(level)s", level=LEVELS[one.level])
    return _("with a valid certificate of %(level)s or above", level=LEVELS[one.level])


def _sum(one: Metric | Money) -> str:
    words = {name: _units(one, value) for name, value in one.stated.items()}
    text = bounds(words.get("at_least"), words.get("more_than"), words.get("at_most"), words.get("below"))
    return text[:1].upper() + text[1:]


def _units(one: Bounds, value: int) -> str:  # type: ignore[type-arg]
    return money(value, one.currency) if isinstance(one, Money) else number_text(value)


def _window(one: Metric | Money) -> list[str]:
    if isinstance(one, Metric):
        return []
    return [ngettext("over the last month", "over the last %(num)s months", one.window_months)]


def _tier_name(one: Previous, rules: Programme) -> str:
    tiers = [tier for ladder, _name, tiers in rules.every_ladder for tier in tiers if one.ladder in (None, ladder)]
    return next((in_language(tier.name) for tier in tiers if tier.id == one.tier), one.tier)


def _part(part: Part) -> str:
    """`2 points for each 10 · 6 at most · at least 2`"""
    said = [
        ngettext(
            "%(num)s point for every %(figure)s",
            "%(num)s points for every %(figure)s",
            part.points,
            figure=_figure(part),
        )
    ]
    if isinstance(part.of, OfPersons | OfTraining):
        said += _of_people(part.of)
    if part.at_most:
        said.append(_("at most %(most)s", most=number_text(part.at_most)))
    if part.minimum:
        said.append(_("at least %(least)s", least=number_text(part.minimum)))
    return " · ".join(said)


def _figure(part: Part) -> str:
    if isinstance(part.of, OfMoney):
        return money(part.per_units, part.of.currency)
    if isinstance(part.of, OfPersons | OfTraining):
        return ngettext("%(num)s person", "%(num)s people", part.per_units)
    return number_text(part.per_units)
