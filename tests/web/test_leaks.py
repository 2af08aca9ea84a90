"""Leaks: of no kind of item does anything that a candidate can read say which answer is right, nor how it is graded."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.exams.attempts import Attempt
from app.exams.correcting import share_of
from app.exams.kinds import KINDS
from app.people.persons import Person
from app.transaction import now
from tests.factories import CANARY, answer_all, bearer, make_person, publish, sign_in, start
from tests.item_cases import CASES, Case, write_case

pytestmark = pytest.mark.once  # what is shown does not depend on the database
SECRETS = {"key", "feedback", "why", "scoring", "points", "correct", "objective", "difficulty", "rubric", "rules"}
ACCEPTS = ("text/html, */*;q=0.1", "application/xml", "*/*;q=0", "application/json;version=9", "image/png")
ASKED = "include=answers&preview=1&fields=key&expand=all"
SHAPES = (None, 0, [0], True, "7", "word", {"key": 1}, [[1]], "x" * 300)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Every kind there is: one that is new needs its case, or fails here."""
    return str(request.param)


@pytest.fixture
def case(kind: str) -> Case:
    return CASES[kind]


@pytest.fixture
def person(app: Flask, tmp_path: Path, kind: str) -> Person:
    write_case(tmp_path, kind)
    publish(tmp_path)
    return make_person()


@pytest.fixture
def attempt(person: Person) -> Attempt:
    return start(person)


def test_every_kind_has_a_case_with_canaries(kind: str, case: Case, attempt: Attempt) -> None:
    [item] = attempt.items
    assert item["kind"] == kind
    stored = json.dumps(item, ensure_ascii=False)
    assert stored.count(CANARY) >= 2
    assert item["objective"].startswith(CANARY)


def test_no_answer_of_the_api_tells(client: FlaskClient, person: Person, attempt: Attempt, case: Case) -> None:
    by = bearer(person)
    seen = [*api_answers(client, by, attempt, case)]
    seen += [client.post(f"/api/v1/attempts/{attempt.id}/submit", headers=by)]
    seen += [*api_answers(client, by, attempt, case)]
    assert {answer.status_code for answer in seen} >= {200, 400, 409, 422}
    for answer in seen:
        assert_silent(answer, case)
        assert names_in(answer.json).isdisjoint(SECRETS), answer.json


def test_no_page_tells(app: Flask, client: FlaskClient, person: Person, attempt: Attempt, case: Case) -> None:
    sign_in(client, person)
    path = f"/attempts/{attempt.id}"
    pages = [*every_page(app, client, attempt.id)]
    pages += [client.get(f"{path}?item=all&{ASKED}"), client.get(f"{path}?item=1&{ASKED}")]
    pages += [client.post(f"{path}/items/0", data={"answer": answer}) for answer in ("nonsense", "0", "")]
    scripts = {found for page in pages for found in re.findall(r'(?:src|href)="(/[^"]+)"', page.text)}
    pages += [client.get(found) for found in scripts]
    pages += [client.post(f"{path}/submit", follow_redirects=True), *every_page(app, client, attempt.id)]
    assert {page.status_code for page in pages} >= {200, 403}
    for page in pages:
        assert_silent(page, case)


def test_right_and_wrong_answers_are_saved_alike(
    client: FlaskClient, person: Person, attempt: Attempt, case: Case
) -> None:
    by, [item], [order] = bearer(person), attempt.items, attempt.option_orders
    right, wrong = case.answers(attempt)
    assert case.rated or share_of(item, wrong, order) < share_of(item, right, order) == 1
    with time_machine.travel(now() + timedelta(seconds=1), tick=False):
        first, second, third = (
            client.put(response(attempt), json={"answer": answer, "revision": revision}, headers=by)
            for revision, answer in enumerate([right, wrong, right])
        )
    assert first.status_code == 200
    assert alike(first) == alike(second) == alike(third)


def test_a_right_and_a_wrong_answer_of_a_form_are_met_alike(
    client: FlaskClient, person: Person, attempt: Attempt, case: Case
) -> None:
    sign_in(client, person)
    with time_machine.travel(now() + timedelta(seconds=1), tick=False):
        answers = enumerate(case.answers(attempt))
        met = [save_by_form(client, attempt, answer, revision) for revision, answer in answers]
    first, second = ((page.status_code, len(page.data), page.headers["Location"]) for page in met)
    assert first == second
    assert first[0] == 303


