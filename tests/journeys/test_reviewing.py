"""Reports of items: nothing is lost by one, and a borderline result waits for the answers."""

from pathlib import Path

import pytest
from flask import Flask

from app.exams.attempts import Attempt, AttemptClosed
from app.exams.correcting import CorrectionKind
from app.exams.reports import AlreadyReported, AlreadyResolved, Fault, Finding, TextTooLong, report_item, reports_of
from app.exams.responses import NoSuchPosition, SectionClosed
from app.exams.results import ResultState
from app.journeys.gates import ResultAwaited
from app.journeys.reviewing import OwnAttempt, resolve_report
from app.mail.outbox import Task
from app.people.organisations import Organisation, membership_of
from app.people.persons import Person, PersonRole
from app.refusal import Refusal
from app.transaction import reading, writing
from tests.exams.test_sitting_races import count
from tests.factories import make_member, make_organisation, make_staff, publish, start, write_exam, write_programme
from tests.regrading import answered, assert_all_holds, correct, credential, results, submit, tier

BELOW = ["pick-1", "all-1"]  # three of five right: one more is a pass


@pytest.fixture
def person(app: Flask, tmp_path: Path) -> Person:
    write_programme(tmp_path)
    write_exam(tmp_path, copies=1)
    publish(tmp_path)
    return make_member(make_organisation("small"))


def test_an_item_is_reported_once_while_it_is_open(person: Person) -> None:
    attempt = start(person)
    report(attempt, "pick-1", "Two are right")
    for wrong, refusal in (("pick-1", AlreadyReported), ("all-1", TextTooLong)):
        with pytest.raises(refusal):
            report(attempt, wrong, "x" * 501 if refusal is TextTooLong else "")
    with pytest.raises((SectionClosed, NoSuchPosition)), writing() as at:
        report_item(attempt.id, person.id, 9, Fault.OTHER, "", at=at)
    submit(attempt)
    with pytest.raises(AttemptClosed):
        report(attempt, "all-1")
    with reading():
        assert [(one.item_id, one.text) for one in reports_of(attempt.id)] == [("pick-1", "Two are right")]


def test_a_borderline_result_waits_for_the_answer_and_is_then_final(person: Person) -> None:
    attempt = closed(person, BELOW, reported=["pick-1", "all-1"])
    assert states(attempt) == ["provisional"]
    with pytest.raises(ResultAwaited):
        start(person)
    answer(attempt, "pick-1", Finding.NOTHING_WRONG)
    assert states(attempt) == ["provisional"]  # the other one alone could still turn it round
    answer(attempt, "all-1", Finding.NOTHING_WRONG)
    assert states(attempt) == ["provisional", "final"]
    assert (results(attempt.id)[-1].passed, credential(attempt)) == (False, None)
    assert count(Task, kind="result_mail") == 2
    assert_all_holds()


def test_a_result_that_no_report_could_change_is_final_at_once(person: Person) -> None:
    attempt = closed(person, [], reported=["pick-1"])
    assert states(attempt) == ["final"] and credential(attempt)
    answer(attempt, "pick-1", Finding.AT_FAULT)
    assert states(attempt) == ["final"]


def test_a_correction_that_ends_all_doubt_makes_the_result_final(person: Person) -> None:
    attempt = closed(person, BELOW, reported=["pick-1"])
    correct("pick-1", CorrectionKind.FULL_CREDIT)
    assert states(attempt) == ["provisional", "final"]  # no answer to the report can change the verdict any more
    assert results(attempt.id)[-1].passed and credential(attempt)
    assert tier(organisation_of(person))[0] == "t1"
    answer(attempt, "pick-1", Finding.AT_FAULT)
    assert states(attempt) == ["provisional", "final"]
    assert_all_holds()


def test_a_report_found_at_fault_changes_nothing_before_its_correction(person: Person) -> None:
    attempt = closed(person, BELOW, reported=["pick-1"])
    answer(attempt, "pick-1", Finding.AT_FAULT)
    assert states(attempt) == ["provisional", "final"] and not results(attempt.id)[-1].passed
    correct("pick-1", CorrectionKind.FULL_CREDIT)
    assert results(attempt.id)[-1].passed and credential(attempt)
    assert_all_holds()


def test_a_report_is_answered_once_by_somebody_else_with_a_reason(person: Person) -> None:
    attempt = closed(person, BELOW, reported=["pick-1"])
    for refusal, by, note in ((OwnAttempt, person, "No"), (TextTooLong, None, " "), (TextTooLong, None, "x" * 501)):
        with pytest.raises(refusal):
            answer(attempt, "pick-1", Finding.AT_FAULT, by=by, note=note)
    answer(attempt, "pick-1", Finding.NOTHING_WRONG)
    with pytest.raises(AlreadyResolved):
        answer(attempt, "pick-1", Finding.AT_FAULT)
    assert issubclass(AlreadyResolved, Refusal)


def closed(person: Person, missing: list[str], reported: list[str]) -> Attempt:
    attempt = answered(person, missing)
    for item_id in reported:
        report(attempt, item_id)
    submit(attempt)
    return attempt


def report(attempt: Attempt, item_id: str, said: str = "") -> None:
    place = [item["id"] for item in attempt.items].index(item_id)
    with writing() as at:
        report_item(attempt.id, attempt.person_id, place, Fault.ANSWERS, said, at=at)


def answer(
    attempt: Attempt, item_id: str, verdict: Finding, by: Person | None = None, note: str = "It is as it should be"
) -> None:
    by = by or make_staff(PersonRole.TRAINER)
    with reading():
        [one] = [one for one in reports_of(attempt.id) if one.item_id == item_id]
    with writing() as at:
        resolve_report(one.id, verdict, note, by=by.id, at=at)


def states(attempt: Attempt) -> list[ResultState]:
    return [result.state for result in results(attempt.id)]


def organisation_of(person: Person) -> Organisation:
    with reading() as at:
        return membership_of(person.id, at).organisation
