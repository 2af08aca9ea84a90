"""Standing: the tier an organisation holds in a programme, always recomputed from what is valid, with its history."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ForeignKey, Index, Row, bindparam, insert, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from app.canonical import canonical
from app.credentials.changing import Reinstatement
from app.credentials.issuing import Credential
from app.credentials.validity import Dates, periods
from app.extensions import Key, Model, Slug, db
from app.partners.explaining import packed, renamed, unpacked
from app.partners.facts import facts_about
from app.partners.programmes import Participation, Programme, rules_of
from app.partners.records import Holding, Member, Records
from app.partners.tiers import Held, Qualification, steps
from app.people.organisations import Membership, Organisation, lock_organisation
from app.people.persons import Person


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
        Index("ix_standings_organisation", "organisation_id", "programme_id", "since"),
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
        return unpacked(json.loads(self.explanation))


class Past(NamedTuple):
    """A tier held in [since, until)."""

    tier: str | None
    since: datetime
    until: datetime | None


class Line(NamedTuple):
    """A participation and, once it was evaluated, its present standing; organisation and programme by their slugs."""

    organisation: str
    programme: str
    tier: str | None
    since: datetime | None
    at_risk_since: datetime | None


_ORGANISATION: BindParameter[int] = bindparam("organisation_id")
_PRESENT = select(Standing).where(Standing.organisation_id == _ORGANISATION, Standing.until.is_(None))
_IN_PROGRAMME = _PRESENT.where(Standing.programme_id == bindparam("programme_id"))
_PROOFS = (
    select(Standing.explanation)
    .join(Programme, Programme.id == Standing.programme_id)
    .where(Standing.organisation_id == _ORGANISATION, Standing.until.is_(None), Programme.live)
    .order_by(Programme.slug)
)
_HISTORY = (
    select(Standing.tier, Standing.since, Standing.until)
    .where(Standing.organisation_id == _ORGANISATION, Standing.programme_id == bindparam("programme_id"))
    .order_by(Standing.since.desc(), Standing.id.desc())
)
_present_in_part = (
    (Standing.organisation_id == Participation.organisation_id)
    & (Standing.programme_id == Participation.programme_id)
    & Standing.until.is_(None)
)
_LINES = (
    select(Organisation.slug, Programme.slug, Standing.tier, Standing.since, Standing.at_risk_since)
    .select_from(Participation)
    .join(Participation.organisation)
    .join(Participation.programme)
    .outerjoin(Standing, _present_in_part)
    .where(Programme.live)
    .order_by(Organisation.slug, Programme.slug)
)
_LINES_OF_ONE = _LINES.where(Organisation.id == _ORGANISATION)
_PARTS = (
    select(
        Participation.programme_id,
        Participation.joined_at,
        Programme.version_id,
        Standing.id,
        Standing.evaluated_at,
        Standing.tier,
        Standing.since,
        Standing.at_risk_since,
        Standing.review_at,
        Standing.grace_until,
        Standing.next_change_at,
    )
    .join(Participation.programme)
    .outerjoin(Standing, _present_in_part)
    .where(Participation.organisation_id == _ORGANISATION, Programme.live)
    .order_by(Programme.slug)
)
_PEOPLE = (
    select(
        Membership.person_id,
        Person.name,
        Membership.job_role,
        Membership.starts_at,
        Membership.ends_at,
        Credential.person_id,
        Credential.level,
        Credential.public_id,
        Credential.issued_at,
        Credential.expires_at,
        Credential.revoked_at,
        Credential.superseded_at,
        Credential.withdrawn_at,
        Credential.reissued_at,
        Reinstatement.revoked_at,
        Reinstatement.reinstated_at,
    )
    .join(Membership.person)
    .outerjoin(Credential, Credential.person_id == Membership.person_id)
    .outerjoin(Reinstatement, Reinstatement.credential_id == Credential.id)
    .where(Membership.organisation_id == _ORGANISATION)
)
_EXPLANATIONS = select(Standing.id, Standing.explanation).where(Standing.organisation_id == _ORGANISATION)
_BEGIN = insert(Standing).returning(Standing.id)
_LOOK = update(Standing).where(Standing.id == bindparam("standing_id"))
_END = _LOOK.values(until=bindparam("end"))


def reevaluate_organisation(organisation_id: int, *, at: datetime) -> None:
    """Look again at the organisation's standing in every programme it takes part in.

    The organisation is locked first, so that of two deeds at once the later one sees what the earlier one did.
    """
    lock_organisation(organisation_id)
    parts = db.session.connection().execute(_PARTS, {"organisation_id": organisation_id}).all()
    facts = facts_about(organisation_id, max([at, *(part.evaluated_at for part in parts if part.id)]))
    members, holdings = _people_of(organisation_id)
    for part in parts:
        _reevaluate(organisation_id, part, Records(members, holdings, facts.get(part.programme_id, [])), at)


def _reevaluate(organisation_id: int, part: Row[*tuple[Any, ...]], records: Records, at: datetime) -> None:
    """The standing at `at`, after every step that was due since the last look; never looks back before that."""
    at = max(at, part.evaluated_at) if part.id else at
    known = replace(records, facts=[fact for fact in records.facts if fact.recorded_at <= at])
    before, standing_id = Held(*part[5:]) if part.id else None, part.id
    versions = [(part.joined_at, rules_of(part.version_id))]
    for held, qualification in steps(versions, known, at, part.joined_at.date(), before):
        row = _row(held, qualification) | {"programme_version_id": part.version_id}
        if before and before.tier == held.tier:
            db.session.connection().execute(_LOOK, row | {"standing_id": standing_id})
        else:
            place = {"organisation_id": organisation_id, "programme_id": part.programme_id}
            standing_id = _succeed(standing_id, row | place)
        before = held


def foresee(
    organisation_id: int, gained: Sequence[Holding], lost: Collection[str], *, at: datetime
) -> list[tuple[int, Held, Held]]:
    """What would become of the standings if these credentials were issued and those revoked at `at`; writes nothing.

    Returns the id of each programme whose standing would differ, with what is held now and what would be.
    """
    parts = db.session.connection().execute(_PARTS, {"organisation_id": organisation_id}).all()
    facts = facts_about(organisation_id, at)
    members, held = _people_of(organisation_id)
    held = [replace(one, valid_to=min(at, one.valid_to or at)) if one.public_id in lost else one for one in held]
    changes = []
    for part in parts:
        records = Records(members, [*held, *gained], facts.get(part.programme_id, []))
        present = Held(*part[5:]) if part.id else None
        versions = [(part.joined_at, rules_of(part.version_id))]
        *_, (after, _) = steps(versions, records, at, part.joined_at.date(), present)
        before = present or Held(None, at)
        if (before.tier, before.at_risk_since is None) != (after.tier, after.at_risk_since is None):
            changes.append((part.programme_id, before, after))
    return changes


def records_of(participation: Participation, known_at: datetime) -> Records:
    """What was known at an instant of the organisation, as the pure rooms take it."""
    organisation_id = participation.organisation_id
    facts = facts_about(organisation_id, known_at).get(participation.programme_id, [])
    return Records(*_people_of(organisation_id), facts)


def standing_in(participation: Participation) -> Standing | None:
    """The present standing of a participation."""
    place = {"organisation_id": participation.organisation_id, "programme_id": participation.programme_id}
    return db.session.scalar(_IN_PROGRAMME, place)


def proofs_of(organisation_id: int) -> list[dict[str, Any]]:
    """The explanations of an organisation's present standings, by programme."""
    proofs = db.session.connection().execute(_PROOFS, {"organisation_id": organisation_id}).scalars()
    return [unpacked(json.loads(proof)) for proof in proofs]


