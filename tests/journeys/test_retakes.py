"""Retakes are counted per exam, whatever the language, the version of the exam and the organisation."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.exams.catalogue import live_exam
from app.exams.retakes import add_months
from app.journeys.gates import Gate, RetakeRefused, gate_of
from app.journeys.moving import join, leave
from app.journeys.sitting import submit_attempt
from app.people.organisations import JobRole
from app.people.persons import Person
from app.transaction import reading, writing
from tests.factories import make_exam, make_organisation, make_person, publish, sit, start, write_exam

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)


@pytest.fixture
def person(app: Flask, tmp_path: Path) -> Person:
    """Somebody who may sit an exam with the usual policy."""
    make_exam(tmp_path)
    return make_person()


def test_another_language_is_the_same_exam(person: Person) -> None:
    fail(person, NOON, language="es")
    assert refusal(person, NOON + DAY - SECOND, language="en") == ("waiting", NOON + DAY)
    fail(person, NOON + DAY, language="en")
    assert refusal(person, NOON + 15 * DAY - SECOND, language="es") == ("waiting", NOON + 15 * DAY)
    assert gate(person, NOON + 15 * DAY).allowed


def test_another_version_is_the_same_exam(person: Person, tmp_path: Path) -> None:
    fail(person, NOON)
    make_exam(tmp_path, duration_min=60)
    assert refusal(person, NOON + DAY - SECOND) == ("waiting", NOON + DAY)
    fail(person, NOON + DAY)
    assert gate(person, NOON + DAY).attempts_used == 2


def test_the_policy_is_that_of_the_version_that_stands(person: Person, tmp_path: Path) -> None:
    fail(person, NOON)
    make_exam(tmp_path, retakes={"first_wait_hours": 2})
    assert refusal(person, NOON + 2 * HOUR - SECOND) == ("waiting", NOON + 2 * HOUR)
    assert gate(person, NOON + 2 * HOUR).allowed


def test_another_organisation_is_the_same_person(person: Person) -> None:
    one, other = make_organisation(at=NOON - DAY), make_organisation(at=NOON - DAY)
    move(person, one.id, NOON - DAY)
    fail(person, NOON)
    with writing():
        leave(person.id, by=None, at=NOON + HOUR)
    move(person, other.id, NOON + HOUR)
    assert refusal(person, NOON + DAY - SECOND) == ("waiting", NOON + DAY)


def test_another_exam_is_another_exam(person: Person, tmp_path: Path) -> None:
    write_exam(tmp_path, "advanced", level="advanced")
    publish(tmp_path)
    fail(person, NOON)
    assert gate(person, NOON, "advanced").allowed


def test_five_in_twelve_months_and_not_a_sixth(person: Person) -> None:
    at = NOON
    for wait in (DAY, 14 * DAY, 14 * DAY, 14 * DAY, None):
        fail(person, at)
        if wait:
            assert refusal(person, at + wait - SECOND)[0] == "waiting"
            at += wait
    assert gate(person, at).attempts_used == 5
    opens = add_months(NOON, 12)
    assert refusal(person, opens - SECOND) == ("limit_reached", opens)
    fail(person, opens)
    assert refusal(person, opens + 14 * DAY - SECOND) == ("waiting", opens + 14 * DAY)


def test_a_renewal_opens_at_its_instant_and_an_expired_credential_holds_nobody(person: Person) -> None:
    credential = sit(person, at=NOON).credential
    assert credential is not None
    opens = add_months(NOON, 18)
    assert refusal(person, opens - SECOND) == ("credential_held", opens)
    assert gate(person, opens).allowed
    assert gate(person, credential.expires_at + DAY).allowed
    fail(person, opens)
    assert refusal(person, opens + DAY - SECOND) == ("waiting", opens + DAY)
    assert gate(person, opens + DAY).own


def fail(person: Person, at: datetime, language: str = "es") -> None:
    attempt = start(person, at=at, language=language)
    with writing():
        assert not submit_attempt(attempt.id, person.id, at=at).result.passed


def refusal(person: Person, at: datetime, language: str = "es") -> tuple[str, datetime]:
    """Why a start is refused, and until when."""
    with pytest.raises(RetakeRefused) as refused:
        start(person, at=at, language=language)
    return refused.value.facts["reason"], refused.value.facts["from_when"]


def gate(person: Person, at: datetime, exam: str = "fundamentals") -> Gate:
    with reading():
        return gate_of(live_exam(exam), person.id, at)


def move(person: Person, organisation_id: int, at: datetime) -> None:
    with writing():
        join(person.id, organisation_id, job_role=JobRole.SALES, by=None, at=at)
