"""Revoking many: what a preview finds, that nothing happens before it is confirmed, and that a cut leaves no harm."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from app.credentials.bulk import (
    AlreadyConfirmed,
    BulkLine,
    BulkRevocation,
    NoSuchBulk,
    NothingToRevoke,
    Outcome,
    TooMany,
    count_outcomes,
)
from app.credentials.issuing import Credential
from app.credentials.validity import State
from app.extensions import db
from app.journeys import bulk_revoking
from app.journeys.bulk_revoking import confirm, preview_named, put_through
from app.journeys.invariants import verify_all
from app.journeys.moving import revoke_credential
from app.ledger.deeds import deeds_on
from app.mail.outbox import Task
from app.partners.programmes import participation_in
from app.partners.standing import standing_in
from app.people.persons import Person, PersonRole
from app.refusal import Refusal
from app.transaction import now, reading, snapshot, writing
from tests.factories import (
    make_membership,
    make_organisation,
    make_person,
    make_staff,
    publish,
    sit,
    write_exam,
    write_programme,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def content(app: Flask, tmp_path: Path) -> None:
    write_programme(tmp_path)
    write_exam(tmp_path)
    publish(tmp_path)


@pytest.fixture
def admin(content: None) -> Person:
    return make_staff(PersonRole.ADMIN)


def test_ids_and_codes_are_found_once_and_nothing_happens_before_the_yes(admin: Person) -> None:
    one, other = awarded(), awarded()
    names = [one.public_id, f" {one.code.lower()} ", other.code.replace("-", " "), "", "unknown", "%", "é" * 300]
    bulk = propose(names, admin)
    with reading():
        batch = db.session.get_one(BulkRevocation, bulk)
        assert (batch.unknown, count_outcomes(bulk)) == (3, {None: 2})
    assert not step(bulk)
    assert states() == {State.VALID: 2}


def test_all_are_revoked_with_their_lines_and_standings(admin: Person) -> None:
    organisation = make_organisation("small", at=NOON - 30 * DAY)
    person, gone = make_person(), awarded()
    make_membership(person, organisation, at=NOON - DAY)
    held = [sit(person, at=NOON).credential, awarded()]
    with writing():
        revoke_credential(db.session.get_one(Credential, gone.id), reason="before", by=admin.id, at=NOON + DAY)
    bulk = propose([one.public_id for one in (*held, gone)], admin)
    approve(bulk, admin)
    with reading():
        assert count_outcomes(bulk) == {Outcome.REVOKED: 2, Outcome.LEFT: 1}
        assert standing_in(participation_in(organisation.id, "small")).at_risk_since == NOON + 2 * DAY
        line = deeds_on(f"credential:{held[0].public_id}")[0]
        assert (line.deed, line.person_id, line.detail) == (
            "credential_revoked", admin.id, {"reason": "The items leaked", "bulk": bulk},
        )  # fmt: skip
        assert db.session.get_one(Credential, gone.id).revoked_reason == "before"
    assert_all_holds()


def test_a_batch_goes_on_where_a_cut_left_it(admin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_revoking, "PIECE", 2)
    bulk = propose([awarded().public_id for _ in range(5)], admin)
    approve(bulk, admin)
    with reading():
        assert db.session.scalar(select(func.count(Task.id)).where(Task.kind == "bulk_revoke")) == 1
    with pytest.raises(RuntimeError):
        step(bulk, cut=True)
    assert states() == {State.VALID: 3, State.REVOKED: 2}
    assert [step(bulk), step(bulk), step(bulk)] == [True, False, False]
    assert states() == {State.REVOKED: 5}
    with reading():
        assert db.session.get_one(BulkRevocation, bulk).ended_at == NOON + 3 * DAY
    assert_all_holds()


def test_whoever_looked_at_it_confirms_it_and_once(admin: Person) -> None:
    bulk = propose([awarded().code], admin)
    other = make_staff(PersonRole.ADMIN)
    refused(NoSuchBulk, lambda: approve(bulk, other))
    approve(bulk, admin)
    refused(AlreadyConfirmed, lambda: approve(bulk, admin))
    refused(NoSuchBulk, lambda: approve(bulk + 1, admin))


def test_nobody_revokes_a_credential_of_their_own_among_many(admin: Person) -> None:
    own = sit(admin, at=NOON).credential
    bulk = propose([own.code, awarded().code], admin)
    approve(bulk, admin)
    with reading():
        assert count_outcomes(bulk) == {Outcome.REVOKED: 1, Outcome.LEFT: 1}
        assert db.session.get_one(Credential, own.id).revoked_at is None


def test_what_cannot_be_proposed(admin: Person) -> None:
    refused(NothingToRevoke, lambda: propose(["", "unknown"], admin))
    refused(TooMany, lambda: propose([str(number) for number in range(5001)], admin))


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("UPDATE bulk_revocations SET confirmed_at = made_at", r"(?i)check"),
        ("UPDATE bulk_revocations SET reason = 'not confirmed'", r"(?i)check"),
        ("UPDATE bulk_revocations SET ended_at = made_at", r"(?i)check"),
        ("UPDATE bulk_revocations SET unknown = -1", r"(?i)check"),
        ("UPDATE bulk_lines SET outcome = 'unheard of'", r"(?i)check"),
        ("INSERT INTO bulk_lines SELECT * FROM bulk_lines", r"(?i)unique"),
    ],
)
def test_what_a_row_cannot_say(admin: Person, wrong: str, reason: str) -> None:
    propose([awarded().code], admin)
    with pytest.raises(IntegrityError, match=reason), db.engine.begin() as connection:
        connection.execute(text(wrong))


def awarded() -> Credential:
    credential = sit(make_person(), at=NOON).credential
    assert credential is not None
    return credential


def propose(names: list[str], by: Person) -> int:
    with writing():
        return preview_named(names, by=by.id, at=NOON + DAY)


def approve(bulk: int, by: Person) -> None:
    with writing():
        confirm(bulk, reason="The items leaked", by=by.id, at=NOON + 2 * DAY)


def step(bulk: int, *, cut: bool = False) -> bool:
    """What the worker does; cut off before the end it leaves nothing."""
    with writing():
        is_more_left = put_through(bulk, at=NOON + 3 * DAY)
        if cut:
            raise RuntimeError
        return is_more_left


def states() -> dict[State, int]:
    with reading():
        found = [credential.state(NOON + 4 * DAY) for credential in db.session.scalars(select(Credential))]
        assert db.session.scalar(select(func.count()).select_from(BulkLine))
    return {state: found.count(state) for state in set(found)}


def refused(refusal: type[Refusal], deed: Callable[[], object]) -> None:
    with pytest.raises(refusal):
        deed()


def assert_all_holds() -> None:
    with snapshot():
        assert list(verify_all(now())) == []
