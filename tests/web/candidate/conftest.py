"""A consultant who reads English, and a small course, exam and programme."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.people.persons import Person
from tests import factories
from tests.factories import make_person, sign_in
from tests.web.candidate.pages import SVG

STUDY = {"track": "fundamentals", "credential": None}


@pytest.fixture
def content(app: Flask, tmp_path: Path) -> Path:
    """A course of two lessons with an image, its exam, and a programme of two tiers, published."""
    root = tmp_path / "content"
    factories.write_course(root)
    media = root / "courses" / "fundamentals" / "basics" / "media"
    media.mkdir()
    (media / "drawing.svg").write_bytes(SVG)
    factories.write_exam(root, gate=STUDY)
    factories.write_programme(root)
    factories.publish(root)
    return root


@pytest.fixture
def person(content: Path) -> Person:
    """A consultant who reads English and works nowhere."""
    return make_person(name="Lucía Ferrer", language="en")


@pytest.fixture
def page(client: FlaskClient, person: Person) -> FlaskClient:
    """The consultant's browser."""
    return sign_in(client, person)
