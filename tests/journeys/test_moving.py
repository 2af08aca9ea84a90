"""Moving: people who join, leave and change employers take what they hold along, and standings follow."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.credentials.issuing import Credential, NotRevocable, ReasonMissing
from app.credentials.validity import State
from app.exams.retakes import add_months
from app.extensions import db
from app.journeys.invariants import verify_all
from app.journeys.moving import join, leave, revoke_credential
from app.ledger.deeds import deeds_on
from app.partners.programmes import participation_in
from app.partners.standing import Standing, standing_in
from app.people.organisations import AlreadyMember, JobRole, Organisation, PartnerRole, membership_of
from app.people.persons import Person
from app.refusal import NotFound
from app.transaction import now, reading, snapshot, writing
from tests.factories import make_organisation, make_person, publish, sit, write_exam, write_programme

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def content(app: Flask, tmp_path: Path) -> None:
    write_programme(tmp_path)
    write_exam(tmp_path)
    publish(tmp_path)


def test_who_joins_brings_along_what_they_hold(app: Flask) -> None:
    person, organisation = make_person(), founded()
    sit(person, at=NOON)
    assert standing(organisation).tier is None
    move_in(person, organisation, NOON + HOUR)
    assert (standing(organisation).tier, standing(organisation).since) == ("t1", NOON + HOUR)


def test_who_leaves_leaves_a_standing_at_risk_and_takes_it_elsewhere(app: Flask) -> None:
    person, old, new = make_person(), founded(), founded()
    move_in(person, old, NOON)
    sit(person, at=NOON + HOUR)
    move_out(person, NOON + DAY)
    move_in(person, new, NOON + DAY)
    assert (standing(old).tier, standing(old).at_risk_since) == ("t1", NOON + DAY)
    assert standing(old).proof["earned"] is None
    assert (standing(new).tier, standing(new).since) == ("t1", NOON + DAY)
    with reading():
        assert membership_of(person.id, NOON + DAY).organisation_id == new.id
        assert membership_of(person.id, NOON + DAY - HOUR).organisation_id == old.id


def test_a_credential_follows_its_holder_and_says_where_it_was_earned(app: Flask) -> None:
    person, old, new = make_person(), founded(), founded()
    move_in(person, old, NOON)
    credential = sit(person, at=NOON + HOUR).credential
    move_out(person, NOON + DAY)
    move_in(person, new, NOON + DAY)
    with snapshot():
        kept = db.session.get_one(Credential, credential.id)
        assert list(verify_all(now())) == []
    assert (kept.person_id, kept.state(NOON + DAY)) == (person.id, State.VALID)
    assert kept.data["organisation"] == old.name
    assert (standing(old).at_risk_since, standing(new).tier) == (NOON + DAY, "t1")


def test_who_comes_back_in_time_ends_the_risk(app: Flask) -> None:
    person, organisation = make_person(), founded()
    move_in(person, organisation, NOON)
    sit(person, at=NOON + HOUR)
    move_out(person, NOON + DAY)
    move_in(person, organisation, NOON + 2 * DAY)
    kept = standing(organisation)
    assert (kept.tier, kept.since, kept.at_risk_since) == ("t1", NOON + HOUR, None)


def test_a_person_works_for_one_organisation_at_a_time(app: Flask) -> None:
    person, one, other = make_person(), founded(), founded()
    move_in(person, one, NOON)
    for organisation in (one, other):
        with pytest.raises(AlreadyMember):
            move_in(person, organisation, NOON + HOUR)
    move_out(person, NOON + HOUR)
    with pytest.raises(NotFound):
        move_out(person, NOON + 2 * HOUR)


def test_roles_are_the_memberships_own(app: Flask) -> None:
    person, organisation = make_person(), founded()
    with writing():
        join(
            person.id,
            organisation.id,
            job_role=JobRole.TECHNICAL,
            partner_role=PartnerRole.ADMIN,
            by=person.id,
            at=NOON,
        )
    with reading():
        membership = membership_of(person.id, NOON)
        assert (membership.job_role, membership.partner_role) == (JobRole.TECHNICAL, PartnerRole.ADMIN)
        [line] = deeds_on(f"person:{person.id}")
    assert (line.deed, line.person_id, line.detail) == ("joined", person.id, {"organisation": organisation.id})


def test_what_is_revoked_counts_no_longer(app: Flask) -> None:
    person, admin, organisation = make_person(), make_person(), founded()
    move_in(person, organisation, NOON)
    credential = sit(person, at=NOON + HOUR).credential
    revoke(credential, admin, NOON + DAY, reason="  somebody \n else sat it ")
    assert standing(organisation).at_risk_since == NOON + DAY
    with snapshot():
        revoked = db.session.get_one(Credential, credential.id)
        [line] = [line for line in deeds_on(f"credential:{credential.public_id}") if line.deed == "credential_revoked"]
        assert list(verify_all(now())) == []
    assert (revoked.state(NOON + DAY), revoked.state(NOON + DAY - HOUR)) == (State.REVOKED, State.VALID)
    assert (revoked.revoked_reason, revoked.revoked_by) == ("somebody else sat it", admin.id)
    assert (line.person_id, line.detail) == (admin.id, {"reason": "somebody else sat it"})


def test_what_cannot_be_revoked(app: Flask) -> None:
    person = make_person()
    credential = sit(person, at=NOON).credential
    for reason in ("", " \n ", "a" * 201):
        with pytest.raises(ReasonMissing):
            revoke(credential, person, NOON + DAY, reason=reason)
    revoke(credential, person, NOON + DAY)
    with pytest.raises(NotRevocable):
        revoke(credential, person, NOON + 2 * DAY)


def test_an_expired_credential_can_still_be_revoked(app: Flask) -> None:
    person = make_person()
    credential = sit(person, at=NOON).credential
    late = add_months(NOON, 25)
    assert credential.state(late) is State.EXPIRED
    revoke(credential, person, late)
    with reading():
        assert db.session.get_one(Credential, credential.id).state(late) is State.REVOKED


def test_a_standing_never_looks_back_behind_what_it_has_seen(app: Flask) -> None:
    person, organisation = make_person(), founded()
    move_in(person, organisation, NOON)
    move_out(person, NOON + DAY)
    seen = standing(organisation).evaluated_at
    late = make_person()
    sit(late, at=NOON)
    move_in(late, organisation, NOON + HOUR)
    assert standing(organisation).evaluated_at == seen == NOON + DAY
    assert standing(organisation).tier == "t1"


def founded() -> Organisation:
    """An organisation in the programme `small` since a month before the first deed."""
    return make_organisation("small", at=NOON - 30 * DAY)


def move_in(person: Person, organisation: Organisation, at: datetime) -> None:
    with writing():
        join(person.id, organisation.id, job_role=JobRole.SALES, by=None, at=at)


def move_out(person: Person, at: datetime) -> None:
    with writing():
        leave(person.id, by=None, at=at)


def revoke(credential: Credential, by: Person, at: datetime, reason: str = "copied") -> None:
    with writing():
        revoke_credential(db.session.get_one(Credential, credential.id), reason=reason, by=by.id, at=at)


def standing(organisation: Organisation) -> Standing:
    with reading():
        found = standing_in(participation_in(organisation.id, "small"))
    assert found is not None
    return found
