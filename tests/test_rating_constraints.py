"""What the database itself refuses about ratings and their queue, whatever the code would do."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from app.extensions import db
from tests.factories import make_person
from tests.rating import give, hand_in, make_grader, make_rated_exam, take

COLUMNS = "attempt_id, position, grader_id, round, marks, earned, possible, comment, rated_at"
SOME_ONE = "(SELECT max(id) FROM persons)"


@pytest.fixture(autouse=True)
def rated(app: Flask, tmp_path: Path) -> None:
    """An answer that one of two has rated, and one that is in hand; person 1 sat the first."""
    make_rated_exam(tmp_path, graders=2)
    hand_in(make_person())
    give(make_grader(), 3)
    hand_in(make_person())
    take(make_grader())
    make_grader()


@pytest.mark.parametrize(
    ("values", "error"),
    [
        (f"attempt_id, position, {SOME_ONE}, 2, marks, earned, possible", None),
        ("attempt_id, position, grader_id, 2, marks, earned, possible", "(?i)unique"),
        (f"attempt_id, position, {SOME_ONE}, 1, marks, earned, possible", "(?i)unique"),
        ("attempt_id, position, 1, 2, marks, earned, possible", "nobody rates an own attempt"),
        (f"attempt_id, position, {SOME_ONE}, 4, marks, earned, possible", "(?i)check"),
        (f"attempt_id, position, {SOME_ONE}, 0, marks, earned, possible", "(?i)check"),
        (f"attempt_id, -1, {SOME_ONE}, 2, marks, earned, possible", "(?i)check"),
        (f"attempt_id, position, {SOME_ONE}, 2, marks, 5, possible", "(?i)check"),
        (f"attempt_id, position, {SOME_ONE}, 2, marks, -1, possible", "(?i)check"),
        (f"attempt_id, position, {SOME_ONE}, 2, marks, 0, 0", "(?i)check"),
        (f"999, position, {SOME_ONE}, 2, marks, earned, possible", "(?i)foreign key"),
    ],
)
def test_a_rating_that_breaks_a_rule(values: str, error: str | None) -> None:
    insert = f"INSERT INTO ratings ({COLUMNS}) SELECT {values}, comment, rated_at FROM ratings"
    if error is None:
        run(insert)
        return
    with pytest.raises(IntegrityError, match=error):
        run(insert)


@pytest.mark.parametrize("deed", ["DELETE FROM ratings", "UPDATE ratings SET earned = 0", "TRUNCATE ratings"])
def test_what_was_rated_stays(deed: str) -> None:
    if deed.startswith("TRUNCATE") and db.engine.dialect.name == "sqlite":
        deed = f"INSERT OR REPLACE INTO ratings ({COLUMNS}) SELECT {COLUMNS} FROM ratings"
    with pytest.raises(DatabaseError, match="append-only"):
        run(deed)


@pytest.mark.parametrize(
    "change",
    [
        "grader_id = (SELECT max(grader_id) FROM rating_turns), taken_until = waits_since WHERE grader_id IS NULL",
        "taken_until = waits_since WHERE grader_id IS NULL",
        "taken_until = NULL WHERE grader_id IS NOT NULL",
        "round = 4",
        "round = 1",
    ],
)
def test_a_turn_that_breaks_a_rule(change: str) -> None:
    with pytest.raises(IntegrityError):
        run(f"UPDATE rating_turns SET {change}")


def run(sql: str) -> None:
    """Straight to the database, past every rule of ours."""
    with db.engine.begin() as connection:
        connection.execute(text(sql))
