"""Planning: the cheapest path of an organisation to a tier, from what is known of it and of the courses and exams."""

from datetime import datetime

from flask_babel import lazy_gettext as _l

from app.exams.catalogue import live_exams, price_of
from app.learning.studies import studies_of
from app.partners.knowledge import records_of
from app.partners.plan_people import Ways
from app.partners.planner import Plan, cheapest_path
from app.partners.programmes import Participation
from app.partners.records import Records, holds
from app.partners.rules import MAIN, Programme
from app.refusal import NotFound


class NoSuchTier(NotFound):
    """The ladder has no tier of that id."""

    title = _l("There is no such tier")


def plan_for(participation: Participation, tier: str, *, at: datetime, ladder: str = MAIN) -> Plan | None:
    """What the organisation does to meet all that a tier asks for; None if nothing can be done for it.

    Raises NoSuchTier.
    """
    rules = participation.programme.rules
    if tier not in [one.id for one in rules.tiers_of(ladder)]:
        raise NoSuchTier
    records = records_of(participation, at)
    return cheapest_path(rules, records, at, tier, _ways_of(records, at), ladder)


def plan_to_keep(rules: Programme, records: Records, tier: str, *, at: datetime, ladder: str) -> Plan | None:
    """What meets all that a tier asks for at an instant ahead, with the people and the credentials that are left then.

    None if nothing that can be done by then does.
    """
    return cheapest_path(rules, records, at, tier, _ways_of(records, at), ladder, may_wait=False)


def _ways_of(records: Records, at: datetime) -> Ways:
    """How levels are earned today, by the exam of each level that comes first, and what the members have left."""
    present = {member.person_id for member in records.members if holds(member.from_at, member.to_at, at)}
    studies = studies_of(present)
    courses: dict[str, dict[str, int]] = {}
    for course in studies.courses:
        minutes = sum(lesson.duration_min for lesson in course.parts)
        courses.setdefault(course.track, {})[course.slug] = minutes
    exams = {exam.level: exam.body for exam in reversed(live_exams())}
    gates = {level: body["gate"]["credential"] for level, body in exams.items()}
    prices = {level: price for level, body in exams.items() if (price := price_of(body))}
    left = {(person, course): minutes for person in present for course, minutes in studies.left(person).items()}
    return Ways(gates, courses, left, {level: (one.currency, one.minor) for level, one in prices.items()})
