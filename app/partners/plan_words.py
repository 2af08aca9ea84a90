"""A plan in words, purely: as data for programs and as lines for a terminal."""

from collections.abc import Iterator
from typing import Any

from app.content.money import from_minor
from app.partners.plan_model import Growth
from app.partners.planner import Path, Plan


def plan_json(plan: Plan) -> dict[str, Any]:
    """The plan as data: minutes of study, money in minor units, instants as ISO 8601 in UTC."""
    return {
        "tier": plan.tier,
        "people": [_path(path) for path in plan.people],
        "missing": [vars(growth) for growth in plan.growth],
        "wait_until": plan.wait_until.isoformat() if plan.wait_until else None,
        "minutes": plan.minutes,
    }


def plan_lines(plan: Plan) -> Iterator[str]:
    """A line for whatever there is to do."""
    if not plan.people and not plan.growth and not plan.wait_until:
        yield f"{plan.tier}: nothing is missing"
        return
    yield f"{plan.tier}: {len(plan.people)} people, {plan.minutes / 60:.1f} h of study"
    for path in plan.people:
        steps = [*(course for _, course in path.courses), *(f"exam {level}" for level in path.exams)]
        yield f"  {path.name or _newcomer(path)}: {', '.join(steps)} ({path.minutes / 60:.1f} h)"
    for growth in plan.growth:
        yield f"  {growth.metric}: {_amount(growth)}"
    if plan.wait_until:
        yield f"  not before {plan.wait_until:%Y-%m-%d}"


def _path(path: Path) -> dict[str, Any]:
    return {
        "person": path.person_id,
        "name": path.name or None,
        "job_role": path.job_role,
        "region": path.region,
        "courses": [course for _, course in path.courses],
        "exams": list(path.exams),
        "minutes": path.minutes,
    }


def _newcomer(path: Path) -> str:
    return " ".join(["somebody new", *(f"({one})" for one in (path.job_role, path.region) if one)])


def _amount(growth: Growth) -> str:
    if growth.currency:
        return f"{from_minor(growth.amount, growth.currency)} {growth.currency} more"
    return {"agreement": "an agreement in force", "attestation": f"attested with grade {growth.amount}"}.get(
        growth.kind, f"{growth.amount} more"
    )
