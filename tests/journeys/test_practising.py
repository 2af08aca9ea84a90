"""What practice never becomes: a credential, a failure, a figure, or something to void, appeal against or correct."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.exams.appeals import NothingToAppeal
from app.exams.attempts import Attempt
from app.exams.catalogue import live_exam, live_exams
from app.exams.correcting import CorrectionKind
from app.exams.counting import count, uncounted
from app.exams.item_statistics import usage_of
from app.exams.regrading import Proposal
from app.exams.results import ResultState
from app.extensions import db
from app.journeys.appealing import file_appeal
from app.journeys.invariants import verify_all
from app.journeys.regrading import NothingToCorrect, propose_correction
from app.journeys.sitting import Outcome, close_overdue
from app.journeys.voiding import NothingToVoid, propose_voiding
from app.partners.key_figures import exam_passes
from app.partners.programmes import programme_by_slug
from app.people.persons import PersonRole
from app.transaction import now, reading, snapshot, writing
from tests.factories import (
    make_member,
    make_organisation,
    make_staff,
    publish,
    sit,
    start,
    write_course,
    write_exam,
    write_programme,
)
from tests.practising import write_practice


@pytest.fixture
def practised(app: Flask, tmp_path: Path) -> Outcome:
    """A closed practice attempt of a member of a partner, everything right."""
    write_course(tmp_path)
    write_exam(tmp_path)
    write_practice(tmp_path)
    write_programme(tmp_path)
    publish(tmp_path)
    return sit(make_member(make_organisation("small")), "practice")


def test_it_awards_nothing(practised: Outcome) -> None:
    assert practised.credential is None
    assert (practised.result.state, practised.result.passed) == (ResultState.PRACTICE, False)
    with reading():
        assert [exam.slug for exam in live_exams()] == ["fundamentals"]
    with snapshot():
        assert list(verify_all(now())) == []


def test_the_database_lets_no_practice_pass(practised: Outcome) -> None:
    passing = text(
        "INSERT INTO results (attempt_id, number, passed, scaled, grade, graded_at, state) "
        "SELECT attempt_id, 2, :passed, scaled, grade, graded_at, 'practice' FROM results"
    )
    with pytest.raises(IntegrityError), writing():
        db.session.execute(passing, {"passed": True})
    with writing():
        db.session.execute(passing, {"passed": False})


def test_an_attempt_that_counts_though_it_was_practice_is_found(practised: Outcome) -> None:
    forged = text(
        "INSERT INTO results (attempt_id, number, passed, scaled, grade, graded_at, state) "
        "SELECT attempt_id, 2, :passed, scaled, grade, graded_at, 'final' FROM results"
    )
    with writing():
        db.session.execute(forged, {"passed": False})
    with snapshot():
        assert any("counts though it was practice" in breach for breach in verify_all(now()))


def test_there_is_nothing_to_void_appeal_against_or_correct(practised: Outcome) -> None:
    admin, attempt = make_staff(PersonRole.ADMIN), practised.attempt
    with writing() as at, pytest.raises(NothingToVoid):
        propose_voiding(attempt.id, "A reason", by=admin.id, at=at)
    with writing() as at, pytest.raises(NothingToAppeal):
        file_appeal(attempt.id, attempt.person_id, "I do not agree", None, at=at)
    item, version = attempt.items[0], attempt.item_ids[0]
    proposal = Proposal(item["id"], [version], CorrectionKind.FULL_CREDIT, [], "It is wrong")
    with writing() as at, pytest.raises(NothingToCorrect):
        propose_correction(live_exam("practice"), proposal, by=admin.id, at=at)


def test_it_is_in_no_figure_and_in_the_statistics_of_its_own_bank_alone(practised: Outcome) -> None:
    with writing() as at:
        count(uncounted())
    with reading():
        programme = programme_by_slug("small")
        hour = timedelta(hours=1)
        assert exam_passes(programme.id, at - hour, at + hour) == []
        assert usage_of(live_exam("fundamentals").id) == {}
        assert len(usage_of(live_exam("practice").id)) == 5


def test_time_that_is_over_closes_it_without_a_verdict(practised: Outcome) -> None:
    person = make_member(make_organisation())
    attempt: Attempt = start(person, "practice", legal_name="", agreement=False)
    with writing():
        outcome = close_overdue(attempt)
    assert (outcome.result.state, outcome.result.verdict) == (ResultState.PRACTICE, None)
