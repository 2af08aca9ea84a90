"""Leaks: nothing a candidate can read says which option is right, and the right answer saves like the wrong one."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.exams.attempts import Attempt
from app.journeys.demo import right_answer
from app.people.persons import Person
from app.transaction import now
from tests.factories import CANARY, answer_all, bearer, make_exam, make_person, sign_in, start

SECRETS = ("key", "feedback", "why", "scoring", "points", "correct", "objective", "difficulty")


@pytest.fixture
def person(app: Flask, tmp_path: Path) -> Person:
    make_exam(tmp_path, copies=1)
    return make_person()


@pytest.fixture
def attempt(person: Person) -> Attempt:
    return start(person)


def test_no_answer_of_the_api_holds_a_key_a_hint_or_a_reason(
    client: FlaskClient, person: Person, attempt: Attempt
) -> None:
    by = bearer(person)
    path = f"/api/v1/attempts/{attempt.id}"
    seen = [
        client.get("/api/v1/exams", headers=by),
        client.post("/api/v1/exams/fundamentals/attempts", json={"agreement": True}, headers=by),
        client.get(path, headers=by),
        client.get(f"{path}?include=answers&preview=1&fields=key", headers=by),
        client.get(path, headers=by | {"Accept": "text/html, */*;q=0.1", "Accept-Language": "xx"}),
    ]
    for position in range(5):
        for answer in (None, 0, [0], True, "7", "word", {"key": 1}):
            body = {"answer": answer, "revision": 0}
            seen.append(client.put(f"{path}/responses/{position}", json=body, headers=by))
    seen += [client.put(f"{path}/responses/9", json={"answer": 0, "revision": 0}, headers=by)]
    seen += [client.put(f"{path}/responses/0", data="{", content_type="application/json", headers=by)]
    seen += [client.post(f"{path}/submit", headers=by), client.get(path, headers=by)]
    assert {answer.status_code for answer in seen} >= {200, 400, 409, 422}
    for answer in seen:
        assert CANARY not in answer.text
        assert "987654" not in answer.text
        assert names_in(answer.json).isdisjoint(SECRETS)


def test_no_page_of_the_exam_holds_a_key_a_hint_or_a_reason(
    client: FlaskClient, person: Person, attempt: Attempt
) -> None:
    sign_in(client, person)
    path = f"/attempts/{attempt.id}"
    pages = [client.get(f"{path}?item={position}&preview=1&include=answers") for position in range(5)]
    pages += [client.get(f"{path}/review"), client.post(f"{path}/items/0", data={"answer": "nonsense"})]
    pages += [client.post(f"{path}/submit", follow_redirects=True), client.get(f"{path}/result"), client.get("/exams")]
    for page in pages:
        assert page.status_code < 500
        assert CANARY not in page.text
        assert "987654" not in page.text


def test_an_item_shows_what_the_table_of_its_kind_lists(client: FlaskClient, person: Person, attempt: Attempt) -> None:
    items = client.get(f"/api/v1/attempts/{attempt.id}", headers=bearer(person)).json["items"]
    assert {frozenset(item) for item in items} == {
        frozenset({"position", "kind", "stem", "options", "shape", "case", "response"})
    }
    assert {frozenset(item["shape"]) for item in items} <= {
        frozenset({"input"}), frozenset({"input", "count"}), frozenset({"input", "max_length"}),
    }  # fmt: skip


def test_right_and_wrong_answers_are_saved_alike(client: FlaskClient, person: Person, attempt: Attempt) -> None:
    by = bearer(person)
    with time_machine.travel(now() + timedelta(seconds=1), tick=False):
        for position, item in enumerate(attempt.items):
            right = right_answer(item, attempt.option_orders[position])
            wrong = wrong_answer(item["kind"], right)
            path = f"/api/v1/attempts/{attempt.id}/responses/{position}"
            first, second = (
                client.put(path, json={"answer": answer, "revision": revision}, headers=by)
                for revision, answer in enumerate([right, wrong])
            )
            assert alike(first) == alike(second), item["kind"]


def test_a_closed_attempt_says_nothing_item_by_item(client: FlaskClient, person: Person, attempt: Attempt) -> None:
    answer_all(attempt)
    by = bearer(person)
    client.post(f"/api/v1/attempts/{attempt.id}/submit", headers=by)
    closed = client.get(f"/api/v1/attempts/{attempt.id}", headers=by).json
    assert {frozenset(item) for item in closed["items"]} == {frozenset({"position", "response"})}
    assert set(closed["result"]) == {"passed", "scaled", "domain_percent"}


def wrong_answer(kind: str, right: Any) -> Any:
    """One that is as long in JSON as the right one."""
    match kind:
        case "single_choice":
            return (right + 1) % 3
        case "multiple_response":
            return [right[0], ({0, 1, 2} - set(right)).pop()]
        case "true_false":
            return not right
        case "numeric":
            return "123456"
    return "x" * len(right)


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
