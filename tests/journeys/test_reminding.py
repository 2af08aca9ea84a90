"""Reminding: holders are written to 90, 60 and 30 days before the end, once each whatever happens."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.credentials.issuing import Credential
from app.credentials.reminders import is_reminded_of
from app.exams.retakes import add_months
from app.extensions import db
from app.journeys.amending import withdraw_credential
from app.journeys.letters import expiry_letter
from app.journeys.nightly import remind
from app.mail.outbox import Task
from app.partners.evaluating import reevaluate_organisation
from app.partners.programmes import participation_in
from app.partners.standing import due_organisations, standing_in
from app.people.persons import Person
from app.transaction import reading, writing
from tests.factories import make_membership, make_organisation, make_person, publish, sit, write_exam, write_programme

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
END = add_months(NOON, 24)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def content(app: Flask, tmp_path: Path) -> None:
    write_programme(tmp_path)
    write_exam(tmp_path)
    publish(tmp_path)


@pytest.fixture
def person(content: None) -> Person:
    return make_person(name="Lucía Peña", language="en")


@pytest.fixture
def credential(person: Person) -> Credential:
    credential = sit(person, at=NOON).credential
    assert credential is not None
    return credential


def test_each_night_until_the_end_brings_three_letters(credential: Credential) -> None:
    told = {left: letters(END - left * DAY) for left in range(100, -3, -1)}
    assert [left for left, count in told.items() if count != told.get(left + 1, 0)] == [90, 60, 30]
    assert letters(END) == 3


def test_who_was_not_reminded_in_time_gets_the_last_letter_alone(credential: Credential) -> None:
    assert letters(END - 20 * DAY) == 1
    assert letters(END - 19 * DAY) == 1


def test_nobody_is_reminded_twice_of_one_threshold(credential: Credential) -> None:
    at = END - 80 * DAY
    assert [letters(at), letters(at), letters(at - DAY)] == [1, 1, 1]
    with pytest.raises(IntegrityError, match=r"(?i)unique"), db.engine.begin() as connection:
        connection.execute(text("INSERT INTO reminders SELECT * FROM reminders"))
    with pytest.raises(IntegrityError, match=r"(?i)check"), db.engine.begin() as connection:
        connection.execute(text("INSERT INTO reminders SELECT credential_id, 91, noted_at FROM reminders"))


def test_who_renewed_is_not_reminded_and_a_letter_on_its_way_is_not_sent(
    credential: Credential, person: Person
) -> None:
    assert letters(END - 85 * DAY) == 1
    assert counts(credential, END - 84 * DAY)
    sit(person, at=END - 83 * DAY)
    assert not counts(credential, END - 82 * DAY)
    assert letters(END - 55 * DAY) == letters(END - 25 * DAY) == 1


def test_what_does_not_count_is_not_reminded_of(credential: Credential, person: Person) -> None:
    with writing():
        withdraw_credential(credential.public_id, person.id, at=NOON + DAY)
    assert letters(END - 80 * DAY) == 0


def test_who_is_out_gets_no_letter(credential: Credential, person: Person) -> None:
    with writing():
        db.session.get_one(Person, person.id).disabled_at = NOON
    assert letters(END - 80 * DAY) == 0


def test_a_credential_of_another_level_is_no_renewal(credential: Credential, person: Person, tmp_path: Path) -> None:
    write_exam(tmp_path, slug="advanced", level="advanced")
    publish(tmp_path)
    sit(person, "advanced", at=NOON + DAY)
    assert letters(END - 80 * DAY) == 2


def test_the_letter_says_when_and_where_in_the_language_of_the_holder(credential: Credential, person: Person) -> None:
    with reading():
        letter = expiry_letter(credential.id, "https://host.example")
    assert letter.to == person.email
    assert letter.subject == "Your certificate expires on March 2, 2028: Certification fundamentals"
    assert credential.code in letter.text
    assert "from September 2, 2027 on" in letter.text
    assert "https://host.example/exams/fundamentals" in letter.text
    with writing():
        db.session.get_one(Person, person.id).language = "es"
    with reading():
        assert "2 de marzo de 2028" in expiry_letter(credential.id, "https://host.example").text


def test_at_the_end_the_standing_is_looked_at_again(person: Person) -> None:
    organisation = make_organisation("small", at=NOON - 30 * DAY)
    make_membership(person, organisation, at=NOON - DAY)
    sit(person, at=NOON)
    with reading():
        part = participation_in(organisation.id, "small")
        assert standing_in(part).tier == "t1"
        assert due_organisations(END - DAY) in ([], [organisation.id])
        assert due_organisations(END) == [organisation.id]
    with writing():
        reevaluate_organisation(organisation.id, at=END)
    with reading():
        assert standing_in(part).at_risk_since == END


def letters(at: datetime) -> int:
    """How many letters were put in the outbox so far, the night of the instant included."""
    with writing():
        while remind(at):
            pass
    with reading():
        return len(db.session.scalars(select(Task).where(Task.kind == "expiry_mail")).all())


def counts(credential: Credential, at: datetime) -> bool:
    with reading():
        return is_reminded_of(credential.id, at)
