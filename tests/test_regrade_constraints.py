"""What the database itself refuses about corrections, whatever the code would do."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from app.exams.correcting import CorrectionKind
from app.exams.regrading import Regrade
from app.extensions import db
from tests.factories import make_person, publish, write_exam, write_programme
from tests.regrading import approve, look_ahead, propose, sat, work_off


@pytest.fixture
def regrade(app: Flask, tmp_path: Path) -> Regrade:
    """A correction that gives somebody a pass, tried out."""
    write_programme(tmp_path)
    write_exam(tmp_path, copies=1)
    publish(tmp_path)
    sat(make_person(), missing=["pick-1", "all-1"])
    return look_ahead(propose("pick-1", CorrectionKind.FULL_CREDIT))


@pytest.mark.parametrize(
    "change",
    [
        "state = 'approved', approved_by = proposed_by, approved_at = proposed_at",
        "state = 'approved'",
        "approved_by = 1",
        "state = 'approved', approved_by = 1, approved_at = proposed_at, surveyed_at = NULL",
        "kind = 'new_key'",
        "key = '1'",
        "state = 'done', approved_by = 1, approved_at = proposed_at",
        "state = 'withdrawn'",
        "state = 'undecided'",
    ],
)
def test_a_regrade_that_breaks_a_rule(regrade: Regrade, change: str) -> None:
    with pytest.raises(IntegrityError):
        run(f"UPDATE regrades SET {change}")


def test_two_corrections_of_an_exam_under_way(regrade: Regrade) -> None:
    other = look_ahead(propose("all-1", CorrectionKind.DROP))
    approve(regrade)
    with pytest.raises(IntegrityError):
        run(f"UPDATE regrades SET state = 'approved', approved_by = 1, approved_at = proposed_at WHERE id = {other.id}")


@pytest.mark.parametrize("table", ["regrade_lines", "regrade_tiers"])
@pytest.mark.parametrize("deed", ["DELETE FROM {}", "UPDATE {} SET regrade_id = 7"])
def test_what_was_written_stays(regrade: Regrade, table: str, deed: str) -> None:
    columns = "regrade_id, organisation_id, programme_id, at_risk_before, at_risk_after"
    run("INSERT INTO organisations (id, slug, name, created_at) SELECT 7, 'x', 'X', proposed_at FROM regrades")
    programme = "(SELECT min(id) FROM programmes)"
    run(f"INSERT INTO regrade_tiers ({columns}) VALUES ({regrade.id}, 7, {programme}, false, false)")
    with pytest.raises(DatabaseError, match="append-only"):
        run(deed.format(table))


@pytest.mark.parametrize(
    ("effect", "number", "error"),
    [("score", "2", None), ("score", "NULL", "number"), ("keep", "2", "number"), ("score", "9", "foreign key|FOREIGN")],
)
def test_a_line_names_the_result_that_it_brought(regrade: Regrade, effect: str, number: str, error: str | None) -> None:
    approve(regrade)
    work_off(regrade)
    other = propose("all-1", CorrectionKind.DROP)
    line = f"{other.id}, true, 1, '{effect}', 614, false, 800, true, {number}, proposed_at FROM regrades LIMIT 1"
    names = "regrade_id, done, attempt_id, effect, scaled_before, passed_before, scaled_after, passed_after, number, at"
    insert = f"INSERT INTO regrade_lines ({names}) SELECT {line}"
    if error is None:
        run(insert)
        error = "UNIQUE|unique"  # an attempt is regraded once
    with pytest.raises(IntegrityError, match=error):
        run(insert)


def run(sql: str) -> None:
    """Straight to the database, past every rule of ours."""
    with db.engine.begin() as connection:
        connection.execute(text(sql))
