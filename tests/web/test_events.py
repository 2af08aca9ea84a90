"""Events of the exam page: bounded, of a few kinds, never a text, and no trouble to the exam."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError
from werkzeug.test import TestResponse

from app.exams.attempts import Attempt
from app.exams.events import KEPT, EventKind, Noted, events_of, note_events
from app.extensions import db
from app.people.persons import person_by_id
from app.transaction import reading, writing
from tests.factories import bearer, make_exam, make_person, sit, start

PASTE = {"kind": "paste", "position": 2, "amount": 41}


@pytest.fixture
def attempt(app: Flask, tmp_path: Path) -> Attempt:
    make_exam(tmp_path)
    return start(make_person())


def test_events_are_kept_in_order_as_far_as_there_is_room(attempt: Attempt) -> None:
    for batch in range(12):
        noted = [Noted(EventKind.HIDDEN, 0, 20 * batch + place) for place in range(20)]
        with writing() as at:
            assert note_events(attempt.id, attempt.person_id, noted, at=at) == 20 * (batch + 1)
    with reading():
        kept, seen = events_of(attempt.id)
        assert [one.amount for one in kept] == list(range(KEPT))
        assert seen == 240


def test_the_endpoint_takes_a_few_of_known_kinds_and_no_text(client: FlaskClient, attempt: Attempt) -> None:
    by = bearer_of(attempt)
    assert post(client, attempt, by, [PASTE]).json == {"seen": 1}
    wrongs = [{"kind": "thought"}, {"text": "the answer"}, {"amount": -1}, {"amount": 2**31}, {"position": "2"}]
    for wrong in ([], [PASTE] * 21, *([PASTE | change] for change in wrongs)):
        assert post(client, attempt, by, wrong).status_code == 422, wrong
    with reading():
        assert events_of(attempt.id)[1] == 1


def test_a_closed_attempt_and_another_persons_note_nothing(client: FlaskClient, attempt: Attempt) -> None:
    assert post(client, attempt, bearer(make_person()), [PASTE]).status_code == 404
    closed = sit(make_person()).attempt
    refused = post(client, closed, bearer_of(closed), [PASTE])
    assert (refused.status_code, refused.json["code"]) == (409, "AttemptClosed")


def test_what_the_database_refuses(attempt: Attempt) -> None:
    with writing() as at:
        note_events(attempt.id, attempt.person_id, [Noted(EventKind.COPY, 0, 3)], at=at)
    copy = "INSERT INTO attempt_events SELECT attempt_id, {}, {}, position, {}, received_at FROM attempt_events"
    for number, kind, amount in (
        (1, "kind", 1),
        (201, "kind", 1),
        (0, "kind", 1),
        (2, "kind", -1),
        (2, "'verdict'", 1),
    ):
        with pytest.raises(IntegrityError):
            run(copy.format(number, kind, amount))
    with pytest.raises(IntegrityError):
        run("UPDATE event_counts SET seen = -1")
    for change in ("UPDATE attempt_events SET amount = 0", "DELETE FROM attempt_events"):
        with pytest.raises(DatabaseError, match="append-only"):
            run(change)


def bearer_of(attempt: Attempt) -> dict[str, str]:
    with reading():
        person = person_by_id(attempt.person_id)
    return bearer(person)


def post(client: FlaskClient, attempt: Attempt, by: dict[str, str], events: object) -> TestResponse:
    return client.post(f"/api/v1/attempts/{attempt.id}/events", json={"events": events}, headers=by)


def run(sql: str) -> None:
    """Straight to the database, past every rule of ours."""
    with db.engine.begin() as connection:
        connection.execute(text(sql))
