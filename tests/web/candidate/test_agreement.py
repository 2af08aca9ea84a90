"""The agreement: what was shown is what was accepted, and the attempt keeps which text that was."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.canonical import fingerprint
from app.exams.agreements import accepted_language
from app.exams.attempts import Attempt
from app.extensions import db
from app.people.persons import Person
from app.transaction import reading
from tests.factories import bearer, both, publish, write_exam
from tests.web.candidate.pages import read

START, PAGE = "/exams/fundamentals/start", "/exams/fundamentals"
API = "/api/v1/exams/fundamentals/attempts"


@pytest.fixture
def content(content: Path) -> Path:
    write_exam(content, agreement={"es": "Solo trabajo propio.", "en": "Own work only."})
    publish(content)
    return content


def test_the_attempt_keeps_the_text_that_was_accepted(page: FlaskClient) -> None:
    assert page.post(START, data=wish(page)).status_code == 303
    attempt = begun()
    assert attempt.agreement_hash == fingerprint(attempt.exam["agreement"]["en"].encode())


def test_the_language_of_the_text_is_known_from_its_hash() -> None:
    body = {"agreement": {"es": "Solo.", "en": "Alone."}}
    assert accepted_language(body, fingerprint(b"Alone.")) == "en"
    assert accepted_language(body, fingerprint(b"Together.")) is None


def test_a_text_that_changed_meanwhile_is_read_and_accepted_anew(page: FlaskClient, content: Path) -> None:
    old = wish(page)
    change(content)
    answer = page.post(START, data=old)
    assert answer.status_code == 409
    assert "The agreement has changed" in answer.text and "Nobody beside you" in answer.text
    assert 'name="agreement" type="checkbox" checked' not in answer.text
    assert begun() is None
    assert page.post(START, data=wish(page)).status_code == 303
    assert begun().agreement_hash == fingerprint(begun().exam["agreement"]["en"].encode())


def test_programs_are_given_the_text_to_accept(page: FlaskClient, person: Person, content: Path) -> None:
    by = bearer(person)
    refused = page.post(API, json={"agreement": True, "agreement_hash": "0" * 64}, headers=by)
    assert (refused.status_code, refused.json["code"]) == (409, "AgreementChanged")
    assert "Own work only." in refused.json["agreement"]
    accepted = {"agreement": True, "agreement_hash": refused.json["agreement_hash"]}
    assert page.post(API, json=accepted, headers=by).status_code == 201
    assert begun().agreement_hash == refused.json["agreement_hash"]


def test_a_program_that_shows_no_hash_accepts_what_stands(page: FlaskClient, person: Person) -> None:
    assert page.post(API, json={"agreement": True, "language": "es"}, headers=bearer(person)).status_code == 201
    assert accepted_language(begun().exam, begun().agreement_hash) == "es"


def change(content: Path) -> None:
    write_exam(content, agreement=both("Nobody beside you."))
    publish(content)


def wish(page: FlaskClient) -> dict[str, str]:
    """What the form of the page sends."""
    assert "Own work only." in read(page, PAGE) or "Nobody beside you." in read(page, PAGE)
    hidden = page.get(PAGE).text.partition('name="agreement_hash"')[2].partition('value="')[2].partition('"')[0]
    assert len(hidden) == 64
    return {"legal_name": "Lucía Ferrer", "language": "es", "agreement": "y", "agreement_hash": hidden}


def begun() -> Attempt | None:
    with reading():
        return db.session.scalar(select(Attempt))
