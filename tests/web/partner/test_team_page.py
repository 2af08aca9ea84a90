"""The team: present members of one's own organisation, what each holds and has done, filtered, sorted, as CSV."""

import csv
import html
import re
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.journeys.moving import leave
from app.people.organisations import JobRole, Organisation, PartnerRole
from app.people.persons import PersonRole
from app.transaction import now, writing
from tests.factories import (
    finish_courses,
    make_member,
    make_membership,
    make_organisation,
    make_person,
    make_staff,
    sign_in,
    sit,
)


@pytest.fixture
def organisation(client: FlaskClient, content: Path) -> Organisation:
    """The organisation of the visitor, who manages its team and reads English."""
    own = make_organisation(slug="andes", name="Andes")
    sign_in(client, make_member(own, partner_role=PartnerRole.ADMIN, name="Ana Ruiz", language="en"))
    return own


def rows(client: FlaskClient, **query: Any) -> list[str]:
    """The lines of the table, as text."""
    response = client.get("/team", query_string=query)
    assert response.status_code == 200
    body = re.search("<tbody>.*</tbody>", response.text, re.DOTALL)
    lines = re.findall("<tr>.*?</tr>", body.group(), re.DOTALL) if body else []
    return [" ".join(html.unescape(re.sub("<[^>]+>", " ", line)).split()) for line in lines]


def names(client: FlaskClient, **query: Any) -> list[str]:
    """Who is shown, in order; every name of these tests has two words."""
    return [" ".join(row.split()[:2]) for row in rows(client, **query)]


def exported(client: FlaskClient, **query: Any) -> list[dict[str, str]]:
    """The lines of the file."""
    response = client.get("/team.csv", query_string=query)
    assert response.status_code == 200
    return list(csv.DictReader(StringIO(response.get_data().decode("utf-8-sig"), newline="")))


def add(organisation: Organisation, name: str, job: JobRole = JobRole.SALES, **more: Any) -> Any:
    """A person of that name who works there."""
    person = make_person(name=name, **more)
    make_membership(person, organisation, job_role=job)
    return person


def test_only_present_members_of_the_own_organisation(client: FlaskClient, organisation: Organisation) -> None:
    add(organisation, "Elena Vidal")
    gone = add(organisation, "Hugo Serrano")
    add(make_organisation(), "Julia Navarro")
    with writing() as at:
        leave(gone.id, by=None, at=at)
    assert names(client) == ["Ana Ruiz", "Elena Vidal"]
    assert [row["Name"] for row in exported(client)] == ["Ana Ruiz", "Elena Vidal"]


@pytest.mark.parametrize("path", ["/team", "/team.csv"])
def test_only_its_managers_see_the_team(client: FlaskClient, organisation: Organisation, path: str) -> None:
    for person in (make_member(organisation), make_person(), *map(make_staff, PersonRole)):
        sign_in(client, person)
        assert client.get(path).status_code == 403


def test_a_line_says_what_a_member_holds_and_has_done(client: FlaskClient, organisation: Organisation) -> None:
    elena = add(organisation, "Elena Vidal", JobRole.TECHNICAL)
    finish_courses(elena)
    sit(elena)
    row = rows(client)[1]
    assert re.search(r"^Elena Vidal person-\d+@test.example Technical Fundamentals , Elena Vidal until \w+", row)
    assert "1 of 1" in row
    assert re.search(r"Passed Fundamentals, \w+ \d+, \d+ Up to date$", row)


def test_the_score_stays_the_candidates_own(client: FlaskClient, organisation: Organisation) -> None:
    outcome = sit(add(organisation, "Bruno Salas"), passes=False)
    page = client.get("/team").text
    assert "Not passed" in page
    assert f">{outcome.result.scaled}<" not in page
    assert str(outcome.result.scaled) not in rows(client)[1]


def test_the_last_of_several_exams_counts(client: FlaskClient, organisation: Organisation) -> None:
    bruno = add(organisation, "Bruno Salas")
    sit(bruno, passes=False, at=now() - timedelta(days=20))
    sit(bruno)
    assert "Passed" in rows(client)[1]
    assert "Not passed" not in rows(client)[1]


