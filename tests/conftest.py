"""Fixtures: an application over a fresh database, on SQLite or, with --postgresql, on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.factory import create_app
from app.transaction import engine_options
from tests.postgresql import drop_database, fresh_database


def pytest_addoption(parser: pytest.Parser) -> None:
    """Choose the database."""
    parser.addoption("--postgresql", action="store_true", help="run on PostgreSQL instead of SQLite")


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, gone after the test."""
    if not request.config.getoption("--postgresql"):
        yield f"sqlite:///{tmp_path / 'acredita.db'}"
        return
    url = fresh_database()
    yield url
    drop_database(url)


@pytest.fixture
def bare_app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application over a database without tables."""
    app = create_app(settings_for(database_url, tmp_path))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(bare_app: Flask) -> Iterator[Flask]:
    """An application over a database with every table and no row; its context is pushed."""
    with bare_app.app_context():
        db.create_all()
        yield bare_app
        db.session.remove()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript that has not signed in."""
    return app.test_client()


def settings_for(database_url: str, folder: Path) -> dict[str, object]:
    """The settings of a test: its own database and folder, and forms without tokens."""
    return {
        "TESTING": True,
        "DATA_DIR": folder,
        "SECRET_KEY": "only for tests",
        "SQLALCHEMY_DATABASE_URI": database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(database_url),
        "WTF_CSRF_ENABLED": False,
    }
