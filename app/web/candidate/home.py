"""Home: what to do now, the path of levels, and where the organisation stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template

from app.credentials.register import count_by_state
from app.credentials.validity import State
from app.exams.catalogue import live_exams
from app.learning.catalogue import live_courses
from app.learning.enrolling import lessons_done, progress_in, where_left_off
from app.partners.standing import proofs_of
from app.people.visitors import Employer
from app.transaction import reading
from app.web.candidate.assigned import unfinished
from app.web.candidate.path import first_unread, next_step, path_steps, rungs_of
from app.web.identity import visitor
from app.web.part_texts import title_of
from app.web.partner.terms import gap
from app.web.routes import STUDIO
from app.web.wording import date_text

Data = dict[str, Any]


@dataclass(frozen=True)
class Missing:
    """A requirement that is not met: its name in every language, and how much is missing where that is a number."""

    name: Mapping[str, str]
    amount: str


@dataclass(frozen=True)
class TierCard:
    """Where an organisation stands in a programme, in short. `held` and `ahead` are tiers: id and name."""

    programme: str
    title: Mapping[str, str]
    held: Data | None
    at_risk_since: datetime | None
    ahead: Data | None
    missing: list[Missing]
    counts_you: bool


def home() -> str:
    """Staff have their tools here, everyone else the next step."""
    return _staff_home() if visitor().role in STUDIO else _consultant_home()


def tier_card(proof: Data, person_id: int) -> TierCard:
    """What a standing's explanation says of the tier held and of the one above it."""
    rank = proof["held"]["rank"] if proof["held"] else 0
    ahead = min((tier for tier in proof["tiers"] if tier["rank"] > rank), key=lambda tier: tier["rank"], default=None)
    risk = proof["at_risk_since"]
    return TierCard(
        programme=proof["programme"],
        title=proof["title"],
        held=proof["held"],
        at_risk_since=datetime.fromisoformat(risk) if risk else None,
        ahead=ahead,
        missing=[_missing(one) for one in ahead["requirements"] if not one["met"]] if ahead else [],
        counts_you=any(who["person"] == person_id for tier in proof["tiers"] for who in _counted(tier)),
    )


def _consultant_home() -> str:
    asking = visitor()
    with reading() as at:
        courses, done = live_courses(), lessons_done(asking.id)
        progress = progress_in(courses, done)
        rungs = rungs_of(asking.id, courses, done, at)
        resume = where_left_off(asking.id, courses, done)
        return render_template(
            "candidate/home.html",
            **_greeting(at),
            at=at,
            step=next_step(rungs, resume, first_unread(courses, progress, rungs), at),
            path_steps=path_steps(rungs),
            resume=resume,
            resume_title=title_of(resume.course, resume.lesson) if resume else "",
            progress=progress,
            assigned=unfinished(asking, at),
            organisation=asking.organisation,
            tier_cards=_tier_cards(asking.organisation, asking.id),
        )


def _staff_home() -> str:
    with reading() as at:
        return render_template(
            "candidate/staff_home.html",
            **_greeting(at),
            courses=len(live_courses()),
            exams=len(live_exams()),
            valid=count_by_state(at)[State.VALID],
        )


def _greeting(at: datetime) -> dict[str, str]:
    """The first name, and the day with its first letter as a sentence has it."""
    day = date_text(at, "full")
    return {"first_name": visitor().person.name.split()[0], "today": day[:1].upper() + day[1:]}


def _tier_cards(organisation: Employer | None, person_id: int) -> list[TierCard]:
    proofs = proofs_of(organisation.id) if organisation else ()
    return [tier_card(proof, person_id) for proof in proofs]


def _missing(requirement: Data) -> Missing:
    """The gap; what is either there or not has no number."""
    counted = requirement["unit"] not in ("agreements", "requirements", "tiers", "grade")
    return Missing(requirement["name"], gap(requirement) if counted else "")


def _counted(part: Data) -> Iterator[Data]:
    """Everyone whose credential counts for a tier, or for a requirement inside it."""
    yield from part.get("people", ())
    for inner in part["requirements"]:
        yield from _counted(inner)
