"""The overview of the administration, and its lists of people and organisations."""

import html
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.extensions import db
from app.journeys.moving import leave
from app.ledger.deeds import record
from app.mail.outbox import Task, TaskState, put, schedule
from app.people.organisations import PartnerRole
from app.people.persons import Person, PersonRole
from app.transaction import writing
from tests.factories import make_member, make_organisation, make_person, make_staff, sign_in, sit

PATHS = ["/admin", "/admin/people", "/admin/organisations", "/admin/organisations/andes"]


def text_of(client: FlaskClient, path: str, **query: Any) -> str:
    """The text of a page, in one line."""
    response = client.get(path, query_string=query)
    assert response.status_code == 200
    body = re.search("<main.*</main>", response.text, re.DOTALL)
    assert body
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", body.group())).split())


def first_cells(client: FlaskClient, path: str, **query: Any) -> list[str]:
    """The first words of each line of the table, up to a mark-up."""
    page = client.get(path, query_string=query).text
    return [html.unescape(name) for name in re.findall(r"<th scope=\"row\">(?:<a[^>]*>)?([^<]+)", page)]


@pytest.mark.parametrize("path", PATHS)
def test_who_may_look(client: FlaskClient, path: str) -> None:
    organisation = make_organisation(slug="andes")
    for person in (make_person(), make_member(organisation, partner_role=PartnerRole.ADMIN)):
        assert sign_in(client, person).get(path).status_code == 403
    assert sign_in(client, make_staff(PersonRole.TRAINER)).get(path).status_code == 403
    assert sign_in(client, make_staff(PersonRole.VIEWER)).get(path).status_code == 200
    assert sign_in(client, make_staff(PersonRole.ADMIN)).get(path).status_code == 200


def test_the_overview_counts(admin: FlaskClient, content: Path) -> None:
    organisation = make_organisation("small")
    member = make_member(organisation, name="Elena Vidal")
    sit(member)
    with writing() as at:
        leave(member.id, by=None, at=at)
        schedule("nightly", timedelta(days=1), at=at)
        put("letter", {}, at=at)
        db.session.add(Task(kind="webhook", payload={}, due_at=at, tries=8, state=TaskState.DEAD, error="no route"))
    text = text_of(admin, "/admin")
    assert "People 2 Organisations 1 1 tier at risk" in text
    assert "Work waiting 3 letters and the like Work put aside 1" in text  # mail, certificate, letter
    assert "Valid 1 Expired 0 Revoked 0 Replaced 0 Withdrawn 0" in text
    assert re.search(r"webhook \w+ \d+, \d+ .* 8 no route", text)


def test_the_ledger_reads_as_sentences(admin: FlaskClient, content: Path) -> None:
    organisation = make_organisation(name="Andes")
    sit(make_member(organisation, name="Elena Vidal"))
    sit(make_member(organisation, name="Bruno Salas"), passes=False)
    admin.get("/team")
    text = text_of(admin, "/admin")
    for sentence in (
        "New content was published: fundamentals, small",
        "Elena Vidal joined Andes",
        "Elena Vidal started the Fundamentals exam",
        "Elena Vidal received the Fundamentals certificate",
        "Elena Vidal submitted the Fundamentals exam, and passed",
        "Bruno Salas submitted the Fundamentals exam, and did not pass",
        "Adriana Luna asked for a page that the role does not open: partner.team",
    ):
        assert sentence in text


def test_a_deed_that_has_no_sentence_is_told_as_it_stands(admin: FlaskClient) -> None:
    with writing() as at:
        record("tuned", "piano:7", by=None, at=at)
        record("sign_in_refused", "unknown", by=None, at=at)
    text = text_of(admin, "/admin")
    assert "The system: tuned, piano:7" in text
    assert "A sign-in to the account of somebody unknown was refused" in text


def test_people_are_searched_and_filtered(admin: FlaskClient) -> None:
    organisation = make_organisation(name="Andes Consultores")
    elena = make_member(organisation, name="Elena Vidal", email="elena@mail.example")
    make_person(name="Gwen Jones", language="en")
    with writing() as at:
        db.session.get_one(Person, elena.id).disabled_at = at
    people = "/admin/people"
    assert first_cells(admin, people) == ["Adriana Luna", "Elena Vidal", "Gwen Jones"]
    assert first_cells(admin, people, q="ELENA@") == first_cells(admin, people, q="andes") == ["Elena Vidal"]
    assert first_cells(admin, people, role="admin") == ["Adriana Luna"]
    assert first_cells(admin, people, account="disabled") == ["Elena Vidal"]
    assert first_cells(admin, people, language="en", account="open") == ["Adriana Luna", "Gwen Jones"]
    assert first_cells(admin, people, role="nonsense", language="xx", account="?") == first_cells(admin, people)
    assert first_cells(admin, people, q="%") == first_cells(admin, people, q="\x00%") == []
    assert "Nobody fits this filter" in text_of(admin, people, q="zzz")
    assert re.search(
        r"Elena Vidal elena@mail.example Consultant Andes Consultores Español Disabled", text_of(admin, people)
    )


