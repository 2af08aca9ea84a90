"""What the database itself refuses about the log, each tried by raw SQL: no bug of ours can store it."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from tests.factories import make_exam, make_person, sit
from tests.leaves import append_some, breaches, number_all


@pytest.mark.parametrize("sql", [
    "UPDATE {table} SET number = 7 WHERE id = 1",
    "UPDATE {table} SET number = NULL WHERE id = 1",
    "UPDATE {table} SET at = at",
    "UPDATE {table} SET number = 9, {other} = 'x' WHERE id = 5",
    "UPDATE {table} SET id = 99 WHERE id = 5",
    "UPDATE {table} SET number = 9, id = 99 WHERE id = 5",
    "UPDATE {table} SET number = NULL WHERE id = 5",
    "DELETE FROM {table} WHERE id = 5",
])  # fmt: skip
def test_the_database_gives_a_number_once_and_changes_nothing_else(app: Flask, sql: str) -> None:
    append_some(4)
    number_all()
    append_some(2, 4)
    for table, other in (("leaves", "about"), ("ledger", "subject")):
        refused(sql.format(table=table, other=other), f"{table} is append-only")
    number_all()
    assert breaches() == []


def test_a_number_is_given_to_one(app: Flask) -> None:
    append_some(2)
    number_all()
    append_some(1, 2)
    for table in ("leaves", "ledger"):
        refused(f"UPDATE {table} SET number = 1 WHERE id = 3", "(?i)unique")
    refused("UPDATE leaves SET number = -1 WHERE id = 3", "(?i)check")


def test_hashes_and_checkpoints_stay(app: Flask) -> None:
    append_some(3)
    number_all()
    for table in ("nodes", "checkpoints"):
        refused(f"UPDATE {table} SET tree = tree", f"{table} is append-only")
        refused(f"DELETE FROM {table}", f"{table} is append-only")
        refused(f"INSERT INTO {table} SELECT * FROM {table}", "(?i)unique")
        if db.engine.dialect.name == "postgresql":
            refused(f"TRUNCATE {table}", "is append-only")
    refused("UPDATE heads SET size = -1", "(?i)check")
    refused("INSERT INTO nodes SELECT tree, 99, substr(hash, 2) FROM nodes", "(?i)check")
    empty = "INSERT INTO checkpoints (tree, size, root, note, at) SELECT tree, 0, root, note, at FROM checkpoints"
    refused(empty, "(?i)check")


def test_a_credential_begins_in_the_log_once(app: Flask, tmp_path: Path) -> None:
    make_exam(tmp_path)
    sit(make_person())
    again = "INSERT INTO leaves (kind, about, data, at) SELECT 'reissue', about, data, at FROM leaves"
    refused(again, "(?i)unique")
    refused(again.replace("'reissue'", "'nonsense'"), "(?i)check")


def refused(sql: str, reason: str) -> None:
    with db.engine.connect() as connection, pytest.raises(IntegrityError, match=reason):
        connection.execute(text(sql))
