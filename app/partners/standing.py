"""Standing: the tier an organisation holds in a programme, always recomputed from what is valid, with its history."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app.content.canonical import canonical
from app.credentials.register import credentials_of
from app.extensions import Key, Model, Slug, db
from app.partners.explaining import explanation
from app.partners.facts import facts_about
from app.partners.programmes import Participation, Programme, participations_of
from app.partners.records import Fact, Holding, Member, Records
from app.partners.tiers import Held, Qualification, steps
from app.people.organisations import lock_organisation, memberships_in


class Standing(Model):
    """The tier held in [since, until); the row without an end is the present one and is looked at again and again."""

    __tablename__ = "standings"
    __table_args__ = (
        Index(
            "uq_standings_one_present",
            "organisation_id",
            "programme_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
        Index("ix_standings_due", "until", "next_change_at"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    programme_version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"))
    tier: Mapped[Slug | None]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    at_risk_since: Mapped[datetime | None]
    review_at: Mapped[datetime | None]
    grace_until: Mapped[datetime | None]
    evaluated_at: Mapped[datetime]
    next_change_at: Mapped[datetime | None]
    explanation: Mapped[bytes]

    @property
    def held(self) -> Held:
        """What the review rules go on from."""
        return Held(self.tier, self.since, self.at_risk_since, self.review_at, self.grace_until, self.next_change_at)

    @property
    def proof(self) -> dict[str, Any]:
        """Why it is so: every tier, requirement, person, credential and fact."""
        proof: dict[str, Any] = json.loads(self.explanation)
        return proof


def reevaluate_organisation(organisation_id: int, *, at: datetime) -> list[Standing]:
    """Look again at the organisation's standing in every programme it takes part in."""
    return [reevaluate_standing(part, at=at) for part in participations_of(organisation_id)]


def reevaluate_standing(participation: Participation, *, at: datetime) -> Standing:
    """The standing at `at`, after every step that was due since the last look; never looks back before that.

    The organisation is locked first, so that of two deeds at once the later one sees what the earlier one did.
    """
    lock_organisation(participation.organisation_id)
    standing = standing_in(participation)
    at = max(at, standing.evaluated_at) if standing else at
    rules, records = participation.programme.rules, records_of(participation, known_at=at)
    before = standing.held if standing else None
    for held, qualification in steps(rules, records, at, participation.joined_at.date(), before):
        if standing is None or held.tier != standing.tier:
            standing = _succeed(participation, standing, held)
        _write(standing, participation, held, qualification)
    assert standing is not None, "the steps end with one at the instant itself"
    return standing


def records_of(participation: Participation, known_at: datetime) -> Records:
    """What was known at an instant of the organisation, as the pure rooms take it."""
    memberships = memberships_in(participation.organisation_id)
    facts = facts_about(participation.organisation_id, participation.programme_id, known_at)
    return Records(
        members=[Member(m.person_id, m.person.name, m.job_role.value, m.starts_at, m.ends_at) for m in memberships],
        holdings=_holdings({m.person_id for m in memberships}),
        facts=[
            Fact(f.id, f.metric, f.value, f.currency, f.valid_from, f.valid_to, f.recorded_at, f.source) for f in facts
        ],
    )


def standing_in(participation: Participation) -> Standing | None:
    """The present standing of a participation."""
    return db.session.scalar(
        select(Standing).where(
            Standing.organisation_id == participation.organisation_id,
            Standing.programme_id == participation.programme_id,
            Standing.until.is_(None),
        )
    )


def history_of(participation: Participation) -> Sequence[Standing]:
    """Every standing of a participation, newest first."""
    query = select(Standing).where(
        Standing.organisation_id == participation.organisation_id,
        Standing.programme_id == participation.programme_id,
    )
    return db.session.scalars(query.order_by(Standing.since.desc(), Standing.id.desc())).all()


def due_organisations(at: datetime) -> Sequence[int]:
    """The organisations with a standing that changes by itself by the instant."""
    due = select(Standing.organisation_id).join(Programme, Programme.id == Standing.programme_id)
    due = due.where(Programme.live, Standing.until.is_(None), Standing.next_change_at <= at)
    return db.session.scalars(due.distinct().order_by(Standing.organisation_id)).all()


def _succeed(participation: Participation, standing: Standing | None, held: Held) -> Standing:
    if standing:
        standing.until = held.since
        db.session.flush()
    successor = Standing(
        organisation_id=participation.organisation_id,
        programme_id=participation.programme_id,
        tier=held.tier,
        since=held.since,
    )
    db.session.add(successor)
    return successor


def _write(standing: Standing, participation: Participation, held: Held, qualification: Qualification) -> None:
    standing.at_risk_since, standing.review_at, standing.grace_until = (
        held.at_risk_since,
        held.review_at,
        held.grace_until,
    )
    standing.evaluated_at, standing.next_change_at = qualification.at, held.next_change_at
    standing.programme_version_id = participation.programme.version_id
    standing.explanation = canonical(explanation(qualification, held))
    db.session.flush()


def _holdings(person_ids: Iterable[int]) -> list[Holding]:
    return [
        Holding(c.person_id, c.level, c.public_id, c.issued_at, c.dates.ends_at) for c in credentials_of(person_ids)
    ]
