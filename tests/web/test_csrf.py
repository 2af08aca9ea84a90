"""Writes by cookie carry the page's own token: no other site can make a visitor's browser do anything."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.exams.attempts import Attempt
from app.exams.responses import Response
from app.extensions import db
from app.people.persons import Person
from app.people.sessions import Session
from app.transaction import reading
from tests.factories import bearer, make_exam, make_person, sign_in, start

PASSWORD = "correct horse battery"
SAVE = "/api/v1/attempts/1/responses/0"
BODY = {"answer": None, "revision": 0}


@pytest.fixture
def person(app: Flask, tmp_path: Path) -> Person:
    app.config["WTF_CSRF_ENABLED"] = True
    make_exam(tmp_path)
    return make_person(password=PASSWORD)


def test_a_write_without_the_token_is_refused(client: FlaskClient, person: Person) -> None:
    start(person)
    sign_in(client, person)
    assert client.put(SAVE, json=BODY).status_code == 400
    assert client.post("/attempts/1/submit").status_code == 400
    assert client.post("/exams/fundamentals/start", data={"agreement": "y"}).status_code == 400
    assert client.post("/sign-out").status_code == 400
    assert client.post("/language", data={"lang": "en"}).status_code == 400
    assert [count(Attempt), count(Response), count(Session)] == [1, 0, 1]


def test_the_refusal_is_a_problem_document_for_programs(client: FlaskClient, person: Person) -> None:
    start(person)
    answer = sign_in(client, person).put(SAVE, json=BODY)
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")


@pytest.mark.parametrize("token", ["", "nonsense", "IjAwMDAi.aaaa.bbbb"])
def test_a_token_that_is_none_is_refused(client: FlaskClient, person: Person, token: str) -> None:
    start(person)
    sign_in(client, person)
    assert client.put(SAVE, json=BODY, headers={"X-CSRFToken": token}).status_code == 400
    assert count(Response) == 0


def test_the_token_of_another_browser_is_refused(app: Flask, client: FlaskClient, person: Person) -> None:
    start(person)
    foreign = token_of(app.test_client())
    sign_in(client, person)
    own = token_of(client, "/exams")
    assert client.put(SAVE, json=BODY, headers={"X-CSRFToken": foreign}).status_code == 400
    assert count(Response) == 0
    assert client.put(SAVE, json=BODY, headers={"X-CSRFToken": own}).status_code == 200


def test_json_dressed_as_text_is_refused(client: FlaskClient, person: Person) -> None:
    start(person)
    sign_in(client, person)
    text = {"data": '{"answer": null, "revision": 0}', "content_type": "text/plain"}
    origin = {"Origin": "https://evil.example", "Referer": "https://evil.example/"}
    assert client.put(SAVE, headers=origin, **text).status_code == 400
    own = {"X-CSRFToken": token_of(client, "/exams")}
    assert client.put(SAVE, headers=own, **text).status_code == 422
    assert count(Response) == 0


def test_a_bearer_token_needs_none_and_the_cookie_beside_it_does_not_count(client: FlaskClient, person: Person) -> None:
    start(person)
    assert client.put(SAVE, json=BODY, headers=bearer(person)).status_code == 200
    sign_in(client, make_person())
    assert client.put(SAVE, json=BODY | {"revision": 1}, headers=bearer(person)).status_code == 200


def test_signing_in_needs_the_token_too(client: FlaskClient, person: Person) -> None:
    form = {"email": person.email, "password": PASSWORD}
    assert client.post("/sign-in", data=form).status_code == 400
    assert count(Session) == 0
    assert client.post("/sign-in", data=form | {"csrf_token": token_of(client)}).status_code == 302
    assert count(Session) == 1


def test_what_was_in_the_cookie_before_signing_in_is_gone_after_it(client: FlaskClient, person: Person) -> None:
    before = token_of(client)
    form = {"email": person.email, "password": PASSWORD, "csrf_token": before}
    client.post("/sign-in", data=form)
    assert client.post("/sign-out", data={"csrf_token": before}).status_code == 400
    assert client.post("/sign-out", data={"csrf_token": token_of(client, "/account")}).status_code == 302
    assert count(Session) == 0


def token_of(client: FlaskClient, path: str = "/sign-in") -> str:
    """The token that the page gives its forms and scripts."""
    tag = re.search(r'<[^>]*"(?:csrf_token|csrf-token)"[^>]*>', client.get(path).text)
    assert tag, f"no token on {path}"
    return re.search(r'(?:value|content)="([^"]+)"', tag[0])[1]


def count(model: type) -> int:
    with reading():
        return db.session.scalar(select(func.count()).select_from(model)) or 0
