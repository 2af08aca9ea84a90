"""Faults: a store that is busy or gone is a 503 to come back from, and input that no store takes is refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from app import transaction
from app.exams.heartbeat import beat
from app.extensions import db
from app.people.persons import Person
from app.transaction import in_transaction, now, writing
from app.web import identity
from tests.factories import bearer, make_exam, make_person, sign_in, start

SAVE = "/api/v1/attempts/1/responses/0"


@pytest.fixture
def person(app: Flask, tmp_path: Path) -> Person:
    make_exam(tmp_path)
    person = make_person()
    start(person)
    return person


@pytest.fixture
def impatient(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections that wait for a lock a moment only."""
    monkeypatch.setattr(transaction, "BUSY_TIMEOUT_S", 0.05)
    db.engine.dispose()


def test_a_store_that_is_busy_is_503_until_it_is_not(
    app: Flask, client: FlaskClient, person: Person, impatient: None
) -> None:
    by = bearer(person)
    asked = {"json": {"answer": None, "revision": 0}, "headers": by}
    with locked():
        refused = client.put(SAVE, **asked)
        assert client.get("/api/v1/attempts/1", headers=by).status_code == 200
    assert (refused.status_code, refused.json["code"]) == (503, "StoreBusy")
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.content_type == "application/problem+json"
    assert client.put(SAVE, **asked).json["revision"] == 1


@pytest.mark.parametrize("fault", [OperationalError("SELECT 1", {}, Exception("gone")), PoolExhausted("no connection")])
def test_a_store_that_is_gone_is_503_for_programs_and_people(
    client: FlaskClient, person: Person, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    by = bearer(person)
    sign_in(client, person)

    def fail(*_: Any) -> None:
        raise fault

    monkeypatch.setattr(identity, "visitor_of_session", fail)
    monkeypatch.setattr(identity, "visitor_of_token", fail)
    for answer in (client.put(SAVE, json={"answer": None, "revision": 0}, headers=by), client.get("/exams")):
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert "Traceback" not in answer.text
        assert "gone" not in answer.text
    monkeypatch.undo()
    assert client.put(SAVE, json={"answer": None, "revision": 0}, headers=by).status_code == 200


def test_a_save_at_an_end_that_is_not_settled_is_told_to_come_back(client: FlaskClient, person: Person) -> None:
    by = bearer(person)
    with writing() as at:
        beat(at)
    later = now() + timedelta(minutes=31)  # nobody knows yet whether the service was there until now
    with time_machine.travel(later, tick=False):
        refused = client.put(SAVE, json={"answer": None, "revision": 0}, headers=by)
    assert (refused.status_code, refused.json["code"]) == (503, "TimeUnsettled")
    assert int(refused.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    "path", ["/c/%00", "/c/a%00.pdf", "/verify?q=a%00b", "/courses/%00", f"/attempts/{10**30}", f"/attempts/{2**63}"]
)
def test_what_no_store_can_hold_is_not_there(client: FlaskClient, person: Person, path: str) -> None:
    assert sign_in(client, person).get(path).status_code in {400, 404}


def test_a_sign_in_that_no_store_can_hold_is_refused(client: FlaskClient, person: Person) -> None:
    form = {"email": "ana\x00@test.example", "password": "a password for tests"}
    assert client.post("/sign-in", data=form).status_code in {400, 401, 422}


@contextmanager
def locked() -> Iterator[None]:
    """Somebody else writes, and takes long."""
    with db.engine.connect() as pooled:
        connection = in_transaction(pooled)
        connection.execute(text("UPDATE attempts SET language = language"))
        yield
        connection.rollback()
