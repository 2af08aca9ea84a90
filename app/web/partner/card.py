"""The scorecard of one organisation in one programme, made ready to be drawn."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.learning.studies import Studies, studies_of
from app.partners.exceptions import last_day
from app.partners.losses import losses
from app.partners.programmes import Participation
from app.partners.requirements import Persons, every_requirement
from app.partners.rule_versions import rules_of
from app.partners.rules import MAIN, Programme, Tier
from app.partners.standing import Standing, history_of, standings_in
from app.web.layout import in_language
from app.web.partner.card_parts import Card, Exceptional, Past, Proof, Risk
from app.web.partner.requirement_lines import counted_in, lines_of

Data = dict[str, Any]


def card_of(participation: Participation, at: datetime) -> Card | None:
    """The scorecard, by the rules that the standing was worked out with; None before the first time."""
    standings = standings_in(participation)
    if MAIN not in standings:
        return None
    named = rules_of(standings[MAIN].programme_version_id).every_ladder
    further = [
        _card(participation, standings[ladder], in_language(name or {}), (), at)
        for ladder, name, _ in named
        if ladder != MAIN and ladder in standings
    ]
    return _card(participation, standings[MAIN], "", further, at)


def proofs_in(rules: Programme, ladder: str, data: Data) -> list[Proof]:
    """The tiers of an explanation, the lowest first, with what each asks for."""
    tiers = {tier.id: tier for tier in rules.tiers_of(ladder)}
    checks = [check for proved in data["tiers"] for check in _every_check(proved["requirements"])]
    studies = studies_of({who["person"] for check in checks for who in check["candidates"]})
    return [_proof(tiers[proved["id"]], proved, studies) for proved in data["tiers"]]


def _card(participation: Participation, standing: Standing, name: str, further: Sequence[Card], at: datetime) -> Card:
    rules, data = rules_of(standing.programme_version_id), standing.proof
    proofs = proofs_in(rules, standing.ladder, data)
    held = next((proof for proof in proofs if proof.tier.id == standing.tier), None)
    rank, exception = held.tier.rank if held else 0, data.get("exception")
    return Card(
        rules=rules,
        standing=standing,
        proofs=proofs,
        held=held,
        upper=next((proof for proof in proofs if proof.tier.rank > rank), None),
        risk=_risk(rules, standing, held, at) if held and standing.at_risk_since and not exception else None,
        history=_history(participation, standing.ladder, {proof.tier.id: proof.name for proof in proofs}),
        name=name,
        further=further,
        exception=exception and Exceptional(exception["reason"], last_day(datetime.fromisoformat(exception["until"]))),
    )


def _proof(tier: Tier, proved: Data, studies: Studies) -> Proof:
    checks = proved["requirements"]
    lines = lines_of(checks, counted_in(tier.requirements), studies)
    missing = sum(not check["met"] for check in checks)
    return Proof(tier, in_language(proved["name"]), proved["met"], missing, list(lines))


def _risk(rules: Programme, standing: Standing, held: Proof, at: datetime) -> Risk:
    data = standing.proof
    proved = next(tier for tier in data["tiers"] if tier["id"] == held.tier.id)
    unmet = {check["id"]: check for check in _every_check(proved["requirements"]) if not check["met"]}
    fallen = [
        (requirement, {who["person"] for who in unmet[requirement.id]["people"]})
        for requirement in every_requirement(held.tier.requirements)
        if isinstance(requirement, Persons) and requirement.id in unmet
    ]
    assert standing.review_at is not None, "a tier at risk has its review"
    return Risk(
        losses=losses(standing.organisation_id, fallen, standing.since, at),
        grace_ends=standing.grace_until or standing.review_at + timedelta(days=rules.review.grace_days),
        falls_to=in_language(data["earned"]["name"]) if data["earned"] else None,
    )


def _every_check(checks: Iterable[Data]) -> Iterator[Data]:
    for check in checks:
        yield check
        yield from _every_check(check["requirements"])


def _history(participation: Participation, ladder: str, names: Mapping[str, str]) -> list[Past]:
    return [
        Past(past.id, past.tier, names.get(past.tier or ""), past.since, past.until, past.exception_id is not None)
        for past in history_of(participation, ladder)
    ]
