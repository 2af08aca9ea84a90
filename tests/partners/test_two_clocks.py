"""Two clocks: what was true then by what was known then, equal to what was kept; and what was learnt too late."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.credentials.register import credential_of_attempt
from app.journeys.amending import reinstate_credential
from app.journeys.invariants import verify_all
from app.journeys.moving import leave, revoke_credential
from app.journeys.voiding import approve_voiding, propose_voiding
from app.partners.evaluating import reevaluate_organisation
from app.partners.facts import add_fact
from app.partners.late import late_changes
from app.partners.programmes import participation_in
from app.partners.standing import Standing, standing_in
from app.partners.two_clocks import AheadOfNow, BadInstant, NotYetThere, explain_as_of, instant_of
from app.people.organisations import Organisation
from app.people.persons import Person, PersonRole
from app.transaction import now, reading, snapshot, writing
from tests.factories import (
    both,
    make_membership,
    make_organisation,
    make_person,
    make_staff,
    publish,
    sit,
    write_exam,
    write_programme,
)

START = datetime(2027, 1, 10, 9, tzinfo=UTC)
DAY = timedelta(days=1)
CUSTOMERS = {"id": "customers", "kind": "metric", "metric": "customers", "at_least": 10, "name": both("Customers")}
PEOPLE = {"id": "people", "kind": "persons", "level": "fundamentals", "at_least": 1, "name": both("People")}
TIERS = [
    {"id": "t1", "rank": 1, "name": both("Tier 1"), "commission_percent": 10, "requirements": [PEOPLE]},
    {"id": "t2", "rank": 2, "name": both("Tier 2"), "commission_percent": 15, "requirements": [PEOPLE, CUSTOMERS]},
]
LEVELS = {"id": "levels", "name": both("Levels"), "tiers": [TIERS[0] | {"id": "certified", "name": both("Certified")}]}


@pytest.fixture
def root(app: Flask, tmp_path: Path) -> Path:
    write_exam(tmp_path)
    write_programme(tmp_path, tiers=TIERS, ladders=[LEVELS])
    publish(tmp_path)
    return tmp_path


def worker_at(organisation: Organisation) -> Person:
    """Somebody who has worked there from the start."""
    person = make_person()
    make_membership(person, organisation, at=START)
    return person


def add_customers(organisation: Organisation, value: int, *, since: datetime, at: datetime) -> None:
    with writing():
        part = participation_in(organisation.id, "small")
        place = {"organisation_id": organisation.id, "programme_id": part.programme_id}
        add_fact(**place, metric="customers", value=value, valid_from=since, source="CRM", at=at)
        reevaluate_organisation(organisation.id, at=at)


def explained(organisation: Organisation, as_of: datetime, known_at: datetime) -> dict[str, Any]:
    with reading() as at:
        part = participation_in(organisation.id, "small")
        return explain_as_of(part, as_of=as_of, known_at=known_at, now=max(at, as_of, known_at))


def tier_of(data: dict[str, Any], key: str = "held") -> str | None:
    return data[key]["id"] if data[key] else None


def test_a_fact_learnt_late_was_true_before_it_was_known(root: Path) -> None:
    organisation = make_organisation("small", at=START)
    sit(worker_at(organisation), at=START)
    add_customers(organisation, 12, since=START + 10 * DAY, at=START + 30 * DAY)
    then, later = START + 20 * DAY, START + 40 * DAY
    assert tier_of(explained(organisation, then, then)) == "t1"
    known_later = explained(organisation, then, later)
    assert (tier_of(known_later), known_later["kept"]["tier"]) == ("t2", "t1")
    assert known_later["known_at"] == later.isoformat()
    assert known_later["version"]["effective_from"] == "2024-01-01T00:00:00+00:00"
    assert tier_of(known_later["ladders"]["levels"]) == "certified"
    assert tier_of(explained(organisation, START + 5 * DAY, later)) == "t1"
    [change] = late(organisation, later)
    assert (change.since, change.until) == (START + 10 * DAY, START + 30 * DAY)
    assert (change.held.id, change.known.id, change.commission_difference) == ("t1", "t2", Decimal(5))


def test_a_voided_result_was_never_earned(root: Path) -> None:
    organisation = make_organisation("small", at=START)
    person, one, two = worker_at(organisation), *(make_staff(PersonRole.ADMIN) for _ in range(2))
    attempt = sit(person, at=START + DAY).attempt
    voided = START + 50 * DAY
    with writing():
        propose_voiding(attempt.id, "Two people", by=one.id, at=voided)
    with writing():
        approve_voiding(1, by=two.id, at=voided)
    then = START + 20 * DAY
    assert tier_of(explained(organisation, then, then)) == "t1"
    assert tier_of(explained(organisation, then, voided)) is None
    changes = late(organisation, voided + DAY)
    assert {(one.ladder, one.since, one.until) for one in changes} == {
        ("tiers", START + DAY, None),
        ("levels", START + DAY, None),
    }
    assert [one.commission_difference for one in changes] == [Decimal(-10), Decimal(-10)]


def test_a_revocation_and_its_taking_back_are_known_from_their_own_instants(root: Path) -> None:
    organisation = make_organisation("small", at=START)
    person, admin = worker_at(organisation), make_staff(PersonRole.ADMIN)
    attempt = sit(person, at=START).attempt
    with writing():
        credential = credential_of_attempt(attempt.id)
        assert credential
        revoke_credential(credential, reason="By mistake", by=admin.id, at=START + 10 * DAY)
        public_id = credential.public_id
    with writing():
        reinstate_credential(public_id, reason="It was one", by=admin.id, at=START + 20 * DAY)
    for day, known, earned in ((5, 5, "t1"), (15, 15, None), (15, 25, None), (25, 15, None), (25, 25, "t1")):
        data = explained(organisation, START + day * DAY, START + known * DAY)
        assert tier_of(data, "earned") == earned, (day, known)
    assert late(organisation, START + 30 * DAY) == []


def test_rules_published_later_were_not_known(root: Path) -> None:
    organisation = make_organisation("small", at=START)
    add_customers(organisation, 4, since=START, at=START)
    eased = [TIERS[1] | {"id": "t2", "rank": 1, "requirements": [CUSTOMERS | {"at_least": 4}]}]
    with time_machine.travel(START + 30 * DAY):
        write_programme(root, tiers=eased, ladders=[LEVELS], effective_from="2027-01-20")
        publish(root)
    then = START + 20 * DAY
    assert tier_of(explained(organisation, then, then)) is None
    assert tier_of(explained(organisation, then, START + 40 * DAY)) == "t2"
    before = explained(organisation, START + 5 * DAY, START + 40 * DAY)
    assert (tier_of(before), before["version"]["effective_from"]) == (None, "2024-01-01T00:00:00+00:00")


def test_a_day_ahead_or_before_the_participation_is_refused(root: Path) -> None:
    organisation = make_organisation("small", at=START)
    with reading():
        part = participation_in(organisation.id, "small")
        for as_of, known_at in ((START + 2 * DAY, START), (START, START + 2 * DAY)):
            with pytest.raises(AheadOfNow):
                explain_as_of(part, as_of=as_of, known_at=known_at, now=START + DAY)
        with pytest.raises(NotYetThere):
            explain_as_of(part, as_of=START - 2 * DAY, known_at=START, now=START)


def test_a_day_counts_to_its_end_and_today_to_now() -> None:
    assert instant_of("2027-01-10", START) == START
    assert instant_of("2027-01-09", START) == datetime(2027, 1, 9, 23, 59, 59, 999999, UTC)
    assert instant_of("2027-01-09T10:00:00+02:00", START) == datetime(2027, 1, 9, 8, tzinfo=UTC)
    for wrong in ("2027-13-01", "yesterday", "2027-01-09T10:00:00"):
        with pytest.raises(BadInstant):
            instant_of(wrong, START)


@pytest.mark.parametrize("seed", range(6))
def test_what_was_kept_is_what_was_known_then(root: Path, seed: int) -> None:
    """Whatever happens in its time and nothing late: both clocks at a look give the standing that it kept."""
    rng, at = Random(seed), START
    organisation, admin = make_organisation("small", at=at), make_staff(PersonRole.ADMIN)
    present: list[tuple[Person, int]] = []
    for _ in range(8):
        at += timedelta(days=rng.randint(1, 200), seconds=rng.randint(1, 80_000))
        _something(rng, organisation, admin, present, at)
        with writing():
            reevaluate_organisation(organisation.id, at=at)
        with reading():
            part = participation_in(organisation.id, "small")
            for ladder in ("tiers", "levels"):
                standing = standing_in(part, ladder)
                assert standing
                data = explain_as_of(part, as_of=at, known_at=at, now=at)
                assert same(data if ladder == "tiers" else data["ladders"]["levels"], standing), (seed, at, ladder)
            assert late_changes(part, at=at) == []
    with time_machine.travel(at), snapshot():
        assert list(verify_all(now())) == []


def same(data: dict[str, Any], standing: Standing) -> bool:
    left_out = {"known_at", "ladders", "kept", "at_risk_since"}
    kept = json.loads(json.dumps(standing.proof))
    return {key: value for key, value in json.loads(json.dumps(data)).items() if key not in left_out} == {
        key: value for key, value in kept.items() if key not in left_out
    }


def _something(
    rng: Random, organisation: Organisation, admin: Person, present: list[tuple[Person, int]], at: datetime
) -> None:
    """Somebody joins and passes, leaves, loses the credential; or customers come."""
    deed = rng.choice(["join", "join", "leave", "revoke", "customers"])
    if deed == "join" or not present:
        person = make_person()
        make_membership(person, organisation, at=at - timedelta(seconds=1))
        present.append((person, sit(person, at=at).attempt.id))
    elif deed == "customers":
        add_customers(organisation, rng.randint(1, 9), since=at, at=at)
    elif deed == "leave":
        person, _ = present.pop()
        with writing():
            leave(person.id, by=None, at=at)
    else:
        _, attempt_id = present.pop(0)
        with writing():
            credential = credential_of_attempt(attempt_id)
            if credential and not credential.revoked_at:
                revoke_credential(credential, reason="Test", by=admin.id, at=at)


def late(organisation: Organisation, at: datetime) -> list[Any]:
    with reading():
        return late_changes(participation_in(organisation.id, "small"), at=at)
