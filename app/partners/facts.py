"""Facts: what is known about an organisation, append-only; a correction is a new fact naming the one it replaces."""

from collections.abc import Collection, Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    BindParameter,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Select,
    UniqueConstraint,
    bindparam,
    exists,
    select,
    text,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app.extensions import Big, Code, Key, LongText, Model, Name, append_only, db
from app.partners import records
from app.refusal import NotFound

LONGEST_EVIDENCE = 2000
BY_HAND = "manual"  # the source of what a person writes down here
FIRST = text("corrects_id IS NULL AND external_id IS NOT NULL")
NAMED = text("external_id IS NOT NULL")


class Fact(Model):
    """A metric's value over [valid_from, valid_to). Money is in minor units of its currency.

    `corrects_id` is the fact that this one replaces, and `withdrawn` says that nothing takes its place. `external_id`
    is the record of the source; the corrections of a fact keep it. `reason` is why somebody wrote it down by hand.
    """

    __tablename__ = "facts"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="interval"),
        CheckConstraint("NOT withdrawn OR corrects_id IS NOT NULL", name="withdrawal"),
        CheckConstraint("corrects_id <> id", name="corrects_another"),
        CheckConstraint(f"length(evidence) BETWEEN 1 AND {LONGEST_EVIDENCE}", name="evidence"),
        UniqueConstraint("id", "organisation_id", "programme_id", "metric", name="uq_facts_place"),
        ForeignKeyConstraint(
            ["corrects_id", "organisation_id", "programme_id", "metric"],
            ["facts.id", "facts.organisation_id", "facts.programme_id", "facts.metric"],
            name="fk_facts_corrects",
        ),
        Index("ix_facts_organisation", "organisation_id", "programme_id", "metric", "valid_from"),
        Index("uq_facts_corrects", "corrects_id", unique=True),
        Index("ix_facts_external", "external_id", sqlite_where=NAMED, postgresql_where=NAMED),
        Index(
            "uq_facts_record",
            *("external_id", "source", "programme_id", "metric", "organisation_id"),
            unique=True,
            sqlite_where=FIRST,
            postgresql_where=FIRST,
        ),
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
    evidence: Mapped[LongText | None]
    external_id: Mapped[Name | None]
    corrects_id: Mapped[Big | None]
    withdrawn: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[Name | None]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))


class NoSuchFact(NotFound):
    """There is no such fact, or it is about another organisation."""

    title = _l("There is no such fact")


append_only(Fact.__table__)  # type: ignore[arg-type]

_correction = aliased(Fact)
_AT: BindParameter[datetime] = bindparam("known_at")
_is_replaced = exists().where(_correction.corrects_id == Fact.id, _correction.recorded_at <= _AT)
_COUNTS = (Fact.recorded_at <= _AT, ~Fact.withdrawn, ~_is_replaced)
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
        Fact.evidence,
        Fact.corrects_id,
    )
    .where(Fact.organisation_id == bindparam("organisation_id"), *_COUNTS)
    .order_by(Fact.valid_from, Fact.id)
)
_COLUMNS = list(_KNOWN.selected_columns)[1:]


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
    evidence: str | None = None,
    external_id: str | None = None,
    corrects: int | None = None,
    withdrawn: bool = False,
    reason: str | None = None,
    by: int | None = None,
) -> Fact:
    """Record what is known from `at` on; `corrects` is the id of the fact that it replaces."""
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
        evidence=evidence,
        external_id=external_id,
        corrects_id=corrects,
        withdrawn=withdrawn,
        reason=reason,
        recorded_by=by,
    )
    db.session.add(fact)
    db.session.flush()
    return fact


def facts_about(organisation_id: int, known_at: datetime) -> dict[int, list[records.Fact]]:
    """What was known at an instant about an organisation, by the programme's id.

    What a correction known by then replaces is left out, and so is what was withdrawn.
    """
    found: dict[int, list[records.Fact]] = {}
    known = {"organisation_id": organisation_id, "known_at": known_at}
    for row in db.session.connection().execute(_KNOWN, known):
        found.setdefault(row.programme_id, []).append(records.Fact(*row[1:]))
    return found


def facts_of_metrics(
    programme_id: int, metrics: Collection[str], known_at: datetime, organisation_ids: Collection[int] | None = None
) -> dict[str, dict[int, list[records.Fact]]]:
    """What was known at an instant of some metrics in a programme, by metric and organisation: one statement."""
    found: dict[str, dict[int, list[records.Fact]]] = {metric: {} for metric in metrics}
    query = select(Fact.organisation_id, *_COLUMNS).where(Fact.programme_id == programme_id, *_COUNTS)
    query = query.where(Fact.metric.in_(metrics))
    if organisation_ids is not None:
        query = query.where(Fact.organisation_id.in_(organisation_ids))
    for row in db.session.connection().execute(query, {"known_at": known_at}):
        found[row.metric].setdefault(row.organisation_id, []).append(records.Fact(*row[1:]))
    return found


def fact_of(organisation_id: int, fact_id: int) -> Fact:
    """A fact of the organisation, or NoSuchFact."""
    fact = db.session.get(Fact, fact_id)
    if fact is None or fact.organisation_id != organisation_id:
        raise NoSuchFact
    return fact


def is_corrected(fact_id: int) -> bool:
    """Whether another fact replaces it."""
    return db.session.scalar(select(Fact.id).where(Fact.corrects_id == fact_id)) is not None


def chain_of(fact: Fact) -> Sequence[Fact]:
    """The fact with all that it corrects and all that corrects it, the first one first."""
    chain = [fact]
    while chain[0].corrects_id:
        chain.insert(0, db.session.get_one(Fact, chain[0].corrects_id))
    while later := db.session.scalar(select(Fact).where(Fact.corrects_id == chain[-1].id)):
        chain.append(later)
    return chain


def facts_in(
    organisation_id: int,
    *,
    programme_id: int | None = None,
    metric: str | None = None,
    known_at: datetime | None = None,
) -> Select[Fact]:
    """The facts of an organisation, the latest period first: every one ever recorded, or what counted at `known_at`."""
    query = select(Fact).where(Fact.organisation_id == organisation_id)
    if programme_id is not None:
        query = query.where(Fact.programme_id == programme_id)
    if metric:
        query = query.where(Fact.metric == metric)
    if known_at is not None:
        query = query.where(*_COUNTS).params(known_at=known_at)
    return query.order_by(Fact.valid_from.desc(), Fact.id.desc())
