"""Endpoint of onboarding: which steps an organisation has done on its way into a programme, and its clock."""

from datetime import datetime
from typing import Any

from app.partners.checklists import Checklist, PhaseLine, StepLine
from app.partners.onboarding import checklist_in
from app.partners.programmes import participation_in
from app.transaction import reading
from app.web.api.parsing import Endpoints
from app.web.api.standings import visible_organisation

blueprint = Endpoints("api_onboarding", __name__, description="Onboarding of organisations into programmes")


@blueprint.get("/onboarding/<organisation>/<programme>")
@blueprint.response(200)
def get_onboarding(organisation: str, programme: str) -> dict[str, Any]:
    """Phases, steps and the clock; null where the programme names no steps."""
    with reading() as at:
        checklist = checklist_in(participation_in(visible_organisation(organisation).id, programme), at)
        return {"onboarding": checklist_view(checklist, at) if checklist else None}


def checklist_view(checklist: Checklist, at: datetime) -> dict[str, Any]:
    """`day` is 1 on the day of joining; every step has to be done before `due`, where there is one."""
    return {
        "joined_on": checklist.joined_on.isoformat(),
        "day": checklist.day(at),
        "limit_days": checklist.limit_days,
        "due": checklist.due.isoformat() if checklist.due else None,
        "late": checklist.is_late(at),
        "finished_on": checklist.finished_on.isoformat() if checklist.finished_on else None,
        "days_taken": checklist.days_taken,
        "done": checklist.done,
        "total": checklist.total,
        "phases": [_phase(phase) for phase in checklist.phases],
    }


def _phase(phase: PhaseLine) -> dict[str, Any]:
    window = [day.isoformat() for day in phase.window] if phase.window else None
    return {"name": dict(phase.name), "window": window, "steps": [_step(step) for step in phase.steps]}


def _step(step: StepLine) -> dict[str, Any]:
    return {
        "id": step.id,
        "name": dict(step.name),
        "done_on": step.done_on.isoformat() if step.done_on else None,
        "note": step.said.note if step.said else None,
    }
