"""The API: every refusal is a problem document with the status that the design gives it, and changes nothing."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.exams.attempts import Attempt
from app.exams.timing import GRACE
from app.extensions import db
from app.people.persons import Person, PersonRole
from app.people.tokens import Scope
from app.transaction import now
from tests.factories import OPEN_GATE, answer_all, bearer, make_person, publish, sit, start, write_course, write_exam

Headers = Mapping[str, str]
STARTS = "/api/v1/exams/fundamentals/attempts"
SAVE = "/api/v1/attempts/1/responses/0"
SUBMIT = "/api/v1/attempts/1/submit"


@pytest.fixture(autouse=True)
def content(app: Flask, tmp_path: Path) -> None:
    write_course(tmp_path)
    write_exam(tmp_path)
    write_exam(tmp_path, slug="advanced", level="advanced", gate=OPEN_GATE | {"track": "fundamentals"})
    publish(tmp_path)


@pytest.fixture
def person(content: None) -> Person:
    return make_person(name="Ana Ruiz", language="en")


@pytest.fixture
def by(person: Person) -> Headers:
    return bearer(person)


def test_a_whole_sitting(client: FlaskClient, by: Headers) -> None:
    assert client.get("/api/v1/exams", headers=by).json["exams"][0]["may_start"] is True
    begun = client.post(STARTS, json={"agreement": True, "legal_name": "Ana María Ruiz"}, headers=by)
    assert begun.status_code == 201
    attempt = begun.json
    assert [item["response"]["revision"] for item in attempt["items"]] == [0] * 5
    assert {item["kind"] for item in attempt["items"]} <= {
        "single_choice", "multiple_response", "true_false", "numeric", "short_text",
    }  # fmt: skip
    started, deadline = (datetime.fromisoformat(attempt[name]) for name in ("started_at", "deadline"))
    assert deadline - started == timedelta(minutes=30)
    saved = client.put(SAVE, json={"answer": None, "revision": 0, "flagged": True}, headers=by)
    assert (saved.status_code, saved.json["revision"], saved.json["flagged"]) == (200, 1, True)
    assert saved.json["deadline"] == attempt["deadline"]
    assert client.get("/api/v1/attempts/1", headers=by).json["items"][0]["response"]["revision"] == 1
    closed = client.post(SUBMIT, headers=by)
    assert (closed.status_code, closed.json["state"]) == (200, "closed")
    told = {"passed": False, "scaled": 100, "domain_percent": {"all": 0}, "short_domains": []}
    assert closed.json["result"] == {"state": "final"} | told
    assert client.post(SUBMIT, headers=by).json == closed.json
    after = client.get("/api/v1/attempts/1", headers=by).json
    assert after["result"] == closed.json["result"]
    assert set(after["items"][1]) == {"position", "response"}


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"", b"not json", b'{"agreement": true,}', b"\xff\xfe{}", b'{"agreement": true, "language": "\xc3\x28"}',
        b'{"agreement": true, "agreement": true}', b'{"agreement": true}\x00', b"[" * 10_000 + b"]" * 10_000,
    ],
    ids=["cut", "empty", "words", "comma", "utf-16", "utf-8", "twice", "nul", "deep"],
)  # fmt: skip
def test_malformed_is_400(client: FlaskClient, by: Headers, body: bytes) -> None:
    before = rows()
    asked = {"data": body, "content_type": "application/json", "headers": by}
    problem(client.post(STARTS, **asked), 400, "BadRequest")
    assert rows() == before


def test_nobody_is_401(client: FlaskClient) -> None:
    before = rows()
    problem(client.get("/api/v1/exams"), 401, "SignInNeeded")
    problem(client.post(STARTS, json={"agreement": True}), 401, "SignInNeeded")
    problem(client.get("/api/v1/exams", headers={"Authorization": "Bearer acr_unknown"}), 401, "SignInNeeded")
    assert rows() == before


def test_the_wrong_role_or_scope_is_403(client: FlaskClient, person: Person) -> None:
    viewer, reader = bearer(make_person(role=PersonRole.VIEWER)), bearer(person, Scope.READ)
    problem(client.post(STARTS, json={"agreement": True}, headers=viewer), 403, "RoleLacksIt")
    assert client.get("/api/v1/exams", headers=reader).status_code == 200
    problem(client.post(STARTS, json={"agreement": True}, headers=reader), 403, "RoleLacksIt")
    assert rows()["attempts"] == 0
    assert rows()["ledger"] == 3


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/nothing", "/api/v1/attempts/1", "/api/v1/attempts/9223372036854775807", f"/api/v1/attempts/{10**30}",
        "/api/v1/attempts/%00", "/api/v1/credentials/unknown", "/api/v1/credentials/%00", "/api/v1/standings/%00/small",
    ],
)  # fmt: skip
def test_what_is_not_there_is_404(client: FlaskClient, by: Headers, path: str) -> None:
    answer = client.get(path, headers=by)
    problem(answer, 404, answer.json["code"])


def test_unknown_exams_and_positions(client: FlaskClient, by: Headers, person: Person) -> None:
    problem(client.post("/api/v1/exams/none/attempts", json={"agreement": True}, headers=by), 404, "NoSuchExam")
    problem(client.post("/api/v1/exams/%00/attempts", json={"agreement": True}, headers=by), 404, "NotFound")
    start(person)
    for position in (5, 10**30):
        path = f"/api/v1/attempts/1/responses/{position}"
        answer = client.put(path, json={"answer": None, "revision": 0}, headers=by)
        problem(answer, answer.status_code, answer.json["code"])
        assert answer.status_code in (404, 422)
    problem(client.put(f"/api/v1/attempts/{10**30}/responses/0", json={}, headers=by), 404, "NotFound")
    problem(client.post(f"/api/v1/attempts/{10**30}/submit", headers=by), 404, "NotFound")
    assert rows()["responses"] == 0


def test_a_method_that_is_not_offered_is_405(client: FlaskClient, by: Headers) -> None:
    answer = client.delete("/api/v1/attempts/1", headers=by)
    problem(answer, 405, "MethodNotAllowed")
    assert set(answer.headers["Allow"].replace(" ", "").split(",")) == {"GET", "HEAD", "OPTIONS"}


def test_a_stale_revision_is_409_with_the_current_one(client: FlaskClient, person: Person, by: Headers) -> None:
    start(person)
    kept = client.put(SAVE, json={"answer": None, "revision": 0, "flagged": True}, headers=by).json
    stale = client.put(SAVE, json={"answer": None, "revision": 0}, headers=by)
    problem(stale, 409, "StaleRevision")
    current = stale.json["current"]
    assert [current[name] for name in ("position", "revision", "answer", "flagged")] == [0, 1, None, True]
    assert datetime.fromisoformat(current["received_at"]) == datetime.fromisoformat(kept["saved_at"])
    problem(client.put(SAVE, json={"answer": None, "revision": 2}, headers=by), 409, "StaleRevision")
    assert rows()["responses"] == 1


def test_an_attempt_whose_time_is_over_stands_in_no_way(client: FlaskClient, person: Person, by: Headers) -> None:
    start(person, at=now() - timedelta(days=2))
    listed = client.get("/api/v1/exams", headers=by).json["exams"]
    assert {exam["open_attempt"] for exam in listed} == {None}
    start(person, at=now() - timedelta(hours=20))
    problem(client.post(STARTS, json={"agreement": True}, headers=by), 409, "RetakeRefused")


def test_states_that_forbid_are_409(client: FlaskClient, person: Person, by: Headers) -> None:
    gate = client.post("/api/v1/exams/advanced/attempts", json={"agreement": True}, headers=by)
    problem(gate, 409, "GateClosed")
    assert gate.json["missing_courses"] == ["basics"]
    attempt = start(person)
    problem(client.post(STARTS, json={"agreement": True}, headers=by), 409, "AttemptOpen")
    client.post(SUBMIT, headers=by)
    problem(client.put(SAVE, json={"answer": None, "revision": 0}, headers=by), 409, "AttemptClosed")
    waiting = client.post(STARTS, json={"agreement": True}, headers=by)
    problem(waiting, 409, "RetakeRefused")
    assert waiting.json["reason"] == "waiting"
    assert datetime.fromisoformat(waiting.json["from_when"]) > attempt.started_at + timedelta(hours=24)


def test_a_save_after_the_grace_is_409_and_the_attempt_is_closed_by_whoever_looks(
    client: FlaskClient, person: Person, by: Headers
) -> None:
    attempt = start(person, at=now() - timedelta(minutes=30) - GRACE - timedelta(seconds=1))
    answer_all(attempt)
    problem(client.put(SAVE, json={"answer": None, "revision": 1}, headers=by), 409, "AttemptClosed")
    seen = client.get("/api/v1/attempts/1", headers=by).json
    assert (seen["state"], seen["result"]["passed"]) == ("closed", True)
    assert rows()["responses"] == 5


def test_too_large_is_413(client: FlaskClient, person: Person, by: Headers) -> None:
    start(person)
    body = {"answer": "x" * 2**20, "revision": 0}
    problem(client.put(SAVE, json=body, headers=by), 413, "RequestEntityTooLarge")
    assert rows()["responses"] == 0


@pytest.mark.parametrize(
    "body",
    [
        {}, {"agreement": False}, {"agreement": None}, {"agreement": []}, {"agreement": True, "language": "fr"},
        {"agreement": True, "legal_name": "x"}, {"agreement": True, "legal_name": 7},
        {"agreement": True, "legal_name": "Ana\x1b[31m"}, {"agreement": True, "deadline": "2099-01-01"},
        [], "text", None,
    ],
)  # fmt: skip
def test_what_a_start_cannot_be_is_422(client: FlaskClient, by: Headers, body: Any) -> None:
    before = rows()
    answer = client.post(STARTS, json=body, headers=by)
    problem(answer, 422, answer.json["code"])
    assert rows() == before


@pytest.mark.parametrize(
    "body",
    [
        {}, {"answer": 0}, {"revision": 0}, {"answer": 0, "revision": "0"}, {"answer": 0, "revision": -1},
        {"answer": 0, "revision": 1.5}, {"answer": 0, "revision": None}, {"answer": 3, "revision": 0},
        {"answer": -1, "revision": 0}, {"answer": True, "revision": 0}, {"answer": "0", "revision": 0},
        {"answer": {"a": 1}, "revision": 0}, {"answer": [0], "revision": 0},
        {"answer": 0, "revision": 0, "score": 1000},
    ],
)  # fmt: skip
def test_what_a_save_cannot_be_is_422(client: FlaskClient, person: Person, by: Headers, body: Any) -> None:
    attempt = start(person)
    position = kinds(attempt).index("single_choice")
    answer = client.put(f"/api/v1/attempts/1/responses/{position}", json=body, headers=by)
    problem(answer, 422, answer.json["code"])
    assert rows()["responses"] == 0


def test_the_credential_of_a_pass_is_open_to_whoever_knows_its_id(client: FlaskClient, person: Person) -> None:
    public_id = sit(person).credential.public_id
    shown = client.get(f"/api/v1/credentials/{public_id}").json
    assert (shown["state"], shown["record"]["name"]) == ("valid", "Ana Ruiz")
    own = client.get("/api/v1/credentials", headers=bearer(person)).json["credentials"]
    assert [credential["id"] for credential in own] == [public_id]
    for wrong in (public_id[:-1], public_id.upper(), f"{public_id}x"):
        problem(client.get(f"/api/v1/credentials/{wrong}"), 404, "NoSuchCredential")


def test_the_openapi_document_names_every_endpoint(app: Flask, client: FlaskClient) -> None:
    served = client.get("/api/v1/openapi.json")
    assert served.status_code == 200
    told = {(path, method.upper()) for path, item in served.json["paths"].items() for method in item}
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api_")]
    for rule in rules:
        path = rule.rule.replace("<int:", "{").replace("<", "{").replace(">", "}")
        assert told >= {(path, method) for method in rule.methods - {"HEAD", "OPTIONS"}}


def problem(answer: TestResponse, status: int, code: str) -> None:
    assert (answer.status_code, answer.json["status"], answer.json["code"]) == (status, status, code)
    assert answer.content_type == "application/problem+json"
    assert answer.json["title"]
    assert set(answer.json) >= {"type", "title", "status", "detail", "code"}
    assert "Traceback" not in answer.text


def rows() -> dict[str, int]:
    """How many rows each table has."""
    with db.engine.connect() as connection:
        return {
            table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in db.metadata.tables
        }


def kinds(attempt: Attempt) -> list[str]:
    return [item["kind"] for item in attempt.items]
