"""Results that wait for a rating and for a report at once, and results that are voided while they wait."""

from pathlib import Path

import pytest
from flask import Flask

from app.exams.appeals import appeals_of
from app.exams.attempts import Attempt
from app.exams.rating_queue import NothingWaits
from app.exams.reports import Fault, Finding, report_item, reports_of
from app.exams.responses import save_response
from app.exams.voids import voids_of
from app.journeys.appealing import answer_appeal, file_appeal
from app.journeys.demo import right_answer
from app.journeys.reviewing import resolve_report
from app.journeys.sitting import submit_attempt
from app.journeys.voiding import approve_voiding, propose_voiding
from app.people.persons import PersonRole
from app.transaction import reading, writing
from tests.factories import make_person, make_staff, start
from tests.rating import ESSAY, breaches, give, make_grader, make_rated_exam, results, take, turns


@pytest.fixture
def attempt(app: Flask, tmp_path: Path) -> Attempt:
    """The item of one point is wrong and reported, the essay of four is written; 0.7 of five points pass."""
    make_rated_exam(tmp_path)
    attempt = start(make_person())
    with writing() as at:
        for position, (item, order) in enumerate(zip(attempt.items, attempt.option_orders, strict=True)):
            is_essay = item["kind"] == "essay"
            answer = ESSAY if is_essay else 1 - right_answer(item, order)
            save_response(attempt.id, attempt.person_id, position, answer, revision=0, flagged=None, at=at)
            if not is_essay:
                report_item(attempt.id, attempt.person_id, position, Fault.ANSWERS, "Both are right", at=at)
        submit_attempt(attempt.id, attempt.person_id, at=at)
    return attempt


def resolve(attempt: Attempt) -> None:
    with reading():
        [report] = reports_of(attempt.id)
    trainer = make_staff(PersonRole.TRAINER)
    with writing() as at:
        resolve_report(report.id, Finding.NOTHING_WRONG, "It is right", by=trainer.id, at=at)


def states(attempt: Attempt) -> list[str]:
    assert breaches() == []
    return [result.state.value for result in results(attempt)]


def test_a_rating_alone_does_not_decide_what_a_report_could_turn_round(attempt: Attempt) -> None:
    assert give(make_grader(), 3) is None
    assert (states(attempt), turns()) == (["provisional"], [])
    resolve(attempt)
    assert states(attempt) == ["provisional", "final"]
    final = results(attempt)[-1]
    assert (final.grade["earned"], final.passed) == ("3", False)


def test_an_answer_to_the_report_alone_does_not_rate_the_essay(attempt: Attempt) -> None:
    resolve(attempt)
    assert states(attempt) == ["provisional"]
    assert not give(make_grader(), 3).passed
    assert states(attempt) == ["provisional", "final"]


def test_a_rating_decides_where_no_report_could_change_the_verdict(attempt: Attempt) -> None:
    assert give(make_grader(), 4).passed
    assert states(attempt) == ["provisional", "final"]
    resolve(attempt)
    assert states(attempt) == ["provisional", "final"]


def test_a_result_voided_while_it_waited_waits_again_when_the_appeal_is_upheld(attempt: Attempt) -> None:
    one, other, third = (make_staff(PersonRole.ADMIN) for _ in range(3))
    with writing() as at:
        propose_voiding(attempt.id, "Somebody else was seen", by=one.id, at=at)
    with reading():
        [void] = voids_of(attempt.id)
    with writing() as at:
        approve_voiding(void.id, by=other.id, at=at)
    assert states(attempt) == ["provisional", "void"]
    with pytest.raises(NothingWaits):
        take(make_grader())
    with writing() as at:
        file_appeal(attempt.id, attempt.person_id, "It was my brother, passing by", None, at=at)
    with reading():
        [appeal] = appeals_of(attempt.id)
    with writing() as at:
        answer_appeal(appeal.id, upheld=True, answer="The recording shows it", by=third.id, at=at)
    assert states(attempt) == ["provisional", "void", "provisional"]
    assert give(make_grader(), 4).passed
    assert states(attempt) == ["provisional", "void", "provisional", "final"]
