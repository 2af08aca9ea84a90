"""New rules reach every organisation once, whatever is killed or fails, and a version comes into force on its day."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import worker
from app.extensions import db
from app.journeys import publishing
from app.journeys.invariants import verify_all
from app.mail.outbox import LEASE, Task
from app.partners.programmes import announced, participation_in, programme_by_slug
from app.partners.rollouts import Rollout, running_rollouts
from app.partners.standing import history_of, standing_in
from app.people.organisations import Organisation
from app.people.persons import PersonRole
from app.transaction import now, reading, snapshot, writing
from tests.factories import (
    make_member,
    make_organisation,
    make_staff,
    publish,
    sign_in,
    sit,
    write_exam,
    write_programme,
)

LATER = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.fixture
def root(app: Flask, tmp_path: Path) -> Path:
    write_exam(tmp_path)
    write_programme(tmp_path)
    publish(tmp_path)
    return tmp_path


def certified() -> Organisation:
    organisation = make_organisation("small")
    sit(make_member(organisation))
    return organisation


def tier(organisation: Organisation) -> str | None:
    with reading():
        standing = standing_in(participation_in(organisation.id, "small"))
        return standing.tier if standing else None


def test_a_rollout_that_is_killed_goes_on_where_it_was(
    root: Path, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    companies = [certified() for _ in range(3)]
    looked_at: list[int] = []
    reevaluate = publishing.reevaluate_organisation

    def killed_at_the_second(organisation_id: int, *, at: datetime) -> None:
        if len(looked_at) == 1:
            raise KeyboardInterrupt
        looked_at.append(organisation_id)
        reevaluate(organisation_id, at=at)

    write_programme(root, at_least=[0, 1])
    publish(root)
    with monkeypatch.context() as patch:
        patch.setattr(publishing, "reevaluate_organisation", killed_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            worker.run(once=True)
    with reading():
        [rollout] = running_rollouts()
    assert (rollout.done, rollout.total, [tier(one) for one in companies]) == (1, 3, ["t2", "t1", "t1"])
    overview = sign_in(client, make_staff(PersonRole.ADMIN, language="en")).get("/admin").text
    assert 'value="1" max="3"' in overview
    assert "Organisations looked at by the new rules" in overview
    with time_machine.travel(now() + LEASE):
        worker.run(once=True)
    assert [tier(one) for one in companies] == ["t2"] * 3
    with reading():
        [rollout] = db.session.scalars(select(Rollout)).all()
        assert (rollout.done, running_rollouts()) == (3, [])


def test_an_organisation_that_fails_waits_by_itself(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, sound = certified(), certified()
    reevaluate = publishing.reevaluate_organisation

    def fails_for_one(organisation_id: int, *, at: datetime) -> None:
        if organisation_id == broken.id:
            raise ArithmeticError("a broken fact")
        reevaluate(organisation_id, at=at)

    write_programme(root, at_least=[0, 1])
    publish(root)
    monkeypatch.setattr(publishing, "reevaluate_organisation", fails_for_one)
    monkeypatch.setitem(worker.HANDLERS, "look_at", lambda *_: fails_for_one(broken.id, at=now()))
    worker.run(once=True)
    assert (tier(broken), tier(sound)) == ("t1", "t2")
    with reading():
        task = db.session.scalars(select(Task).where(Task.kind == "look_at")).one()
        assert (task.payload, "a broken fact" in task.error) == ({"organisation_id": broken.id}, True)


def test_a_version_dated_ahead_comes_into_force_on_its_day(root: Path) -> None:
    with time_machine.travel(LATER - timedelta(days=60)):
        organisation = certified()
        write_programme(root, at_least=[0, 1], effective_from="2027-03-01")
        publish(root)
        worker.run(once=True)
        assert tier(organisation) == "t1"
        with reading():
            programme = programme_by_slug("small")
            assert (announced(programme.id, now()), programme.rules.tiers[1].requirements[0].at_least) == (LATER, 2)
            assert standing_in(participation_in(organisation.id, "small")).next_change_at == LATER
    with time_machine.travel(LATER + timedelta(minutes=1)):
        worker.run(once=True)
        with snapshot():
            part = participation_in(organisation.id, "small")
            assert history_of(part)[0][1:3] == ("t2", LATER)
            assert standing_in(part).proof["version"]["effective_from"] == LATER.isoformat()
            assert (announced(part.programme_id, now()), part.programme.rules.effective_from) == (None, LATER.date())
            assert list(verify_all(now())) == []


def test_before_the_first_version_there_is_nothing_to_hold(root: Path) -> None:
    with time_machine.travel(LATER - timedelta(days=30)):
        write_programme(root, slug="new", at_least=[1], effective_from="2027-03-01")
        publish(root)
        organisation = make_organisation("new")
        with reading():
            standing = standing_in(participation_in(organisation.id, "new"))
            assert (standing.tier, standing.next_change_at, standing.proof["version"]) == (None, LATER, None)


def test_two_workers_hold_new_rules_against_an_organisation_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    organisation = certified()
    write_programme(root, at_least=[0, 1])
    publish(root)
    seen: list[Any] = []

    def look(organisation_id: int, *, at: datetime) -> None:
        seen.append((organisation_id, at.tzinfo))

    monkeypatch.setattr(publishing, "reevaluate_organisation", look)
    for _ in range(2):
        with writing() as at:
            publishing.hold_new_rules(1, organisation.id, at=at)
    assert seen == [(organisation.id, UTC)]
