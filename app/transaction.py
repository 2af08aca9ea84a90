"""reading() and writing(): the one place that begins, commits and rolls back."""

import json
import logging
import select
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic, sleep
from types import ModuleType
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import DisconnectionError, OperationalError

from app.extensions import db

try:
    import pysqlite3.dbapi2 as sqlite
except ImportError:  # no wheel for this platform: the standard library's serves, with a warning where it is too old
    import sqlite3 as sqlite

BUSY_TIMEOUT_S = 10
RETRY_S = 0.0005
POOL_TIMEOUT_S = 4  # with the wait for a lock it stays below the grace of an attempt
SAFE_SQLITE = (3, 51, 3)
TRANSACTION = {"isolation_level": "READ COMMITTED"}  # on PostgreSQL
_queue = threading.Lock()
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",  # what was erased is overwritten, not left in pages that are free
    "recursive_triggers=ON",  # or INSERT OR REPLACE would delete a row without asking the trigger that forbids it
)


def now() -> datetime:
    """The service's one clock."""
    return datetime.now(UTC)


@contextmanager
def reading() -> Iterator[datetime]:
    """Look at the data; yields the instant it was asked for. Whatever was changed is thrown away."""
    at = now()
    try:
        yield at
    finally:
        db.session.close()


@contextmanager
def snapshot() -> Iterator[datetime]:
    """Look at all the data in one state, however many statements it takes and whatever others write meanwhile."""
    at = now()
    db.session.close()
    if db.engine.dialect.name != "sqlite":  # where every reading is one
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        yield at
    finally:
        db.session.close()


@contextmanager
def writing() -> Iterator[datetime]:
    """Do one deed: all of it is committed at the end, or nothing. Yields the instant it was asked for.

    The read that loaded the person ends first: on SQLite a read cannot become a write once another has written.
    """
    at = now()
    db.session.close()
    with _turn() as options:
        try:
            db.session.connection(execution_options=options)
            yield at
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
        finally:
            db.session.close()


@contextmanager
def _turn() -> Iterator[dict[str, Any]]:
    """A place in the queue of this process for SQLite's one write lock; yields how to begin.

    SQLite's own way of waiting sleeps longer each time, up to 100 ms, so that whoever has waited longest is overtaken
    by all who come. Here one thread of a process asks, often and evenly, and the others stand behind it.
    """
    until = monotonic() + BUSY_TIMEOUT_S
    if db.engine.dialect.name != "sqlite":
        yield TRANSACTION
        return
    if not _queue.acquire(timeout=BUSY_TIMEOUT_S):
        raise OperationalError("BEGIN IMMEDIATE", None, TimeoutError("the queue of the writers did not move"))
    try:
        yield {"write_until": until}
    finally:
        _queue.release()


def engine_options(url: str) -> dict[str, Any]:
    """What create_engine needs beside the URL; each driver's own.

    On PostgreSQL a statement outside writing() is a transaction of its own: READ COMMITTED would show each of several
    another state anyway, and beginning and ending them costs two more round trips.
    """
    if make_url(url).get_backend_name() == "sqlite":
        options = {"module": _sqlite_module(), "connect_args": {"isolation_level": None, "timeout": BUSY_TIMEOUT_S}}
    else:
        options = {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True, "pool_timeout": POOL_TIMEOUT_S}
    return options | {"json_serializer": _compact}


def in_transaction(connection: Connection) -> Connection:
    """The connection for several statements that hold together, outside writing()."""
    return connection if connection.dialect.name == "sqlite" else connection.execution_options(**TRANSACTION)


def database_url(url: str) -> str:
    """A URL as people write it, for the driver that we use."""
    parsed: URL = make_url(url)
    if parsed.get_backend_name() in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed.render_as_string(hide_password=False)


def prepare(app: Flask) -> None:
    """Hook the engine of the app: how long to wait, pragmas, and on SQLite BEGIN said by us and not by the driver."""
    with app.app_context():
        engine: Engine = db.engine
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
    else:
        event.listen(engine, "connect", _set_lock_timeout)
        event.listen(engine, "checkout", _require_alive)


def empty_write_ahead_log() -> None:
    """Take what was overwritten out of SQLite's log too; raises OperationalError while somebody reads from it."""
    if db.engine.dialect.name != "sqlite":
        return
    connection = db.engine.raw_connection()
    try:
        busy, *_ = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.close()
    if busy:
        raise OperationalError("PRAGMA wal_checkpoint", None, TimeoutError("somebody reads from the log"))


def _compact(data: object) -> str:
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)


def _sqlite_module() -> ModuleType:
    version = sqlite.sqlite_version_info
    if version < SAFE_SQLITE:
        logging.getLogger(__name__).warning(
            "SQLite %s may lose committed data when its log restarts; install pysqlite3 or Python with SQLite 3.51.3",
            sqlite.sqlite_version,
        )
    return sqlite  # type: ignore[no-any-return]


def _set_lock_timeout(connection: Any, _record: object) -> None:
    """Whoever waits for a lock is answered before the grace of an attempt is over, as on SQLite."""
    connection.execute(f"SET lock_timeout = {int(BUSY_TIMEOUT_S * 1000)}")
    connection.commit()


def _require_alive(connection: Any, _record: object, _proxy: object) -> None:
    """A connection that waits has nothing to say: if there is something to read, the server has closed it."""
    line = select.poll()
    line.register(connection.pgconn.socket, select.POLLIN)
    if line.poll(0):
        raise DisconnectionError


def _set_pragmas(connection: Any, _record: object) -> None:
    connection.create_function("lower", 1, _lower, deterministic=True)
    connection.execute(_busy_pragma())
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _busy_pragma() -> str:
    return f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT_S * 1000)}"


def _lower(text: str | None) -> str | None:
    """SQLite's own knows the letters of ASCII alone: who looks for "óscar" would not find Óscar."""
    return text.lower() if text is not None else None


def _begin(connection: Connection) -> None:
    raw: Any = connection.connection.dbapi_connection
    until = connection.get_execution_options().get("write_until")
    if until is None:
        raw.execute("BEGIN")
        return
    raw.execute("PRAGMA busy_timeout = 0")
    try:
        while not _has_write_lock(raw, until):
            sleep(RETRY_S)
    finally:
        raw.execute(_busy_pragma())


def _has_write_lock(raw: Any, until: float) -> bool:
    try:
        raw.execute("BEGIN IMMEDIATE")
    except sqlite.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite.SQLITE_BUSY and monotonic() < until:
            return False
        raise OperationalError("BEGIN IMMEDIATE", None, error) from error
    return True
