"""What the tests of corrections share: proposing, trying out, approving and putting through."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select

from app.credentials.issuing import Credential
from app.credentials.register import credential_of_attempt
from app.exams.attempts import Attempt
from app.exams.catalogue import live_exam
from app.exams.correcting import CorrectionKind
from app.exams.kinds.kind import AnswerLine
from app.exams.regrading import Proposal, Regrade, like_versions, regrade_of
from app.exams.responses import save_response
from app.exams.results import Result, results_of
from app.extensions import db
from app.journeys.demo import right_answer
from app.journeys.invariants import verify_all
from app.journeys.regrade_lines import RegradeLine, RegradeTier
from app.journeys.regrading import approve_correction, go_on, propose_correction
from app.journeys.sitting import submit_attempt
from app.partners.programmes import participation_in
from app.partners.standing import standing_in
from app.people.organisations import Organisation
from app.people.persons import Person, PersonRole
from app.transaction import reading, snapshot, writing
from tests.factories import make_staff, start


def lines(text: str) -> list[AnswerLine]:
    """`x--` marks the first of three options; anything else is one accepted form a line."""
    if set(text) <= set("x-"):
        return [AnswerLine(str(position), mark == "x") for position, mark in enumerate(text)]
    return [AnswerLine(line) for line in text.splitlines()]


def propose(
    item_id: str,
    kind: CorrectionKind,
    key: str = "",
    *,
    by: Person | None = None,
    versions: Sequence[int] = (),
    **more: Any,
) -> Regrade:
    """A correction of these or of all versions of an item, by a new trainer."""
    by = by or make_staff(PersonRole.TRAINER)
    with writing() as at:
        concerned = versions or tuple(like_versions("fundamentals", item_id))
        proposal = Proposal(item_id, concerned, kind, lines(key) if key else [], "The key was wrong", **more)
        return propose_correction(live_exam("fundamentals"), proposal, by=by.id, at=at)


def look_ahead(regrade: Regrade) -> Regrade:
    """The dry run, to its end."""
    work_off(regrade)
    with reading():
        return regrade_of(regrade.id)


def approve(regrade: Regrade, by: Person | None = None) -> Regrade:
    """A second person says yes."""
    by = by or make_staff(PersonRole.ADMIN)
    with writing() as at:
        return approve_correction(regrade.id, by=by.id, at=at)


def work_off(regrade: Regrade) -> None:
    """Every piece, as the worker does them."""
    while go_on_once(regrade):
        pass


def go_on_once(regrade: Regrade) -> bool:
    """One piece, in its transaction."""
    with writing() as at:
        return go_on(regrade.id, at=at)


def correct(item_id: str, kind: CorrectionKind, key: str = "", **more: Any) -> Regrade:
    """The whole of it, from the proposal to the end."""
    regrade = look_ahead(propose(item_id, kind, key, **more))
    approve(regrade)
    work_off(regrade)
    with reading():
        return regrade_of(regrade.id)


def results(attempt_id: int) -> Sequence[Result]:
    with reading():
        return results_of([attempt_id])[attempt_id]


def effects(regrade: Regrade, *, done: bool) -> dict[int, str]:
    """The effect of each line, by attempt."""
    with reading():
        query = select(RegradeLine).where(RegradeLine.regrade_id == regrade.id, RegradeLine.done == done)
        return {line.attempt_id: line.effect.value for line in db.session.scalars(query)}


def answered(person: Person, missing: Collection[str] = ()) -> Attempt:
    """An open attempt whose items are answered rightly, but for those missing."""
    attempt = start(person)
    with writing():
        for position, (item, order) in enumerate(zip(attempt.items, attempt.option_orders, strict=True)):
            answer = None if item["id"] in missing else right_answer(item, order)
            save_response(attempt.id, person.id, position, answer, revision=0, flagged=None, at=attempt.started_at)
    return attempt


def sat(person: Person, missing: Collection[str] = ()) -> Attempt:
    attempt = answered(person, missing)
    submit(attempt)
    return attempt


def submit(attempt: Attempt) -> None:
    with writing() as at:
        submit_attempt(attempt.id, attempt.person_id, at=at)


def scores(attempt: Attempt) -> list[tuple[int, bool]]:
    return [(result.scaled, result.passed) for result in results(attempt.id)]


def credential(attempt: Attempt) -> Credential | None:
    with reading():
        return credential_of_attempt(attempt.id)


def tier(organisation: Organisation) -> tuple[str | None, bool]:
    """The tier held, and whether it is at risk."""
    with reading():
        standing = standing_in(participation_in(organisation.id, "small"))
        return standing.tier, standing.at_risk_since is not None


def assert_all_holds() -> None:
    with snapshot() as at:
        assert list(verify_all(at)) == []


def tiers(regrade: Regrade) -> list[tuple[int, str | None, str | None, bool]]:
    with reading():
        query = select(RegradeTier).where(RegradeTier.regrade_id == regrade.id).order_by(RegradeTier.organisation_id)
        return [
            (row.organisation_id, row.tier_before, row.tier_after, row.at_risk_after)
            for row in db.session.scalars(query)
        ]
