"""Recording facts: one by hand or by a program, its correction, and what a file says; standings are looked at again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.credentials.issuing import clean_reason
from app.exams.responses import KeyReused
from app.extensions import db
from app.ledger.deeds import record
from app.partners.evaluating import reevaluate_organisation
from app.partners.fact_files import Complaint
from app.partners.fact_mapping import OWN
from app.partners.fact_rows import Entry, Reading, read_one
from app.partners.facts import BY_HAND, Fact, add_fact, fact_of, is_corrected
from app.partners.placing import Places
from app.partners.programmes import Programme
from app.partners.recording import Outcome, lock_programmes, plan, write
from app.people.organisations import Organisation
from app.refusal import Refusal


class FactRefused(Refusal):
    """A part of the fact is wrong; `complaints` says which."""

    status = 422
    title = _l("The fact cannot be recorded")

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        super().__init__()
        self.complaints = complaints


class AlreadyCorrected(Refusal):
    """A fact is corrected once; after that, its correction is."""

    title = _l("This fact was corrected before")
    detail = _l("Look at its history, and correct what stands now.")


def record_fact(
    organisation: Organisation,
    said: Mapping[str, str],
    *,
    by: int | None,
    at: datetime,
    reason: str | None = None,
    is_keyed: bool = False,
) -> tuple[Fact, Outcome]:
    """Record what `said` writes into our own columns, and return what stands now and what became of it.

    A record of the source that says the same is known already, and one that says something else is corrected; one whose
    id is a key of ours (`is_keyed`) may not change. Raises FactRefused.
    """
    reading = _read(organisation, said)
    entry = reading.entries[0]
    lock_programmes([entry.programme])
    planned = plan(reading, OWN)
    if planned.wrong:
        raise FactRefused(planned.complaints)
    outcome = planned.lines[0].outcome
    if is_keyed and outcome is not Outcome.KNOWN and _is_taken(entry.external_id):
        raise KeyReused
    write(planned, by=by, at=at, reason=clean_reason(reason) if reason else None)
    stands = _standing(organisation.id, entry)
    if planned.facts:
        deed = "fact_corrected" if outcome is Outcome.CORRECTED else "fact_recorded"
        _tell(deed, organisation, stands, by=by, at=at)
    for organisation_id in sorted(planned.organisations):
        reevaluate_organisation(organisation_id, at=at)
    return stands, outcome


def correct_fact(
    organisation: Organisation, fact_id: int, said: Mapping[str, str], *, reason: str, by: int, at: datetime
) -> Fact:
    """Put another value, period or evidence in the place of a fact; `said` as in `record_fact`. Raises FactRefused."""
    fact, programme = _correctable(organisation, fact_id)
    fixed = {"programme": programme.slug, "metric": fact.metric, "source": BY_HAND}
    entry = _read(organisation, {**said, **fixed}).entries[0]
    place = Places(OWN).find(entry)
    if isinstance(place, list):
        raise FactRefused(place)
    values = {name: getattr(entry, name) for name in ("value", "currency", "valid_from", "valid_to", "evidence")}
    return _correct(fact, organisation, values, deed="fact_corrected", reason=reason, by=by, at=at)


def withdraw_fact(organisation: Organisation, fact_id: int, *, reason: str, by: int, at: datetime) -> Fact:
    """From now on it is known that the fact never was; nothing takes its place."""
    fact, _ = _correctable(organisation, fact_id)
    values = {name: getattr(fact, name) for name in ("value", "currency", "valid_from", "valid_to", "evidence")}
    values["withdrawn"] = True
    return _correct(fact, organisation, values, deed="fact_withdrawn", reason=reason, by=by, at=at)


def _read(organisation: Organisation, said: Mapping[str, str]) -> Reading:
    reading = read_one({**said, "organisation": organisation.slug}, OWN)
    if reading.wrong:
        raise FactRefused(reading.complaints)
    return reading


def _correctable(organisation: Organisation, fact_id: int) -> tuple[Fact, Programme]:
    """The fact, with its programme held so that nobody else corrects it meanwhile."""
    fact = fact_of(organisation.id, fact_id)
    programme = db.session.get_one(Programme, fact.programme_id)
    lock_programmes([programme.slug])
    if is_corrected(fact_id):
        raise AlreadyCorrected
    return fact, programme


def _correct(
    fact: Fact,
    organisation: Organisation,
    values: dict[str, Any],
    *,
    deed: str,
    reason: str,
    by: int,
    at: datetime,
) -> Fact:
    correction = add_fact(
        organisation_id=fact.organisation_id,
        programme_id=fact.programme_id,
        metric=fact.metric,
        source=BY_HAND,
        external_id=fact.external_id,
        corrects=fact.id,
        reason=clean_reason(reason),
        by=by,
        at=at,
        **values,
    )
    _tell(deed, organisation, correction, by=by, at=at)
    reevaluate_organisation(fact.organisation_id, at=at)
    return correction


def _is_taken(external_id: str) -> bool:
    return db.session.scalar(select(Fact.id).where(Fact.external_id == external_id).limit(1)) is not None


def _standing(organisation_id: int, entry: Entry) -> Fact:
    """What stands now of the record that a row names."""
    own = (Fact.organisation_id == organisation_id) & (Fact.metric == entry.metric)
    query = select(Fact).join(Programme, Programme.id == Fact.programme_id)
    query = query.where(own, Programme.slug == entry.programme, Fact.external_id == entry.external_id)
    return db.session.scalars(query.order_by(Fact.id.desc())).first()  # type: ignore[return-value]


def _tell(deed: str, organisation: Organisation, fact: Fact, *, by: int | None, at: datetime) -> None:
    more: dict[str, Any] = {"metric": fact.metric, "fact": fact.id, "reason": fact.reason or ""}
    record(deed, f"organisation:{organisation.slug}", by=by, at=at, organisation=organisation.id, **more)
