"""What the database itself refuses about onboarding and the public directory, each tried by raw SQL."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.journeys.invariants import verify_all
from app.journeys.listing import publish_listing, save_listing
from app.people.listings import Entry
from app.people.persons import PersonRole
from app.transaction import snapshot, writing
from tests.factories import make_organisation, make_staff, publish, write_programme

RECORD = {
    "organisation_id": "1",
    "programme_id": "1",
    "step": "'one'",
    "number": "1",
    "done_at": "'2026-01-01 00:00:00+00:00'",
    "note": "NULL",
    "recorded_by": "1",
    "recorded_at": "'2026-01-02 00:00:00+00:00'",
}


@pytest.fixture(autouse=True)
def rows(app: Flask, tmp_path: Path) -> None:
    """A programme, an organisation that takes part in it and is listed, and one record of a step."""
    write_programme(tmp_path)
    publish(tmp_path)
    organisation, admin = make_organisation("small"), make_staff(PersonRole.ADMIN)
    with writing() as at:
        save_listing(organisation.id, Entry({"es": "Hola"}), 0, by=admin.id, at=at)
        publish_listing(organisation.id, by=admin.id, at=at)
    insert()


def insert(**changes: str) -> None:
    row = RECORD | changes
    do(f"INSERT INTO onboarding_records ({', '.join(row)}) VALUES ({', '.join(row.values())})")


def do(statement: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(text(statement))


def refused(statement: str) -> None:
    with pytest.raises(IntegrityError):
        do(statement)


def test_the_record_as_it_has_to_be() -> None:
    insert(number="2", done_at="NULL", note="'Too early'")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"number": "0"},
        {"number": "2"},
        {"number": "3", "done_at": "NULL", "note": "'Why'"},
        {"number": "2", "done_at": "NULL"},
        {"number": "3", "note": "''"},
        {"number": "3", "note": f"'{'x' * 501}'"},
        {"number": "3", "done_at": "'2026-01-03 00:00:00+00:00'"},
        {"number": "3", "organisation_id": "9"},
        {"number": "3", "programme_id": "9"},
        {"number": "3", "recorded_by": "9"},
    ],
)
def test_a_record_that_breaks_a_rule(changes: dict[str, str]) -> None:
    with pytest.raises(IntegrityError):
        insert(**changes)


@pytest.mark.parametrize(
    "change",
    ["UPDATE onboarding_records SET note = 'x'", "DELETE FROM onboarding_records"],
)
def test_nothing_of_a_record_is_changed(change: str) -> None:
    refused(change)


def test_a_gap_in_what_was_said_is_found() -> None:
    insert(number="2", done_at="NULL", note="'Why'")
    assert breaches() == []
    insert(number="5")
    assert breaches() == ["organisation 1: what was said of the step one has a gap"]


def breaches() -> list[str]:
    with snapshot() as at:
        return list(verify_all(at))


def test_a_partner_is_warned_once() -> None:
    row = "INSERT INTO onboarding_warnings VALUES (1, 1, '2026-01-01 00:00:00+00:00')"
    do(row)
    refused(row)
    refused("DELETE FROM onboarding_warnings")
    refused("INSERT INTO onboarding_warnings VALUES (9, 1, '2026-01-01 00:00:00+00:00')")


@pytest.mark.parametrize(
    "change",
    [
        "country = 'MEX'",
        "region = ''",
        f"region = '{'x' * 81}'",
        "website = 'http://example.com'",
        "website = 'https://'",
        "listed_at = NULL",
        "listed_by = NULL",
        "listed_by = 99",
        "hidden_at = listed_at",
        "hidden_at = listed_at, hidden_by = 1",
        "hidden_at = listed_at, hidden_by = 1, hidden_reason = ''",
        "hidden_by = 1",
        "hidden_reason = 'x'",
        "revision = 0",
        "organisation_id = 99",
    ],
)
def test_an_entry_that_breaks_a_rule(change: str) -> None:
    refused(f"UPDATE listings SET {change}")


@pytest.mark.parametrize("change", ["text = ''", f"text = '{'x' * 601}'", "language = 'fr'", "organisation_id = 99"])
def test_a_description_that_breaks_a_rule(change: str) -> None:
    refused(f"UPDATE listing_texts SET {change}")


def test_one_entry_and_one_description_in_a_language() -> None:
    refused("INSERT INTO listings (organisation_id, revision) VALUES (1, 1)")
    refused("INSERT INTO listing_texts VALUES (1, 'es', 'Otra')")
