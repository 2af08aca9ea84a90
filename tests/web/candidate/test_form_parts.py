"""Cases and pilots as a candidate meets them: the case with each of its items, pilots unmarked and never counted."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.exams.attempts import Attempt
from app.exams.bank import ExamFile
from app.journeys.demo import right_answer
from app.journeys.invariants import verify_all
from app.people.persons import Person
from app.transaction import now, snapshot
from tests.factories import CANARY, LANGUAGES, answer_all, bearer, make_exam, make_person, sign_in, sit, start

TRIED = f"""\
## Tried out {{#tried pilot}}
= {CANARY} key

> Why: {CANARY} why

"""
ALONE = """\
## Alone {#alone}
- [x] right
- [ ] wrong

"""
CASE = """\
# Case: The *late* train {#train}
A train leaves at nine[^1].

[^1]: Local time.

## When does it leave? {#train-1}
= 9

## Is it late? {#train-2}
= true
"""
BLUEPRINT = [{"domain": "all", "items": 1}, {"domain": "all", "items": 2, "cases": 1}]


@pytest.fixture
def person(app: Flask, tmp_path: Path) -> Person:
    make_exam(tmp_path, copies=1, items=TRIED + ALONE + CASE, blueprint=BLUEPRINT, pilots=1)
    return make_person(language="en")


@pytest.fixture
def attempt(person: Person) -> Attempt:
    return start(person, language="en")


def position_of(attempt: Attempt, item_id: str) -> int:
    return next(place for place, item in enumerate(attempt.items) if item["id"] == item_id)


def test_each_item_of_a_case_is_shown_with_it(client: FlaskClient, person: Person, attempt: Attempt) -> None:
    sign_in(client, person)
    for item_id, asked in (("train-1", "When does it leave?"), ("train-2", "Is it late?")):
        page = client.get(f"/attempts/{attempt.id}?item={position_of(attempt, item_id) + 1}").text
        assert "Case: The <em>late</em> train" in page
        assert "A train leaves at nine" in page
        assert asked in page
    alone = client.get(f"/attempts/{attempt.id}?item={position_of(attempt, 'alone') + 1}").text
    assert "train" not in alone
    assert client.get(f"/attempts/{attempt.id}?item=all").text.count("A train leaves at nine") == 2


def test_the_items_of_a_case_follow_one_another(person: Person) -> None:
    for _ in range(8):
        ids = [item["id"] for item in start(make_person()).items]
        assert ids.index("train-2") == ids.index("train-1") + 1
        assert sorted(ids) == ["alone", "train-1", "train-2", "tried"]


def test_the_api_gives_the_case_in_the_language_of_the_attempt(
    client: FlaskClient, person: Person, attempt: Attempt
) -> None:
    items = client.get(f"/api/v1/attempts/{attempt.id}", headers=bearer(person)).json["items"]
    case = items[position_of(attempt, "train-1")]["case"]
    assert set(case) == {"id", "title", "body"}
    assert (case["id"], case["title"]) == ("train", "The <em>late</em> train")
    assert items[position_of(attempt, "alone")]["case"] is None
    assert 'id="train-' in case["body"], "no other text on the page has the same anchors"


def test_no_candidate_can_tell_a_pilot(client: FlaskClient, person: Person, attempt: Attempt) -> None:
    items = client.get(f"/api/v1/attempts/{attempt.id}", headers=bearer(person)).json["items"]
    assert "pilot" not in json.dumps(items)
    assert set(items[position_of(attempt, "tried")]) == set(items[position_of(attempt, "alone")])
    sign_in(client, person)
    pages = [client.get(f"/attempts/{attempt.id}{end}").text for end in ("?item=all", "/review", "?item=1")]
    for page in pages:
        assert "pilot" not in page
        assert CANARY not in page


@pytest.mark.parametrize("answer", [f"{CANARY} key", "something else", None])
def test_a_pilot_changes_no_result(client: FlaskClient, person: Person, attempt: Attempt, answer: Any) -> None:
    by, path = bearer(person), f"/api/v1/attempts/{attempt.id}"
    for position, (item, order) in enumerate(zip(attempt.items, attempt.option_orders, strict=True)):
        sent = answer if item["id"] == "tried" else right_answer(item, order)
        saved = client.put(f"{path}/responses/{position}", json={"answer": sent, "revision": 0}, headers=by)
        assert saved.status_code == 200
    outcome = client.post(f"{path}/submit", headers=by).json
    told = {"passed": True, "scaled": 1000, "domain_percent": {"all": 100}, "short_domains": []}
    assert outcome["result"] == {"state": "final"} | told
    with snapshot():
        assert list(verify_all(now())) == []


def test_the_page_of_the_exam_counts_pilots_and_says_so(client: FlaskClient, person: Person) -> None:
    sign_in(client, person)
    page = re.sub(r"<[^>]+>|\s+", " ", client.get("/exams/fundamentals").text)
    assert re.search(r"Items +4\b", page)
    assert "1 item is being tried out" in page
    assert "4 items in 30 minutes" in re.sub(r"<[^>]+>|\s+", " ", client.get("/exams").text)


def test_an_exam_published_before_there_were_pilots_and_cases_goes_on(
    client: FlaskClient, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = ExamFile.as_json

    def older(file: ExamFile) -> dict[str, Any]:
        body = whole(file)
        del body["pilots"]
        return body | {"blueprint": [{k: v for k, v in row.items() if k != "cases"} for row in body["blueprint"]]}

    monkeypatch.setattr(ExamFile, "as_json", older)
    make_exam(tmp_path)
    person = make_person(language="en")
    sign_in(client, person)
    assert client.get("/exams/fundamentals").status_code == 200
    assert client.get("/exams").status_code == 200
    attempt = start(person)
    answer_all(attempt)
    assert client.get(f"/attempts/{attempt.id}").status_code == 200
    assert sit(make_person()).result.passed
    with snapshot():
        assert list(verify_all(now())) == []


def test_a_case_in_every_language_of_its_exam(app: Flask, tmp_path: Path) -> None:
    make_exam(tmp_path, copies=1, items=ALONE + CASE, blueprint=BLUEPRINT)
    attempt = start(make_person(), language="es")
    [first, _] = [item["case"] for item in attempt.items if "case" in item]
    assert set(first["text"]) == set(LANGUAGES)