def test_people_are_sorted_and_paged(admin: FlaskClient) -> None:
    for number in range(26):
        make_person(name=f"Person {number:02}")
    make_member(make_organisation(), name="Zoe Zamora")
    people = "/admin/people"
    assert first_cells(admin, people, sort="-name")[0] == "Zoe Zamora"
    assert first_cells(admin, people, sort="organisation")[0] == "Zoe Zamora"
    assert first_cells(admin, people, sort="-organisation")[0] == "Zoe Zamora"
    assert first_cells(admin, people, page=2) == ["Person 24", "Person 25", "Zoe Zamora"]
    assert first_cells(admin, people, page=9) == first_cells(admin, people, page=2)


def test_who_left_belongs_to_nobody(admin: FlaskClient) -> None:
    member = make_member(make_organisation(name="Andes"), name="Hugo Serrano")
    with writing() as at:
        leave(member.id, by=None, at=at)
    assert first_cells(admin, "/admin/people", q="Andes") == []
    assert "Hugo Serrano" in text_of(admin, "/admin/people")


def test_organisations_show_where_they_stand(admin: FlaskClient, content: Path) -> None:
    andes = make_organisation("small", name="Andes")
    sit(make_member(andes))
    norte = make_organisation("small", name="Norte")
    leaver = make_member(norte)
    sit(leaver)
    with writing() as at:
        leave(leaver.id, by=None, at=at)
    make_organisation(name="Solo")
    text = text_of(admin, "/admin/organisations")
    assert re.search(r"Andes Programme small Tier 1 1 \w+ \d+, \d+", text)
    assert re.search(r"Norte Programme small Tier 1 At risk 0 \w+ \d+, \d+", text)
    assert re.search(r"Solo In no programme 0 ", text)
    organisations = "/admin/organisations"
    assert first_cells(admin, organisations, risk="yes") == ["Norte"]
    assert first_cells(admin, organisations, risk="no") == ["Andes", "Solo"]
    assert first_cells(admin, organisations, programme="small") == ["Andes", "Norte"]
    assert first_cells(admin, organisations, programme="none", q="nor") == ["Norte"]
    assert first_cells(admin, organisations, sort="-members")[0] == "Andes"
    assert first_cells(admin, organisations, sort="-name") == ["Solo", "Norte", "Andes"]
    assert "No organisation fits this filter" in text_of(admin, organisations, q="zzz")


def test_without_organisations_the_list_says_so(admin: FlaskClient) -> None:
    assert "No organisation yet" in text_of(admin, "/admin/organisations")


def test_an_organisation_shows_its_scorecard_and_members(admin: FlaskClient, content: Path) -> None:
    organisation = make_organisation("small", slug="andes", name="Andes")
    sit(make_member(organisation, name="Elena Vidal"))
    make_member(organisation, name="Ana Ruiz")
    text = text_of(admin, "/admin/organisations/andes")
    assert "Tier 1, and one step from Tier 2" in text
    assert "To reach Tier 2" in text
    assert first_cells(admin, "/admin/organisations/andes")[-2:] == ["Ana Ruiz", "Elena Vidal"]
    assert first_cells(admin, "/admin/organisations/andes", sort="-level")[-2:] == ["Elena Vidal", "Ana Ruiz"]
    same = text_of(admin, "/admin/organisations/andes", programme="small")
    assert re.sub(r"\d+ seconds?", "", same) == re.sub(r"\d+ seconds?", "", text)
    assert admin.get("/admin/organisations/andes?programme=none").status_code == 404


def test_an_organisation_of_no_programme(admin: FlaskClient) -> None:
    make_organisation(slug="solo", name="Solo")
    text = text_of(admin, "/admin/organisations/solo")
    assert "Solo takes part in no programme" in text
    assert "Nobody works here now" in text
    assert admin.get("/admin/organisations/none").status_code == 404
