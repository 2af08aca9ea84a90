"""Amending: what was revoked counts again, names are corrected, holders withdraw; standings and the past follow."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.credentials.changing import NotReinstatable, NotReissuable, NotWithdrawable, Reinstatement, SameName
from app.credentials.issuing import Credential, ReasonMissing
from app.credentials.register import NoSuchCredential, credential_and_successor
from app.credentials.typesetting import MissingGlyph
from app.credentials.validity import State
from app.exams.retakes import add_months
from app.extensions import db
from app.journeys.amending import (
    OwnCredential,
    ResultDoesNotPass,
    hide_holder,
    reinstate_credential,
    reissue_credential,
    withdraw_credential,
)
from app.journeys.invariants import verify_all
from app.journeys.moving import join, revoke_credential
from app.journeys.voiding import approve_voiding, propose_voiding
from app.ledger.deeds import deeds_on
from app.ledger.log import Leaf
from app.partners.knowledge import records_of
from app.partners.programmes import participation_in
from app.partners.standing import Standing, standing_in
from app.partners.tiers import qualify
from app.people.organisations import JobRole, Organisation
from app.people.persons import Person, PersonRole
from app.refusal import Refusal
from app.transaction import now, reading, snapshot, writing
from tests.factories import make_organisation, make_person, make_staff, publish, sit, write_exam, write_programme

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def content(app: Flask, tmp_path: Path) -> None:
    write_programme(tmp_path)
    write_exam(tmp_path)
    publish(tmp_path)


@pytest.fixture
def admin(content: None) -> Person:
    return make_staff(PersonRole.ADMIN)


@pytest.fixture
def holder(content: None) -> Person:
    return make_person(name="Lucia Peña")


@pytest.fixture
def organisation(holder: Person) -> Organisation:
    """Where the holder works since before the first credential."""
    founded = make_organisation("small", at=NOON - 30 * DAY)
    with writing():
        join(holder.id, founded.id, job_role=JobRole.SALES, by=None, at=NOON - DAY)
    return founded


@pytest.fixture
def credential(organisation: Organisation, holder: Person) -> Credential:
    credential = sit(holder, at=NOON).credential
    assert credential is not None
    return credential


def test_a_reinstated_credential_counts_again_and_the_gap_stays_known(
    credential: Credential, organisation: Organisation, admin: Person
) -> None:
    revoke(credential, admin, NOON + DAY)
    assert standing(organisation).at_risk_since == NOON + DAY
    reinstate(credential, admin, NOON + 3 * DAY)
    assert (standing(organisation).tier, standing(organisation).at_risk_since) == ("t1", None)
    found = again(credential)
    assert (found.state(NOON + 4 * DAY), found.revoked_reason, found.revoked_by) == (State.VALID, None, None)
    with reading():
        [lapse] = db.session.scalars(select(Reinstatement))
        known = (lapse.revoked_at, lapse.revoked_reason, lapse.revoked_by, lapse.reinstated_at, lapse.reason)
    assert known == (NOON + DAY, "copied", admin.id, NOON + 3 * DAY, "A mistake of ours")
    assert [earned(organisation, NOON + days * DAY) for days in (0, 1, 2, 3)] == ["t1", None, None, "t1"]
    assert deeds(credential)[:2] == ["credential_reinstated", "credential_revoked"]
    assert_all_holds()


def test_a_credential_is_revoked_and_reinstated_any_number_of_times(credential: Credential, admin: Person) -> None:
    for day in (1, 3, 5):
        revoke(credential, admin, NOON + day * DAY)
        reinstate(credential, admin, NOON + (day + 1) * DAY)
    with reading():
        assert len(db.session.scalars(select(Reinstatement)).all()) == 3
    kinds = leaves(credential)
    assert kinds == ["issue", *["revoke", "reinstate"] * 3]
    assert_all_holds()


def test_what_cannot_be_reinstated(credential: Credential, admin: Person, holder: Person) -> None:
    refused(NotReinstatable, lambda: reinstate(credential, admin, NOON + DAY))
    revoke(credential, admin, NOON + DAY)
    for reason in ("", "a" * 201):
        refused(ReasonMissing, lambda reason=reason: reinstate(credential, admin, NOON + 2 * DAY, reason))
    refused(OwnCredential, lambda: reinstate(credential, holder, NOON + 2 * DAY))
    assert again(credential).state(NOON + 3 * DAY) is State.REVOKED


def test_a_credential_without_a_passing_result_stays_revoked(credential: Credential, admin: Person) -> None:
    other = make_staff(PersonRole.ADMIN)
    with writing():
        propose_voiding(credential.attempt_id, "Somebody else sat it", by=admin.id, at=NOON + DAY)
    with writing():
        approve_voiding(1, by=other.id, at=NOON + DAY)
    refused(ResultDoesNotPass, lambda: reinstate(credential, admin, NOON + 2 * DAY))
    assert_all_holds()


def test_a_corrected_name_stands_on_another_credential_linked_both_ways(
    credential: Credential, organisation: Organisation, admin: Person
) -> None:
    renewed = reissue(credential, "Lucía Peña", admin, NOON + DAY)
    old, new = again(credential), again(renewed)
    assert (old.state(NOON + DAY), new.state(NOON + DAY)) == (State.SUPERSEDED, State.VALID)
    assert (old.superseded_by, old.superseded_reason) == (admin.id, "An accent")
    assert (new.reissues_id, new.reissued_at, new.issued_at, new.expires_at) == (
        old.id, NOON + DAY, old.issued_at, old.expires_at,
    )  # fmt: skip
    changed = {key for key in new.data.keys() | old.data.keys() if new.data.get(key) != old.data.get(key)}
    assert changed == {"id", "code", "name", "salt"}
    assert (old.data["name"], new.data["name"], new.holder) == ("Lucia Peña", "Lucía Peña", "Lucía Peña")
    assert (standing(organisation).tier, standing(organisation).at_risk_since) == ("t1", None)
    assert [earned(organisation, NOON + days * DAY) for days in (0, 1)] == ["t1", "t1"]
    assert (deeds(old)[0], deeds(new)) == ("credential_replaced", ["credential_reissued"])
    assert (leaves(old), leaves(new)) == (["issue", "supersede"], ["reissue"])
    third = reissue(new, "Lucía Peña Ríos", admin, NOON + 2 * DAY)
    assert [again(one).state(NOON + 3 * DAY) for one in (new, third)] == [State.SUPERSEDED, State.VALID]
    assert_all_holds()


def test_what_renewed_the_old_one_renews_the_new_one(credential: Credential, holder: Person, admin: Person) -> None:
    newer = sit(holder, at=add_months(NOON, 19)).credential
    renewed = reissue(credential, "Lucía Peña", admin, add_months(NOON, 20))
    with reading():
        assert credential_and_successor(renewed.public_id)[1].id == newer.id
        assert db.session.get_one(Credential, newer.id).renews_id == renewed.id


def test_what_cannot_be_issued_anew(credential: Credential, holder: Person, admin: Person) -> None:
    refused(SameName, lambda: reissue(credential, " Lucia  Peña ", admin, NOON + DAY))
    refused(MissingGlyph, lambda: reissue(credential, "ルシア", admin, NOON + DAY))
    refused(OwnCredential, lambda: reissue(credential, "Lucía Peña", holder, NOON + DAY))
    renewed = reissue(credential, "Lucía Peña", admin, NOON + DAY)
    refused(NotReissuable, lambda: reissue(credential, "Lucía P.", admin, NOON + 2 * DAY))
    revoke(renewed, admin, NOON + 3 * DAY)
    refused(NotReissuable, lambda: reissue(renewed, "Lucía P.", admin, NOON + 4 * DAY))


def test_a_reissued_credential_that_was_revoked_for_a_while_does_not_fill_the_gap(
    credential: Credential, organisation: Organisation, admin: Person
) -> None:
    revoke(credential, admin, NOON + DAY)
    reinstate(credential, admin, NOON + 2 * DAY)
    reissue(credential, "Lucía Peña", admin, NOON + 3 * DAY)
    assert [earned(organisation, NOON + days * DAY) for days in (0, 1, 2, 3)] == ["t1", None, "t1", "t1"]


def test_a_holder_withdraws_for_good(credential: Credential, organisation: Organisation, holder: Person,
                                     admin: Person) -> None:  # fmt: skip
    withdraw(credential, holder, NOON + DAY)
    found = again(credential)
    assert (found.state(NOON + DAY), found.withdrawn_by) == (State.WITHDRAWN, holder.id)
    assert found.withdrawn_reason == "Withdrawn by the holder"
    assert standing(organisation).at_risk_since == NOON + DAY
    assert leaves(credential) == ["issue", "withdraw"]
    refused(NotWithdrawable, lambda: withdraw(credential, holder, NOON + 2 * DAY))
    refused(NotReinstatable, lambda: reinstate(credential, admin, NOON + 2 * DAY))
    refused(NotReissuable, lambda: reissue(credential, "Lucía Peña", admin, NOON + 2 * DAY))
    assert_all_holds()


def test_nobody_covers_up_a_revocation_by_withdrawing(credential: Credential, holder: Person, admin: Person) -> None:
    revoke(credential, admin, NOON + DAY)
    refused(NotWithdrawable, lambda: withdraw(credential, holder, NOON + 2 * DAY))
    assert again(credential).state(NOON + 3 * DAY) is State.REVOKED


def test_what_is_not_ones_own_is_neither_withdrawn_nor_hidden(credential: Credential, admin: Person) -> None:
    refused(NoSuchCredential, lambda: withdraw(credential, admin, NOON + DAY))
    refused(NoSuchCredential, lambda: hide(credential, admin, True))


def test_a_deed_that_fails_leaves_nothing(credential: Credential, admin: Person) -> None:
    def fail() -> None:
        with writing():
            reissue_credential(credential.public_id, "Lucía Peña", reason="x", by=admin.id, at=NOON + DAY)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert again(credential).state(NOON + DAY) is State.VALID
    with reading():
        assert len(db.session.scalars(select(Credential)).all()) == 1


def test_what_was_taken_back_is_never_changed(credential: Credential, admin: Person) -> None:
    revoke(credential, admin, NOON + DAY)
    reinstate(credential, admin, NOON + 2 * DAY)
    for wrong in ("UPDATE reinstatements SET reason = 'other'", "DELETE FROM reinstatements"):
        with pytest.raises(Exception, match="append-only"), db.engine.begin() as connection:
            connection.execute(text(wrong))


def revoke(credential: Credential, by: Person, at: datetime) -> None:
    with writing():
        revoke_credential(db.session.get_one(Credential, credential.id), reason="copied", by=by.id, at=at)


def reinstate(credential: Credential, by: Person, at: datetime, reason: str = "A mistake of ours") -> None:
    with writing():
        reinstate_credential(credential.public_id, reason=reason, by=by.id, at=at)


def reissue(credential: Credential, name: str, by: Person, at: datetime) -> Credential:
    with writing():
        return reissue_credential(credential.public_id, name, reason="An accent", by=by.id, at=at)


def withdraw(credential: Credential, by: Person, at: datetime) -> None:
    with writing():
        withdraw_credential(credential.public_id, by.id, at=at)


def hide(credential: Credential, by: Person, is_hidden: bool) -> None:
    with writing():
        hide_holder(credential.public_id, by.id, hide=is_hidden, at=NOON + DAY)


def refused(refusal: type[Refusal], deed: Callable[[], object]) -> None:
    with pytest.raises(refusal):
        deed()


def again(credential: Credential) -> Credential:
    with reading():
        return db.session.get_one(Credential, credential.id)


def deeds(credential: Credential) -> list[str]:
    """What the ledger says was done to it, the newest first."""
    with reading():
        return [deed.deed for deed in deeds_on(f"credential:{credential.public_id}")]


def leaves(credential: Credential) -> list[str]:
    """What the log says was done to it, in order."""
    with reading():
        about = select(Leaf.kind).where(Leaf.about == credential.public_id).order_by(Leaf.id)
        return [kind.value for kind in db.session.scalars(about)]


def standing(organisation: Organisation) -> Standing:
    with reading():
        found = standing_in(participation_in(organisation.id, "small"))
    assert found is not None
    return found


def earned(organisation: Organisation, at: datetime) -> str | None:
    """The tier that the records, as they are known now, earn at an instant."""
    with reading():
        part = participation_in(organisation.id, "small")
        return qualify(part.programme.rules, records_of(part, known_at=now()), at).tier


def assert_all_holds() -> None:
    with snapshot():
        assert list(verify_all(now())) == []
