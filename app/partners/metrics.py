"""Metrics: what a programme's rules ask for or show, and whether it is money; facts of anything else count nowhere."""

from collections.abc import Iterator

from app.partners.requirements import Agreement, Attestation, Metric, OfMetric, OfMoney, Points, every_requirement
from app.partners.rules import Programme


def metrics_of(rules: Programme) -> dict[str, bool]:
    """Each metric of the programme, and whether its values are money."""
    found = {kpi.metric: kpi.unit == "money" for kpi in rules.kpis}
    for one in _counting(rules):
        found[one.metric] = isinstance(one, OfMoney)
    return found


def _counting(rules: Programme) -> Iterator[OfMetric | OfMoney | Agreement | Attestation]:
    """Whatever counts facts, on every ladder and within the points."""
    for _, _, tiers in rules.every_ladder:
        for requirement in every_requirement([one for tier in tiers for one in tier.requirements]):
            if isinstance(requirement, Points):
                yield from (part.of for part in requirement.parts if isinstance(part.of, OfMetric | OfMoney))
            elif isinstance(requirement, Metric | OfMoney | Agreement | Attestation):
                yield requirement
