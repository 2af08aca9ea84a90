"""A member's page: other roles, an end with its day, taking it back, and the one who manages the team stays."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.journeys.moving import leave
from app.people.organisations import ENTERED, JobRole, Membership, Organisation, PartnerRole, membership_of
from app.people.persons import Person
from app.transaction import now, reading, writing
from tests.factories import make_member, make_membership, make_person, sign_in, sit
from tests.inviting import founded


@pytest.fixture
def andes(client: FlaskClient, content: object) -> Organisation:
    return founded("andes")


@pytest.fixture
def boss(client: FlaskClient, andes: Organisation) -> Person:
    """The visitor, who alone manages the team and reads English."""
    person = make_member(andes, partner_role=PartnerRole.ADMIN, name="Ana Ruiz", language="en")
    sign_in(client, person)
    return person


@pytest.fixture
def eva(andes: Organisation) -> Person:
    return make_member(andes, name="Eva Sol")


def test_the_team_leads_to_the_page_of_each_member(client: FlaskClient, boss: Person, eva: Person) -> None:
    assert f'<a href="/team/{eva.id}">Eva Sol</a>' in client.get("/team").text
    page = client.get(f"/team/{eva.id}").text
    assert "an approval: Entered by the administration" in page
    client.post("/language", data={"lang": "es"})
    assert "una aprobación: Registrada por la administración" in client.get(f"/team/{eva.id}").text


def test_other_roles_are_saved_and_told_in_the_history(client: FlaskClient, boss: Person, eva: Person) -> None:
    first = present(eva)
    form = {"job_role": "technical", "partner_role": "admin", "region": "latam", "seen": str(first.id)}
    assert client.post(f"/team/{eva.id}/roles", data=form).location == f"/team/{eva.id}"
    page = client.get(f"/team/{eva.id}").text
    assert "The change holds from now on." in page
    second = present(eva)
    assert (second.job_role, second.partner_role, second.region) == (JobRole.TECHNICAL, PartnerRole.ADMIN, "LATAM")
    stale = client.post(f"/team/{eva.id}/roles", data=form | {"region": "MX"})
    assert (stale.status_code, "has changed meanwhile" in stale.text) == (409, True)
    assert "Technical · LATAM" in client.get("/team").text
    assert [one.split(",")[3] for one in client.get("/team.csv").text.splitlines()[1:]] == ["", "LATAM"]


def test_a_wrong_region_is_said_and_nothing_changes(client: FlaskClient, boss: Person, eva: Person) -> None:
    form = {"job_role": "sales", "partner_role": "user", "region": "x", "seen": str(present(eva).id)}
    answer = client.post(f"/team/{eva.id}/roles", data=form)
    assert (answer.status_code, "not the code of a region" in answer.text) == (422, True)
    assert present(eva).region is None


def test_an_end_is_set_shown_and_taken_back(client: FlaskClient, boss: Person, eva: Person) -> None:
    last = (now() + timedelta(days=9)).date()
    assert client.post(f"/team/{eva.id}/end", data={"last_day": last.isoformat()}).status_code == 422  # not confirmed
    form = {"last_day": last.isoformat(), "confirmed": "y"}
    assert client.post(f"/team/{eva.id}/end", data=form).location == f"/team/{eva.id}"
    assert present(eva).ends_at.date() == last + timedelta(days=1)
    assert "This person leaves" in client.get(f"/team/{eva.id}").text
    assert "leaves on" in client.get("/team").text
    assert client.post(f"/team/{eva.id}/keep").status_code == 303
    assert present(eva).ends_at is None
    assert client.post(f"/team/{eva.id}/keep").status_code == 409


@pytest.mark.parametrize("days", [-1, 366, 40_000])
def test_a_day_that_will_not_do(client: FlaskClient, boss: Person, eva: Person, days: int) -> None:
    form = {"last_day": (now() + timedelta(days=days)).date().isoformat(), "confirmed": "y"}
    answer = client.post(f"/team/{eva.id}/end", data=form)
    assert (answer.status_code, "Choose a day from today on" in answer.text) == (422, True)
    assert client.post(f"/team/{eva.id}/end", data=form | {"last_day": "never"}).status_code == 422
    assert present(eva).ends_at is None


def test_an_end_at_once_takes_the_member_from_the_team(client: FlaskClient, boss: Person, eva: Person) -> None:
    assert client.post(f"/team/{eva.id}/end", data={"confirmed": "y"}).location == "/team"
    assert "Eva Sol" not in client.get("/team").text
    assert client.get(f"/team/{eva.id}").status_code == 404


def test_the_last_one_who_manages_the_team_stays(client: FlaskClient, boss: Person, eva: Person) -> None:
    demoted = {"job_role": "sales", "partner_role": "user", "seen": str(present(boss).id)}
    for path, form in (("end", {"confirmed": "y"}), ("roles", demoted)):
        answer = client.post(f"/team/{boss.id}/{path}", data=form)
        assert (answer.status_code, "Nobody else manages the team" in answer.text) == (409, True)
    promoted = {"job_role": "sales", "partner_role": "admin", "seen": str(present(eva).id)}
    client.post(f"/team/{eva.id}/roles", data=promoted)
    assert client.post(f"/team/{boss.id}/roles", data=demoted).location == "/account/organisation"
    assert client.get("/team").status_code == 403


def test_nothing_is_shown_of_who_has_not_agreed(client: FlaskClient, boss: Person, andes: Organisation) -> None:
    leo = make_person(name="Leo Paz")
    make_membership(leo, andes, terms=ENTERED)
    credential = sit(leo).credential
    page = client.get("/team").text
    assert "Has not agreed yet" in page and credential.public_id not in page
    assert client.get("/team.csv").text.splitlines()[2].endswith("," * 8)
    assert "Not yet: they are asked" in client.get(f"/team/{leo.id}").text


def test_who_has_left_is_not_there(client: FlaskClient, boss: Person, eva: Person) -> None:
    with writing() as at:
        leave(eva.id, by=eva.id, at=at)
    assert client.get(f"/team/{eva.id}").status_code == 404
    form = {"job_role": "sales", "partner_role": "user", "seen": "2"}
    assert client.post(f"/team/{eva.id}/roles", data=form).status_code == 404


def present(person: Person) -> Membership:
    with reading() as at:
        return membership_of(person.id, at)
