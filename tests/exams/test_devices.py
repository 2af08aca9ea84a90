"""Devices: each answer is known by where it came from, and a save stays as short as it was."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from app.exams.attempts import Attempt
from app.exams.devices import MOST, Seen, devices_of
from app.exams.responses import Response, save_response
from app.extensions import db
from app.journeys.invariants import verify_all
from app.people.persons import Person
from app.transaction import reading, snapshot, writing
from app.web.admin.timeline import device_text
from tests.factories import make_exam, make_person, start

FIRST, OTHER = Seen("203.0.113.7", "Firefox/145 (Windows)"), Seen("198.51.100.9", "Firefox/145 (Windows)")


@pytest.fixture
def person(app: Flask, tmp_path: Path) -> Person:
    make_exam(tmp_path)
    return make_person()


def test_the_first_device_costs_no_row_and_another_is_noted_once(person: Person) -> None:
    attempt = start(person, seen=FIRST)
    for revision, seen in enumerate([FIRST, OTHER, FIRST, OTHER]):
        save(attempt, revision, seen)
    with reading():
        [other] = devices_of(attempt.id)
        assert (other.address, other.agent) == OTHER
        named = db.session.scalars(select(Response.device_id).order_by(Response.revision)).all()
        assert named == [None, other.id, None, other.id]
    with snapshot() as at:
        assert list(verify_all(at)) == []


def test_an_endless_row_of_devices_fills_no_store(person: Person) -> None:
    attempt = start(person, seen=FIRST)
    for revision in range(MOST + 3):
        save(attempt, revision, Seen(FIRST.address, f"Browser {revision}"))
    with reading():
        assert len(devices_of(attempt.id)) == MOST


def test_a_response_that_names_the_device_of_another_attempt_is_found(person: Person) -> None:
    attempt = start(person, seen=FIRST)
    save(attempt, 0, OTHER)
    other = start(make_person())
    run(f"INSERT INTO responses SELECT {other.id}, 0, 1, answer, flagged, received_at, key, device_id FROM responses")
    with snapshot() as at:
        assert any("device" in breach for breach in verify_all(at))


def test_the_database_keeps_each_device_once_and_for_ever(person: Person) -> None:
    save(start(person, seen=FIRST), 0, OTHER)
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        run("INSERT INTO devices SELECT 77, attempt_id, address, agent, first_seen_at FROM devices")
    for change in ("UPDATE devices SET agent = ''", "DELETE FROM devices"):
        with pytest.raises(DatabaseError, match="append-only"):
            run(change)


def test_a_device_in_words() -> None:
    edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0"
    assert device_text("::1", edge) == "Edge, Windows · ::1"


def save(attempt: Attempt, revision: int, seen: Seen) -> None:
    with writing() as at:
        save_response(attempt.id, attempt.person_id, 0, None, revision=revision, flagged=None, at=at, seen=seen)


def run(sql: str) -> None:
    """Straight to the database, past every rule of ours."""
    with db.engine.begin() as connection:
        connection.execute(text(sql))