def test_an_item_shows_what_the_table_of_its_kind_lists(
    client: FlaskClient, person: Person, attempt: Attempt, kind: str
) -> None:
    [item] = client.get(f"/api/v1/attempts/{attempt.id}", headers=bearer(person)).json["items"]
    beside = {"matching": {"prompts"}, "hotspot": {"image", "alt"}}.get(kind, set())
    assert set(item) == {"position", "kind", "stem", "options", "shape", "case", "response"} | beside
    assert set(item["shape"]) <= {
        "input", "of", "count", "highest", "max_length", "keep", "unit", "words", "files", "types", "size",
    }  # fmt: skip


def test_a_closed_attempt_says_nothing_item_by_item(client: FlaskClient, person: Person, attempt: Attempt) -> None:
    answer_all(attempt)
    by = bearer(person)
    client.post(f"/api/v1/attempts/{attempt.id}/submit", headers=by)
    closed = client.get(f"/api/v1/attempts/{attempt.id}", headers=by).json
    assert {frozenset(item) for item in closed["items"]} == {frozenset({"position", "response"})}
    assert set(closed["result"]) == {"passed", "scaled", "domain_percent", "short_domains", "state"}


def api_answers(client: FlaskClient, by: dict[str, str], attempt: Attempt, case: Case) -> Iterator[TestResponse]:
    """Everything that the API says of an attempt, however oddly it is asked, and what it says when it refuses."""
    path = f"/api/v1/attempts/{attempt.id}"
    yield client.get("/api/v1/exams", headers=by)
    yield client.get(f"{path}?{ASKED}", headers=by)
    yield from (client.get(path, headers=by | {"Accept": accept, "Accept-Language": "xx"}) for accept in ACCEPTS)
    yield client.post("/api/v1/exams/fundamentals/attempts", json={"agreement": True}, headers=by)
    yield client.post("/api/v1/exams/fundamentals/attempts", json={"agreement": "key"}, headers=by)
    for answer in (*SHAPES, case.misfit):
        for revision in (0, 9):
            yield client.put(response(attempt), json={"answer": answer, "revision": revision}, headers=by)
    yield client.put(response(attempt, 7), json={"answer": 0, "revision": 0}, headers=by)
    yield client.put(response(attempt), data="{", content_type="application/json", headers=by)
    yield client.post(f"{path}/sections/1/finish", headers=by)
    yield client.post(f"{path}/sections/7/finish", headers=by)


def every_page(app: Flask, client: FlaskClient, attempt_id: int) -> Iterator[TestResponse]:
    """Every address that answers GET, those of the studio too, asked for by a candidate."""
    names = {
        "slug": "fundamentals", "item_id": "only-1", "attempt_id": attempt_id, "position": 0, "number": 1,
        "version": "0", "regrade_id": 1, "person_id": 1, "organisation": "none", "programme": "none",
        "public_id": "none", "lesson_slug": "none", "name": "none.png", "filename": "js/answers.js",
    }  # fmt: skip
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            yield client.get(f"{adapter.build(rule.endpoint, fitting(rule, names))}?{ASKED}")


def fitting(rule: Rule, names: dict[str, Any]) -> dict[str, Any]:
    """Anything where the address of a new page asks for what is not known here."""
    known = {"form": "svg"} | names
    return {name: known.get(name, 1) for name in rule.arguments}


def assert_silent(answer: TestResponse, case: Case) -> None:
    said = f"{answer.headers}\n{answer.text if answer.mimetype.startswith(('text', 'application')) else ''}"
    assert answer.status_code < 500
    for secret in (CANARY, *case.secrets):
        assert secret not in said, (answer.request.path, secret)


def save_by_form(client: FlaskClient, attempt: Attempt, answer: Any, revision: int) -> TestResponse:
    """As the page without scripts sends it: a field for each part of the answer."""
    answer = answer["text"] if isinstance(answer, dict) else answer
    parts = answer if isinstance(answer, list) else [str(answer).lower()]
    return client.post(f"/attempts/{attempt.id}/items/0", data={"answer": parts, "revision": revision})


def response(attempt: Attempt, position: int = 0) -> str:
    return f"/api/v1/attempts/{attempt.id}/responses/{position}"


def alike(answer: TestResponse) -> tuple[Any, ...]:
    """Everything about an answer but the answer that it repeats and its revision."""
    body = {**answer.json, "answer": None, "revision": None}
    length = len(answer.data) - len(json.dumps(answer.json["answer"]))
    headers = {name: value for name, value in answer.headers if name != "Content-Length"}
    return answer.status_code, body, headers, length


def names_in(data: Any) -> set[str]:
    """Every name of every object in it."""
    if isinstance(data, dict):
        return set(data) | {name for value in data.values() for name in names_in(value)}
    if isinstance(data, list):
        return {name for value in data for name in names_in(value)}
    return set()
