"""Regrading: what a correction would change, and putting it through, piece by piece, each in one transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from app.credentials.issuing import Credential, revoke, supersede
from app.credentials.register import credentials_of_attempts
from app.exams.attempts import Attempt
from app.exams.catalogue import Exam
from app.exams.finding import closed_among
from app.exams.grading import Grade
from app.exams.rating_queue import end_turns
from app.exams.ratings import decided_of
from app.exams.regrading import (
    Proposal,
    Regrade,
    RegradeState,
    approve,
    approved_corrections,
    lock_regrade,
    propose,
    take_piece,
    withdraw,
)
from app.exams.responses import answers_of
from app.exams.results import Result, ResultState, append_result, grade_answers, hangs_on_reports, results_of, state_of
from app.exams.retakes import add_months
from app.extensions import db
from app.journeys.regrade_lines import (
    Effect,
    RegradeLine,
    add_lines,
    add_tiers,
    was_revoked_by_a_regrade,
)
from app.journeys.sitting import certificate_task, issue_for
from app.ledger.deeds import record
from app.mail.outbox import Lane, put, put_all
from app.partners.evaluating import foresee, reevaluate_organisation
from app.partners.records import Holding
from app.people.organisations import Membership, Workplace, present, workplaces_since
from app.refusal import N_, Refusal

TASK = "regrade"
PIECE, LOOKED_AT, ORGANISATIONS = 50, 1000, 25  # of one transaction: others want to write between two of them
REVOKED = N_("The result of the exam was corrected")


@dataclass(frozen=True)
class Finding:
    """An attempt whose grade differs under the correction; `credential` is the one that stands for it now."""

    attempt: Attempt
    before: Result
    grade: Grade
    state: ResultState
    effect: Effect
    credential: Credential | None

    def line(self, regrade: Regrade, at: datetime, **done: Any) -> dict[str, Any]:
        """What is written down of it."""
        foreseen = {"regrade_id": regrade.id, "done": False, "number": None, "credential_id": None}
        change = {
            "attempt_id": self.attempt.id,
            "effect": self.effect,
            "scaled_before": self.before.scaled,
            "passed_before": self.before.passed,
            "scaled_after": self.grade.scaled,
            "passed_after": self.grade.passed and self.state is ResultState.FINAL,
            "at": at,
        }
        return foreseen | change | done


class NothingToCorrect(Refusal):
    """What was practised is not graded again: nothing hangs on it."""

    title = N_("A practice exam is not corrected")
    detail = N_("Correct its files and publish them: who practises from then on gets the corrected item.")


def propose_correction(exam: Exam, proposal: Proposal, *, by: int, at: datetime) -> Regrade:
    """Write down what is asked for and have the worker find out what it would change."""
    if exam.is_practice:
        raise NothingToCorrect
    regrade = propose(exam, proposal, by=by, at=at)
    record("correction_proposed", f"regrade:{regrade.id}", by=by, at=at, item=regrade.item_id, reason=regrade.reason)
    put(TASK, {"regrade_id": regrade.id}, at=at, lane=Lane.BATCH)
    return regrade


def approve_correction(regrade_id: int, *, by: int, at: datetime) -> Regrade:
    """The second person's yes: from now on attempts are graded under it, and the worker goes through those before."""
    regrade = approve(regrade_id, by=by, at=at)
    record("correction_approved", f"regrade:{regrade.id}", by=by, at=at, item=regrade.item_id)
    put(TASK, {"regrade_id": regrade.id}, at=at, lane=Lane.BATCH)
    return regrade


def withdraw_correction(regrade_id: int, *, by: int, at: datetime) -> Regrade:
    """It is not to be done after all; nothing was graded by it."""
    regrade = withdraw(regrade_id, by=by, at=at)
    record("correction_withdrawn", f"regrade:{regrade.id}", by=by, at=at, item=regrade.item_id)
    return regrade


def go_on(regrade_id: int, *, at: datetime) -> bool:
    """The next piece of the dry run or of the deed; whether there is more. What is over is left as it is."""
    regrade = lock_regrade(regrade_id)
    if not regrade.at_work:
        return False
    return _put_through(regrade, at) if regrade.state is RegradeState.APPROVED else _look_ahead(regrade, at)


