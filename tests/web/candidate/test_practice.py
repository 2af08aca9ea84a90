"""Practice: begun without agreement and as often as one likes, shown item by item afterwards, and counted nowhere."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.credentials.issuing import Credential
from app.exams.attempts import attempt_of
from app.exams.catalogue import ExamStaysWhatItIs
from app.exams.feedback import KeptBack, feedback_of
from app.exams.kinds import KINDS
from app.exams.responses import save_response
from app.exams.results import ResultState, current_result
from app.extensions import db
from app.journeys.demo import right_answer
from app.journeys.publishing import publish_content
from app.journeys.sitting import submit_attempt
from app.mail.outbox import Task
from app.people.persons import Person, PersonRole
from app.transaction import reading, writing
from tests.factories import (
    CANARY,
    answer_all,
    bearer,
    make_member,
    make_organisation,
    make_staff,
    publish,
    sign_in,
    start,
    write_course,
    write_exam,
    write_programme,
)
from tests.item_cases import CASES, write_case
from tests.practising import write_practice
from tests.reading import read_once

SHOWN = {"numeric": ["987.654 ± 3 km"], "hotspot": ["613, 227", "811, 463"], "blanks": [f"{CANARY} other gap"]}
START = "/api/v1/exams/practice/attempts"


@pytest.fixture
def root(app: Flask, tmp_path: Path) -> Path:
    """A graded exam and a practice exam beside it, and the course whose lessons its items name."""
    write_course(tmp_path)
    write_exam(tmp_path)
    write_practice(tmp_path)
    write_programme(tmp_path)
    publish(tmp_path)
    return tmp_path


@pytest.fixture
def person(root: Path, client: FlaskClient) -> Person:
    """A consultant of a partner, signed in."""
    person = make_member(make_organisation("small"))
    sign_in(client, person)
    return person


def practise(client: FlaskClient, person: Person, *, right: bool = True) -> int:
    """Begin by the page, answer everything and submit; the attempt's id."""
    attempt_id = begin(client)
    with reading():
        attempt = attempt_of(attempt_id, person.id)
    answer_all(attempt, right=right)
    assert client.post(f"/attempts/{attempt_id}/submit").status_code == 303
    return attempt_id


def begin(client: FlaskClient, slug: str = "practice") -> int:
    started = client.post(f"/exams/{slug}/start", data={"language": "en"})
    assert started.status_code == 303, started.text
    [attempt_id] = re.findall(r"/attempts/(\d+)", started.location)
    return int(attempt_id)


def test_it_is_listed_beside_the_graded_exam_and_leads_there(client: FlaskClient, person: Person) -> None:
    listed = client.get("/exams").text
    assert listed.count('href="/exams/practice"') == 1
    assert 'href="/exams/practice"' in client.get("/exams/fundamentals").text
    page = client.get("/exams/practice").text
    assert 'href="/exams/fundamentals"' in page
    assert 'name="agreement"' not in page
    assert 'name="legal_name"' not in page


