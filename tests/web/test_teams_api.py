"""The API of teams: members with what they hold, the courses asked of them, and asking for more."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.people.organisations import ENTERED, Organisation, PartnerRole
from app.people.persons import Person, PersonRole
from app.people.tokens import Scope
from app.transaction import now
from tests.factories import (
    bearer,
    finish_courses,
    make_member,
    make_membership,
    make_organisation,
    make_person,
    make_staff,
    sit,
)

TEAM, ASSIGNMENTS = "/api/v1/organisations/andes/team", "/api/v1/organisations/andes/assignments"


@pytest.fixture
def andes(client: FlaskClient, content: Path) -> Organisation:
    return make_organisation(name="Andes", slug="andes")


@pytest.fixture
def boss(andes: Organisation) -> Person:
    return make_member(andes, partner_role=PartnerRole.ADMIN, name="Ana Ruiz", language="en")


@pytest.fixture
def eva(andes: Organisation) -> Person:
    return make_member(andes, name="Eva Sol")


def wish(*people: Person, **changes: object) -> dict[str, object]:
    last_day = (now() + timedelta(days=9)).date().isoformat()
    return {"people": [one.id for one in people], "what": "basics", "last_day": last_day} | changes


def test_the_team_with_what_each_holds(client: FlaskClient, andes: Organisation, boss: Person, eva: Person) -> None:
    credential, silent = sit(eva).credential, make_person(name="Leo Paz")
    make_membership(silent, andes, terms=ENTERED)
    _, second, third = client.get(TEAM, headers=bearer(boss, Scope.READ)).json["team"]
    assert (second["name"], second["credentials"][0]["id"]) == ("Eva Sol", credential.public_id)
    assert (third["name"], third["agreed"], "credentials" in third) == ("Leo Paz", False, False)


def test_courses_are_assigned_and_listed(client: FlaskClient, andes: Organisation, boss: Person, eva: Person) -> None:
    by = bearer(boss)
    added = client.post(ASSIGNMENTS, json=wish(eva, boss), headers=by)
    assert (added.status_code, len(added.json["assignments"])) == (201, 2)
    assert client.post(ASSIGNMENTS, json=wish(eva), headers=by).status_code == 409
    finish_courses(eva)
    listed = client.get(ASSIGNMENTS, headers=by).json
    assert listed["completion"] == {"done": 1, "assigned": 2}
    assert {(one["person"]["name"], one["state"]) for one in listed["assignments"]} == {
        ("Ana Ruiz", "open"),
        ("Eva Sol", "done"),
    }


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"people": []}, 422),
        ({"people": ["x"]}, 422),
        ({"people": [2**63]}, 422),
        ({"people": [2**63 - 1]}, 404),
        ({"what": "nothing"}, 404),
        ({"what": None}, 422),
        ({"last_day": "soon"}, 422),
        ({"last_day": "2020-01-01"}, 422),
        ({"last_day": "9999-12-31"}, 422),
        ({"note": "x" * 201}, 422),
        ({"more": 1}, 422),
    ],
)
def test_what_will_not_do(
    client: FlaskClient, boss: Person, eva: Person, changes: dict[str, object], status: int
) -> None:
    by = bearer(boss)
    answer = client.post(ASSIGNMENTS, json=wish(eva) | changes, headers=by)
    assert answer.status_code == status, answer.text
    assert client.get(ASSIGNMENTS, headers=by).json["assignments"] == []


def test_only_who_manages_the_team_and_the_vendor(client: FlaskClient, boss: Person, eva: Person) -> None:
    other = make_member(make_organisation(), partner_role=PartnerRole.ADMIN)
    vendor, reader = make_staff(PersonRole.ADMIN), bearer(boss, Scope.READ)
    for path in (TEAM, ASSIGNMENTS):
        assert client.get(path, headers=bearer(eva)).status_code == 403
        assert client.get(path, headers=bearer(other)).status_code == 404
        assert client.get(path, headers=bearer(vendor)).status_code == 200
    assert client.post(ASSIGNMENTS, json=wish(eva), headers=bearer(other)).status_code == 404
    assert client.post(ASSIGNMENTS, json=wish(eva), headers=bearer(vendor)).status_code == 403
    assert client.post(ASSIGNMENTS, json=wish(eva), headers=reader).status_code == 403
    assert client.get(ASSIGNMENTS, headers=reader).json["assignments"] == []
