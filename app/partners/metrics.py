"""Metrics: what a programme's rules ask for or show, and whether it is money; facts of anything else count nowhere."""

from app.partners.rules import Programme, every_requirement


def metrics_of(rules: Programme) -> dict[str, bool]:
    """Each metric of the programme, and whether its values are money."""
    found = {kpi.metric: kpi.unit == "money" for kpi in rules.kpis}
    for tier in rules.tiers:
        for requirement in every_requirement(tier.requirements):
            metric = getattr(requirement, "metric", None)
            if metric is not None:
                found[metric] = requirement.kind == "money"
    return found
