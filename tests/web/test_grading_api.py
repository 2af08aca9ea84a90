"""Grading through the API: the same deeds as the pages, and as blind."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.people.tokens import Scope
from tests.factories import bearer, make_member, make_organisation, make_person
from tests.rating import hand_in, make_grader, make_rated_exam, ratings, results

API = "/api/v1/grading"


@pytest.fixture(autouse=True)
def content(client: FlaskClient, tmp_path: Path) -> None:
    make_rated_exam(tmp_path)


def test_take_look_rate(client: FlaskClient) -> None:
    by = bearer(make_grader())
    assert client.get(API, headers=by).json == {"waiting": []}
    person = make_member(make_organisation("small", name="Secret Company"), name="Nadia Incógnita")
    attempt = hand_in(person)
    [line] = client.get(API, headers=by).json["waiting"]
    assert (line["exam"], line["first"], line["further"], line["in_hand"]) == ("fundamentals", 1, 0, 0)
    sheet = client.post(f"{API}/next", json={"exam": "fundamentals"}, headers=by).json
    assert set(sheet) == {
        "id", "taken_until", "exam", "domain", "language", "stem", "case", "rubric", "answer",
    }  # fmt: skip
    assert [line["points"] for line in sheet["rubric"]] == [3, 1]
    assert sheet["answer"]["text"].startswith("I would call them first.")
    again = client.get(f"{API}/{sheet['id']}", headers=by)
    assert again.json == sheet
    assert "Nadia" not in again.text
    assert "Secret Company" not in again.text
    sent = client.post(f"{API}/{sheet['id']}", json={"marks": [3, 1], "comment": "Good"}, headers=by)
    assert sent.status_code == 204
    assert results(attempt)[-1].passed
    assert client.post(f"{API}/{sheet['id']}", json={"marks": [3, 1]}, headers=by).json["code"] == "NoSuchTurn"
    assert client.post(f"{API}/next", json={}, headers=by).json["code"] == "NothingWaits"


@pytest.mark.parametrize("marks", [[4, 0], [3], ["3", 1], [True, 1], None, [3, 1, 0], [-1, 0]])
def test_marks_outside_the_rubric(client: FlaskClient, marks: object) -> None:
    hand_in(make_person())
    by = bearer(make_grader())
    sheet = client.post(f"{API}/next", json={}, headers=by).json
    assert client.post(f"{API}/{sheet['id']}", json={"marks": marks}, headers=by).status_code == 422
    assert ratings() == []


def test_giving_back(client: FlaskClient) -> None:
    hand_in(make_person())
    by, other = bearer(make_grader()), bearer(make_grader())
    sheet = client.post(f"{API}/next", json={}, headers=by).json
    assert client.get(f"{API}/{sheet['id']}", headers=other).status_code == 404
    assert client.post(f"{API}/{sheet['id']}/give-back", headers=by).status_code == 204
    assert client.post(f"{API}/next", json={}, headers=other).json["id"] == sheet["id"]


def test_who_only_reads_takes_nothing(client: FlaskClient) -> None:
    hand_in(make_person())
    by = bearer(make_grader(), Scope.READ)
    assert client.get(API, headers=by).status_code == 200
    assert client.post(f"{API}/next", json={}, headers=by).status_code == 403