@pytest.mark.parametrize(
    ("age", "word"), [(600, "until"), (660, "Expires"), (760, "Expired")], ids=["valid", "soon", "expired"]
)
def test_certificates_that_end_are_marked(client: FlaskClient, organisation: Organisation, age: int, word: str) -> None:
    diego = add(organisation, "Diego Ibarra")
    sit(diego, at=now() - timedelta(days=age))
    assert re.search(rf"Fundamentals , Diego Ibarra {word} \w+ \d+, \d+", rows(client)[1])
    assert (names(client, level="renewal") == ["Diego Ibarra"]) == (word != "until")
    assert (names(client, level="fundamentals") == ["Diego Ibarra"]) == (word != "Expired")


def test_a_renewed_certificate_shows_its_new_end(client: FlaskClient, organisation: Organisation) -> None:
    beatriz = add(organisation, "Beatriz Luque")
    sit(beatriz, at=now() - timedelta(days=650))
    renewed = sit(beatriz).credential
    assert renewed is not None
    assert exported(client)[1]["Fundamentals until"] == renewed.expires_at.date().isoformat()
    assert rows(client)[1].count("Fundamentals ,") == 1


def test_filters(client: FlaskClient, organisation: Organisation) -> None:
    sit(add(organisation, "Óscar Peña", JobRole.TECHNICAL))
    add(organisation, "Irene Costa", JobRole.MARKETING, email="icosta@mail.example")
    assert names(client, q="oscar pena") == ["Óscar Peña"]
    assert names(client, q="ICOSTA@") == ["Irene Costa"]
    assert names(client, job="marketing") == ["Irene Costa"]
    assert names(client, level="none") == ["Ana Ruiz", "Irene Costa"]
    assert names(client, level="fundamentals", job="technical") == ["Óscar Peña"]
    assert names(client, job="nonsense", level="nonsense") == ["Ana Ruiz", "Irene Costa", "Óscar Peña"]
    assert [row["Name"] for row in exported(client, job="marketing")] == ["Irene Costa"]


def test_a_filter_that_fits_nobody_says_so(client: FlaskClient, organisation: Organisation) -> None:
    assert "Nobody fits this filter" in client.get("/team?q=zzz").text


def test_sorting(client: FlaskClient, organisation: Organisation) -> None:
    sit(add(organisation, "Álvaro Gil", JobRole.MARKETING))
    assert names(client) == ["Álvaro Gil", "Ana Ruiz"]
    assert names(client, sort="-name") == ["Ana Ruiz", "Álvaro Gil"]
    assert names(client, sort="level") == names(client, sort="-level") == ["Álvaro Gil", "Ana Ruiz"]
    assert names(client, sort="-job") == ["Ana Ruiz", "Álvaro Gil"]
    assert names(client, sort="id; drop table persons") == ["Álvaro Gil", "Ana Ruiz"]
    assert [row["Name"] for row in exported(client, sort="-name")] == ["Ana Ruiz", "Álvaro Gil"]


def test_pages(client: FlaskClient, organisation: Organisation) -> None:
    for number in range(26):
        add(organisation, f"Member {chr(ord('a') + number)}{number}")
    assert len(names(client)) == 25
    assert names(client, page=2) == names(client, page=99) == names(client, page="9" * 40)
    assert len(names(client, page=2)) == 2
    assert len(names(client, page="-3")) == len(names(client, page="x")) == 25
    assert len(exported(client)) == 27


def test_the_file_says_the_same_as_the_page(client: FlaskClient, organisation: Organisation) -> None:
    elena = add(organisation, "Elena Vidal")
    finish_courses(elena)
    credential = sit(elena).credential
    assert credential is not None
    assert exported(client)[1] == {
        "Name": "Elena Vidal",
        "E-mail": elena.email,
        "Job": "Sales",
        "Region": "",
        "Fundamentals until": credential.expires_at.date().isoformat(),
        "Advanced until": "",
        "Expert until": "",
        "Master until": "",
        "Courses finished": "1",
        "Courses": "1",
        "Last exam": "Fundamentals",
        "Result": "Passed",
        "Sat on": now().date().isoformat(),
        "Next step": "Up to date",
    }


def test_names_are_text_in_page_and_file(client: FlaskClient, organisation: Organisation) -> None:
    add(organisation, "=HYPERLINK(1) <script>alert(1)</script>")
    assert "<script>alert" not in client.get("/team").text
    assert "'=HYPERLINK(1) <script>alert(1)</script>" in [row["Name"] for row in exported(client)]
