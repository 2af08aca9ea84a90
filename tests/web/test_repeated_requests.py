"""Requests that are sent again with their Idempotency-Key, and the receipt that a submission returns."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app.exams.receipts import check_receipt
from app.exams.responses import responses_of
from app.extensions import db
from app.people.persons import Person
from app.transaction import reading
from tests.factories import answer_all, bearer, make_exam, make_person, sign_in, start

STARTS = "/api/v1/exams/fundamentals/attempts"
SAVE = "/api/v1/attempts/1/responses/0"
SUBMIT = "/api/v1/attempts/1/submit"
HOLDS = [True] * 4


@pytest.fixture
def person(app: Flask, tmp_path: Path) -> Person:
    make_exam(tmp_path)
    return make_person(name="Ana Ruiz", language="en")


def keyed(person: Person, key: str = "one") -> dict[str, str]:
    return bearer(person) | {"Idempotency-Key": key}


def revisions() -> int:
    with reading():
        return sum(saved.revision for saved in responses_of(1).values())


def test_the_same_save_is_answered_as_the_first_time(client: FlaskClient, person: Person) -> None:
    start(person)
    asked: dict[str, Any] = {"json": {"answer": None, "revision": 0, "flagged": True}, "headers": keyed(person)}
    first = client.put(SAVE, **asked)
    later = client.put(SAVE, json={"answer": None, "revision": 1, "flagged": False}, headers=keyed(person, "two"))
    assert (first.status_code, later.status_code) == (200, 200)
    client.post(SUBMIT, headers=bearer(person))
    again = client.put(SAVE, **asked)
    assert again.status_code == 200
    assert {**again.json, "now": None} == {**first.json, "now": None}
    assert revisions() == 2


@pytest.mark.parametrize("other", [{"flagged": False}, {"revision": 1}, {"answer": "nonsense"}])
def test_a_key_that_comes_with_another_answer_is_refused(
    client: FlaskClient, person: Person, other: dict[str, Any]
) -> None:
    start(person)
    asked = {"answer": None, "revision": 0, "flagged": True}
    assert client.put(SAVE, json=asked, headers=keyed(person)).status_code == 200
    assert client.put(SAVE, json=asked | other, headers=keyed(person)).status_code == 422
    assert revisions() == 1


def test_without_a_key_the_revision_alone_decides(client: FlaskClient, person: Person) -> None:
    start(person)
    asked: dict[str, Any] = {"json": {"answer": None, "revision": 0}, "headers": bearer(person)}
    assert [client.put(SAVE, **asked).status_code for _ in range(2)] == [200, 409]


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_key_names_something(client: FlaskClient, person: Person, key: str) -> None:
    start(person)
    asked: dict[str, Any] = {"json": {"answer": None, "revision": 0}, "headers": keyed(person, key)}
    assert client.put(SAVE, **asked).status_code == 422


def test_the_same_start_is_answered_with_the_attempt_that_began(client: FlaskClient, person: Person) -> None:
    asked: dict[str, Any] = {"json": {"agreement": True}, "headers": keyed(person)}
    first, again = client.post(STARTS, **asked), client.post(STARTS, **asked)
    assert (first.status_code, again.status_code) == (201, 201)
    assert {**again.json, "now": None} == {**first.json, "now": None}
    other = client.post(STARTS, json={"agreement": True, "legal_name": "Eva Ruiz"}, headers=keyed(person))
    assert (other.status_code, other.json["code"]) == (422, "KeyReused")
    assert client.post(STARTS, json={"agreement": True}, headers=keyed(person, "two")).status_code == 409


def test_a_submission_returns_a_receipt_that_holds(client: FlaskClient, person: Person) -> None:
    answer_all(start(person))
    replies = [client.post(SUBMIT, headers=bearer(person)).json for _ in range(2)]
    assert replies[0] == replies[1]
    receipt = replies[0]["receipt"]
    assert (receipt["attempt"], receipt["candidate"], receipt["answers"]) == (1, "Ana Ruiz", 5)
    assert "answer" not in json.dumps({name: receipt[name] for name in receipt if not name.startswith("answers")})
    assert client.get("/api/v1/receipt-key").json["key_id"] == receipt["key_id"]
    with reading():
        assert [holds for _, holds in check_receipt(receipt)] == HOLDS


@pytest.mark.parametrize(
    ("change", "verdicts"),
    [
        ({"answers_sha256": "0" * 64}, [False, True, False, False]),
        ({"closed_at": "2020-01-01T00:00:00+00:00"}, [False, True, True, False]),
        ({"attempt": 99}, [False, False]),
        ({"attempt": "1"}, [False, False]),
        ({"signature": "AAAA"}, [False, True, True, True]),
        ({"signature": None}, [False, True, True, True]),
        ({"signature": "é"}, [False, True, True, True]),
        ({"remark": "kind words"}, [False, True, True, False]),
    ],
)
def test_whatever_is_changed_in_a_receipt_is_seen(
    client: FlaskClient, person: Person, change: dict[str, Any], verdicts: list[bool]
) -> None:
    answer_all(start(person))
    receipt = client.post(SUBMIT, headers=bearer(person)).json["receipt"] | change
    with reading():
        assert [holds for _, holds in check_receipt(receipt)] == verdicts


def test_an_answer_changed_behind_our_back_is_seen(client: FlaskClient, person: Person) -> None:
    answer_all(start(person))
    receipt = client.post(SUBMIT, headers=bearer(person)).json["receipt"]
    with db.engine.begin() as connection:
        for drop in ("DROP TRIGGER responses_no_delete", "DROP TRIGGER responses_no_delete ON responses"):
            if drop.endswith("responses") == (connection.dialect.name == "postgresql"):
                connection.execute(text(drop))
        connection.execute(text("DELETE FROM responses WHERE position = 0"))
    with reading():
        assert [holds for _, holds in check_receipt(receipt)] == [True, True, False, False]


def test_the_receipt_is_downloaded_and_checked_by_command(
    app: Flask, client: FlaskClient, person: Person, tmp_path: Path
) -> None:
    answer_all(start(person))
    browser = sign_in(client, person)
    assert browser.get("/attempts/1/receipt.json").status_code == 302  # it is open: there is nothing to sign yet
    browser.post("/attempts/1/submit")
    answer = browser.get("/attempts/1/receipt.json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="acredita-receipt-1.json"'
    file = tmp_path / "receipt.json"
    file.write_bytes(answer.data)
    command = app.test_cli_runner()
    assert command.invoke(args=["exams", "receipt", str(file)]).exit_code == 0
    file.write_text(file.read_text().replace("Ana Ruiz", "Eva Ruiz"))
    refused = command.invoke(args=["exams", "receipt", str(file)])
    assert refused.exit_code == 1
    assert "NO   it is a receipt of this service" in refused.output
    for text_of_file in ("[]", "{"):
        file.write_text(text_of_file)
        assert command.invoke(args=["exams", "receipt", str(file)]).exit_code == 1


def test_nobody_elses_receipt(client: FlaskClient, person: Person) -> None:
    answer_all(start(person))
    client.post(SUBMIT, headers=bearer(person))
    assert sign_in(client, make_person()).get("/attempts/1/receipt.json").status_code == 404
