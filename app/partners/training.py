"""Training: the courses that the people of an organisation have completed, for the programmes that ask for them."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, func, select

from app.content.versions import derived
from app.extensions import db
from app.learning.catalogue import Course, Lesson
from app.learning.enrolling import Progress
from app.partners.records import Completion
from app.partners.requirements import OfTraining, Points, every_requirement
from app.partners.rule_versions import rules_of
from app.partners.rules import Programme
from app.people.organisations import Membership

_lessons = (
    select(func.count(Lesson.id)).where(Lesson.course_id == Course.id, Lesson.live).correlate(Course).scalar_subquery()
)
_people = select(Membership.person_id).where(Membership.organisation_id == bindparam("organisation_id"))
_DONE = (
    select(Progress.person_id, Course.track, Course.slug, func.max(Progress.done_at))
    .join(Lesson, (Lesson.id == Progress.lesson_id) & Lesson.live)
    .join(Course, (Course.id == Lesson.course_id) & Course.live)
    .where(Progress.person_id.in_(_people))
    .group_by(Progress.person_id, Course.id, Course.track, Course.slug)
    .having(func.count(Progress.lesson_id) == _lessons)
)
_REQUIRED = select(Course.track, Course.slug).where(Course.live, Course.required)


def completions_of(organisation_id: int, known_at: datetime) -> list[Completion]:
    """The courses, as they stand, of which somebody who ever worked there had finished every lesson by an instant."""
    rows = db.session.connection().execute(_DONE, {"organisation_id": organisation_id})
    return [Completion(*row) for row in rows if row[3] <= known_at]


def courses_required() -> Mapping[str, frozenset[str]]:
    """The courses that each track requires."""
    tracks: dict[str, set[str]] = {}
    for track, slug in db.session.connection().execute(_REQUIRED):
        tracks.setdefault(track, set()).add(slug)
    return {track: frozenset(slugs) for track, slugs in tracks.items()}


def asks_for_training(version_id: int) -> bool:
    """Whether a version of a programme counts who completed courses."""
    return derived(version_id, _asks)


def rules_ask_for_training(rules: Programme) -> bool:
    """Whether a programme counts who completed courses."""
    tiers = [tier for _, _, tiers in rules.every_ladder for tier in tiers]
    asked = [one for tier in tiers for one in every_requirement(tier.requirements)]
    counted = [part.of for one in asked if isinstance(one, Points) for part in one.parts]
    return any(isinstance(one, OfTraining) for one in (*asked, *counted))


def _asks(version_id: int) -> bool:
    return rules_ask_for_training(rules_of(version_id))
