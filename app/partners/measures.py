"""Measures: what the platform itself counts of a programme's partners, at instants and by what was known at each."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, case, distinct, exists, func, select, union_all
from sqlalchemy.orm import aliased

from app.credentials.changing import Reinstatement
from app.credentials.issuing import Credential
from app.credentials.register import in_state
from app.credentials.validity import State
from app.exams.retakes import add_months
from app.extensions import db
from app.learning.assignments import completion_of
from app.learning.catalogue import Course, Lesson
from app.learning.enrolling import Progress
from app.partners.programmes import Participation
from app.partners.rules import MAIN
from app.partners.standing import Standing
from app.people.organisations import Membership, present

TRAINED_MONTHS = 12
_recorded_at = func.coalesce(Standing.recorded_at, Standing.since)


def held_at(at: datetime) -> ColumnElement[bool]:
    """The condition that a standing is the one that was held at an instant, as it was known then."""
    later = aliased(Standing)
    followed = exists().where(
        later.organisation_id == Standing.organisation_id,
        later.programme_id == Standing.programme_id,
        later.ladder == Standing.ladder,
        later.id > Standing.id,
        func.coalesce(later.recorded_at, later.since) <= at,
    )
    return (_recorded_at <= at) & ~followed


def valid_at(at: datetime) -> ColumnElement[bool]:
    """The condition that a credential counted at an instant, as it was known then."""
    lapsed = select(Reinstatement.credential_id).where(Reinstatement.revoked_at <= at, Reinstatement.reinstated_at > at)
    begun = func.coalesce(Credential.reissued_at, Credential.issued_at) <= at
    return begun & in_state(State.VALID, at) & Credential.id.not_in(lapsed)


def certified_persons(
    programme_id: int, instants: Sequence[datetime], levels: Collection[str] | None = None
) -> list[int]:
    """How many different present members of the partners held a valid credential at each instant: one statement."""
    if not instants:
        return []
    counts = [
        func.count(distinct(case((valid_at(at) & present(at) & (Participation.joined_at <= at), Credential.person_id))))
        for at in instants
    ]
    query = members_of_partners(programme_id, *counts).join(Credential, Credential.person_id == Membership.person_id)
    if levels is not None:
        query = query.where(Credential.level.in_(levels))
    return list(db.session.execute(query).one())


def members_of_partners(programme_id: int, *columns: Any) -> Select[Any]:
    """The memberships, past and present, in the organisations that take part in a programme."""
    return (
        select(*columns)
        .select_from(Participation)
        .join(Membership, Membership.organisation_id == Participation.organisation_id)
        .where(Participation.programme_id == programme_id)
    )


def active_partners(programme_id: int, at: datetime) -> dict[str, int]:
    """How many partners held each tier of the main ladder at an instant; whoever held none was not active."""
    query = select(Standing.tier, func.count()).where(*_active(programme_id, at)).group_by(Standing.tier)
    return {str(tier): number for tier, number in db.session.execute(query)}


def active_organisations(programme_id: int, at: datetime) -> Mapping[int, str]:
    """The active partners with the tier of each."""
    query = select(Standing.organisation_id, Standing.tier).where(*_active(programme_id, at))
    return {organisation: str(tier) for organisation, tier in db.session.execute(query)}


def partnership_months(programme_id: int, at: datetime) -> list[int]:
    """For how many whole months each active partner had taken part at an instant."""
    query = select(Participation.joined_at).join(
        Standing,
        (Standing.organisation_id == Participation.organisation_id)
        & (Standing.programme_id == Participation.programme_id),
    )
    joined = db.session.scalars(query.where(*_active(programme_id, at)))
    return [_whole_months(one, at) for one in joined]


def trained_persons(programme_id: int, at: datetime, since: datetime | None = None) -> int:
    """How many different people finished the last required course of a track, while they worked for a partner.

    In (since, at]; without `since`, in the twelve months up to `at`.
    """
    finished = [_finished(lessons, at, since or add_months(at, -TRAINED_MONTHS)) for lessons in _lessons_by_track()]
    if not finished:
        return 0
    tracks = union_all(*finished).subquery()
    query = members_of_partners(programme_id, func.count(distinct(tracks.c.person_id))).join(
        tracks, tracks.c.person_id == Membership.person_id
    )
    at_work = (Membership.starts_at <= tracks.c.done_at) & (
        Membership.ends_at.is_(None) | (Membership.ends_at > tracks.c.done_at)
    )
    return db.session.scalar(query.where(at_work, Participation.joined_at <= tracks.c.done_at)) or 0


def _lessons_by_track() -> list[list[int]]:
    """The lessons of the required courses, the list of each track."""
    query = select(Course.track, Lesson.id).join(Lesson, (Lesson.course_id == Course.id) & Lesson.live)
    found: dict[str, list[int]] = {}
    for track, lesson_id in db.session.execute(query.where(Course.live, Course.required)):
        found.setdefault(track, []).append(lesson_id)
    return list(found.values())


def _finished(lessons: Collection[int], at: datetime, since: datetime) -> Select[int, datetime]:
    """Who finished the last of these lessons in (since, at], and when: one walk along the key, whatever the courses."""
    done_at = func.max(Progress.done_at)
    query = select(Progress.person_id, done_at.label("done_at")).group_by(Progress.person_id)
    query = query.where(Progress.lesson_id.in_(lessons), Progress.done_at <= at)
    return query.having((func.count() == len(lessons)) & (done_at > since))


def training_completion(programme_id: int, at: datetime) -> Decimal | None:
    """How many per cent of the courses assigned to the people of all partners are completed; None: none is assigned."""
    query = select(Participation.organisation_id).where(Participation.programme_id == programme_id)
    done, assigned = completion_of(db.session.scalars(query.where(Participation.joined_at <= at)).all(), at)
    return round(Decimal(done * 100) / assigned, 1) if assigned else None


def _active(programme_id: int, at: datetime) -> tuple[ColumnElement[bool], ...]:
    in_programme = (Standing.programme_id == programme_id) & (Standing.ladder == MAIN)
    return in_programme, held_at(at), Standing.tier.is_not(None)


def _whole_months(start: datetime, at: datetime) -> int:
    months = (at.year - start.year) * 12 + at.month - start.month
    return months if add_months(start, months) <= at else months - 1
