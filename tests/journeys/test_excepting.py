"""Exceptions and the news of a standing: held by two people's decision until its end, and told to each admin once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app import worker
from app.extensions import db
from app.journeys.excepting import NoSuchTier, approve_tier, propose_tier, reject_tier, revoke_tier
from app.journeys.invariants import verify_all
from app.journeys.moving import leave
from app.mail.outbox import Task
from app.partners.evaluating import reevaluate_organisation
from app.partners.exceptions import (
    ExceptionDecided,
    ExceptionEnded,
    ExceptionProposed,
    SecondApproverNeeded,
    TierException,
)
from app.partners.programmes import participation_in
from app.partners.standing import history_of, standing_in
from app.people.organisations import Organisation, PartnerRole
from app.people.persons import Person, PersonRole
from app.transaction import now, reading, snapshot, writing
from tests.factories import make_member, make_organisation, make_staff, publish, sit, write_exam, write_programme

DAY = timedelta(days=1)


@pytest.fixture
def company(app: Flask, tmp_path: Path) -> Organisation:
    write_exam(tmp_path)
    write_programme(tmp_path)
    publish(tmp_path)
    organisation = make_organisation("small")
    sit(make_member(organisation))
    return organisation


@pytest.fixture
def admins(company: Organisation) -> tuple[Person, Person]:
    return make_staff(PersonRole.ADMIN), make_staff(PersonRole.ADMIN)


def propose(company: Organisation, by: Person, *, days: int = 60, tier: str = "t2", reason: str = "A merger") -> int:
    with writing() as at:
        part = participation_in(company.id, "small")
        propose_tier(part, "tiers", tier, reason, at.date() + days * DAY, by=by.id, at=at)
    with reading():
        return db.session.scalars(select(TierException.id).order_by(TierException.id.desc())).first() or 0


def approve(exception_id: int, by: Person) -> None:
    with writing() as at:
        approve_tier(exception_id, by=by.id, at=at)


def tier(company: Organisation) -> str | None:
    with reading():
        standing = standing_in(participation_in(company.id, "small"))
        return standing.tier if standing else None


def told(person: Person) -> list[str]:
    """The kinds of news put in the outbox for a person, in order."""
    with reading():
        tasks = db.session.scalars(select(Task).where(Task.kind == "standing_mail").order_by(Task.id))
        return [task.payload["kind"] for task in tasks if task.payload["person_id"] == person.id]


def test_a_tier_is_held_until_the_last_day_and_ends_by_itself(
    company: Organisation, admins: tuple[Person, Person]
) -> None:
    reader = make_member(company, partner_role=PartnerRole.ADMIN, language="en")
    exception_id = propose(company, admins[0])
    assert tier(company) == "t1"
    approve(exception_id, admins[1])
    assert tier(company) == "t2"
    with reading():
        standing = standing_in(participation_in(company.id, "small"))
        assert (standing.proof["held"]["id"], standing.proof["earned"]["id"]) == ("t2", "t1")
        assert standing.proof["exception"]["reason"] == "A merger"
        expires_at = db.session.get_one(TierException, exception_id).expires_at
        assert standing.next_change_at == expires_at - 30 * DAY
    for instant, expected in ((expires_at - 30 * DAY, "t2"), (expires_at - DAY, "t2"), (expires_at, "t1")):
        with time_machine.travel(instant + timedelta(seconds=1)):
            worker.run(once=True)
            assert tier(company) == expected
            with snapshot():
                assert list(verify_all(now())) == []
    assert told(reader) == ["exception_approved", "exception_ending", "exception_ended"]
    with reading():
        history = history_of(participation_in(company.id, "small"))
        assert [(past.tier, past.exception_id) for past in history][:2] == [("t1", None), ("t2", exception_id)]
        assert history[0].since == expires_at


def test_a_revoked_exception_gives_way_at_once_to_what_is_earned(
    company: Organisation, admins: tuple[Person, Person]
) -> None:
    exception_id = propose(company, admins[0])
    approve(exception_id, admins[1])
    with writing() as at:
        revoke_tier(exception_id, "The merger is off", by=admins[0].id, at=at)
    assert tier(company) == "t1"
    with writing() as at, pytest.raises(ExceptionDecided):
        revoke_tier(exception_id, "Again", by=admins[0].id, at=at)
    with snapshot():
        assert list(verify_all(now())) == []


def test_whoever_proposed_it_does_not_decide_and_nobody_twice(
    company: Organisation, admins: tuple[Person, Person]
) -> None:
    exception_id = propose(company, admins[0])
    with writing() as at, pytest.raises(SecondApproverNeeded):
        approve_tier(exception_id, by=admins[0].id, at=at)
    with pytest.raises(ExceptionProposed):
        propose(company, admins[1])
    with writing() as at:
        reject_tier(exception_id, by=admins[1].id, at=at)
    with pytest.raises(ExceptionDecided):
        approve(exception_id, admins[1])
    assert tier(company) == "t1"


def test_an_exception_names_a_tier_and_a_day_ahead(company: Organisation, admins: tuple[Person, Person]) -> None:
    with pytest.raises(NoSuchTier):
        propose(company, admins[0], tier="t9")
    with pytest.raises(ExceptionEnded):
        propose(company, admins[0], days=-1)


@pytest.mark.parametrize(
    "wrong",
    [
        "decided_by = proposed_by",
        "expires_at = decided_at",
        "expires_at = proposed_at",
        "reason = ''",
        "revoked_at = decided_at",
        "state = 'unheard of'",
        "decided_by = NULL",
    ],
)
def test_the_database_refuses_what_an_exception_cannot_be(
    company: Organisation, admins: tuple[Person, Person], wrong: str
) -> None:
    approve(propose(company, admins[0]), admins[1])
    with pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(text(f"UPDATE tier_exceptions SET {wrong}"))


def test_news_of_an_upgrade_and_a_risk_comes_to_each_admin_once(app: Flask, company: Organisation) -> None:
    reader = make_member(company, partner_role=PartnerRole.ADMIN, language="en", name="Ann Hill")
    other = make_member(company, partner_role=PartnerRole.ADMIN, language="es")
    make_member(company)
    loser = make_member(company, name="Luis Paz")
    sit(loser)
    with writing() as at:
        leave(loser.id, by=None, at=at)
    looks = 4

    def look(_: int) -> None:
        with app.app_context(), writing() as at:
            reevaluate_organisation(company.id, at=at)

    with ThreadPoolExecutor(looks) as pool:
        list(pool.map(look, range(looks)))
    assert told(reader) == told(other) == ["upgrade", "at_risk"]
    worker.run(once=True)
    letters = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in mail(app)]
    [risk] = [one for one in letters if one["To"] == reader.email and "at risk" in one["Subject"]]
    words = str(risk.get_payload(decode=True).decode())
    assert "Luis Paz left on" in words
    assert "- People" in words
    assert "/scorecard?programme=small" in words
    assert [one["Subject"] for one in letters if one["To"] == other.email][-1].startswith("Tier 2 está en riesgo")


def test_grace_and_loss_are_told_on_their_days(company: Organisation) -> None:
    reader = make_member(company, partner_role=PartnerRole.ADMIN, language="en")
    with reading():
        part = participation_in(company.id, "small")
        expires = standing_in(part).next_change_at
    review = anniversary(part.joined_at.date(), expires)
    for instant in (expires, review, review + 90 * DAY):
        with time_machine.travel(instant + timedelta(seconds=1)):
            worker.run(once=True)
    assert told(reader) == ["at_risk", "grace", "lost"]
    assert tier(company) is None


def anniversary(joined: date, after: datetime) -> datetime:
    """The first review after an instant."""
    year = after.year
    review = after.replace(year=year, month=joined.month, day=joined.day, hour=0, minute=0, second=0, microsecond=0)
    return review if review >= after else review.replace(year=year + 1)


def mail(app: Flask) -> list[Path]:
    return sorted((app.config["DATA_DIR"] / "mail").glob("*.eml"), key=lambda path: path.stat().st_mtime)
