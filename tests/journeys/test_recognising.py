"""Recognising: outside credentials open the gates that they are accepted for, while they are."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.credentials.recognitions import (
    AlreadyDecided,
    EndPast,
    EvidenceMissing,
    NotAccepted,
    Outside,
    OwnRecognition,
    Recognition,
    TooManyWaiting,
)
from app.exams.catalogue import live_exam
from app.extensions import db
from app.journeys.gates import Gate, GateClosed, gate_of
from app.journeys.letters import Letter, recognition_letter
from app.journeys.recognising import approve_recognition, end_recognition, propose_recognition, reject_recognition
from app.journeys.sitting import start_attempt
from app.ledger.deeds import deeds_on
from app.mail.outbox import Task
from app.people.persons import Person, PersonRole
from app.refusal import Refusal
from app.transaction import reading, writing
from tests.factories import make_person, make_staff, publish, write_course, write_exam

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SOON = date(2026, 6, 30)
BOOTCAMP: dict[str, Any] = {
    "issuer": "Norte Bootcamp",
    "name": "AI basics",
    "number": None,
    "issued_on": date(2026, 1, 1),
    "expires_on": date(2026, 12, 31),
    "level": "fundamentals",
    "exam": None,
    "link": "https://norte.example/1",
}


@pytest.fixture(autouse=True)
def content(app: Flask, tmp_path: Path) -> None:
    write_course(tmp_path)
    write_course(tmp_path, slug="more", track="advanced")
    write_exam(tmp_path, gate={"track": "fundamentals", "credential": None})
    write_exam(tmp_path, slug="advanced", level="advanced", gate={"track": "advanced", "credential": "fundamentals"})
    publish(tmp_path)


@pytest.fixture
def person(content: None) -> Person:
    return make_person(language="en")


@pytest.fixture
def admin(content: None) -> Person:
    return make_staff(PersonRole.ADMIN)


def test_a_level_stands_in_for_itself_and_its_courses(person: Person, admin: Person) -> None:
    before = gate(person, "advanced")
    assert (before.missing_level, [one.slug for one in before.missing_courses]) == ("fundamentals", ["more"])
    number = accepted(person, admin)
    after = gate(person, "advanced")
    assert (after.missing_level, [one.slug for one in after.missing_courses]) == (None, ["more"])
    assert [one.id for one in after.accepted] == [number]
    below = gate(person, "fundamentals")
    assert below.allowed
    assert [one.name for one in below.accepted] == ["AI basics"]


def test_an_exam_stands_open_whole_and_no_other(person: Person, admin: Person) -> None:
    accepted(person, admin, level=None, exam="advanced")
    assert gate(person, "advanced").allowed
    assert not gate(person, "fundamentals").allowed


def test_it_opens_nothing_before_it_is_accepted_after_its_end_or_when_it_is_revoked(
    person: Person, admin: Person
) -> None:
    number = proposed(person)
    assert not gate(person, "fundamentals").allowed
    decide(number, admin)
    assert gate(person, "fundamentals").allowed
    assert gate(person, "fundamentals", datetime(2026, 6, 30, 23, 59, tzinfo=UTC)).allowed
    assert not gate(person, "fundamentals", datetime(2026, 7, 1, tzinfo=UTC)).allowed
    with writing():
        end_recognition(number, reason="It was forged", by=admin.id, at=NOON + DAY)
    assert not gate(person, "fundamentals").allowed
    with reading():
        told = [deed.deed for deed in deeds_on(f"person:{person.id}")]
    assert told == ["recognition_revoked", "recognition_approved", "recognition_proposed"]


def test_what_is_rejected_opens_nothing(person: Person, admin: Person) -> None:
    number = proposed(person)
    with writing():
        reject_recognition(number, reason="No such school", by=admin.id, at=NOON)
    assert not gate(person, "fundamentals").allowed
    refused(AlreadyDecided, lambda: decide(number, admin))


def test_the_start_says_what_opened_the_gate(person: Person, admin: Person) -> None:
    refused(GateClosed, lambda: start(person))
    number = accepted(person, admin)
    attempt = start(person)
    with reading():
        [line] = deeds_on(f"attempt:{attempt}")
    assert line.detail["recognitions"] == [number]


def test_of_somebody_else_it_opens_nothing(person: Person, admin: Person) -> None:
    accepted(make_person(), admin)
    assert not gate(person, "fundamentals").allowed


def test_nobody_decides_on_what_is_theirs(person: Person, admin: Person) -> None:
    refused(OwnRecognition, lambda: decide(proposed(admin), admin))
    refused(OwnRecognition, lambda: decide(proposed(person, by=admin), admin))
    for column in ("person_id", "proposed_by"):
        number = accepted(person, admin)
        with pytest.raises(IntegrityError, match="another_person"), db.engine.begin() as connection:
            connection.execute(text(f"UPDATE recognitions SET {column} = decided_by WHERE id = {number}"))


def test_the_end_lies_ahead_and_not_behind_that_of_the_issuer(person: Person, admin: Person) -> None:
    number = proposed(person)
    for wrong in (date(2026, 3, 1), date(2027, 1, 1)):
        refused(EndPast, lambda wrong=wrong: decide(number, admin, wrong))
    decide(number, admin, date(2026, 12, 31))


def test_what_nothing_shows_and_what_is_too_much_is_refused(person: Person, admin: Person) -> None:
    refused(EvidenceMissing, lambda: proposed(person, link=None))
    proposed(person, link=None, file=("proof.pdf", b"%PDF-1.7"))
    for _ in range(2):
        proposed(person)
    refused(TooManyWaiting, lambda: proposed(person))
    refused(NotAccepted, lambda: end(1, admin))


@pytest.mark.parametrize(
    "wrong",
    [
        "level = 'fundamentals', exam = 'advanced'",
        "level = NULL",
        "level = 'unheard of'",
        "state = 'unheard of'",
        "link = NULL",
        "file_name = 'without a file'",
        "expires_on = issued_on",
        "decided_at = NULL",
        "decided_by = NULL",
        "decision_reason = NULL",
        "accepted_until = NULL",
        "accepted_until = decided_at",
        "state = 'proposed'",
        "state = 'rejected'",
        "state = 'revoked'",
        "revoked_at = decided_at",
        "revoked_reason = 'nobody'",
    ],
)
def test_what_a_row_cannot_say(person: Person, admin: Person, wrong: str) -> None:
    accepted(person, admin)
    with pytest.raises(IntegrityError, match=r"(?i)check"), db.engine.begin() as connection:
        connection.execute(text(f"UPDATE recognitions SET {wrong}"))


def proposed(person: Person, by: Person | None = None, **changes: Any) -> int:
    with writing():
        return propose_recognition(person.id, Outside(**BOOTCAMP | changes), by=(by or person).id, at=NOON)


def decide(number: int, by: Person, last_day: date = SOON) -> None:
    with writing():
        approve_recognition(number, last_day, reason="We know them", by=by.id, at=NOON)


def end(number: int, by: Person) -> None:
    with writing():
        end_recognition(number, reason="copied", by=by.id, at=NOON)


def accepted(person: Person, admin: Person, **changes: Any) -> int:
    number = proposed(person, **changes)
    decide(number, admin)
    return number


def gate(person: Person, slug: str, at: datetime = NOON + DAY) -> Gate:
    with reading():
        return gate_of(live_exam(slug), person.id, at)


def start(person: Person) -> int:
    with writing():
        exam = live_exam("fundamentals")
        words = {"legal_name": person.name, "language": "en", "agreement": True}
        return start_attempt(exam, person, at=NOON + DAY, rng=Random(1), **words).id


def refused(refusal: type[Refusal], deed: Callable[[], object]) -> None:
    with pytest.raises(refusal):
        deed()


def test_the_file_is_not_read_with_the_rest(person: Person) -> None:
    proposed(person, link=None, file=("proof.pdf", b"%PDF-1.7"))
    with reading():
        [found] = db.session.query(Recognition).all()
        assert "file" not in vars(found)
        assert found.file == b"%PDF-1.7"


def test_the_person_is_told_what_was_decided(person: Person, admin: Person) -> None:
    yes, no = proposed(person), proposed(person)
    assert told() == []
    with writing():
        approve_recognition(yes, SOON, reason="Seen", by=admin.id, at=NOON)
        reject_recognition(no, reason="Not ours", by=admin.id, at=NOON)
    assert told() == [yes, no]
    assert letter(yes).to == person.email
    assert letter(yes).subject == "Your certificate from elsewhere was accepted: AI basics"
    assert "June 30, 2026" in letter(yes).text
    assert letter(no).subject == "Your certificate from elsewhere was not accepted: AI basics"
    assert "https://host.example/recognitions" in letter(no).text
    with writing():
        end_recognition(yes, reason="Forged", by=admin.id, at=NOON + DAY)
    assert letter(yes).subject == "Your certificate from elsewhere is accepted no longer: AI basics"
    assert "Forged" not in letter(yes).text


def letter(number: int) -> Letter:
    with reading():
        return recognition_letter(number, "https://host.example")


def told() -> list[int]:
    """Whom the worker writes about."""
    with reading():
        tasks = db.session.scalars(select(Task).where(Task.kind == "recognition_mail").order_by(Task.id))
        return [task.payload["recognition_id"] for task in tasks]
