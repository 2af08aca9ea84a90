"""Pages of assigned courses: for whoever manages the team, and for whoever is to study."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.journeys.moving import leave
from app.learning.assignments import assignments_in
from app.people.organisations import ENTERED, Organisation, PartnerRole
from app.people.persons import Person
from app.transaction import now, reading, writing
from tests.factories import (
    finish_courses,
    make_member,
    make_membership,
    make_organisation,
    make_person,
    publish,
    sign_in,
    write_course,
)

NEW = "/team/assignments/new"


@pytest.fixture
def andes(client: FlaskClient, tmp_path: Path) -> Organisation:
    for slug in ("basics", "more"):
        write_course(tmp_path, slug=slug)
    publish(tmp_path)
    return make_organisation(name="Andes", slug="andes")


@pytest.fixture
def boss(client: FlaskClient, andes: Organisation) -> Person:
    """The visitor, who manages the team and reads English."""
    person = make_member(andes, partner_role=PartnerRole.ADMIN, name="Ana Ruiz", language="en")
    sign_in(client, person)
    return person


@pytest.fixture
def eva(andes: Organisation) -> Person:
    return make_member(andes, name="Eva Sol", language="en")


def form(*people: Person, what: str = "basics", days: int = 9, **changes: str) -> dict[str, object]:
    last_day = (now() + timedelta(days=days)).date().isoformat()
    return {"what": what, "people": [str(one.id) for one in people], "last_day": last_day, "note": ""} | changes


def test_a_track_is_assigned_and_stands_in_the_list(client: FlaskClient, boss: Person, eva: Person) -> None:
    assert "No course is assigned yet" in client.get("/team/assignments").text
    page = client.get(f"{NEW}?person={eva.id}&what=basics").text
    assert '<option selected value="basics">' in page
    assert page.count(" checked ") == 1
    sent = client.post(NEW, data=form(boss, eva, what="track:fundamentals", note="Before the fair"))
    assert (sent.status_code, sent.location) == (303, "/team/assignments")
    listed = client.get("/team/assignments").text
    assert "4 courses were assigned" in listed and "0 of 4 completed" in listed
    assert listed.count("In time") == 5  # the filter names it too
    finish_courses(eva)
    assert client.get("/team/assignments?state=done").text.count('aria-label="Study of') == 2
    assert "2 of 4 completed" in client.get("/team/assignments?q=ana&sort=-due").text


def test_what_is_wrong_is_said_and_nothing_is_assigned(
    client: FlaskClient, andes: Organisation, boss: Person, eva: Person
) -> None:
    stranger = make_member(make_organisation())
    for sent in (
        {},
        form(),
        form(eva, days=-1),
        form(eva, days=400),
        form(eva, last_day="soon"),
        form(eva, what="nothing"),
        form(eva, what="track:master"),
        form(eva, note="x" * 201),
        form(stranger),
        form(eva) | {"people": ["x", "999999999999999999999"]},
    ):
        answer = client.post(NEW, data=sent)
        assert answer.status_code == 422, sent
        assert 'role="alert"' in answer.text
    assert standing(andes) == []


def test_a_second_send_assigns_nothing_twice(
    client: FlaskClient, andes: Organisation, boss: Person, eva: Person
) -> None:
    assert client.post(NEW, data=form(eva)).status_code == 303
    again = client.post(NEW, data=form(eva))
    assert (again.status_code, "There is nothing left to assign" in again.text) == (409, True)
    assert len(standing(andes)) == 1


def test_who_has_not_agreed_is_named_and_not_offered(client: FlaskClient, andes: Organisation, boss: Person) -> None:
    leo = make_person(name="Leo Paz")
    make_membership(leo, andes, terms=ENTERED)
    page = client.get(NEW).text
    assert "have not agreed to what you see of them: Leo Paz." in page
    assert client.post(NEW, data=form(leo)).status_code == 422


def test_another_day_and_two_tabs(client: FlaskClient, andes: Organisation, boss: Person, eva: Person) -> None:
    client.post(NEW, data=form(eva))
    [line] = standing(andes)
    page = f"/team/assignments/{line.id}"
    assert "0 of 2 parts" in client.get(page).text
    later = {"last_day": (now() + timedelta(days=30)).date().isoformat(), "seen": line.due_at.isoformat()}
    assert client.post(f"{page}/move", data=later).location == page
    stale = client.post(f"{page}/move", data=later | {"last_day": now().date().isoformat()})
    assert (stale.status_code, "has changed meanwhile" in stale.text) == (409, True)
    assert client.post(f"{page}/move", data=later | {"seen": "never"}).status_code == 409
    assert client.post(f"{page}/move", data=later | {"last_day": ""}).status_code == 422
    assert standing(andes)[0].due_at == line.due_at + timedelta(days=21)


def test_withdrawn_and_assigned_again(client: FlaskClient, andes: Organisation, boss: Person, eva: Person) -> None:
    client.post(NEW, data=form(eva))
    page = f"/team/assignments/{standing(andes)[0].id}"
    assert client.post(f"{page}/withdraw").location == page
    assert client.post(f"{page}/withdraw").status_code == 409
    assert "This assignment is withdrawn" in client.get(page).text
    assert "Eva Sol" not in client.get("/team/assignments").text
    assert "Eva Sol" in client.get("/team/assignments?state=withdrawn").text
    assert client.post(f"{page}/restore").status_code == 303
    assert client.post(f"{page}/restore").status_code == 409
    assert client.get(f"{page}/withdraw").location == page


def test_nobody_elses(client: FlaskClient, andes: Organisation, boss: Person, eva: Person) -> None:
    client.post(NEW, data=form(eva))
    page = f"/team/assignments/{standing(andes)[0].id}"
    sign_in(client, make_member(make_organisation(), partner_role=PartnerRole.ADMIN))
    seen = {"last_day": now().date().isoformat(), "seen": standing(andes)[0].due_at.isoformat()}
    assert client.get(page).status_code == 404
    assert [client.post(f"{page}/{deed}", data=seen).status_code for deed in ("move", "withdraw", "restore")] == [
        404
    ] * 3
    assert client.post(NEW, data=form(eva)).status_code == 422
    sign_in(client, eva)
    for path in ("/team/assignments", "/team/assignments.csv", NEW, page):
        assert client.get(path).status_code == 403
    assert client.post(f"{page}/withdraw").status_code == 403
    assert standing(andes)[0].withdrawn_at is None


def test_who_left_is_in_no_list(client: FlaskClient, andes: Organisation, boss: Person, eva: Person) -> None:
    client.post(NEW, data=form(eva))
    page = f"/team/assignments/{standing(andes)[0].id}"
    with writing() as at:
        leave(eva.id, by=boss.id, at=at)
    assert client.get(page).status_code == 404
    assert "Eva Sol" not in client.get("/team/assignments").text


def test_the_file_is_data_whatever_was_typed(client: FlaskClient, boss: Person, andes: Organisation) -> None:
    zoe = make_member(andes, name="=SUM(A1)")
    client.post(NEW, data=form(zoe, note="@evil"))
    [_, line] = client.get("/team/assignments.csv").text.splitlines()
    cells = line.split(",")
    assert (cells[0], cells[2], cells[6:9], cells[-1]) == (
        "'=SUM(A1)",
        "Fundamentals",
        ["In time", "0", "2"],
        "'@evil",
    )


def test_who_is_to_study_sees_it_first(client: FlaskClient, andes: Organisation, boss: Person, eva: Person) -> None:
    client.post(NEW, data=form(eva, note="Before the fair"))
    sign_in(client, eva)
    for path in ("/", "/courses", "/courses/basics"):
        page = client.get(path).text
        assert "Assigned to you" in page and "Before the fair" in page and "Due on" in page, path
    assert "Assigned to you" not in client.get("/courses/more").text
    finish_courses(eva)
    assert all("Assigned to you" not in client.get(path).text for path in ("/", "/courses", "/courses/basics"))


def standing(organisation: Organisation) -> list[object]:
    with reading() as at:
        return list(assignments_in(organisation.id, at))
