"""What the database itself refuses about reports, voids and appeals, each tried by raw SQL."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.exams.reports import Fault, report_item
from app.extensions import db
from app.journeys.appealing import file_appeal
from app.journeys.voiding import propose_voiding
from app.people.persons import PersonRole
from app.transaction import writing
from tests.factories import make_exam, make_person, make_staff, start
from tests.regrading import submit

DONE = "verdict = 'at_fault', note = 'Yes', resolved_by = 2, resolved_at = reported_at"
DECIDED = "state = 'approved', decided_by = 1, decided_at = proposed_at"
ANSWERED = "state = 'upheld', answer = 'Yes', answered_by = 2, answered_at = filed_at"


@pytest.fixture(autouse=True)
def rows(app: Flask, tmp_path: Path) -> None:
    """One report, one void that admin 2 proposed and one appeal, of the attempt of person 1."""
    make_exam(tmp_path)
    person, admin = make_person(), make_staff(PersonRole.ADMIN)
    attempt = start(person)
    with writing() as at:
        report_item(attempt.id, person.id, 0, Fault.UNCLEAR, "", at=at)
    submit(attempt)
    with writing() as at:
        propose_voiding(attempt.id, "Copied", by=admin.id, at=at)
        file_appeal(attempt.id, person.id, "It was not", None, at=at)


@pytest.mark.parametrize(
    "change",
    [
        "fault = 'boring'",
        "verdict = 'perhaps'",
        "verdict = 'at_fault'",
        "note = 'Yes'",
        "resolved_by = 2",
        "resolved_at = reported_at",
        f"{DONE}, note = NULL",
        f"{DONE}, note = ''",
        f"{DONE}, resolved_by = NULL",
        f"{DONE}, resolved_at = NULL",
        f"{DONE}, resolved_by = 99",
        f"text = '{'x' * 501}'",
    ],
)
def test_a_report_that_breaks_a_rule(change: str) -> None:
    refused("reports", change)


@pytest.mark.parametrize(
    "change",
    [
        "state = 'perhaps'",
        "state = 'approved'",
        "reason = ''",
        f"{DECIDED}, decided_by = 2",
        f"{DECIDED}, decided_by = NULL",
        f"{DECIDED}, decided_at = NULL",
        "decided_by = 1, decided_at = proposed_at",
    ],
)
def test_a_void_that_breaks_a_rule(change: str) -> None:
    refused("voids", change)


@pytest.mark.parametrize(
    "change",
    [
        "state = 'perhaps'",
        "state = 'upheld'",
        "text = ''",
        "position = -1",
        "result_number = 2",
        f"{ANSWERED}, against = 2",
        f"{ANSWERED}, answer = NULL",
        f"{ANSWERED}, answer = ''",
        f"{ANSWERED}, answered_by = NULL",
        f"{ANSWERED}, answered_at = NULL",
        "answer = 'Yes', answered_by = 2, answered_at = filed_at",
    ],
)
def test_an_appeal_that_breaks_a_rule(change: str) -> None:
    refused("appeals", change)


@pytest.mark.parametrize("table", ["reports", "voids", "appeals"])
def test_a_second_one_of_the_same(table: str) -> None:
    columns = [column.name for column in db.metadata.tables[table].columns if column.name != "id"]
    names = ", ".join(columns)
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        run(f"INSERT INTO {table} (id, {names}) SELECT 77, {names} FROM {table}")


@pytest.mark.parametrize(("table", "change"), [("reports", DONE), ("voids", DECIDED), ("appeals", ANSWERED)])
def test_what_the_rules_allow(table: str, change: str) -> None:
    run(f"UPDATE {table} SET {change}")


def refused(table: str, change: str) -> None:
    """Later assignments of a column replace earlier ones."""
    last = dict(part.split(" = ", 1) for part in change.split(", "))
    with pytest.raises(IntegrityError):
        run(f"UPDATE {table} SET {', '.join(f'{name} = {value}' for name, value in last.items())}")


def run(sql: str) -> None:
    """Straight to the database, past every rule of ours."""
    with db.engine.begin() as connection:
        connection.execute(text(sql))
