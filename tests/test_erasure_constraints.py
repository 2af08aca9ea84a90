"""What the database lets an erasure empty, tried by raw SQL: the columns named, to what is named, and nothing else."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from app.extensions import db
from app.people.erasures import ask_for_erasure
from app.people.persons import Person
from app.transaction import writing
from tests.erased_world import make_marked, write_content

EMPTYING = {
    "responses": "answer = 'null'",
    "uploads": "name = '', content = NULL",
    "devices": "address = '', agent = CAST(id AS TEXT)",
    "grants": "reason = '-'",
    "ratings": "comment = ''",
    "reinstatements": "reason = '-', revoked_reason = '-'",
    "certificates": "pdf = NULL",
    "ledger": "address = NULL, detail = '{}', salt = NULL",
}
REFUSED = {
    "responses": ("answer = '\"x\"'", "answer = ''", "answer = 'null', revision = revision + 10"),
    "uploads": ("content = NULL", "name = ''", "name = '', content = NULL, sha256 = '{}'".format("0" * 64)),
    "devices": ("address = ''", "agent = CAST(id AS TEXT)", "address = '', agent = ''", "first_seen_at = NULL"),
    "grants": ("reason = NULL", "reason = 'x'", "reason = '-', seconds = seconds + 1", "granted_by = NULL"),
    "ratings": ("comment = 'x'", "comment = '', earned = 0", "comment = '', marks = '[0]'", "rated_at = NULL"),
    "reinstatements": ("reason = '-'", "revoked_reason = '-'", "reason = 'x', revoked_reason = 'x'"),
    "certificates": ("pdf = sha256", "pdf = NULL, language = 'xx'"),
    "ledger": (
        "detail = '{}'",
        "address = NULL, salt = NULL",
        "address = NULL, detail = '{}'",
        "address = NULL, detail = '{\"a\": 1}', salt = NULL",
        "address = NULL, detail = '{}', salt = NULL, private = 'x'",
        "address = NULL, detail = '{}', salt = NULL, person_id = NULL, subject = 'x'",
        "address = NULL, detail = '{}', salt = NULL, number = NULL, deed = 'x'",
    ),
}


@pytest.fixture
def marked(app: Flask, tmp_path: Path) -> Person:
    write_content(tmp_path / "elsewhere")
    return make_marked()


def run(sql: str) -> None:
    """Straight to the database, past every rule of ours."""
    with db.engine.begin() as connection:
        connection.execute(text(sql))


def test_a_column_is_emptied_as_named_and_in_no_other_way(marked: Person) -> None:
    for table, emptying in EMPTYING.items():
        for change in REFUSED[table]:
            with pytest.raises(DatabaseError, match=r"append-only|bytea"):
                run(f"UPDATE {table} SET {change}")
        with pytest.raises(DatabaseError, match="append-only"):
            run(f"DELETE FROM {table}")
        run(f"UPDATE {table} SET {emptying}")
        with pytest.raises(DatabaseError, match="append-only"):
            run(f"DELETE FROM {table}")


def test_what_was_emptied_is_not_filled_again(marked: Person) -> None:
    filling = {
        "uploads": "content = 'x'",
        "ledger": "salt = 'x'",
        "grants": "reason = 'x'",
        "responses": "answer = '1'",
    }
    for table, change in filling.items():
        run(f"UPDATE {table} SET {EMPTYING[table]}")
        with pytest.raises(DatabaseError, match="append-only"):
            run(f"UPDATE {table} SET {change}")


def test_a_wish_stands_once_and_ends_once(marked: Person) -> None:
    with writing() as at:
        ask_for_erasure(marked.id, at=at)
    columns = "person_id, asked_at, taken_back_at, erased_at, erased_by, reason"
    copy = f"INSERT INTO erasures ({columns}) SELECT person_id, asked_at, {{}} FROM erasures"
    refused = (
        "NULL, NULL, NULL, NULL",
        "asked_at, asked_at, NULL, 'x'",
        "asked_at, NULL, NULL, 'x'",
        "asked_at, NULL, 2, NULL",
    )
    for values in refused:
        with pytest.raises(IntegrityError, match=r"(?i)unique|check"):
            run(copy.format(values))
    for change in ("erased_at = asked_at", "erased_at = asked_at, reason = ''"):
        with pytest.raises(IntegrityError, match=r"(?i)check"):
            run(f"UPDATE erasures SET {change}")
    with pytest.raises(IntegrityError, match=r"(?i)check"):
        run("UPDATE erasures SET erased_at = asked_at, reason = 'x', erased_by = person_id")
    run(copy.format("asked_at, NULL, NULL, NULL"))
