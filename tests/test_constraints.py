"""What the database itself refuses, each tried by raw SQL: no bug of ours can store it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Enum, bindparam, text
from sqlalchemy.exc import IntegrityError

from app.exams.accommodations import Allowance
from app.exams.grants import accommodate
from app.exams.heartbeat import beat
from app.extensions import db
from app.partners.facts import add_fact
from app.partners.programmes import programme_by_slug
from app.people.invitations import Wish, add_invitation
from app.people.organisations import JobRole
from app.people.persons import PersonRole
from app.people.tokens import Scope, create_token
from app.transaction import now, writing
from tests.factories import (
    make_membership,
    make_organisation,
    make_person,
    make_staff,
    publish,
    sit,
    start,
    write_course,
    write_exam,
    write_programme,
)

DAY = timedelta(days=1)
REPLACED = {"superseded_at": now(), "superseded_reason": "copied", "superseded_by": 1}
APPEND_ONLY = (
    *("responses", "results", "ledger", "facts", "versions", "media", "grants", "outages", "leaves"),
    "programme_versions",
)
ELSEWHERE = (
    *("attempt_events", "reports", "voids", "appeals", "recognitions", "bulk_lines", "tier_exceptions", "hand_ins"),
    "lessons",
)  # tried in test_{events,integrity_constraints,recognising,bulk_revoking,excepting,part_constraints}.py
NAMES = (
    ("persons", "email"),
    ("organisations", "slug"),
    ("exams", "slug"),
    ("programmes", "slug"),
    ("courses", "slug"),
    ("tokens", "token_hash"),
)
ENUMS = sorted(
    (table.name, column.name)
    for table in db.metadata.tables.values()
    for column in table.columns
    if isinstance(column.type, Enum)
    and table.name not in APPEND_ONLY  # which refuse the change for its own sake
    and not table.name.startswith("regrade")  # tried in test_regrade_constraints.py
    and table.name not in ELSEWHERE
)


@dataclass(frozen=True)
class World:
    """The ids of one row of nearly every table."""

    person: int
    organisation: int
    other_organisation: int
    passed: int
    failed: int
    open: int
    joined_at: datetime


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> World:
    write_course(tmp_path)
    medium = tmp_path / "courses/fundamentals/basics/media/dot.svg"
    medium.parent.mkdir()
    medium.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1H0z"/></svg>')
    write_programme(tmp_path)
    write_exam(tmp_path)
    publish(tmp_path)
    person, loser, sitting = make_person(), make_person(), make_person()
    organisation, other = make_organisation("small"), make_organisation()
    membership = make_membership(person, organisation)
    passed, failed, admin, begun = sit(person), sit(loser, passes=False), make_staff(PersonRole.ADMIN), start(sitting)
    with writing() as at:
        beat(at - DAY)
        accommodate(sitting.id, Allowance(10), reason="12", by=admin.id, at=at, expires_at=None)
        beat(at)
        create_token(person.id, Scope.READ, at=at)
        add_invitation(organisation.id, "a@b.example", Wish(JobRole.SALES), key="", by=admin.id, at=at)
        add_fact(
            organisation_id=organisation.id,
            programme_id=programme_by_slug("small").id,
            metric="customers",
            value=1,
            valid_from=at,
            source="test",
            at=at,
        )
    return World(
        person=person.id,
        organisation=organisation.id,
        other_organisation=other.id,
        passed=passed.result.attempt_id,
        failed=failed.result.attempt_id,
        open=begun.id,
        joined_at=membership.starts_at,
    )


def test_append_only_tables_refuse_every_change(world: World) -> None:
    for table in APPEND_ONLY:
        before = rows(table)
        assert before, table
        column = next(iter(db.metadata.tables[table].columns)).name
        refused(f"UPDATE {table} SET {column} = {column}", f"{table} is append-only")
        refused(f"DELETE FROM {table}", f"{table} is append-only")
        if db.engine.dialect.name == "postgresql":
            refused(f"TRUNCATE {table} CASCADE", "is append-only")
        assert rows(table) == before


def test_a_line_cannot_be_put_in_the_place_of_another(world: World) -> None:
    for table in ("responses", "results", "ledger"):
        if db.engine.dialect.name == "sqlite":
            refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}", f"{table} is append-only")
        refused(f"INSERT INTO {table} SELECT * FROM {table}", "(?i)unique")


def test_a_word_outside_the_enumeration_is_refused(world: World) -> None:
    for table, column in ENUMS:
        assert rows(table), table
        refused(f"UPDATE {table} SET {column} = 'nonsense'", f"(?i)check constraint .*{table}")


def test_an_accommodation_gives_something_to_another_and_is_one(world: World) -> None:
    refused_copy("accommodations", "id = 1", "(?i)unique")
    copy("accommodations", "id = 1", ended_at=now())
    for nothing in ("extra_time_percent = 0", "extra_time_percent = 301", "extra_attempts = -1", "break_min = 241"):
        refused(f"UPDATE accommodations SET {nothing}", "(?i)check constraint")
    refused("UPDATE accommodations SET granted_by = person_id", "(?i)check constraint")


@pytest.mark.parametrize(
    "values",
    [
        "1, 60, 'outage', NULL",
        "2, 60, 'nonsense', NULL",
        "2, -60, 'outage', NULL",
        "2, 60, 'minutes', NULL",
        "0, 60, 'break', NULL",
    ],
)
def test_a_grant_has_its_number_its_cause_and_its_giver(world: World, values: str) -> None:
    columns = "attempt_id, number, seconds, cause, granted_by, granted_at"
    refused(f"INSERT INTO grants ({columns}) SELECT attempt_id, {values}, granted_at FROM grants", "(?i)unique|check")


def test_there_is_one_heart_and_an_outage_has_an_end(world: World) -> None:
    refused("INSERT INTO heartbeats (id, seen_at) SELECT 2, seen_at FROM heartbeats", "(?i)check constraint")
    backwards = "SELECT 9, until, since, attempts FROM outages"
    refused(f"INSERT INTO outages (id, since, until, attempts) {backwards}", "(?i)check constraint")


def test_one_open_attempt_per_person_and_exam(world: World) -> None:
    copy("attempts", f"id = {world.passed}")
    refused_copy("attempts", f"id = {world.open}", "(?i)unique")
    refused(f"UPDATE attempts SET state = 'open', closed_at = NULL, person_id = {person_of(world.open)} "
            f"WHERE id = {world.passed}", "(?i)unique")  # fmt: skip


def test_results_are_unique_by_number(world: World) -> None:
    refused_copy("results", f"attempt_id = {world.passed}", "(?i)unique")
    refused_copy("results", f"attempt_id = {world.passed}", "(?i)unique", passed=False)
    copy("results", f"attempt_id = {world.passed}", number=2, passed=False)


def test_a_credential_needs_a_passing_result(world: World) -> None:
    fresh = {"public_id": "another", "code": "ANOT-HER0"}
    whose = f"attempt_id = {world.passed}"
    refused_copy("credentials", whose, "(?i)foreign key", attempt_id=world.failed, **fresh)
    refused_copy("credentials", whose, "(?i)foreign key", attempt_id=world.open, **fresh)
    refused_copy("credentials", whose, "(?i)foreign key", attempt_id=987654, **fresh)
    refused_copy("credentials", whose, "(?i)check", attempt_id=world.failed, passed=False, **fresh)
    refused_copy("credentials", whose, "(?i)foreign key", result_number=2, **REPLACED, **fresh)


def test_one_credential_per_attempt_that_is_not_superseded(world: World) -> None:
    fresh = {"public_id": "another", "code": "ANOT-HER0"}
    whose = f"attempt_id = {world.passed}"
    refused_copy("credentials", whose, "(?i)unique", **fresh)
    copy("credentials", whose, **REPLACED, **fresh)
    refused("UPDATE credentials SET superseded_at = NULL, superseded_reason = NULL, superseded_by = NULL", "(?i)unique")


def test_one_membership_at_a_time(world: World) -> None:
    whose = f"person_id = {world.person}"
    at = world.joined_at
    overlap = "one membership per person at a time|ex_memberships_one_at_a_time"
    refused_copy("memberships", whose, overlap, organisation_id=world.other_organisation)
    refused_copy("memberships", whose, overlap, starts_at=at + DAY)
    refused_copy("memberships", whose, overlap, starts_at=at - DAY)
    refused_copy("memberships", whose, overlap, starts_at=at - DAY, ends_at=at + timedelta(microseconds=1))
    copy("memberships", whose, starts_at=at - DAY, ends_at=at)
    refused("UPDATE memberships SET ends_at = NULL", overlap)
    refused(f"UPDATE memberships SET person_id = {world.person}, starts_at = starts_at, ends_at = NULL "
            "WHERE ends_at IS NOT NULL", overlap)  # fmt: skip
    copy("memberships", f"{whose} AND ends_at IS NULL", person_id=person_of(world.open))


def test_one_present_standing(world: World) -> None:
    refused_copy("standings", "until IS NULL", "(?i)unique")
    copy("standings", "until IS NULL", until=now())
    refused("UPDATE standings SET until = NULL", "(?i)unique")


def test_what_a_row_cannot_say(world: World) -> None:
    for wrong in (
        "attempts SET deadline_at = started_at",
        "attempts SET closed_at = NULL WHERE state = 'closed'",
        "attempts SET closed_at = started_at WHERE state = 'open'",
        "memberships SET ends_at = starts_at",
        "credentials SET expires_at = issued_at",
        "credentials SET revoked_at = issued_at",
        "credentials SET revoked_reason = 'no date'",
        "credentials SET revoked_at = issued_at, revoked_reason = 'by nobody'",
        "credentials SET superseded_at = issued_at",
        "credentials SET superseded_at = issued_at, superseded_reason = 'by nobody'",
        "credentials SET withdrawn_at = issued_at",
        "credentials SET withdrawn_at = issued_at, withdrawn_reason = 'by nobody'",
        "credentials SET reissues_id = id, reissued_at = issued_at",
        "credentials SET reissued_at = issued_at",
    ):
        refused(f"UPDATE {wrong}", "(?i)check")


def test_what_a_new_row_cannot_say(world: World) -> None:
    result, response = f"attempt_id = {world.passed}", f"attempt_id = {world.passed} AND position = 0"
    refused_copy("results", result, "(?i)check", number=0)
    refused_copy("results", result, "(?i)check", number=2, scaled=99)
    refused_copy("results", result, "(?i)check", number=2, scaled=1001)
    refused_copy("results", result, "(?i)check", number=2, state="unheard of", passed=False)
    for state in ("provisional", "void"):
        refused_copy("results", result, "(?i)check", number=2, state=state, passed=True)
    refused_copy("responses", response, "(?i)check", revision=0)
    refused_copy("facts", "valid_to IS NULL", "(?i)check", valid_to=now() - DAY)


def test_names_are_unique(world: World) -> None:
    for table, column in NAMES:
        refused_copy(table, f"id = (SELECT min(id) FROM {table})", rf"(?i)unique.*{column}")
    refused_copy("credentials", "code = code", "(?i)unique.*public_id", code="ANOT-HER0", **REPLACED)
    refused_copy("credentials", "code = code", "(?i)unique.*code", public_id="another", **REPLACED)


def test_a_row_needs_those_it_points_to(world: World) -> None:
    refused(f"DELETE FROM persons WHERE id = {world.person}", "(?i)foreign key")
    refused(f"UPDATE attempts SET person_id = 987654 WHERE id = {world.open}", "(?i)foreign key")


def rows(table: str) -> list[tuple[object, ...]]:
    with db.engine.connect() as connection:
        return sorted((tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}"))), key=repr)


def person_of(attempt_id: int) -> int:
    with db.engine.connect() as connection:
        return connection.execute(text(f"SELECT person_id FROM attempts WHERE id = {attempt_id}")).scalar_one()


def refused(sql: str, reason: str) -> None:
    with db.engine.connect() as connection, pytest.raises(IntegrityError, match=reason):
        connection.execute(text(sql))


def refused_copy(table: str, where: str, reason: str, **changes: object) -> None:
    with pytest.raises(IntegrityError, match=reason):
        copy(table, where, **changes)


def copy(table: str, where: str, **changes: object) -> None:
    """One more row like the one found, but for the changes; the database gives it its id."""
    columns = [column for column in db.metadata.tables[table].columns if column.name != "id"]
    names = ", ".join(column.name for column in columns)
    values = ", ".join(f":{column.name}" if column.name in changes else column.name for column in columns)
    binds = [bindparam(c.name, changes[c.name], type_=c.type) for c in columns if c.name in changes]
    statement = text(f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE {where}").bindparams(*binds)
    with db.engine.begin() as connection:
        assert connection.execute(statement).rowcount == 1