def test_without_a_graded_exam_it_is_listed_by_itself(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    write_course(tmp_path)
    write_practice(tmp_path)
    publish(tmp_path)
    sign_in(client, make_member(make_organisation()))
    assert client.get("/exams").text.count('href="/exams/practice"') == 1


def test_the_result_shows_every_item_with_what_is_right_and_why(client: FlaskClient, person: Person) -> None:
    attempt_id = practise(client, person, right=False)
    page = client.get(f"/attempts/{attempt_id}/result").text
    assert page.count(f"{CANARY} why") == 5
    assert page.count('href="/courses/basics/01-one"') == 5
    assert "receipt" not in page
    assert "/appeal" not in page


def test_what_was_practised_counts_nowhere(client: FlaskClient, person: Person) -> None:
    attempt_id = practise(client, person)
    with reading():
        result = current_result(attempt_id)
        assert result is not None
        assert (result.state, result.passed, result.verdict, result.scaled) == (ResultState.PRACTICE, False, None, 1000)
        assert db.session.scalar(select(func.count(Credential.id))) == 0
        assert not db.session.scalars(select(Task).where(Task.kind == "result_mail")).all()
        attempt = attempt_of(attempt_id, person.id)
        assert (attempt.legal_name, attempt.agreement_hash) == (person.name, None)
    exam = next(one for one in client.get("/api/v1/exams").json["exams"] if one["id"] == "fundamentals")
    assert (exam["may_start"], exam["practice"]) == (True, False)
    begin_graded = client.post("/api/v1/exams/fundamentals/attempts", json={"agreement": True})
    assert begin_graded.status_code == 201


def test_practice_again_and_again_gives_unseen_items_first(client: FlaskClient, person: Person) -> None:
    seen: list[str] = []
    for _ in range(2):
        attempt_id = practise(client, person, right=False)
        with reading():
            seen += [item["id"] for item in attempt_of(attempt_id, person.id).items]
    assert len(seen) == len(set(seen)) == 10
    practise(client, person, right=False)
    assert client.get("/api/v1/exams").json["exams"][1]["may_start"]


def test_one_open_attempt_at_a_time(client: FlaskClient, person: Person) -> None:
    first = begin(client)
    assert begin(client) == first
    assert client.post(START, json={}).status_code == 409


def test_a_certified_person_may_practise(client: FlaskClient, person: Person) -> None:
    attempt = start(person)
    answer_all(attempt)
    with writing() as at:
        submit_attempt(attempt.id, person.id, at=at)
    assert client.post(START, json={}).status_code == 201


def test_the_api_shows_keys_of_closed_practice_alone(client: FlaskClient, person: Person) -> None:
    begun = client.post(START, json={})
    assert begun.status_code == 201
    attempt = f"/api/v1/attempts/{begun.json['id']}"
    assert all("feedback" not in item for item in client.get(attempt).json["items"])
    assert client.post(f"{attempt}/submit").json["result"]["state"] == "practice"
    closed = client.get(attempt).json
    assert closed["credential"] is None
    assert closed["result"]["passed"] is None
    for item in closed["items"]:
        assert set(item["feedback"]) == {"percent", "right_answer", "reasons", "why", "lesson"}
        assert item["feedback"]["lesson"] == "basics/01-one"
    graded = client.post("/api/v1/exams/fundamentals/attempts", json={"agreement": True}).json["id"]
    client.post(f"/api/v1/attempts/{graded}/submit")
    told = client.get(f"/api/v1/attempts/{graded}")
    assert CANARY not in told.text
    assert all(set(item) == {"position", "response"} for item in told.json["items"])


def test_a_graded_exam_is_not_begun_like_practice(client: FlaskClient, person: Person) -> None:
    assert client.post("/api/v1/exams/fundamentals/attempts", json={}).status_code == 422
    assert client.post("/exams/fundamentals/start", data={"language": "en"}).status_code == 422


def test_a_repeated_start_is_the_same_whatever_name_comes_with_it(client: FlaskClient, person: Person) -> None:
    key = {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}
    first = client.post(START, json={"legal_name": "Who Else", "language": "en"}, headers=key)
    again = client.post(START, json={"legal_name": "Somebody", "language": "en"}, headers=key)
    assert (first.status_code, again.json["id"]) == (201, first.json["id"])
    with reading():
        assert attempt_of(first.json["id"], person.id).legal_name == person.name


@pytest.mark.parametrize("practice", [True, False])
def test_feedback_is_denied_but_for_closed_practice(person: Person, practice: bool) -> None:
    attempt = start(person, exam="practice" if practice else "fundamentals")
    with reading(), pytest.raises(KeptBack):
        feedback_of(attempt, {})
    with writing() as at:
        outcome = submit_attempt(attempt.id, person.id, at=at)
    with reading():
        if practice:
            assert len(feedback_of(outcome.attempt, {})) == 5
        else:
            with pytest.raises(KeptBack):
                feedback_of(outcome.attempt, {})


@pytest.mark.once
def test_an_open_practice_attempt_and_a_closed_graded_one_tell_nothing(client: FlaskClient, person: Person) -> None:
    open_id = begin(client)
    graded = start(person)
    with writing() as at:
        submit_attempt(graded.id, person.id, at=at)
    pages = [f"/attempts/{graded.id}/result", f"/attempts/{open_id}", f"/attempts/{open_id}/review"]
    pages += [f"/attempts/{open_id}?item=all", f"/attempts/{open_id}/result", f"/api/v1/attempts/{open_id}"]
    for page in pages:
        assert CANARY not in client.get(page, follow_redirects=True).text, page


def test_nobody_else_sees_it(app: Flask, client: FlaskClient, person: Person) -> None:
    attempt_id = practise(client, person)
    stranger = app.test_client()
    assert stranger.get(f"/attempts/{attempt_id}/result").status_code == 302
    sign_in(stranger, make_member(make_organisation()))
    assert stranger.get(f"/attempts/{attempt_id}/result").status_code == 404
    assert stranger.get(f"/api/v1/attempts/{attempt_id}").status_code == 404
    office = make_staff(PersonRole.VIEWER)
    assert client.post(START, json={}, headers=bearer(office)).status_code == 403


@pytest.mark.once
@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if not kind.RATED])
@pytest.mark.parametrize("answered", ["right", "wrong", "nothing"])
def test_every_kind_says_what_was_answered_and_what_is_right(
    app: Flask, client: FlaskClient, tmp_path: Path, kind: str, answered: str
) -> None:
    write_case(tmp_path, kind)
    path = tmp_path / "exams/fundamentals/exam.yml"
    spec = json.loads(path.read_text(encoding="utf-8")) | {"practice": True}
    graded = {name: spec.pop(name) for name in ("credential", "gate", "agreement")}
    assert graded
    path.write_text(json.dumps(spec), encoding="utf-8")
    publish(tmp_path)
    person = make_member(make_organisation())
    sign_in(client, person)
    attempt = start(person)
    right, wrong = CASES[kind].answers(attempt)
    if answered != "nothing":
        with writing() as at:
            answer = right if answered == "right" else wrong
            save_response(attempt.id, person.id, 0, answer, revision=0, flagged=None, at=at)
    with writing() as at:
        submit_attempt(attempt.id, person.id, at=at)
    page = client.get(f"/attempts/{attempt.id}/result")
    assert page.status_code == 200
    assert f"{CANARY} why" in page.text
    assert (f"{CANARY} feedback" in page.text) == (kind in ("single_choice", "multiple_response"))
    assert all(secret in page.text for secret in SHOWN.get(kind, []))
    [told] = client.get(f"/api/v1/attempts/{attempt.id}").json["items"]
    assert told["feedback"]["right_answer"] == right_answer(attempt.items[0], attempt.option_orders[0])
    assert (told["feedback"]["percent"] == 100) == (answered == "right")


def test_an_exam_stays_what_it_is(app: Flask, tmp_path: Path) -> None:
    write_course(tmp_path)
    write_exam(tmp_path, "one")
    write_practice(tmp_path, "two")
    publish(tmp_path)
    write_practice(tmp_path, "one")
    assert_refused(tmp_path)
    write_exam(tmp_path, "one")
    write_exam(tmp_path, "two")
    assert_refused(tmp_path)


def assert_refused(root: Path) -> None:
    content = read_once(root)
    assert not content.complaints
    with pytest.raises(ExamStaysWhatItIs), writing() as at:
        publish_content(content, at=at)
