"""Fixtures: an application over a fresh database, on SQLite or, with --postgresql, on PostgreSQL."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import make_url
from werkzeug.routing import Rule

from app.extensions import db
from app.factory import create_app
from app.transaction import engine_options
from tests.postgresql import Emptied, drop_database, fresh_database, hasten


class KnownRule(Rule):
    """A rule whose code is compiled once, not again for each test's application: half of what making one costs."""

    known: ClassVar[dict[str, Callable[..., tuple[str, str]]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = f"{self.rule} {self.defaults} {append_unknown}"
        if key not in self.known:
            self.known[key] = super()._compile_builder(append_unknown)
        return self.known[key]


Flask.url_rule_class = KnownRule


def pytest_addoption(parser: pytest.Parser) -> None:
    """Choose the database."""
    parser.addoption("--postgresql", action="store_true", help="run on PostgreSQL instead of SQLite")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that asks for no database needs no second one: it is run once."""
    for item in items:
        if not {"database_url", "template"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.once)


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


@pytest.fixture(scope="session")
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a database with every table and no row, made once: copying it is faster than making the tables."""
    folder = tmp_path_factory.mktemp("template")
    on_sqlite = not request.config.getoption("--postgresql")
    if not on_sqlite:
        hasten()
    url = f"sqlite:///{folder / 'acredita.db'}" if on_sqlite else fresh_database()
    with create_app(settings_for(url, folder)).app_context():
        db.create_all()
        db.engine.dispose()
    yield url
    if not on_sqlite:
        drop_database(url)


@pytest.fixture(scope="session")
def emptied(template: str) -> Iterator[Emptied | None]:
    """On PostgreSQL, the database that one test after another gets with every table and no row."""
    if template.startswith("sqlite"):
        yield None
        return
    database = Emptied(template)
    yield database
    database.drop()


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """The templates' code, compiled by the first test that shows them: it was a third of the time of the tests."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("pages")))


@pytest.fixture
def app(template: str, emptied: Emptied | None, pages: FileSystemBytecodeCache, tmp_path: Path) -> Iterator[Flask]:
    """An application over a database with every table and no row; its context is pushed."""
    if emptied is None:
        shutil.copyfile(make_url(template).database or "", tmp_path / "acredita.db")
    url = emptied.url if emptied else f"sqlite:///{tmp_path / 'acredita.db'}"
    app = create_app(settings_for(url, tmp_path))
    app.jinja_env.bytecode_cache = pages
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    if emptied:
        emptied.empty()


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
