"""The kpis that a test's programme has to declare: one for every metric that its tiers count."""

from typing import Any


def declared(asked: Any, found: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """A kpi for every metric that something asked for counts, however deep."""
    if isinstance(asked, dict) and asked.get("kind") in ("metric", "money"):
        unit = "money" if asked["kind"] == "money" else "count"
        found[asked["metric"]] = {"metric": asked["metric"], "name": {"es": "Métrica", "en": "Metric"}, "unit": unit}
    for part in asked.values() if isinstance(asked, dict) else asked if isinstance(asked, list | tuple) else ():
        declared(part, found)
    return list(found.values())
