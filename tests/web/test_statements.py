"""What a request asks of the database: a fixed number of statements, however much there is of everything."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app.exams.attempts import attempt_of
from app.exams.finding import open_attempts
from app.extensions import db
from app.journeys.demo import right_answer
from app.partners.evaluating import reevaluate_organisation
from app.people.organisations import Organisation
from app.people.persons import Person
from app.transaction import reading, writing
from tests.factories import (
    OPEN_GATE,
    answer_all,
    finish_courses,
    make_member,
    make_organisation,
    publish,
    sign_in,
    sit,
    start,
    write_course,
    write_exam,
    write_programme,
)

LEVELS = ("fundamentals", "advanced", "expert", "master")


@pytest.fixture
def root(app: Flask, tmp_path: Path) -> Path:
    """A programme, two courses, and an exam that asks for them."""
    write_programme(tmp_path)
    write_course(tmp_path)
    write_course(tmp_path, slug="more")
    write_exam(tmp_path, gate=OPEN_GATE | {"track": "fundamentals"})
    publish(tmp_path)
    return tmp_path


@pytest.fixture
def person(root: Path, client: FlaskClient) -> Person:
    """Somebody who may sit the exam, signed in."""
    person = make_member(make_organisation("small"))
    finish_courses(person)
    sign_in(client, person)
    return person


def test_a_start_and_a_save(client: FlaskClient, person: Person) -> None:
    sit(person, passes=False, at=person.created_at.replace(year=2020))
    begin = "/api/v1/exams/fundamentals/attempts"
    assert count(client, "POST", begin, 201, json={"agreement": True}) <= 12
    attempt = client.get("/api/v1/exams").json["exams"][0]["open_attempt"]
    save = f"/api/v1/attempts/{attempt}/responses/0"
    for revision in range(3):
        assert count(client, "PUT", save, json={"answer": None, "revision": revision}) <= 4
    assert count(client, "GET", f"/attempts/{attempt}") <= 4
    assert count(client, "GET", f"/api/v1/attempts/{attempt}") <= 4


def test_an_exam_of_forty_items_from_its_start_to_its_certificate(client: FlaskClient, root: Path) -> None:
    pick = "## Pick {#pick-%(n)s}\n- [x] right\n- [ ] wrong\n"
    write_exam(root, items=pick, copies=60, blueprint=[{"domain": "all", "items": 40}])
    publish(root)
    organisation = make_organisation("small")
    sign_in(client, make_member(organisation))
    begin = "/api/v1/exams/fundamentals/attempts"
    client.post(begin, json={"agreement": True})  # reads what was published, which the process keeps
    person = make_member(organisation)
    sign_in(client, person)
    assert count(client, "POST", begin, 201, json={"agreement": True}) <= 12
    [(attempt, _)] = open_attempts(person.id)
    with reading():
        sat = attempt_of(attempt, person.id)
        assert len(sat.items) == 40
    for position, (item, order) in enumerate(zip(sat.items, sat.option_orders, strict=True)):
        sent = {"answer": right_answer(item, order), "revision": 0}
        assert count(client, "PUT", f"/api/v1/attempts/{attempt}/responses/{position}", json=sent) <= 4
    assert count(client, "POST", f"/api/v1/attempts/{attempt}/submit", json={}) <= 25
    assert client.get(f"/api/v1/attempts/{attempt}").json["credential"]


def test_a_submission_asks_no_more_for_a_larger_organisation(client: FlaskClient, root: Path) -> None:
    write_programme(root, slug="second")
    publish(root)
    small, large = make_organisation("small", "second"), make_organisation("small", "second")
    for _ in range(4):
        colleague = make_member(large)
        finish_courses(colleague)
        sit(colleague)
    asked = [count_submission(client, make_member(organisation)) for organisation in (small, large)]
    assert max(asked) <= 25
    assert asked[1] <= asked[0]  # a tier that is reached begins a new standing, which costs a statement more


def test_another_look_at_an_organisation_asks_no_more_for_more_people_and_versions(root: Path) -> None:
    small, large = make_organisation("small"), make_organisation("small")
    for _ in range(3):
        colleague = make_member(large)
        finish_courses(colleague)
        sit(colleague)
    asked = [count_look(organisation) for organisation in (small, large)]
    write_programme(root, at_least=[1, 4])
    publish(root)
    count_look(large)  # reads the new version, which the process keeps
    assert asked == [count_look(small), count_look(large)] == [5, 5]


def count_look(organisation: Organisation) -> int:
    with writing() as at:
        with listening() as statements:
            reevaluate_organisation(organisation.id, at=at)
        return len(statements)


def count_submission(client: FlaskClient, person: Person) -> int:
    finish_courses(person)
    attempt = start(person)
    answer_all(attempt)
    sign_in(client, person)
    return count(client, "POST", f"/api/v1/attempts/{attempt.id}/submit", json={})


def test_lists_ask_no_more_for_more_exams(client: FlaskClient, person: Person, root: Path) -> None:
    bounds = {"/": 14, "/courses": 12, "/exams": 14, "/api/v1/exams": 10}
    publish_gated(root, LEVELS[1:2])
    few = counts(client, bounds)
    publish_gated(root, LEVELS[2:])
    many = counts(client, bounds)
    assert many == few
    assert all(many[path] <= bound for path, bound in bounds.items()), many


def publish_gated(root: Path, levels: Sequence[str]) -> None:
    """Exams of these levels that are not open yet: what may stand in for what is missing is looked up once for all."""
    for level in levels:
        write_course(root, slug=f"{level}-course", track=level)
        write_exam(root, slug=level, level=level, gate={"track": level, "credential": "fundamentals"})
    publish(root)


def test_the_pages_of_courses_exams_and_certificates(client: FlaskClient, person: Person) -> None:
    credential = sit(person).credential
    bounds = {
        "/courses/basics": 12,
        "/courses/basics/01-one": 6,
        "/exams/fundamentals": 14,
        "/attempts/1/result": 13,
        f"/c/{credential.public_id}": 3,
        f"/c/{credential.public_id}.pdf": 3,
        "/scorecard": 9,
        "/api/v1/standings": 3,
    }
    asked = counts(client, bounds)
    assert all(asked[path] <= bound for path, bound in bounds.items()), asked


def counts(client: FlaskClient, paths: Iterable[str]) -> dict[str, int]:
    """How many statements each page takes, once what was published has been read."""
    for path in paths:
        client.get(path)
    return {path: count(client, "GET", path) for path in paths}


def count(client: FlaskClient, method: str, path: str, status: int = 200, **sent: Any) -> int:
    """How many statements the request takes."""
    with listening() as statements:
        answer = client.open(path, method=method, **sent)
    assert answer.status_code == status, answer.text
    return len(statements)


@contextmanager
def listening() -> Iterator[list[str]]:
    """Every statement but what begins and ends a transaction."""
    heard: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        heard.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)
