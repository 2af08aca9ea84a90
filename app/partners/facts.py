"""Facts: what is known about an organisation, append-only; a correction is a new fact."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Big, Code, Key, Model, Name, append_only, db
from app.partners import records


class Fact(Model):
    """A metric's value over [valid_from, valid_to). Money is in minor units of its currency."""

    __tablename__ = "facts"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="interval"),
        Index("ix_facts_organisation", "organisation_id", "programme_id", "metric", "valid_from"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    metric: Mapped[Code]
    value: Mapped[Big]
    currency: Mapped[Code | None]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    source: Mapped[Name]


append_only(Fact.__table__)  # type: ignore[arg-type]

_KNOWN = (
    select(
        Fact.programme_id,
        Fact.id,
        Fact.metric,
        Fact.value,
        Fact.currency,
        Fact.valid_from,
        Fact.valid_to,
        Fact.recorded_at,
        Fact.source,
    )
    .where(Fact.organisation_id == bindparam("organisation_id"), Fact.recorded_at <= bindparam("known_at"))
    .order_by(Fact.valid_from, Fact.id)
)


def add_fact(
    *,
    organisation_id: int,
    programme_id: int,
    metric: str,
    value: int,
    valid_from: datetime,
    source: str,
    at: datetime,
    valid_to: datetime | None = None,
    currency: str | None = None,
) -> Fact:
    """Record what is known from `at` on."""
    fact = Fact(
        organisation_id=organisation_id,
        programme_id=programme_id,
        metric=metric,
        value=value,
        currency=currency,
        valid_from=valid_from,
        valid_to=valid_to,
        recorded_at=at,
        source=source,
    )
    db.session.add(fact)
    db.session.flush()
    return fact


def facts_about(organisation_id: int, known_at: datetime) -> dict[int, list[records.Fact]]:
    """What was known at an instant about an organisation, by the programme's id."""
    found: dict[int, list[records.Fact]] = {}
    known = {"organisation_id": organisation_id, "known_at": known_at}
    for row in db.session.connection().execute(_KNOWN, known):
        found.setdefault(row.programme_id, []).append(records.Fact(*row[1:]))
    return found
