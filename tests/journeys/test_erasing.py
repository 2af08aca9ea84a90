"""Erasing: nothing of the person is left, all that others rely on still holds, and it happens whole or not at all."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import worker
from app.extensions import db
from app.journeys.erasing import erase
from app.journeys.invariants import verify_all
from app.mail.outbox import Task
from app.people.persons import Person
from app.transaction import reading, snapshot, writing
from tests.erased_world import found_in_files, found_in_tables, make_marked, write_content
from tests.leaves import number_all

FILLED = {
    "accommodations.reason",
    "appeals.answer",
    "appeals.text",
    "attempts.address",
    "attempts.agent",
    "attempts.legal_name",
    "credentials.holder",
    "credentials.record",
    "devices.address",
    "devices.agent",
    "grants.reason",
    "ledger.address",
    "ledger.detail",
    "outbox.error",
    "outbox.payload",
    "persons.email",
    "persons.name",
    "ratings.comment",
    "recognitions.file",
    "recognitions.link",
    "recognitions.name",
    "reinstatements.reason",
    "reinstatements.revoked_reason",
    "reports.note",
    "reports.text",
    "responses.answer",
    "standings.explanation",
    "uploads.content",
    "uploads.name",
    "voids.reason",
}


@pytest.fixture
def marked(app: Flask, tmp_path: Path) -> Person:
    content = tmp_path / "elsewhere"
    write_content(content)
    return make_marked()


def do(person: Person, reason: str = "request 12", by: Person | None = None) -> None:
    by_id = by.id if by else None
    with writing() as at:
        erase(person.id, reason=reason, by=by_id, at=at)


def scrub() -> None:
    """As the worker does, when the letters in hand are sent."""
    with reading():
        payload = db.session.scalars(select(Task.payload).where(Task.kind == "scrub")).one()
    worker.HANDLERS["scrub"](0, payload)


def breaches() -> list[str]:
    with snapshot() as at:
        return list(verify_all(at))


def test_nothing_is_left_in_any_table_or_file(marked: Person) -> None:
    number_all()
    before = found_in_tables()
    assert before.keys() >= FILLED, "the world has to be filled for the scan to say anything"
    assert any(name.endswith(".eml") for name in found_in_files())
    assert breaches() == []
    do(marked)
    assert found_in_tables() == {}
    scrub()
    assert found_in_files() == {}
    number_all()
    assert breaches() == []
