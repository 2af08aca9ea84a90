"""Key figures of a programme: certified people over time, exams passed, expiries ahead, people who study."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, distinct, exists, func
from sqlalchemy.orm import aliased

from app.credentials.issuing import Credential
from app.exams.attempts import Attempt
from app.exams.catalogue import Exam
from app.exams.results import DECIDED, Result, ResultState
from app.exams.retakes import add_months
from app.extensions import db
from app.learning.enrolling import Enrolment
from app.partners.measures import certified_persons, members_of_partners, valid_at
from app.partners.periods import month_ends
from app.partners.programmes import Participation
from app.people.organisations import Membership, present

MONTHS = 24
EXAM_MONTHS = 12
AHEAD_DAYS = (30, 60, 90)


class Month(NamedTuple):
    """A month that ended at `end`: how many people were certified then, and how many credentials were issued in it."""

    end: datetime
    certified: int
    issued: int


class Passes(NamedTuple):
    """The attempts of an exam with a final result: how many, and how many of them passed."""

    exam: Exam
    attempts: int
    passed: int


class Expiries(NamedTuple):
    """So many certificates that nobody has renewed expire within so many days."""

    days: int
    credentials: int


_newer = aliased(Credential)
_later = aliased(Result)
# By the person, whose credentials are few: no index leads from one to the one that renews it.
_is_renewed = exists().where(_newer.person_id == Credential.person_id, _newer.renews_id == Credential.id)
_is_corrected = exists().where(_later.attempt_id == Result.attempt_id, _later.number > Result.number)


def certified_by_month(programme_id: int, at: datetime) -> list[Month]:
    """The last 24 months, the earliest first: two statements, whatever there is."""
    ends = month_ends(at, MONTHS)
    starts = [add_months(end, -1) for end in ends]
    issued = [
        _credentials((Credential.issued_at >= start) & (Credential.issued_at < end))
        for start, end in zip(starts, ends, strict=True)
    ]
    query = members_of_partners(programme_id, *issued).join(Credential, Credential.person_id == Membership.person_id)
    query = query.where(worked_at(Credential.issued_at), Credential.reissued_at.is_(None))
    numbers = db.session.execute(query).one()
    return [Month(*row) for row in zip(ends, certified_persons(programme_id, ends), numbers, strict=True)]


def exam_passes(programme_id: int, start: datetime, end: datetime) -> list[Passes]:
    """How the people of partners did, while they worked there, in the attempts that ended in [start, end)."""
    query = (
        members_of_partners(
            programme_id,
            Exam,
            func.count(distinct(Attempt.id)),
            _attempts(Result.passed & (Result.state == ResultState.FINAL)),
        )
        .join(Attempt, Attempt.person_id == Membership.person_id)
        .join(Exam, Exam.id == Attempt.exam_id)
        .join(Result, (Result.attempt_id == Attempt.id) & ~_is_corrected)
        .where(Attempt.closed_at >= start, Attempt.closed_at < end, worked_at(Attempt.closed_at))
        .where(Result.state.in_(DECIDED))
        .group_by(Exam.id)
        .order_by(Exam.slug)
    )
    return [Passes(*row) for row in db.session.execute(query)]


def expiries_ahead(programme_id: int, at: datetime) -> list[Expiries]:
    """The certificates of present members that expire soon: one statement."""
    soon = [_credentials(Credential.expires_at <= at + timedelta(days=days)) for days in AHEAD_DAYS]
    query = members_of_partners(programme_id, *soon).join(Credential, Credential.person_id == Membership.person_id)
    numbers = db.session.execute(query.where(valid_at(at), present(at), ~_is_renewed)).one()
    return [Expiries(*row) for row in zip(AHEAD_DAYS, numbers, strict=True)]


def studying(programme_id: int, start: datetime, end: datetime) -> int:
    """How many people of partners opened a lesson in [start, end), as far as it was their latest."""
    query = members_of_partners(programme_id, func.count(distinct(Enrolment.person_id)))
    query = query.join(Enrolment, Enrolment.person_id == Membership.person_id)
    opened = (Enrolment.opened_at >= start) & (Enrolment.opened_at < end)
    return db.session.scalar(query.where(opened, present(end))) or 0


def worked_at(instant: Any) -> ColumnElement[bool]:
    """The condition that the person worked for the organisation, and it took part, at an instant of another row."""
    ends: ColumnElement[bool] = Membership.ends_at.is_(None) | (Membership.ends_at > instant)
    begun: ColumnElement[bool] = (Membership.starts_at <= instant) & (Participation.joined_at <= instant)
    return begun & ends


def _credentials(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(distinct(case((condition, Credential.id))))


def _attempts(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(distinct(case((condition, Attempt.id))))
