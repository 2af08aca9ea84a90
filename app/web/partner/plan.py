"""The plan of an organisation: the cheapest way to a tier, person by person, and what has to come from outside."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from flask import render_template, request

from app.content.schema import Text
from app.learning.catalogue import live_courses
from app.partners.plan_model import Growth
from app.partners.planner import Path, Plan
from app.partners.planning import NoSuchTier, plan_for
from app.partners.requirements import Attestation, every_requirement
from app.partners.rules import MAIN, Programme, Tier
from app.transaction import reading
from app.web.layout import in_language
from app.web.naming import JOB_ROLES, LEVELS
from app.web.partner.amounts import money, study_time
from app.web.partner.explained import own_place
from app.web.partner.places import Place
from app.web.wording import date_text, ngettext, number_text
from app.web.wording import gettext as _


class Step(NamedTuple):
    """What one person does, in words."""

    name: str
    new: bool
    courses: Sequence[str]
    exams: Sequence[str]
    study: str
    fees: str


class Need(NamedTuple):
    """What has to come from outside."""

    name: str
    amount: str


def plan() -> str:
    """Of the visitor's own organisation."""
    with reading() as at:
        return show_plan(own_place(), at)


def show_plan(place: Place, at: datetime) -> str:
    """The page of the plan to the tier that the address names, with the other tiers a link away."""
    rules, ladder = place.part.programme.rules, request.args.get("ladder", MAIN)
    tiers = {tier.id: tier for tier in sorted(rules.tiers_of(ladder), key=lambda tier: tier.rank)}
    chosen = tiers.get(request.args.get("to", ""))
    if chosen is None:
        raise NoSuchTier
    found = plan_for(place.part, chosen.id, at=at, ladder=ladder)
    return render_template(
        "partner/plan.html",
        place=place,
        chosen=chosen,
        tabs=[_tab(place, ladder, tier, chosen) for tier in tiers.values()],
        plan=found,
        study=study_time(found.minutes) if found else None,
        fees=_fees(found.fees) if found else "",
        steps=steps_of(found) if found else (),
        needs=needs_of(found, rules) if found else (),
    )


def plan_lines(plan: Plan, rules: Programme, tier: str) -> Iterator[str]:
    """The plan to a tier of that name in the lines of a terminal, one for whatever there is to do."""
    if not plan.people and not plan.growth and not plan.wait_until:
        yield f"{tier}: " + _("Nothing is missing")
        return
    parts = [ngettext("%(num)s person", "%(num)s people", len(plan.people)), study_time(plan.minutes)]
    if fees := _fees(plan.fees):
        parts.append(_("%(fees)s in exam fees", fees=fees))
    yield f"{tier}: {', '.join(parts)}"
    for step in steps_of(plan):
        exams = [_("exam %(level)s", level=level) for level in step.exams]
        yield f"  {step.name}: {', '.join([*step.courses, *exams])} ({step.study})"
    for need in needs_of(plan, rules):
        yield f"  {need.name}: {need.amount}"
    if plan.wait_until:
        yield "  " + _("Not before %(date)s", date=date_text(plan.wait_until, "long"))


def _tab(place: Place, ladder: str, tier: Tier, chosen: Tier) -> tuple[str, str, bool]:
    more = {} if ladder == MAIN else {"ladder": ladder}
    return in_language(tier.name), place.url("plan", to=tier.id, **more), tier is chosen


def steps_of(plan: Plan) -> list[Step]:
    """What each person of a plan does."""
    titles = {course.slug: in_language(course.body["title"]) for course in live_courses()}
    return [_step(path, titles) for path in plan.people]


def _step(path: Path, titles: Mapping[str, str]) -> Step:
    return Step(
        name=path.name or _newcomer(path),
        new=path.person_id is None,
        courses=[titles[course] for _track, course in path.courses],
        exams=[LEVELS[level] for level in path.exams],
        study=study_time(path.minutes),
        fees=_fees(path.fees),
    )


def _fees(fees: Mapping[str, int]) -> str:
    """Empty where the exams cost nothing."""
    return " + ".join(money(minor, currency) for currency, minor in fees.items() if minor)


def _newcomer(path: Path) -> str:
    words = [str(JOB_ROLES[path.job_role])] if path.job_role else []
    words += [path.region] if path.region else []
    return _("Somebody new (%(what)s)", what=", ".join(words)) if words else _("Somebody new")


def needs_of(plan: Plan, rules: Programme) -> list[Need]:
    """What has to come from outside, by the names that the programme gives it."""
    return [_need(growth, rules) for growth in plan.growth]


def _need(growth: Growth, rules: Programme) -> Need:
    names = {kpi.metric: kpi.name for kpi in rules.kpis}
    name = in_language(names[growth.metric]) if growth.metric in names else growth.metric
    return Need(name, _amount(growth, rules))


def _amount(growth: Growth, rules: Programme) -> str:
    if growth.currency:
        return _("%(amount)s more", amount=money(growth.amount, growth.currency))
    if growth.kind == "agreement":
        return _("In force")
    if growth.kind == "attestation":
        return _("%(grade)s, with evidence", grade=in_language(_grade(growth, rules)))
    return _("%(amount)s more", amount=number_text(growth.amount))


def _grade(growth: Growth, rules: Programme) -> Text:
    """What the grade is called where it is asked for."""
    asked = every_requirement(one for _, _, tiers in rules.every_ladder for tier in tiers for one in tier.requirements)
    grades = [one.grades for one in asked if isinstance(one, Attestation) and one.metric == growth.metric]
    return next(grade.name for row in grades for grade in row if grade.value == growth.amount)