def _look_ahead(regrade: Regrade, at: datetime) -> bool:
    """A piece of the dry run: first the attempts, then the organisations of those whose credentials would change."""
    piece, more = take_piece(regrade, PIECE, LOOKED_AT)
    if piece or more:
        add_lines([finding.line(regrade, at) for finding in _findings(regrade, piece, lock=False)])
        return True
    organisations = _next_organisations(regrade, at)
    for organisation_id in organisations:
        add_tiers(_foreseen(regrade, organisation_id, at))
        regrade.organisations_cursor = organisation_id
    if not organisations:
        regrade.surveyed_at = at
    return bool(organisations)


def _put_through(regrade: Regrade, at: datetime) -> bool:
    """A piece of the deed: attempts are locked first, then their organisations, in the order of their ids."""
    piece, more = take_piece(regrade, PIECE, LOOKED_AT)
    touched: set[int] = set()
    lines = []
    for finding in _findings(regrade, piece, lock=True):
        line, organisations = _correct(regrade, finding, at)
        lines.append(line)
        touched |= organisations
    add_lines(lines)
    for organisation_id in sorted(touched):
        reevaluate_organisation(organisation_id, at=at)
    if not more:
        regrade.state, regrade.ended_at = RegradeState.DONE, at
        record("correction_done", f"regrade:{regrade.id}", by=None, at=at, item=regrade.item_id)
    return more


def _findings(regrade: Regrade, attempt_ids: Sequence[int], *, lock: bool) -> Iterator[Finding]:
    """The closed attempts whose grade differs when the correction joins those that their result was graded under.

    A correction that a result was spared from stays away from it, whatever comes later.
    """
    attempts = closed_among(attempt_ids, lock=lock)
    ids = [attempt.id for attempt in attempts]
    answers, results, credentials = answers_of(ids), results_of(ids), credentials_of_attempts(ids)
    known = {correction.id: correction for correction in approved_corrections(regrade.exam_id)}
    for attempt in attempts:
        current = results[attempt.id][-1]
        before = Grade.from_json(current.grade)
        if regrade.id in before.corrections:
            continue
        met = [known[one] for one in before.corrections]
        ratings = before.ratings
        if before.pending:  # some of those that waited may have been rated since
            ratings = decided_of(attempt)
            before = grade_answers(attempt, answers[attempt.id], met, ratings)
        grade = grade_answers(attempt, answers[attempt.id], [*met, regrade.correction], ratings)
        if replace(grade, corrections=before.corrections) != before:
            credential = credentials.get(attempt.id)
            state = current.state
            if state is ResultState.PROVISIONAL:
                held = hangs_on_reports(attempt, answers[attempt.id], [*met, regrade.correction], ratings)
                state = state_of(grade, held=held)
            before = replace(before, passed=current.passed)
            effect = _effect(regrade, before, grade, credential) if state is ResultState.FINAL else Effect.SCORE
            yield Finding(attempt, current, grade, state, effect, credential)


def _effect(regrade: Regrade, before: Grade, after: Grade, credential: Credential | None) -> Effect:
    harms = after.raw < before.raw or (before.passed and not after.passed)
    if regrade.no_harm and harms:
        return Effect.KEEP
    if after.passed and not before.passed and _may_issue(credential):
        return Effect.ISSUE
    if before.passed and not after.passed and credential and not (credential.revoked_at or credential.withdrawn_at):
        return Effect.REVOKE
    return Effect.SCORE


def _may_issue(credential: Credential | None) -> bool:
    """What a person revoked for a reason of their own does not come back by a correction."""
    return credential is None or (credential.revoked_at is not None and was_revoked_by_a_regrade(credential.id))