def standing_lines(organisation_id: int | None = None) -> Sequence[Line]:
    """Who stands where: one organisation, or all of them."""
    connection = db.session.connection()
    if organisation_id is None:
        return [Line(*row) for row in connection.execute(_LINES)]
    return [Line(*row) for row in connection.execute(_LINES_OF_ONE, {"organisation_id": organisation_id})]


def history_of(participation: Participation) -> Sequence[Past]:
    """Every tier that was held in a participation, newest first."""
    place = {"organisation_id": participation.organisation_id, "programme_id": participation.programme_id}
    return [Past(*row) for row in db.session.connection().execute(_HISTORY, place)]


def due_organisations(at: datetime) -> Sequence[int]:
    """The organisations with a standing that changes by itself by the instant."""
    due = select(Standing.organisation_id).join(Programme, Programme.id == Standing.programme_id)
    due = due.where(Programme.live, Standing.until.is_(None), Standing.next_change_at <= at)
    return db.session.scalars(due.distinct().order_by(Standing.organisation_id)).all()


def forget_member(organisation_id: int, person_id: int, pseudonym: str) -> None:
    """Put the pseudonym in the place of the name in every explanation that was kept of the organisation's standings."""
    for standing_id, explanation in db.session.execute(_EXPLANATIONS, {"organisation_id": organisation_id}).all():
        kept = json.loads(explanation)
        if renamed(kept, person_id, pseudonym):
            db.session.connection().execute(_LOOK, {"standing_id": standing_id, "explanation": canonical(kept)})


def _succeed(standing_id: int | None, row: dict[str, Any]) -> int:
    """End the standing there is, and begin the next one; returns its id."""
    connection = db.session.connection()
    if standing_id:
        connection.execute(_END, {"standing_id": standing_id, "end": row["since"]})
    return connection.execute(_BEGIN, row).scalar_one()


def _row(held: Held, qualification: Qualification) -> dict[str, Any]:
    """What a look at a standing writes down."""
    proof = canonical(packed(qualification, held))
    return vars(held) | {"evaluated_at": qualification.at, "explanation": proof}


def _people_of(organisation_id: int) -> tuple[list[Member], list[Holding]]:
    """Everyone who ever worked there, and every credential of those people."""
    rows = db.session.connection().execute(_PEOPLE, {"organisation_id": organisation_id}).all()
    members = {Member(row[0], row[1], row[2].value, row[3], row[4]): None for row in rows}
    return list(members), list(_holdings(rows))


def _holdings(rows: Sequence[Row[*tuple[Any, ...]]]) -> Iterator[Holding]:
    """One for each interval in which a credential counts: a revocation that was taken back leaves a gap."""
    lapses: dict[tuple[Any, ...], dict[tuple[datetime, datetime], None]] = {}
    for row in rows:
        if row[5]:
            lapsed = lapses.setdefault(tuple(row[5:14]), {})
            lapsed.update({(row[14], row[15]): None} if row[14] else {})
    for (person_id, level, public_id, *dates), gaps in lapses.items():
        for start, end in periods(Dates(*dates), gaps):
            yield Holding(person_id, level, public_id, start, end)
