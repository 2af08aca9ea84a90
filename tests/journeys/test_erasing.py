"""Erasing: nothing of the person is left, all that others rely on still holds, and it happens whole or not at all."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import or_, select, text

from app import worker
from app.credentials.keeping import keep_certificate
from app.credentials.register import credentials_of
from app.exams.attempts import NoSuchAttempt
from app.exams.finding import closed_among
from app.exams.item_statistics import usage_of
from app.extensions import db
from app.journeys import erasing
from app.journeys.appealing import file_appeal
from app.journeys.erasing import erase
from app.journeys.invariants import verify_all
from app.journeys.voiding import NothingToVoid, propose_voiding
from app.ledger.deeds import deeds_on
from app.mail.outbox import Task, TaskState
from app.partners.standing import proofs_of, standing_lines
from app.people.erasures import (
    done_erasures,
)
from app.people.organisations import Organisation, membership_of
from app.people.persons import Person, PersonRole, person_by_id
from app.transaction import reading, snapshot, writing
from tests.erased_world import MARK, found_in_files, found_in_tables, make_marked, write_content
from tests.factories import (
    make_member,
    make_organisation,
    make_programme,
    make_staff,
    sit,
)
from tests.leaves import number_all

FILLED = {
    "accommodations.reason",
    "appeals.answer",
    "appeals.text",
    "assignments.note",
    "attempts.address",
    "attempts.agent",
    "attempts.legal_name",
    "credentials.holder",
    "credentials.record",
    "devices.address",
    "devices.agent",
    "grants.reason",
    "ledger.address",
    "ledger.detail",
    "outbox.error",
    "outbox.payload",
    "persons.email",
    "persons.name",
    "ratings.comment",
    "recognitions.file",
    "recognitions.link",
    "recognitions.name",
    "reinstatements.reason",
    "reinstatements.revoked_reason",
    "reports.note",
    "reports.text",
    "responses.answer",
    "standings.explanation",
    "uploads.content",
    "uploads.name",
    "voids.reason",
}

# Every table that points at a person, or at what a person sat or holds. A new one is to be thought of in
# app/journeys/erasing.py and filled in tests/erased_world.py before it is named here.
CONSIDERED = {
    *(
        "accommodations",
        "appeals",
        "assignments",
        "attempt_events",
        "attempts",
        "bulk_lines",
        "bulk_revocations",
        "certificates",
    ),
    *("credentials", "devices", "enrolments", "erasures", "event_counts", "grants", "ledger", "memberships"),
    *("facts", "fact_imports", "fact_mappings", "invitations", "organisation_domains", "tier_exceptions"),
    *("hand_ins", "investments", "report_subscriptions"),
    *("onboarding_records", "listings"),
    *("progress", "rating_turns", "ratings", "recognitions", "regrade_lines", "regrades", "reinstatements"),
    *("reminders", "reports", "rereadings", "responses", "results", "sessions", "tokens", "uploads", "voids"),
}


def test_every_table_of_a_person_was_thought_of() -> None:
    whose = {"persons", "attempts", "results", "credentials"}
    pointing = {
        table.name
        for table in db.metadata.sorted_tables
        if whose & {key.column.table.name for key in table.foreign_keys}
    }
    assert pointing == CONSIDERED


@pytest.fixture
def marked(app: Flask, tmp_path: Path) -> Person:
    content = tmp_path / "elsewhere"
    write_content(content)
    return make_marked()


def do(person: Person, reason: str = "request 12", by: Person | None = None) -> None:
    by_id = by.id if by else None
    with writing() as at:
        erase(person.id, reason=reason, by=by_id, at=at)


def scrub() -> None:
    """As the worker does, when the letters in hand are sent."""
    with reading():
        payload = db.session.scalars(select(Task.payload).where(Task.kind == "scrub")).one()
    worker.HANDLERS["scrub"](0, payload)


def breaches() -> list[str]:
    with snapshot() as at:
        return list(verify_all(at))


def test_nothing_is_left_in_any_table_or_file(marked: Person) -> None:
    number_all()
    before = found_in_tables()
    assert before.keys() >= FILLED, "the world has to be filled for the scan to say anything"
    assert any(name.endswith(".eml") for name in found_in_files())
    assert breaches() == []
    do(marked)
    assert found_in_tables() == {}
    scrub()
    assert found_in_files() == {}
    number_all()
    assert breaches() == []


def test_the_number_alone_is_left(marked: Person) -> None:
    """Each row that still points at the person is one that has to."""
    with reading():
        tasks = select(Task.kind).where(Task.state == TaskState.WAITING, Task.every_s.is_(None))
        assert "letter" in db.session.scalars(tasks).all()
    do(marked)
    assert pointing_at(marked) == {"attempts", "credentials", "erasures", "ledger", "memberships"}
    with reading() as at:
        left = person_by_id(marked.id)
        assert (left.email, left.name, left.password_hash) == (f"#{marked.id}", f"#{marked.id}", None)
        assert left.disabled_at is not None
        assert membership_of(marked.id, at) is None
        assert db.session.scalars(tasks).all() == ["scrub"]


def test_the_ledger_says_that_it_happened_and_nothing_more(marked: Person) -> None:
    admin = make_staff(PersonRole.ADMIN)
    do(marked, by=admin)
    with reading():
        newest, *before = deeds_on(f"person:{marked.id}")
        assert (newest.deed, newest.person_id) == ("person_erased", admin.id)
        assert newest.detail["lines"] > len(before) > 3
        assert all(line.detail == {} and line.address is None and line.salt is None for line in before)
        [erasure] = done_erasures()
        assert (erasure.person_id, erasure.erased_by, erasure.reason) == (marked.id, admin.id, "request 12")


def test_a_line_that_is_emptied_in_silence_is_found(marked: Person) -> None:
    number_all()
    do(marked)
    assert breaches() == []
    with db.engine.begin() as connection:
        empty = "UPDATE ledger SET address = NULL, detail = '{}', salt = NULL WHERE id IN (SELECT max(id) FROM ledger)"
        connection.execute(text(empty))
    assert any("empty" in breach for breach in breaches())


def test_the_standing_of_the_organisation_is_looked_at_again(app: Flask, tmp_path: Path) -> None:
    make_programme(tmp_path / "elsewhere")
    make_staff(PersonRole.ADMIN)
    organisation = make_organisation("small")
    people = [make_member(organisation) for _ in range(2)]
    for person in people:
        sit(person)
    assert tier_of(organisation) == "t2"
    do(people[0])
    assert explained(organisation) == {people[1].id}
    assert breaches() == []


def test_statistics_remain_the_sum_of_what_is_there(marked: Person) -> None:
    before = usage()
    do(marked)
    after = usage()
    assert after["name-1"].answered == before["name-1"].answered - 1
    assert after["write-1"] == before["write-1"]
    assert after["pick-1"] == before["pick-1"]
    assert breaches() == []


def test_what_is_gone_is_not_graded_again(marked: Person, app: Flask) -> None:
    do(marked)
    replay = app.test_cli_runner().invoke(args=["exams", "replay", "1"])
    assert replay.exit_code != 0
    assert "erased" in replay.output
    admin = make_staff(PersonRole.ADMIN)
    with pytest.raises(NothingToVoid), writing() as at:
        propose_voiding(1, "x", by=admin.id, at=at)
    with pytest.raises(NoSuchAttempt), writing() as at:
        file_appeal(1, marked.id, "x", None, at=at)
    with reading():
        assert closed_among([1], lock=False) == []


def test_a_certificate_that_is_signed_meanwhile_is_not_kept(marked: Person) -> None:
    with reading():
        credential = credentials_of([marked.id])[0]
    do(marked)
    with writing() as at:
        keep_certificate(credential, "xx", MARK.encode(), at=at)
    assert found_in_tables() == {}


def test_a_failure_leaves_everything_as_it_was(marked: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    before = found_in_tables()

    def fail(*args: Any, **kwargs: Any) -> None:
        raise ArithmeticError

    monkeypatch.setattr(erasing, "reevaluate_organisation", fail)
    with pytest.raises(ArithmeticError):
        do(marked)
    assert found_in_tables() == before
    assert breaches() == []


def test_the_files_are_cleaned_as_often_as_need_be(marked: Person) -> None:
    do(marked)
    scrub()
    scrub()
    assert found_in_files() == {}


def tier_of(organisation: Organisation) -> str | None:
    with reading():
        return standing_lines(organisation.id)[0].tier


def explained(organisation: Organisation) -> set[int]:
    """Who counts for the first tier."""
    with reading():
        [proof] = proofs_of(organisation.id)
        return {who["person"] for who in proof["tiers"][0]["requirements"][0]["people"]}


def usage() -> dict[str, Any]:
    with reading():
        return usage_of(1)


def pointing_at(person: Person) -> set[str]:
    """The tables with a row that names the person."""
    found = set()
    with reading():
        for table in db.metadata.sorted_tables:
            keys = [key.parent for key in table.foreign_keys if key.column.table.name == "persons"]
            if keys and db.session.execute(select(*keys).where(or_(*(key == person.id for key in keys)))).first():
                found.add(table.name)
    return found
