"""Voiding a result and appealing against it: two people each time, and all that follows."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask

from app.credentials.register import credential_of_attempt
from app.exams.appeals import (
    AnotherPersonNeeded,
    AppealAnswered,
    AppealOpen,
    AppealText,
    AppealTooLate,
    NothingToAppeal,
    appeals_of,
)
from app.exams.attempts import Attempt, NoSuchAttempt
from app.exams.correcting import CorrectionKind
from app.exams.reports import Fault, Finding, report_item, reports_of
from app.exams.results import ResultState
from app.exams.voids import SecondAdminNeeded, VoidDecided, VoidProposed, VoidReasonMissing, voids_of
from app.journeys.appealing import answer_appeal, file_appeal
from app.journeys.letters import appeal_letter, result_letter
from app.journeys.moving import revoke_credential
from app.journeys.reviewing import OwnAttempt, resolve_report
from app.journeys.voiding import VOIDED, NothingToVoid, approve_voiding, propose_voiding, reject_voiding
from app.ledger.deeds import Deed
from app.people.organisations import Organisation
from app.people.persons import Person, PersonRole
from app.refusal import Refusal
from app.transaction import now, reading, writing
from tests.exams.test_sitting_races import at_once, count
from tests.factories import (
    make_member,
    make_organisation,
    make_person,
    make_staff,
    publish,
    sit,
    write_exam,
    write_programme,
)
from tests.regrading import answered, assert_all_holds, correct, credential, results, submit, tier


@pytest.fixture
def organisation(app: Flask, tmp_path: Path) -> Organisation:
    write_programme(tmp_path)
    write_exam(tmp_path, copies=1)
    publish(tmp_path)
    return make_organisation("small")


@pytest.fixture
def attempt(organisation: Organisation) -> Attempt:
    """Passed."""
    return sit(make_member(organisation)).attempt


@pytest.fixture
def admins(organisation: Organisation) -> list[Person]:
    return [make_staff(PersonRole.ADMIN) for _ in range(3)]


def test_a_void_result_takes_the_certificate_and_its_weight_with_it(
    organisation: Organisation, attempt: Attempt, admins: list[Person]
) -> None:
    assert tier(organisation) == ("t1", False)
    void(attempt, admins)
    assert [result.state for result in results(attempt.id)] == [ResultState.FINAL, ResultState.VOID]
    revoked = credential(attempt)
    assert (revoked.revoked_reason, revoked.revoked_by) == (VOIDED, admins[1].id)
    assert tier(organisation)[1]  # at risk from the first day
    with reading():
        letter = result_letter(attempt.id, "https://test.example")
    assert "Copied" in letter.text and f"/attempts/{attempt.id}/result" in letter.text
    assert [count(Deed, deed=deed) for deed in ("void_proposed", "void_approved", "result_decided")] == [1, 1, 1]
    assert_all_holds()


def test_it_takes_another_person_a_reason_and_a_result(attempt: Attempt, admins: list[Person]) -> None:
    refused(VoidReasonMissing, lambda: propose(attempt, admins[0], " "))
    refused(OwnAttempt, lambda: propose(attempt, attempt.person_id))
    propose(attempt, admins[0])
    refused(VoidProposed, lambda: propose(attempt, admins[1]))
    refused(SecondAdminNeeded, lambda: decide(approve_voiding, attempt, admins[0]))
    refused(SecondAdminNeeded, lambda: decide(reject_voiding, attempt, admins[0]))
    refused(OwnAttempt, lambda: decide(approve_voiding, attempt, attempt.person_id))
    decide(reject_voiding, attempt, admins[1])
    refused(VoidDecided, lambda: decide(approve_voiding, attempt, admins[1]))
    assert len(results(attempt.id)) == 1 and credential(attempt).revoked_at is None
    void(attempt, admins)
    refused(NothingToVoid, lambda: propose(attempt, admins[0]))
    refused(NoSuchAttempt, lambda: propose(99, admins[0]))


def test_two_admins_who_approve_at_once_void_it_once(app: Flask, attempt: Attempt, admins: list[Person]) -> None:
    propose(attempt, admins[0])

    def approve(by: int) -> str:
        with app.app_context():
            try:
                decide(approve_voiding, attempt, by)
            except Refusal as refusal:
                return refusal.code
        return "done"

    said = at_once([partial(approve, admin.id) for admin in admins[1:]] * 4)
    assert Counter(said) == {"done": 1, "VoidDecided": 7}
    assert len(results(attempt.id)) == 2
    assert_all_holds()


def test_an_upheld_appeal_brings_the_result_back_with_a_new_certificate(
    organisation: Organisation, attempt: Attempt, admins: list[Person]
) -> None:
    first = credential(attempt)
    void(attempt, admins)
    appeal(attempt)
    for decider in admins[:2]:
        refused(AnotherPersonNeeded, lambda by=decider: answer(attempt, by, upheld=True))
    refused(OwnAttempt, lambda: answer(attempt, attempt.person_id, upheld=True))
    answer(attempt, admins[2], upheld=True)
    assert [result.state for result in results(attempt.id)] == [ResultState.FINAL, ResultState.VOID, ResultState.FINAL]
    again = credential(attempt)
    assert again.id != first.id and again.revoked_at is None and again.result_number == 3
    assert tier(organisation) == ("t1", False)
    refused(AppealAnswered, lambda: answer(attempt, admins[2], upheld=False))
    with reading():
        assert "https://test.example" in appeal_letter(1, "https://test.example").text
    assert_all_holds()


def test_an_appeal_that_is_not_upheld_leaves_it_void(attempt: Attempt, admins: list[Person]) -> None:
    void(attempt, admins)
    appeal(attempt)
    answer(attempt, admins[2], upheld=False)
    assert results(attempt.id)[-1].state is ResultState.VOID and credential(attempt).revoked_at
    assert_all_holds()


def test_a_certificate_that_was_revoked_for_more_stays_revoked(attempt: Attempt, admins: list[Person]) -> None:
    with writing() as at:
        revoke_credential(credential_of_attempt(attempt.id), reason="Another person", by=admins[0].id, at=at)
    void(attempt, admins)
    appeal(attempt)
    answer(attempt, admins[2], upheld=True)
    assert results(attempt.id)[-1].passed and credential(attempt).revoked_reason == "Another person"
    assert_all_holds()


def test_a_result_that_was_spared_a_correction_is_spared_it_still(attempt: Attempt, admins: list[Person]) -> None:
    correct("pick-1", CorrectionKind.NEW_KEY, "-x-")
    assert len(results(attempt.id)) == 1
    void(attempt, admins)
    appeal(attempt)
    answer(attempt, admins[2], upheld=True)
    assert results(attempt.id)[-1].scaled == 1000
    assert_all_holds()


def test_a_provisional_result_can_be_voided_and_waits_for_no_report(
    organisation: Organisation, admins: list[Person]
) -> None:
    attempt = answered(make_member(organisation), ["pick-1", "all-1"])
    with writing() as at:
        place = [item["id"] for item in attempt.items].index("pick-1")
        report_item(attempt.id, attempt.person_id, place, Fault.UNCLEAR, "", at=at)
    submit(attempt)
    refused(NothingToAppeal, lambda: appeal(attempt))
    void(attempt, admins)
    with reading():
        [report] = reports_of(attempt.id)
    with writing() as at:
        resolve_report(report.id, Finding.AT_FAULT, "It is", by=admins[0].id, at=at)
    assert [result.state for result in results(attempt.id)] == [ResultState.PROVISIONAL, ResultState.VOID]
    appeal(attempt)
    answer(attempt, admins[2], upheld=True)
    assert results(attempt.id)[-1].state is ResultState.FINAL
    assert_all_holds()


def test_an_appeal_has_its_days_its_bounds_and_its_person(attempt: Attempt, admins: list[Person]) -> None:
    refused(AppealTooLate, lambda: appeal(attempt, at=now() + timedelta(days=14, minutes=1)))
    refused(AppealText, lambda: appeal(attempt, said=" "))
    refused(AppealText, lambda: appeal(attempt, said="x" * 2001))
    refused(NoSuchAttempt, lambda: appeal(attempt, by=make_person().id))
    appeal(attempt, at=now() + timedelta(days=13))
    refused(AppealOpen, lambda: appeal(attempt))
    answer(attempt, admins[0], upheld=False)
    appeal(attempt, position=1)
    assert len(results(attempt.id)) == 1


def test_who_answered_a_report_does_not_answer_the_appeal_against_it(
    organisation: Organisation, admins: list[Person]
) -> None:
    attempt = answered(make_member(organisation))
    with writing() as at:
        report_item(attempt.id, attempt.person_id, 2, Fault.UNCLEAR, "", at=at)
    submit(attempt)
    with reading():
        [report] = reports_of(attempt.id)
    with writing() as at:
        resolve_report(report.id, Finding.NOTHING_WRONG, "Fine", by=admins[0].id, at=at)
    appeal(attempt, position=2)
    refused(AnotherPersonNeeded, lambda: answer(attempt, admins[0], upheld=False))
    answer(attempt, admins[1], upheld=True)


def propose(attempt: Attempt | int, by: Person | int, reason: str = "Copied from another screen") -> None:
    attempt_id = attempt if isinstance(attempt, int) else attempt.id
    with writing() as at:
        propose_voiding(attempt_id, reason, by=by if isinstance(by, int) else by.id, at=at)


def decide(how: Callable[..., None], attempt: Attempt, by: Person | int) -> None:
    with reading():
        void_id = voids_of(attempt.id)[-1].id
    with writing() as at:
        how(void_id, by=by if isinstance(by, int) else by.id, at=at)


def void(attempt: Attempt, admins: list[Person]) -> None:
    propose(attempt, admins[0])
    decide(approve_voiding, attempt, admins[1])


def appeal(
    attempt: Attempt,
    said: str = "It was my own work",
    position: int | None = None,
    at: datetime | None = None,
    by: int | None = None,
) -> None:
    with writing() as now_:
        file_appeal(attempt.id, by or attempt.person_id, said, position, at=at or now_)


def answer(attempt: Attempt, by: Person | int, *, upheld: bool) -> None:
    with reading():
        appeal_id = appeals_of(attempt.id)[-1].id
    with writing() as at:
        answer_appeal(appeal_id, upheld=upheld, answer="Looked at", by=by if isinstance(by, int) else by.id, at=at)


def refused(refusal: type[Refusal], deed: Callable[[], None]) -> None:
    with pytest.raises(refusal):
        deed()
