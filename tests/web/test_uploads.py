"""Uploads: what may be handed in, by whom and when, what is refused, and that files come back as attachments alone."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.exams.accommodations import Allowance
from app.exams.attempts import Attempt
from app.exams.breaks import take_break
from app.exams.grants import accommodate
from app.exams.responses import responses_of
from app.exams.uploads import uploads_at
from app.people.persons import Person, PersonRole
from app.transaction import reading, writing
from tests.factories import bearer, make_exam, make_person, make_staff, sign_in, start

ITEMS = """\
## Write about it {#write-%(n)s type=essay}
- (2) Says something

## Hand it in {#hand-%(n)s type=practical files=2 types=pdf,txt,png size=1}
- (3) Is a plan

## Hand in another {#other-%(n)s type=practical types=pdf}
- (3) Is a plan
"""
PDF = b"%PDF-1.7\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
THREE = [{"domain": "all", "items": 3}]


@pytest.fixture
def person(app: Flask, tmp_path: Path) -> Person:
    make_exam(tmp_path, items=ITEMS, copies=1, blueprint=THREE)
    return make_person(language="en")


@pytest.fixture
def attempt(person: Person) -> Attempt:
    return start(person, language="en")


def place(attempt: Attempt, item: str = "hand-1") -> int:
    return [one["id"] for one in attempt.items].index(item)


def path(attempt: Attempt, item: str = "hand-1") -> str:
    return f"/api/v1/attempts/{attempt.id}/responses/{place(attempt, item)}/files"


def send(
    client: FlaskClient, attempt: Attempt, by: Any, name: str = "plan.pdf", content: bytes = PDF, item: str = "hand-1"
) -> TestResponse:
    data = {"file": (io.BytesIO(content), name)}
    return client.post(path(attempt, item), data=data, headers=by, content_type="multipart/form-data")


def save(client: FlaskClient, attempt: Attempt, by: Any, files: list[Any], item: str = "hand-1") -> TestResponse:
    body = {"answer": {"text": "See the plan", "files": files}, "revision": 0}
    return client.put(path(attempt, item).removesuffix("/files"), json=body, headers=by)


def test_a_file_is_uploaded_named_in_the_answer_and_fetched(
    client: FlaskClient, person: Person, attempt: Attempt
) -> None:
    by = bearer(person)
    sent = send(client, attempt, by, "../../Mi plan ñ.PDF", PDF + b"one")
    assert sent.status_code == 201
    assert (sent.json["name"], sent.json["size"]) == ("Mi plan ñ.PDF", 12)
    saved = save(client, attempt, by, [sent.json["id"]])
    assert (saved.status_code, saved.json["answer"]) == (200, {"text": "See the plan", "files": [sent.json["id"]]})
    assert client.get(path(attempt), headers=by).json == {"files": [sent.json]}
    fetched = client.get(f"{path(attempt)}/{sent.json['id']}", headers=by)
    assert fetched.data == PDF + b"one"
    assert fetched.headers["Content-Disposition"].startswith("attachment; filename")
    assert fetched.headers["Content-Type"] == "application/octet-stream"
    assert fetched.headers["X-Content-Type-Options"] == "nosniff"
    assert fetched.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert fetched.headers["Cache-Control"] == "no-store"


def test_the_same_content_is_the_same_upload(client: FlaskClient, person: Person, attempt: Attempt) -> None:
    by = bearer(person)
    first, again = send(client, attempt, by), send(client, attempt, by, "other.pdf")
    assert first.json == again.json
    assert send(client, attempt, by, item="other-1").json["id"] != first.json["id"]
    with reading():
        assert len(uploads_at(attempt.id, place(attempt))) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.png", b"<!doctype html><script>alert(1)</script>"),
        ("page.html", b"<html>"),
        ("plan.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
        ("run.exe", b"MZ\x90\0"),
        ("run.pdf", b"MZ\x90\0"),
        ("plan.zip", b"PK\x03\x04"),  # a good one, which this item does not ask for
        ("page.txt", b" \n<HTML><body>"),
        ("page.txt", b"\xef\xbb\xbf<?xml version='1.0'?><svg/>"),
        ("words.txt", b"a\0b"),
        ("words.txt", "a".encode("utf-16")),
        ("plan.pdf", b""),
        ("plan.pdf", b" %PDF-1.7"),
        ("pdf", PDF),
        ("plan.pdf.exe", PDF),
        ("plan", PDF),
        ("plan.pdf\u202egnp.exe", PDF),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused(
    client: FlaskClient, person: Person, attempt: Attempt, name: str, content: bytes
) -> None:
    refused = send(client, attempt, bearer(person), name, content)
    assert (refused.status_code, refused.json["code"]) == (422, "BadFile")
    assert refused.json["detail"].endswith(".")
    with reading():
        assert list(uploads_at(attempt.id, place(attempt))) == []


def test_what_is_too_large_is_refused_before_and_after_it_is_read(
    client: FlaskClient, person: Person, attempt: Attempt
) -> None:
    by = bearer(person)
    larger = send(client, attempt, by, content=PDF + b" " * 1024 * 1024)
    assert (larger.status_code, larger.json["code"]) == (413, "FileTooLarge")
    assert "1 MB" in larger.json["detail"]
    assert send(client, attempt, by, content=PDF + b" " * (1024 * 1024 - len(PDF))).status_code == 201
    body = Unread()
    environ = {"wsgi.input": body, "CONTENT_LENGTH": str(22 * 1024 * 1024)}
    headers = {**by, "Content-Type": "multipart/form-data; boundary=x"}
    huge = client.post(path(attempt), headers=headers, environ_overrides=environ)
    assert (huge.status_code, body.was_read) == (413, False)


class Unread(io.RawIOBase):
    """A body that tells whether anybody looked into it."""

    was_read = False

    def readable(self) -> bool:
        return True

    def readinto(self, _buffer: Any) -> int:
        self.was_read = True
        return 0


def test_a_browser_sends_its_token_with_the_file(client: FlaskClient, person: Person, attempt: Attempt) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = True
    sign_in(client, person)
    assert send(client, attempt, {}).status_code == 400
    page = client.get(f"/attempts/{attempt.id}").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert send(client, attempt, {"X-CSRFToken": token}, content=PDF + b" " * 700_000).status_code == 201


def test_nobody_fills_the_disk(client: FlaskClient, person: Person, attempt: Attempt) -> None:
    by = bearer(person)
    codes = [send(client, attempt, by, content=PDF + bytes([65 + number])).status_code for number in range(7)]
    assert codes == [201] * 6 + [409]
    assert send(client, attempt, by, content=PDF + b"A").status_code == 201  # it is there


def test_an_item_that_asks_for_no_files_takes_none(client: FlaskClient, person: Person, attempt: Attempt) -> None:
    refused = send(client, attempt, bearer(person), item="write-1")
    assert (refused.status_code, refused.json["code"]) == (422, "NoFilesAsked")
    nowhere = client.get(f"/api/v1/attempts/{attempt.id}/responses/9/files", headers=bearer(person))
    assert (nowhere.status_code, nowhere.json["code"]) == (422, "NoSuchPosition")


def test_what_is_somebody_elses_is_not_there(client: FlaskClient, person: Person, attempt: Attempt) -> None:
    by, other = bearer(person), make_person()
    kept = send(client, attempt, by).json["id"]
    theirs = start(other, language="en")
    assert send(client, attempt, bearer(other)).status_code == 404
    assert client.get(path(attempt), headers=bearer(other)).status_code == 404
    assert client.get(f"{path(attempt)}/{kept}", headers=bearer(other)).status_code == 404
    assert client.get(f"{path(theirs)}/{kept}", headers=bearer(other)).status_code == 404
    assert client.get(f"{path(attempt, 'other-1')}/{kept}", headers=by).status_code == 404
    for files, item, whose, at in (
        ([kept], "hand-1", other, theirs),
        ([kept], "other-1", person, attempt),
        ([kept, kept + 99], "hand-1", person, attempt),
    ):
        refused = save(client, at, bearer(whose), files, item)
        assert (refused.status_code, refused.json["code"]) == (422, "BadAnswer")
        with reading():
            assert responses_of(at.id) == {}


def test_a_closed_attempt_takes_none_and_keeps_what_it_has(
    client: FlaskClient, person: Person, attempt: Attempt
) -> None:
    by, trainer = bearer(person), bearer(make_staff(PersonRole.TRAINER))
    kept = send(client, attempt, by).json["id"]
    save(client, attempt, by, [kept])
    assert client.get(f"{path(attempt)}/{kept}", headers=trainer).status_code == 403  # who rates has it from the queue
    client.post(f"/api/v1/attempts/{attempt.id}/submit", headers=by)
    late = [
        send(client, attempt, by, content=PDF + b"late"),
        client.get(path(attempt), headers=by),
        client.get(f"{path(attempt)}/{kept}", headers=by),
    ]
    assert [(one.status_code, one.json["code"]) for one in late] == [(409, "AttemptClosed")] * 3
    assert send(client, attempt, trainer).status_code == 403


def test_the_deadline_counts_for_files_too(client: FlaskClient, person: Person, attempt: Attempt) -> None:
    by = bearer(person)
    with time_machine.travel(attempt.deadline_at + timedelta(seconds=60), tick=False):
        assert send(client, attempt, by).status_code == 409


def test_on_a_break_no_file_is_taken_or_shown(client: FlaskClient, tmp_path: Path) -> None:
    make_exam(tmp_path, items=ITEMS, copies=1, blueprint=THREE)
    person, admin = make_person(), make_staff(PersonRole.ADMIN).id
    with writing() as at:
        accommodate(person.id, Allowance(break_min=10), reason="Rest", by=admin, expires_at=None, at=at)
    attempt = start(person)
    by = bearer(person)
    kept = send(client, attempt, by).json["id"]
    with writing() as at:
        take_break(attempt.id, person.id, at=at)
    stopped = [send(client, attempt, by, content=PDF + b"2"), client.get(f"{path(attempt)}/{kept}", headers=by)]
    assert [(one.status_code, one.json["code"]) for one in stopped] == [(409, "OnBreak")] * 2


def test_a_section_that_is_closed_takes_no_file(client: FlaskClient, tmp_path: Path) -> None:
    both = {"es": "Parte", "en": "Part"}
    sections = [
        {"title": both, "blueprint": [{"domain": "all", "items": 1}]},
        {"title": both, "blueprint": [{"domain": "all", "items": 1}]},
    ]
    items = "".join(f"## Hand in {n} {{#hand{n}-%(n)s type=practical}}\n- (1) a\n\n" for n in (1, 2))
    make_exam(tmp_path, items=items, copies=1, blueprint=None, sections=sections)
    person = make_person()
    attempt = start(person)
    data = {"file": (io.BytesIO(PDF), "plan.pdf")}
    url = f"/api/v1/attempts/{attempt.id}/responses/1/files"
    refused = client.post(url, data=data, headers=bearer(person), content_type="multipart/form-data")
    assert (refused.status_code, refused.json["code"]) == (409, "SectionClosed")
