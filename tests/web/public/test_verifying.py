"""Checking a file: on the page, through the API and by the command, without an account."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.credentials.badge_files import badge_json
from app.credentials.checks import Check, Verdict
from app.credentials.issuing import Credential
from app.credentials.verification import LARGEST
from app.ledger.numbering import number_leaves
from app.transaction import reading, writing
from app.web.checking import ROOM, TRIES, WORDS, in_words
from tests import factories
from tests.factories import make_member, make_organisation, sit
from tests.web.public.test_public_pages import ENGLISH, text_of


@pytest.fixture
def credential(app: Flask, tmp_path: Path) -> Credential:
    """Awarded just now, and in the log."""
    factories.make_exam(tmp_path / "content")
    found = sit(make_member(make_organisation(name="Andes"), name="Lucía Ferrer", language="en")).credential
    assert found is not None
    with writing() as at:
        number_leaves(at=at)
    return found


@pytest.fixture
def badge(credential: Credential) -> bytes:
    """Its badge."""
    with reading():
        return badge_json(credential)


def send(client: FlaskClient, data: bytes, path: str = "/verify", name: str = "badge.json") -> TestResponse:
    return client.post(path, data={"file": (BytesIO(data), name)}, headers=ENGLISH)


def test_the_page_says_what_each_check_found(client: FlaskClient, badge: bytes) -> None:
    answer = send(client, badge)
    text = text_of(answer.text)
    assert answer.status_code == 200
    assert text.startswith("Genuine and valid badge.json")
    assert "The public log holds it" in text
    assert "Lucía Ferrer" in text
    forged = text_of(send(client, badge.replace(b"2", b"3", 1)).text)
    assert forged.startswith("Do not rely on this file")


def test_a_page_without_a_file_asks_for_one(client: FlaskClient) -> None:
    for data in ({}, {"file": (BytesIO(b""), "")}):
        answer = client.post("/verify", data=data, headers=ENGLISH)
        assert (answer.status_code, "Choose a file to check" in answer.text) == (422, True)


def test_what_the_file_is_called_is_text(client: FlaskClient) -> None:
    answer = send(client, b"{}", name="<script>alert(1)</script>.json")
    assert "<script>alert" not in answer.text


def test_programs_are_told_the_same(client: FlaskClient, credential: Credential, badge: bytes) -> None:
    told = send(client, badge, "/api/v1/verify").json
    assert (told["holds"], told["credential"]) == (True, credential.public_id)
    assert {check["verdict"] for check in told["checks"]} == {"holds"}
    assert send(client, b"{}", "/api/v1/verify").json["holds"] is False
    assert client.post("/api/v1/verify", data={}).status_code == 422


@pytest.mark.parametrize("path", ["/verify", "/api/v1/verify"])
def test_what_is_too_large_is_not_read(client: FlaskClient, path: str) -> None:
    assert send(client, b"x" * (LARGEST + ROOM), path).status_code == 413


def test_asking_too_often_waits(client: FlaskClient) -> None:
    for _ in range(TRIES):
        assert send(client, b"{}").status_code == 200
    assert send(client, b"{}").status_code == 429
    assert send(client, b"{}", "/api/v1/verify").status_code == 429
    assert client.get("/verify").status_code == 200


def test_the_command_says_the_same(app: Flask, badge: bytes, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_bytes(badge)
    bad.write_bytes(b"{}")
    runner = app.test_cli_runner()
    held = runner.invoke(args=["credentials", "verify", str(good)])
    assert (held.exit_code, held.output.splitlines()[0]) == (0, f"{good}: holds")
    both = runner.invoke(args=["credentials", "verify", str(good), str(bad)])
    assert (both.exit_code, "NO   document" in both.output) == (1, True)
    told = json.loads(runner.invoke(args=["credentials", "verify", "--json", str(good), str(bad)]).output)
    assert [one["holds"] for one in told] == [True, False]


@pytest.mark.parametrize("name", WORDS)
def test_every_check_has_words(app: Flask, name: str) -> None:
    with app.test_request_context():
        said = {str(in_words(Check(name, verdict)).label) for verdict in Verdict}
        assert str(in_words(Check(name, Verdict.UNKNOWN)).note) == "Esto no se pudo comprobar"
    assert len(said) == 2
