"""Fixtures of the administration: what is published, and who looks."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.people.persons import PersonRole
from tests.factories import make_programme, make_staff, sign_in


@pytest.fixture
def content(app: Flask, tmp_path: Path) -> Path:
    """An exam and a programme whose first tier asks for one certified person."""
    return make_programme(tmp_path / "content")


@pytest.fixture
def admin(client: FlaskClient) -> FlaskClient:
    """The browser of an admin who reads English."""
    return sign_in(client, make_staff(PersonRole.ADMIN, language="en", name="Adriana Luna"))
