"""The scorecard of one organisation in one programme, made ready to be drawn."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.partners.programmes import Participation, rules_of
from app.partners.requirements import Persons, every_requirement
from app.partners.rules import Programme, Tier
from app.partners.standing import Standing, history_of, standing_in
from app.web.layout import in_language
from app.web.partner.card_parts import Card, Past, Proof, Risk
from app.web.partner.losses import losses
from app.web.partner.requirement_lines import counted_in, lines_of
from app.web.partner.studies import Studies, studies_of

Data = dict[str, Any]


def card_of(participation: Participation, at: datetime) -> Card | None:
    """The scorecard, by the rules that the standing was worked out with; None before the first time."""
    standing = standing_in(participation)
    if standing is None:
        return None
    rules = rules_of(standing.programme_version_id)
    proofs = _proofs(rules, standing.proof)
    held = next((proof for proof in proofs if proof.tier.id == standing.tier), None)
    rank = held.tier.rank if held else 0
    return Card(
        rules=rules,
        standing=standing,
        proofs=proofs,
        held=held,
        upper=next((proof for proof in proofs if proof.tier.rank > rank), None),
        risk=_risk(rules, standing, held, at) if held and standing.at_risk_since else None,
        history=_history(participation, {proof.tier.id: proof.name for proof in proofs}),
    )


def _proofs(rules: Programme, data: Data) -> list[Proof]:
    tiers = {tier.id: tier for tier in rules.tiers}
    checks = [check for proved in data["tiers"] for check in _every_check(proved["requirements"])]
    studies = studies_of({who["person"] for check in checks for who in check["candidates"]})
    return [_proof(tiers[proved["id"]], proved, studies) for proved in data["tiers"]]


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


def _history(participation: Participation, names: Mapping[str, str]) -> list[Past]:
    return [Past(past.tier, names.get(past.tier or ""), past.since, past.until) for past in history_of(participation)]
