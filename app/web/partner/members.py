"""The members of an organisation with what each holds, has studied and has sat, asked for all of them at once."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.content.levels import LEVELS
from app.credentials.issuing import Credential
from app.credentials.register import credentials_of
from app.credentials.validity import State
from app.exams.attempts import Attempt
from app.exams.catalogue import Exam
from app.exams.results import DECIDED, Result
from app.extensions import db
from app.learning.studies import Studies, studies_of
from app.people.organisations import Membership, members_of
from app.web.naming import EXPIRES_SOON
from app.web.partner.next_steps import Held, Steps, steps_in


@dataclass(frozen=True)
class Sat:
    """The last exam of a member; the score is the member's own affair."""

    level: str
    passed: bool
    at: datetime


@dataclass(frozen=True)
class Member:
    """A member's line; `credentials` begin with the highest level.

    Of whoever has not `agreed` to it, nothing of what they hold and do is shown. `until` is the end, where one is set.
    """

    person_id: int
    name: str
    email: str
    job_role: str
    partner_role: str
    region: str | None
    since: datetime
    until: datetime | None
    agreed: bool
    credentials: Sequence[Held]
    courses_done: int
    courses: int
    minutes_done: int
    minutes: int
    sat: Sat | None
    step: str

    @property
    def level(self) -> str | None:
        """The highest level held by a valid credential."""
        return next((held.level for held in self.credentials if held.valid), None)

    @property
    def rank(self) -> int | None:
        """The place of that level, the lowest being 0."""
        return LEVELS.index(self.level) if self.level else None

    @property
    def needs_renewal(self) -> bool:
        """Whether a credential has expired, or soon will."""
        return any(held.soon or not held.valid for held in self.credentials)


def team_of(organisation_id: int, at: datetime) -> list[Member]:
    """Who works for the organisation now, by name."""
    memberships = members_of(organisation_id, at)
    person_ids = {membership.person_id for membership in memberships if membership.consent_at}
    credentials: dict[int, list[Credential]] = defaultdict(list)
    for credential in credentials_of(person_ids):
        credentials[credential.person_id].append(credential)
    studies, sat, steps = studies_of(person_ids), _last_sat(person_ids), steps_in(organisation_id, at)
    return [_member(one, credentials[one.person_id], studies, sat.get(one.person_id), steps, at) for one in memberships]


def _member(
    membership: Membership,
    credentials: Sequence[Credential],
    studies: Studies,
    sat: Sat | None,
    steps: Steps,
    at: datetime,
) -> Member:
    person, held = membership.person, _held(credentials, at)
    progress = studies.progress(person.id) if membership.consent_at else []
    return Member(
        person_id=person.id,
        name=person.name,
        email=person.email,
        job_role=membership.job_role.value,
        partner_role=membership.partner_role.value,
        region=membership.region,
        since=membership.starts_at,
        until=membership.ends_at,
        agreed=membership.consent_at is not None,
        credentials=held,
        courses_done=sum(part.complete for part in progress),
        courses=len(progress),
        minutes_done=sum(part.minutes_done for part in progress),
        minutes=sum(part.minutes for part in progress),
        sat=sat,
        step=steps.next_of(person.id, held, studies, at) if membership.consent_at else "",
    )


def _held(credentials: Sequence[Credential], at: datetime) -> list[Held]:
    """Of each level the credential that lasts longest, the highest level first."""
    best: dict[str, Credential] = {}
    for credential in sorted(credentials, key=lambda credential: credential.expires_at):
        if credential.state(at) in (State.VALID, State.EXPIRED):
            best[credential.level] = credential
    return [_line(best[level], at) for level in reversed(LEVELS) if level in best]


def _line(credential: Credential, at: datetime) -> Held:
    valid = credential.state(at) is State.VALID
    soon = valid and credential.expires_at - at <= EXPIRES_SOON
    return Held(credential.level, credential.public_id, credential.expires_at, valid, soon)


def _last_sat(person_ids: Collection[int]) -> dict[int, Sat]:
    """By person, the exam that was closed last, with its current result."""
    query = (
        select(Attempt.person_id, Exam.level, Result.passed, Attempt.closed_at)
        .join(Result, Result.attempt_id == Attempt.id)
        .join(Exam, Exam.id == Attempt.exam_id)
        .where(Attempt.person_id.in_(person_ids), Result.state.in_(DECIDED))
        .order_by(Attempt.closed_at, Attempt.id, Result.number)
    )
    return {person_id: Sat(level, passed, at) for person_id, level, passed, at in db.session.execute(query) if at}
