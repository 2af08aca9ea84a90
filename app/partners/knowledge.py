"""Knowledge: the people, credentials and facts of an organisation as records, as they are known now or were then."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, select

from app.credentials.changing import Reinstatement
from app.credentials.issuing import Credential
from app.credentials.validity import Dates, periods
from app.exams.results import Result, ResultState
from app.extensions import db
from app.partners.facts import facts_about
from app.partners.programmes import Participation
from app.partners.records import Holding, Member, Records
from app.partners.training import completions_of, courses_required
from app.people.organisations import Membership, PartnerRole
from app.people.persons import Person

Lapse = tuple[datetime, datetime]

_PEOPLE = (
    select(
        Membership.person_id,
        Person.name,
        Membership.job_role,
        Membership.starts_at,
        Membership.ends_at,
        Membership.partner_role,
        Credential.person_id,
        Credential.level,
        Credential.public_id,
        Credential.attempt_id,
        Credential.issued_at,
        Credential.expires_at,
        Credential.revoked_at,
        Credential.superseded_at,
        Credential.withdrawn_at,
        Credential.reissued_at,
        Reinstatement.revoked_at,
        Reinstatement.reinstated_at,
        Membership.region,
    )
    .join(Membership.person)
    .outerjoin(Credential, Credential.person_id == Membership.person_id)
    .outerjoin(Reinstatement, Reinstatement.credential_id == Credential.id)
    .where(Membership.organisation_id == bindparam("organisation_id"))
)
_RESULTS = (
    select(Result.attempt_id, Result.passed, Result.state, Result.graded_at)
    .where(Result.attempt_id.in_(bindparam("attempt_ids", expanding=True)), Result.graded_at <= bindparam("known_at"))
    .order_by(Result.attempt_id, Result.number)
)


class Awarded(NamedTuple):
    """A credential with what its periods follow from."""

    person_id: int
    level: str
    public_id: str
    attempt_id: int
    dates: Dates
    lapses: tuple[Lapse, ...]


class People(NamedTuple):
    """Everyone who ever worked for an organisation, what they were awarded, and who administers it at which times."""

    members: list[Member]
    awarded: list[Awarded]
    admins: list[Member]

    @property
    def holdings(self) -> list[Holding]:
        """One for each interval in which a credential counts: a revocation that was taken back leaves a gap."""
        return [holding for one in self.awarded for holding in _holdings(one)]


def people_of(organisation_id: int) -> People:
    """All that is known now."""
    rows = db.session.connection().execute(_PEOPLE, {"organisation_id": organisation_id}).all()
    members = {Member(row[0], row[1], row[2].value, row[3], row[4], row.region): row[5] for row in rows}
    admins = [member for member, role in members.items() if role is PartnerRole.ADMIN]
    return People(list(members), list(_awarded(rows)), admins)


def records_of(participation: Participation, known_at: datetime) -> Records:
    """What is known of the organisation, with the facts of an instant, as the pure rooms take it."""
    people = people_of(participation.organisation_id)
    return _records(people.members, people.holdings, participation, known_at)


def records_known(participation: Participation, known_at: datetime) -> Records:
    """What was true, as far as it was known at an instant: a result corrected by then counts as if it had always been.

    A credential whose result was corrected to a failure, or voided, was never earned; one that a correction brought
    was earned from the first final result on. A revocation for another reason counts from its own date.
    """
    people = people_of(participation.organisation_id)
    known = _known_awards(people, known_at)
    results = _results({one.attempt_id for one in known}, known_at)
    holdings = [
        holding
        for one in known
        if results[one.attempt_id].passed
        for holding in _holdings(_backdated(one, results[one.attempt_id].final_at))
    ]
    return _records(_known_members(people, known_at), holdings, participation, known_at)


def _records(
    members: list[Member], holdings: list[Holding], participation: Participation, known_at: datetime
) -> Records:
    facts = facts_about(participation.organisation_id, known_at).get(participation.programme_id, [])
    completions = completions_of(participation.organisation_id, known_at)
    return Records(members, holdings, facts, completions, courses_required(), participation.joined_at)


def _awarded(rows: Sequence[Row[*tuple[Any, ...]]]) -> Iterator[Awarded]:
    lapses: dict[tuple[Any, ...], dict[Lapse, None]] = {}
    for row in rows:
        if row[6]:
            lapsed = lapses.setdefault(tuple(row[6:16]), {})
            lapsed.update({(row[16], row[17]): None} if row[16] else {})
    for (person_id, level, public_id, attempt_id, *dates), gaps in lapses.items():
        yield Awarded(person_id, level, public_id, attempt_id, Dates(*dates), tuple(gaps))


def _holdings(one: Awarded) -> Iterator[Holding]:
    for start, end in periods(one.dates, one.lapses):
        yield Holding(one.person_id, one.level, one.public_id, start, end)


def _known_members(people: People, at: datetime) -> list[Member]:
    """Who came later was not there, and who left later had not left yet."""
    came = [one for one in people.members if one.from_at <= at]
    return [one if one.to_at is None or one.to_at <= at else replace(one, to_at=None) for one in came]


def _known_awards(people: People, at: datetime) -> list[Awarded]:
    issued = [one for one in people.awarded if (one.dates.reissued_at or one.dates.issued_at) <= at]
    return [_known_award(one, at) for one in issued]


def _known_award(one: Awarded, at: datetime) -> Awarded:
    """What became of it later had not happened; a revocation that was taken back later still stood."""
    stood = next((lapsed_at for lapsed_at, back_at in one.lapses if lapsed_at <= at < back_at), None)
    dates = replace(
        one.dates,
        revoked_at=stood or _by(one.dates.revoked_at, at),
        superseded_at=_by(one.dates.superseded_at, at),
        withdrawn_at=_by(one.dates.withdrawn_at, at),
    )
    return one._replace(dates=dates, lapses=tuple(lapse for lapse in one.lapses if lapse[1] <= at))


def _by(instant: datetime | None, at: datetime) -> datetime | None:
    return instant if instant and instant <= at else None


def _backdated(one: Awarded, final_at: datetime) -> Awarded:
    if one.dates.reissued_at or one.dates.issued_at <= final_at:
        return one
    return one._replace(dates=replace(one.dates, issued_at=final_at))


class _Verdict(NamedTuple):
    """Whether an attempt is passed by its latest result, and since when it had a final one."""

    passed: bool
    final_at: datetime


def _results(attempt_ids: Collection[int], known_at: datetime) -> Mapping[int, _Verdict]:
    asked = {"attempt_ids": sorted(attempt_ids), "known_at": known_at}
    return _verdicts(db.session.connection().execute(_RESULTS, asked).all())


def _verdicts(rows: Iterable[Row[*tuple[Any, ...]]]) -> dict[int, _Verdict]:
    verdicts: dict[int, _Verdict] = {}
    for attempt_id, passed, state, graded_at in rows:
        if state is not ResultState.PROVISIONAL:
            first = verdicts[attempt_id].final_at if attempt_id in verdicts else graded_at
            verdicts[attempt_id] = _Verdict(passed, first)
    return verdicts