def _correct(regrade: Regrade, finding: Finding, at: datetime) -> tuple[dict[str, Any], set[int]]:
    """Append the result with all that follows; returns the line and the organisations whose standings to look at."""
    if finding.effect is Effect.KEEP:
        return finding.line(regrade, at, done=True), set()
    attempt = finding.attempt
    result = append_result(attempt.id, finding.before.number + 1, finding.grade, at=at, state=finding.state)
    if finding.before.state is ResultState.PROVISIONAL:
        end_turns(attempt.id, but=finding.grade.pending)
    credential, organisations = None, set[int]()
    if finding.effect is not Effect.SCORE:
        workplaces = workplaces_since(attempt.person_id, at)
        organisations = {workplace.organisation_id for workplace in workplaces}
        employer = next((workplace for workplace in workplaces if workplace.starts_at <= at), None)
        credential = _issue(regrade, finding, result, employer, at) if result.passed else _revoke(regrade, finding, at)
    subject = f"attempt:{attempt.id}"
    record("result_corrected", subject, by=None, at=at, regrade=regrade.id, number=result.number, passed=result.passed)
    if finding.state is ResultState.FINAL:
        put("corrected_mail", {"attempt_id": attempt.id}, at=at, lane=Lane.LATER)
    done = {"done": True, "number": result.number, "credential_id": credential.id if credential else None}
    return finding.line(regrade, at, **done), organisations


def _issue(regrade: Regrade, finding: Finding, result: Result, employer: Workplace | None, at: datetime) -> Credential:
    if finding.credential:
        assert regrade.approved_by, "only an approved correction is put through"
        supersede(finding.credential, reason=REVOKED, by=regrade.approved_by, at=at)
    credential = issue_for(finding.attempt, result, employer, at=at)
    put_all([certificate_task(credential)], at=at, lane=Lane.LATER)
    return credential


def _revoke(regrade: Regrade, finding: Finding, at: datetime) -> Credential:
    assert finding.credential, "only a credential that counts is revoked"
    assert regrade.approved_by, "only an approved correction is put through"
    revoke(finding.credential, reason=REVOKED, by=regrade.approved_by, at=at)
    subject = f"credential:{finding.credential.public_id}"
    record("credential_revoked", subject, by=regrade.approved_by, at=at, reason=REVOKED)
    return finding.credential


def _would_move(regrade: Regrade) -> Select[Effect, Attempt]:
    """What of whom would be issued or revoked."""
    query = select(RegradeLine.effect, Attempt).join(Attempt, RegradeLine.attempt_id == Attempt.id)
    foreseen = (RegradeLine.regrade_id == regrade.id) & RegradeLine.done.is_(False)
    return query.where(foreseen, RegradeLine.effect.in_((Effect.ISSUE, Effect.REVOKE)))


def _next_organisations(regrade: Regrade, at: datetime) -> Sequence[int]:
    """Looked for from the members, each by the index of their attempts: the lines may be a hundred thousand."""
    of_member = _would_move(regrade).where(Attempt.person_id == Membership.person_id).correlate(Membership)
    query = select(Membership.organisation_id).where(present(at), of_member.exists()).distinct()
    query = query.where(Membership.organisation_id > regrade.organisations_cursor)
    return db.session.scalars(query.order_by(Membership.organisation_id).limit(ORGANISATIONS)).all()


def _foreseen(regrade: Regrade, organisation_id: int, at: datetime) -> list[dict[str, Any]]:
    """The standings of an organisation that would change."""
    of_members = select(Attempt.id).join(Membership, Membership.person_id == Attempt.person_id)
    attempt_ids = db.session.scalars(of_members.where(Membership.organisation_id == organisation_id, present(at))).all()
    rows = db.session.execute(_would_move(regrade).where(RegradeLine.attempt_id.in_(attempt_ids))).all()
    gained = [_holding(attempt, at) for effect, attempt in rows if effect is Effect.ISSUE]
    losers = [attempt.id for effect, attempt in rows if effect is Effect.REVOKE]
    lost = [credential.public_id for credential in credentials_of_attempts(losers).values()]
    return [
        {
            "regrade_id": regrade.id,
            "organisation_id": organisation_id,
            "programme_id": programme_id,
            "tier_before": before.tier,
            "at_risk_before": before.at_risk_since is not None,
            "tier_after": after.tier,
            "at_risk_after": after.at_risk_since is not None,
        }
        for programme_id, before, after in foresee(organisation_id, gained, lost, at=at)
    ]


def _holding(attempt: Attempt, at: datetime) -> Holding:
    """The credential that would be issued."""
    exam = attempt.exam
    return Holding(attempt.person_id, exam["level"], "", at, add_months(at, exam["validity"]["months"]))
