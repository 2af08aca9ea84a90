"""The headers of every answer: what browsers are told to forbid, and what no cache may keep."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.people.persons import Person
from tests.factories import bearer, make_exam, make_person, sign_in, sit, start

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.fixture
def person(app: Flask, tmp_path: Path) -> Person:
    make_exam(tmp_path)
    return make_person()


@pytest.mark.parametrize(
    "path",
    ["/sign-in", "/", "/exams", "/nothing", "/static/0/css/base.css", "/api/v1/exams", "/api/v1/nothing", "/healthz"],
)
@pytest.mark.parametrize("signed_in", [False, True])
def test_every_answer_forbids_what_it_does_not_need(
    client: FlaskClient, person: Person, path: str, signed_in: bool
) -> None:
    if signed_in:
        sign_in(client, person)
    answer = client.get(path)
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert "unsafe" not in str(policy)
    assert {name: answer.headers[name] for name in FIXED} == FIXED
    assert "Server" not in answer.headers or "Werkzeug" not in answer.headers["Server"]
    assert (answer.headers.get("Cache-Control") == "no-store") is (signed_in and not path.startswith("/static/"))


def test_what_a_token_may_see_is_kept_in_no_cache(client: FlaskClient, person: Person) -> None:
    assert client.get("/api/v1/exams", headers=bearer(person)).headers["Cache-Control"] == "no-store"


def test_https_is_insisted_on_once_it_is_used(client: FlaskClient, person: Person) -> None:
    assert "Strict-Transport-Security" not in client.get("/sign-in").headers
    assert "max-age=" in client.get("/sign-in", base_url="https://localhost").headers["Strict-Transport-Security"]


def test_the_cookie_is_closed_to_scripts_and_other_sites(client: FlaskClient, person: Person) -> None:
    client.get("/sign-in")
    cookie = client.post("/language", data={"lang": "en"}).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_the_cookie_is_sent_when_it_changes_and_not_with_every_answer(client: FlaskClient, app: Flask) -> None:
    person = make_person(password="correct horse battery")
    entered = client.post("/sign-in", data={"email": person.email, "password": "correct horse battery"})
    assert "Expires=" in entered.headers["Set-Cookie"]
    assert "Set-Cookie" in client.get("/").headers, "the token of its forms"
    pages = [client.get(path) for path in ("/", "/courses", "/api/v1/exams")]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert ["Set-Cookie" in page.headers for page in pages] == [False, False, False]
    assert "Set-Cookie" in client.post("/language", data={"lang": "en"}).headers


def test_no_answer_names_what_runs_behind_it(client: FlaskClient, person: Person) -> None:
    sit(person)
    attempt = start(make_person())
    sign_in(client, person)
    for path in ("/attempts/1/result", f"/attempts/{attempt.id}", "/c/unknown", "/.env", "/.git/config", "/console"):
        answer = client.get(path)
        assert answer.status_code in (200, 404)
        assert not any(word in answer.text for word in ("Traceback", "SQLAlchemy", "werkzeug", "File &#34;"))
