"""The page of an attempt for those who look after exams."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.people.persons import PersonRole
from tests.factories import bearer, make_person, make_staff, sign_in

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/145.0"


@pytest.fixture
def attempt(app: Flask, content: Path) -> int:
    """Begun from one device and answered from another."""
    client, by = app.test_client(), bearer(make_person())
    begun = client.post("/api/v1/exams/fundamentals/attempts", json={"agreement": True}, headers=by).json["id"]
    path, body = f"/api/v1/attempts/{begun}/responses/0", {"answer": None, "revision": 0}
    assert client.put(path, json=body, headers=by | {"User-Agent": FIREFOX}).status_code == 200
    return begun


def test_an_admin_sees_the_devices(admin: FlaskClient, attempt: int) -> None:
    page = admin.get(f"/admin/attempts/{attempt}").text
    assert "Answered from another device: Firefox, Linux · 127.0.0.1" in page and "never verdicts" in page
    assert "it was begun from here" in page
    assert f"/admin/attempts/{attempt}" in admin.get("/admin/people/2").text
    assert admin.get("/admin/attempts/99").status_code == 404


def test_a_trainer_sees_that_it_happened_and_not_from_where(client: FlaskClient, attempt: int) -> None:
    sign_in(client, make_staff(PersonRole.TRAINER, language="en"))
    page = client.get(f"/admin/attempts/{attempt}").text
    assert "Answered from another device: Firefox, Linux" in page
    assert "127.0.0.1" not in page and "it was begun from here" not in page
