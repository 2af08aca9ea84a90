"""A plan as data for programs, purely."""

from typing import Any

from app.partners.planner import Path, Plan


def plan_json(plan: Plan) -> dict[str, Any]:
    """The plan as data: minutes of study, money in minor units, instants as ISO 8601 in UTC."""
    return {
        "tier": plan.tier,
        "people": [_path(path) for path in plan.people],
        "missing": [vars(growth) for growth in plan.growth],
        "wait_until": plan.wait_until.isoformat() if plan.wait_until else None,
        "minutes": plan.minutes,
        "fees": plan.fees,
    }


def _path(path: Path) -> dict[str, Any]:
    return {
        "person": path.person_id,
        "name": path.name or None,
        "job_role": path.job_role,
        "region": path.region,
        "courses": [course for _, course in path.courses],
        "exams": list(path.exams),
        "minutes": path.minutes,
        "fees": dict(path.fees),
    }
