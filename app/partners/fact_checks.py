"""Checks of facts, purely: sums, money by its rates, agreements, attestations, and the time of taking part."""

from app.partners.proofs import Check, Conversion, Grades, LeftOut, Reached, Tally
from app.partners.records import Fact, holds
from app.partners.requirements import Agreement, Attestation, OfMetric, OfMoney, Tenure
from app.partners.timeline import Life, Moment, reached_at, span_of


def tally_facts(asked: OfMetric | OfMoney | Agreement, known: Moment) -> Tally:
    """The sum of what counts at the instant, and what is left out of it."""
    have = 0
    counted: list[Fact] = []
    left_out: list[tuple[Fact, LeftOut]] = []
    converted: list[Conversion] = []
    for life in _seen(asked, known):
        if life.worth is None:
            left_out.append((life.fact, "other_currency"))
        elif known.at < life.counts_from:
            left_out.append((life.fact, "not_over"))
        else:
            have += life.worth
            counted.append(life.fact)
            converted += [life.conversion] if life.conversion else []
    money = isinstance(asked, OfMoney)
    return Tally(
        have=have,
        unit="minor_units" if money else "count",
        currency=asked.currency if isinstance(asked, OfMoney) else None,
        facts=tuple(counted),
        left_out=tuple(left_out),
        converted=tuple(converted),
    )


def _seen(asked: OfMetric | OfMoney | Agreement | Attestation, known: Moment) -> list[Life]:
    return [life for life in known.records.lives[span_of(asked)] if holds(life.seen_from, life.until, known.at)]


def check_agreement(agreement: Agreement, known: Moment) -> Check:
    """Whether one is in force."""
    tally = tally_facts(agreement, known)
    return Check(
        id=agreement.id,
        kind=agreement.kind,
        name=agreement.name,
        have=tally.have,
        need=1,
        unit="agreements",
        facts=tally.facts,
        left_out=tally.left_out,
    )


def check_attestation(attestation: Attestation, known: Moment) -> Check:
    """The grade of the latest fact with evidence, or 0; where two begin alike, the one that was recorded later."""
    facts = [life.fact for life in _seen(attestation, known)]
    proven = [fact for fact in facts if _unfit(fact) is None]
    latest = max(proven, key=lambda fact: (fact.valid_from, fact.recorded_at, fact.id), default=None)
    return Check(
        id=attestation.id,
        kind=attestation.kind,
        name=attestation.name,
        have=latest.value if latest else 0,
        need=attestation.grade,
        unit="grade",
        facts=(latest,) if latest else (),
        left_out=tuple((fact, _unfit(fact) or "not_latest") for fact in facts if fact is not latest),
        terms=Grades({grade.value: grade.name for grade in attestation.grades}),
    )


def _unfit(fact: Fact) -> LeftOut | None:
    if fact.currency is not None:
        return "other_currency"
    return None if fact.evidence else "no_evidence"


def check_tenure(tenure: Tenure, known: Moment) -> Check:
    """Reached or not: the day is known in advance, and nothing else changes as time goes by."""
    at = reached_at(tenure, known.records.joined_at)
    return Check(
        id=tenure.id,
        kind=tenure.kind,
        name=tenure.name,
        have=int(at is not None and at <= known.at),
        need=1,
        unit="tenure",
        terms=Reached(tenure.months, known.records.joined_at, at),
    )
