"""Who should do what next, and how much of the assigned training is completed, against what a programme aims at."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.journeys.assigning import assign
from app.partners.completion import Completion, completion_in_programme
from app.partners.particulars import Figure
from app.partners.programmes import programme_by_slug
from app.people.organisations import Organisation, PartnerRole
from app.people.persons import Person
from app.transaction import now, reading, writing
from app.web.language import current
from app.web.wording import date_text
from tests.factories import (
    both,
    finish_courses,
    make_member,
    make_membership,
    make_organisation,
    make_person,
    publish,
    sign_in,
    sit,
    write_course,
    write_exam,
    write_programme,
)

TARGET = {
    "id": "training-completion",
    "name": both("Training completion"),
    "unit": "percent",
    "measure": "training_completion",
    "values": [{"period": both("Always"), "more_than": 95}],
}


@pytest.fixture
def andes(client: FlaskClient, tmp_path: Path) -> Organisation:
    write_course(tmp_path)
    write_course(tmp_path, slug="higher", track="advanced")
    write_exam(tmp_path)
    write_exam(tmp_path, slug="advanced", level="advanced")
    write_programme(tmp_path, targets=[TARGET])
    write_programme(tmp_path, slug="plain")
    publish(tmp_path)
    return make_organisation("small", "plain", name="Andes", slug="andes")


@pytest.fixture
def boss(client: FlaskClient, andes: Organisation) -> Person:
    person = make_member(andes, partner_role=PartnerRole.ADMIN, name="Ana Ruiz", language="en")
    sign_in(client, person)
    return person


@pytest.fixture
def eva(andes: Organisation) -> Person:
    return make_member(andes, name="Eva Sol")


def ask(boss: Person, organisation: Organisation, *people: Person, days: int = 0, ago: int = 0) -> None:
    with writing() as at:
        when = at - timedelta(days=ago)
        last_day = (when + timedelta(days=days)).date()
        assign(organisation.id, [one.id for one in people], "basics", last_day=last_day, note="", by=boss.id, at=when)


def step(client: FlaskClient) -> str:
    """The last cell of Eva's line."""
    line = client.get("/team?q=eva").text.partition("<tbody>")[2].partition("</tbody>")[0]
    return line.rpartition("<td>")[2].partition("</td>")[0]


def test_step_by_step(client: FlaskClient, andes: Organisation, boss: Person, eva: Person) -> None:
    assert step(client) == "Study the courses of Fundamentals"
    ask(boss, andes, eva)
    with client.application.test_request_context(headers={"Accept-Language": "en"}):
        assert current() == "en"
        today = date_text(now())
    assert step(client) == f"Finish “Course basics” by {today}"
    finish_courses(eva)
    assert step(client) == "Take the exam of Fundamentals"
    sit(eva)
    assert step(client) == "Study the courses of Advanced"
    finish_courses(eva, "advanced")
    sit(eva, "advanced")
    assert step(client) == "Up to date"


@pytest.mark.parametrize(("ago", "said"), [(700, "Renew Fundamentals by "), (800, "Renew Fundamentals, which expired")])
def test_what_is_to_be_renewed_comes_before_what_is_asked_in_time(
    client: FlaskClient, andes: Organisation, boss: Person, eva: Person, ago: int, said: str
) -> None:
    sit(eva, at=now() - timedelta(days=ago))
    ask(boss, andes, eva, days=30)
    assert step(client).startswith(said)


def test_what_is_late_comes_first(client: FlaskClient, boss: Person) -> None:
    norte, eva = make_organisation("small", at=now() - timedelta(days=99)), make_person(name="Eva Sol")
    make_membership(eva, norte, at=now() - timedelta(days=20))
    sit(eva, at=now() - timedelta(days=800))
    ask(boss, norte, eva, days=2, ago=10)
    sign_in(client, make_member(norte, partner_role=PartnerRole.ADMIN, language="en"))
    assert step(client).startswith("Finish “Course basics”, which was due on")


def test_completion_on_the_pages(client: FlaskClient, andes: Organisation, boss: Person, eva: Person) -> None:
    assert "does not meet it yet" in client.get("/team").text
    ask(boss, andes, eva, boss)
    finish_courses(eva)
    for path in ("/team", "/scorecard?programme=small"):
        page = client.get(path).text
        assert "1 of 2 courses completed" in page and "50" in page, path
        assert "Programme small aims at more than 95% across all its partners." in page, path
        assert "does not meet it yet" in page, path
    finish_courses(boss)
    assert "Your part meets it" in client.get("/scorecard?programme=small").text
    assert "Assigned training" not in client.get("/scorecard?programme=plain").text


def test_completion_of_all_the_partners_of_a_programme(
    client: FlaskClient, andes: Organisation, boss: Person, eva: Person
) -> None:
    norte, other = make_organisation("small"), make_organisation("plain")
    ines, leo = make_member(norte), make_member(other)
    ask(boss, andes, eva)
    ask(boss, norte, ines)
    ask(boss, other, leo)
    for person in (ines, leo):
        finish_courses(person)
    with reading() as at:
        assert completion_in_programme(programme_by_slug("small").id, at) == (1, 2)
        assert completion_in_programme(programme_by_slug("plain").id, at) == (1, 2)


@pytest.mark.parametrize(
    ("done", "assigned", "bounds", "met"),
    [
        (95, 100, {"more_than": 95}, False),
        (96, 100, {"more_than": 95}, True),
        (9501, 10000, {"more_than": 95}, True),
        (95, 100, {"at_least": 95}, True),
        (949, 1000, {"at_least": 95}, False),
        (2, 3, {"at_least": 66.7}, False),
        (0, 0, {"at_least": 0}, False),
        (96, 100, {"more_than": 95, "below": 96}, False),
        (96, 100, {"at_most": 96}, True),
    ],
)
def test_a_target_is_met_exactly(done: int, assigned: int, bounds: dict[str, float], met: bool) -> None:
    exact = {name: Decimal(str(bound)) for name, bound in bounds.items()}
    assert Completion(done, assigned).meets(Figure(period=both("x"), **exact)) is met
