"""The register: finding credentials, what a person owns at an instant, and how many there are in each state."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.credentials.issuing import Credential
from app.credentials.register import (
    Wanted,
    count_by_state,
    credential_and_successor,
    held_exactly,
    longest,
    owned_by,
    search,
)
from app.credentials.validity import State
from app.exams.retakes import add_months
from app.extensions import db
from app.people.persons import Person
from app.transaction import reading, writing
from tests.factories import make_person, publish, sit, write_exam

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def content(app: Flask, tmp_path: Path) -> None:
    write_exam(tmp_path)
    write_exam(tmp_path, slug="advanced", level="advanced", validity={"months": 12, "renewal_months": 6})
    publish(tmp_path)


def test_a_person_owns_what_is_valid_and_the_longest_first() -> None:
    person, other = make_person(), make_person()
    for level in ("advanced", "fundamentals"):
        sit(person, level, at=NOON)
    sit(other, at=NOON)
    assert owned(person, NOON) == ["fundamentals", "advanced"]
    assert owned(person, add_months(NOON, 12)) == ["fundamentals"]
    assert owned(person, add_months(NOON, 24)) == []
    with reading():
        both = owned_by(person.id, NOON)
        assert longest(both, ("advanced", "expert")).level == "advanced"
        assert longest(both, ("expert",)) is None
        assert held_exactly(other.id, "advanced", NOON) is None


def test_each_credential_is_counted_in_the_state_that_it_is_in() -> None:
    for days in (0, 1, 2, 3, 800):
        sit(make_person(), at=NOON - days * DAY)
    for days, deed in enumerate(("revoked", "superseded", "withdrawn")):
        end(NOON - days * DAY, deed)
    with reading():
        counted = count_by_state(NOON + DAY)
        states = [credential.state(NOON + DAY) for credential in db.session.scalars(select(Credential))]
        assert counted == dict.fromkeys(State, 1) == {state: states.count(state) for state in State}


def test_a_renewal_is_found_from_the_credential_that_it_renews() -> None:
    person = make_person()
    first = sit(person, at=NOON).credential
    second = sit(person, at=add_months(NOON, 19)).credential
    with reading():
        assert second.renews_id == first.id
        found, newer = credential_and_successor(first.public_id)
        assert (found.id, newer.id) == (first.id, second.id)
        assert credential_and_successor(second.public_id)[1] is None


def test_a_page_beyond_the_last_is_the_last() -> None:
    for _ in range(3):
        sit(make_person(), at=NOON)
    with reading():
        pages = [search(Wanted(), at=NOON, page=page, size=2) for page in (1, 2, 7)]
        assert [(len(page.credentials), page.total) for page in pages] == [(2, 3), (1, 3), (1, 3)]
        assert search(Wanted("nobody"), at=NOON, page=3, size=2).credentials == []


def owned(person: Person, at: datetime) -> list[str]:
    with reading():
        return [one.level for one in owned_by(person.id, at)]


def end(issued_at: datetime, deed: str) -> None:
    """Take back the credential of that instant, by its holder."""
    ended = {f"{deed}_at": NOON, f"{deed}_reason": "copied", f"{deed}_by": Credential.person_id}
    with writing():
        db.session.execute(update(Credential).where(Credential.issued_at == issued_at).values(ended))
