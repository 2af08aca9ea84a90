"""Report lines: what became known in a period of a programme's standings, credentials, facts and participations."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from app.credentials.changing import Reinstatement
from app.credentials.issuing import Credential
from app.extensions import db
from app.partners.facts import Fact
from app.partners.key_figures import worked_at
from app.partners.measures import held_at
from app.partners.programmes import Participation
from app.partners.risks import EndedRisk
from app.partners.rules import Programme
from app.partners.standing import Standing
from app.people.organisations import Membership, Organisation

Section = Literal["risen", "fallen", "at_risk", "joined", "issued", "expired", "revoked", "facts"]
SECTIONS: tuple[Section, ...] = ("risen", "fallen", "at_risk", "joined", "issued", "expired", "revoked", "facts")


class Line(NamedTuple):
    """One thing that happened to a partner.

    `subject` is the tier, the level or the metric, `before` the tier held before, `who` the holder of a credential;
    `value` counts things, or minor units where there is a currency. `at` is when it became known.
    """

    section: Section
    slug: str
    partner: str
    subject: str | None
    at: datetime
    ladder: str | None = None
    before: str | None = None
    who: str | None = None
    value: int | None = None
    currency: str | None = None
    note: str | None = None


_PARTNER = (Organisation.slug, Organisation.name)
_known_at = func.coalesce(Standing.recorded_at, Standing.since)


def moves(programme_id: int, rules: Programme, start: datetime, end: datetime) -> Iterator[Line]:
    """Who rose and who fell on any ladder, by what was written down in [start, end)."""
    past = aliased(Standing)
    before = (
        (past.organisation_id == Standing.organisation_id)
        & (past.programme_id == Standing.programme_id)
        & (past.ladder == Standing.ladder)
        & (past.until == Standing.since)
        & (past.id < Standing.id)
    )
    query = (
        select(*_PARTNER, Standing.ladder, Standing.tier, past.tier, _known_at)
        .join(Organisation, Organisation.id == Standing.organisation_id)
        .outerjoin(past, before)
        .where(Standing.programme_id == programme_id, _known_at >= start, _known_at < end)
        .order_by(_known_at, Standing.id)
    )
    ranks = {(ladder, tier.id): tier.rank for ladder, _name, tiers in rules.every_ladder for tier in tiers}
    for slug, name, ladder, tier, held, at in db.session.execute(query):
        rank, ranked = ranks.get((ladder, tier or ""), 0), ranks.get((ladder, held or ""), 0)
        if rank != ranked:
            yield Line("risen" if rank > ranked else "fallen", slug, name, tier, at, ladder=ladder, before=held)


def new_risks(programme_id: int, start: datetime, end: datetime) -> Iterator[Line]:
    """Whose tier came to be at risk in [start, end), whatever became of it since."""
    going_on = _risks(Standing.at_risk_since).where(_within(Standing.at_risk_since, start, end))
    ended = _risks(EndedRisk.since).join(EndedRisk, EndedRisk.standing_id == Standing.id)
    rows = [*db.session.execute(going_on.where(_in(programme_id)))]
    rows += db.session.execute(ended.where(_in(programme_id), _within(EndedRisk.since, start, end)))
    for slug, name, ladder, tier, since in sorted(rows, key=lambda row: row[-1]):
        yield Line("at_risk", slug, name, tier, since, ladder=ladder)


def count_at_risk(programme_id: int, at: datetime) -> int:
    """How many standings were at risk at an instant, as it was known then."""
    still = select(func.count()).where(_in(programme_id), held_at(at), Standing.at_risk_since <= at)
    over = (
        select(func.count())
        .select_from(EndedRisk)
        .join(Standing, Standing.id == EndedRisk.standing_id)
        .where(_in(programme_id), held_at(at), EndedRisk.since <= at, EndedRisk.recorded_at > at)
    )
    return (db.session.scalar(still) or 0) + (db.session.scalar(over) or 0)


def joined(programme_id: int, start: datetime, end: datetime) -> Iterator[Line]:
    """Who began to take part."""
    query = select(*_PARTNER, Participation.joined_at).join(Participation.organisation)
    query = query.where(Participation.programme_id == programme_id, _within(Participation.joined_at, start, end))
    for slug, name, at in db.session.execute(query.order_by(Participation.joined_at)):
        yield Line("joined", slug, name, None, at)


def credential_changes(programme_id: int, start: datetime, end: datetime) -> Iterator[Line]:
    """What was issued, expired or was revoked of people who worked for a partner then."""
    still = [
        or_(ended.is_(None), ended >= Credential.expires_at)
        for ended in (Credential.revoked_at, Credential.superseded_at, Credential.withdrawn_at)
    ]
    issued = _credentials(programme_id, Credential.issued_at, start, end).where(Credential.reissued_at.is_(None))
    expired = _credentials(programme_id, Credential.expires_at, start, end).where(*still)
    revoked = _credentials(programme_id, Credential.revoked_at, start, end)
    taken_back = _credentials(programme_id, Reinstatement.revoked_at, start, end).join(
        Reinstatement, Reinstatement.credential_id == Credential.id
    )
    yield from _changed("issued", issued)
    yield from _changed("expired", expired)
    yield from _changed("revoked", revoked)
    yield from _changed("revoked", taken_back)


def facts_recorded(programme_id: int, start: datetime, end: datetime) -> Iterator[Line]:
    """What was written down about the partners."""
    columns: tuple[Any, ...] = (Fact.metric, Fact.recorded_at, Fact.value, Fact.currency)
    query = select(*_PARTNER, *columns, Fact.corrects_id, Fact.withdrawn).join(
        Organisation, Organisation.id == Fact.organisation_id
    )
    query = query.where(Fact.programme_id == programme_id, _within(Fact.recorded_at, start, end))
    for slug, name, metric, at, value, currency, corrects, withdrawn in db.session.execute(query.order_by(Fact.id)):
        note = "withdrawn" if withdrawn else "corrected" if corrects else None
        yield Line("facts", slug, name, metric, at, value=value, currency=currency, note=note)


def _in(programme_id: int) -> ColumnElement[bool]:
    return Standing.programme_id == programme_id


def _within(instant: Any, start: datetime, end: datetime) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = (instant >= start) & (instant < end)
    return condition


def _risks(since: Any) -> Select[Any]:
    query = select(*_PARTNER, Standing.ladder, Standing.tier, since).select_from(Standing)
    return query.join(Organisation, Organisation.id == Standing.organisation_id)


def _credentials(programme_id: int, instant: Any, start: datetime, end: datetime) -> Select[Any]:
    """The credentials whose holder worked for a partner at an instant of theirs that lies in [start, end)."""
    return (
        select(*_PARTNER, Credential.level, Credential.holder, instant)
        .select_from(Credential)
        .join(Membership, Membership.person_id == Credential.person_id)
        .join(Participation, Participation.organisation_id == Membership.organisation_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Participation.programme_id == programme_id, _within(instant, start, end), worked_at(instant))
        .order_by(instant, Credential.id)
    )


def _changed(section: Section, query: Select[Any]) -> Iterator[Line]:
    rows: Sequence[Any] = db.session.execute(query).all()
    yield from (Line(section, slug, name, level, at, who=holder) for slug, name, level, holder, at in rows)
