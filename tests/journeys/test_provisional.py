"""A result that people still decide on: nothing follows from it until they have."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.credentials.register import credential_of_attempt
from app.exams.attempts import Attempt, lock_for_closing
from app.exams.catalogue import live_exam
from app.exams.grading import Grade
from app.exams.results import ResultState, append_result, current_result
from app.journeys.gates import ResultAwaited, gate_of
from app.journeys.invariants import verify_all
from app.journeys.sitting import conclude
from app.partners.programmes import participation_in
from app.partners.standing import standing_in
from app.people.persons import Person
from app.transaction import now, reading, snapshot, writing
from tests.factories import make_member, make_organisation, make_programme, sign_in, sit, start


@pytest.fixture
def person(app: Flask, tmp_path: Path) -> Person:
    make_programme(tmp_path)
    return make_member(make_organisation("small"))


@pytest.fixture
def attempt(person: Person) -> Attempt:
    """All right, and yet undecided. (The closing itself decides on what machines grade.)"""
    outcome = sit(person, passes=False)
    with writing() as at:
        append_result(outcome.attempt.id, 2, PASSING, at=at, state=ResultState.PROVISIONAL)
    return outcome.attempt


PASSING = Grade.from_json({"earned": "5", "possible": 5, "passed": True, "scaled": 1000, "domains": {"all": ["5", 5]}})


def test_a_provisional_result_passes_nobody(attempt: Attempt) -> None:
    with reading():
        result = current_result(attempt.id)
        assert (result.passed, result.verdict, result.number) == (False, None, 2)
        assert credential_of_attempt(attempt.id) is None


def test_nobody_starts_again_before_the_result_is_final(person: Person, attempt: Attempt) -> None:
    with reading() as at:
        gate = gate_of(live_exam("fundamentals"), person.id, at)
        assert (gate.allowed, gate.awaited.id, gate.attempts_used) == (False, attempt.id, 0)
    with pytest.raises(ResultAwaited):
        start(person)


def test_the_final_result_brings_all_that_a_pass_brings(person: Person, attempt: Attempt) -> None:
    with writing() as at:
        held = lock_for_closing(attempt.id, person.id)
        assert conclude(held, PASSING, ResultState.FINAL, at=at).number == 3
    with reading():
        assert credential_of_attempt(attempt.id).result_number == 3
        workplace = participation_in(1, "small")
        assert standing_in(workplace).tier == "t1"
    with snapshot():
        assert not [broken for broken in verify_all(now()) if "certificate" in broken or "credential" in broken]


def test_a_void_result_counts_as_a_failed_attempt(person: Person, attempt: Attempt) -> None:
    with writing() as at:
        conclude(lock_for_closing(attempt.id, person.id), PASSING, ResultState.VOID, at=at)
    with reading() as at:
        gate = gate_of(live_exam("fundamentals"), person.id, at)
        assert (gate.awaited, gate.attempts_used, gate.retake.reason) == (None, 1, "waiting")
        assert credential_of_attempt(attempt.id) is None


def test_no_page_tells_a_score_that_is_not_final(client: FlaskClient, person: Person, attempt: Attempt) -> None:
    sign_in(client, person)
    said = client.get(f"/attempts/{attempt.id}/result").text
    assert "1000" not in said.split("<main")[1]
    told = client.get(f"/api/v1/attempts/{attempt.id}").json
    untold = dict.fromkeys(("passed", "scaled", "domain_percent", "short_domains"))
    assert told["result"] == {"state": "provisional"} | untold
