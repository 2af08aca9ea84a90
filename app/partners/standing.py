"""Standing: the tier an organisation holds on a ladder of a programme, with its history and what is asked of it."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ForeignKey, Index, bindparam, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from app.canonical import canonical
from app.extensions import Key, Model, Slug, db
from app.partners.exceptions import TierException
from app.partners.explaining import renamed, unpacked
from app.partners.programmes import Participation, Programme
from app.partners.rules import MAIN
from app.partners.tiers import Held
from app.people.organisations import Organisation
from app.refusal import NotFound


class Standing(Model):
    """The tier held in [since, until); the row without an end is the present one and is looked at again and again.

    `base_tier` and `base_since` are what the review rules give; `tier` is the same unless `exception_id` holds another.
    `recorded_at`: when it was written down that it began; None of those from before that was noted.
    """

    __tablename__ = "standings"
    __table_args__ = (
        Index(
            "uq_standings_one_present",
            "organisation_id",
            "programme_id",
            "ladder",
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
    ladder: Mapped[Slug] = mapped_column(default=MAIN)
    tier: Mapped[Slug | None]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    base_tier: Mapped[Slug | None]
    base_since: Mapped[datetime]
    exception_id: Mapped[int | None] = mapped_column(ForeignKey("tier_exceptions.id"))
    at_risk_since: Mapped[datetime | None]
    review_at: Mapped[datetime | None]
    grace_until: Mapped[datetime | None]
    evaluated_at: Mapped[datetime]
    next_change_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime | None]
    explanation: Mapped[bytes]

    @property
    def held(self) -> Held:
        """What the review rules go on from."""
        fields = (self.at_risk_since, self.review_at, self.grace_until, self.next_change_at)
        return Held(self.base_tier, self.base_since, *fields)

    @property
    def proof(self) -> dict[str, Any]:
        """Why it is so: every tier, requirement, person, credential and fact."""
        return unpacked(json.loads(self.explanation))


class Past(NamedTuple):
    """A tier held in [since, until), by decision of people where there is an `exception_id`."""

    id: int
    tier: str | None
    since: datetime
    until: datetime | None
    exception_id: int | None


class Line(NamedTuple):
    """A participation and, once it was evaluated, its present standing; organisation and programme by their slugs."""

    organisation: str
    programme: str
    ladder: str | None
    tier: str | None
    since: datetime | None
    at_risk_since: datetime | None
    exception_until: datetime | None


class NoSuchStanding(NotFound):
    """No such standing is in the history of the organisation."""


_ORGANISATION: BindParameter[int] = bindparam("organisation_id")
_PLACE = (Standing.organisation_id == _ORGANISATION) & (Standing.programme_id == bindparam("programme_id"))
_IN_PROGRAMME = select(Standing).where(_PLACE, Standing.until.is_(None))
_ON_LADDER = _IN_PROGRAMME.where(Standing.ladder == bindparam("ladder"))
_PROOFS = (
    select(Standing.explanation)
    .join(Programme, Programme.id == Standing.programme_id)
    .where(Standing.organisation_id == _ORGANISATION, Standing.until.is_(None), Programme.live)
    .where(Standing.ladder == MAIN)
    .order_by(Programme.slug)
)
_HISTORY = (
    select(Standing.id, Standing.tier, Standing.since, Standing.until, Standing.exception_id)
    .where(_PLACE, Standing.ladder == bindparam("ladder"))
    .order_by(Standing.since.desc(), Standing.id.desc())
)
PRESENT_IN_PART = (
    (Standing.organisation_id == Participation.organisation_id)
    & (Standing.programme_id == Participation.programme_id)
    & Standing.until.is_(None)
)
_LINES = (
    select(
        Organisation.slug,
        Programme.slug,
        Standing.ladder,
        Standing.tier,
        Standing.since,
        Standing.at_risk_since,
        TierException.expires_at,
    )
    .select_from(Participation)
    .join(Participation.organisation)
    .join(Participation.programme)
    .outerjoin(Standing, PRESENT_IN_PART)
    .outerjoin(TierException, TierException.id == Standing.exception_id)
    .where(Programme.live)
    .order_by(Organisation.slug, Programme.slug, Standing.id)
)
_EXPLANATIONS = select(Standing.id, Standing.explanation).where(Standing.organisation_id == _ORGANISATION)
_RENAME = update(Standing).where(Standing.id == bindparam("standing_id"))
_LINES_OF_ONE = _LINES.where(Organisation.id == _ORGANISATION)


def standing_in(participation: Participation, ladder: str = MAIN) -> Standing | None:
    """The present standing of a participation on a ladder."""
    return db.session.scalar(_ON_LADDER, _place(participation) | {"ladder": ladder})


def standings_in(participation: Participation) -> dict[str, Standing]:
    """The present standings of a participation, by ladder."""
    return {standing.ladder: standing for standing in db.session.scalars(_IN_PROGRAMME, _place(participation))}


def past_standing(participation: Participation, standing_id: int) -> Standing:
    """One standing of the history, present or past, or NoSuchStanding."""
    standing = db.session.scalar(select(Standing).where(_PLACE, Standing.id == standing_id), _place(participation))
    if standing is None:
        raise NoSuchStanding
    return standing


def proofs_of(organisation_id: int) -> list[dict[str, Any]]:
    """The explanations of an organisation's present standings on the main ladders, by programme."""
    proofs = db.session.connection().execute(_PROOFS, {"organisation_id": organisation_id}).scalars()
    return [unpacked(json.loads(proof)) for proof in proofs]


def standing_lines(organisation_id: int | None = None) -> Sequence[Line]:
    """Who stands where: one organisation, or all of them."""
    connection = db.session.connection()
    if organisation_id is None:
        return [Line(*row) for row in connection.execute(_LINES)]
    return [Line(*row) for row in connection.execute(_LINES_OF_ONE, {"organisation_id": organisation_id})]


def history_of(participation: Participation, ladder: str = MAIN) -> Sequence[Past]:
    """Every tier that was held in a participation, newest first."""
    rows = db.session.connection().execute(_HISTORY, _place(participation) | {"ladder": ladder})
    return [Past(*row) for row in rows]


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
            db.session.connection().execute(_RENAME, {"standing_id": standing_id, "explanation": canonical(kept)})


def _place(participation: Participation) -> dict[str, Any]:
    return {"organisation_id": participation.organisation_id, "programme_id": participation.programme_id}
