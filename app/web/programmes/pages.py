"""The list of programmes, and one programme: what each tier asks for and brings, and all else that it holds."""

from collections.abc import Iterator

from flask import render_template

from app.learning.catalogue import live_courses
from app.partners.particulars import returns
from app.partners.programmes import live_programmes, participations_of, programme_by_slug
from app.partners.rules import Programme
from app.transaction import reading
from app.web.access import may
from app.web.identity import visitor
from app.web.layout import in_language
from app.web.programmes.figure_words import returned


def programmes() -> str:
    """Every published programme; those that the visitor's organisation takes part in are marked."""
    with reading():
        return render_template(
            "programmes/programmes.html",
            programmes=[(one.slug, one.rules) for one in live_programmes()],
            joined=_joined(),
        )


def programme(slug: str) -> str:
    """One programme. What the vendor invests and expects in return is for the office alone."""
    with reading():
        rules = programme_by_slug(slug).rules
        joined = slug in _joined()
        courses = _titles(rules)
    return render_template(
        "programmes/programme.html",
        slug=slug,
        rules=rules,
        joined=joined,
        tier_names={tier.id: in_language(tier.name) for _, _, tiers in rules.every_ladder for tier in tiers},
        courses=courses,
        returns=list(_returns(rules)) if may("admin.overview") else [],
        office=may("admin.overview"),
    )


def _titles(rules: Programme) -> dict[str, str]:
    """The courses of the programme's training that stand, each with its title."""
    named = {course for one in rules.training for course in one.courses}
    return {one.slug: in_language(one.body["title"]) for one in live_courses() if one.slug in named} if named else {}


def _joined() -> set[str]:
    organisation = visitor().organisation
    return {part.programme.slug for part in participations_of(organisation.id)} if organisation else set()


def _returns(rules: Programme) -> Iterator[tuple[str, str]]:
    """Each period and its return in words, worked out from the two series that the programme names."""
    rule = rules.return_on_investment
    if rule is None:
        return
    series = {one.id: one for one in (*rules.targets, *rules.investment)}
    for period, value in returns(rule.formula, series[rule.revenue], series[rule.investment]):
        yield in_language(period), returned(rule.formula, value)
