"""One's own organisation: asked for consent on every page until it is given, and leaving, today or later."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.people.consent import CURRENT
from app.people.organisations import ENTERED, Membership, PartnerRole, membership_of
from app.people.persons import Person
from app.transaction import now, reading
from tests.factories import make_member, make_membership, make_organisation, make_person, sign_in

PAGE = "/account/organisation"


@pytest.fixture
def eva(app: Flask, client: FlaskClient) -> Person:
    """Entered by the administration, and not asked yet."""
    person = make_person(language="en")
    make_membership(person, make_organisation(name="Andes"), terms=ENTERED)
    sign_in(client, person)
    return person


@pytest.mark.parametrize(
    ("language", "banner", "text"),
    [("en", "Andes would see how you study", "It sees no score"), ("es", "Andes quiere ver cómo", "No ve puntajes")],
)
def test_who_was_entered_is_asked_on_every_page_until_they_agree(
    client: FlaskClient, eva: Person, language: str, banner: str, text: str
) -> None:
    client.post("/language", data={"lang": language})
    assert banner in client.get("/").text
    assert banner not in client.get(PAGE).text
    assert text in client.get(PAGE).text
    assert client.post(f"{PAGE}/consent").status_code == 422
    assert present(eva).consent_at is None
    assert client.post(f"{PAGE}/consent", data={"agreed": "y"}).status_code == 303
    assert present(eva).consent_version == CURRENT
    assert banner not in client.get("/").text
    assert text in client.get(PAGE).text


def test_who_does_not_agree_leaves(client: FlaskClient, eva: Person) -> None:
    assert client.post(f"{PAGE}/leave").status_code == 422
    assert client.post(f"{PAGE}/leave", data={"confirmed": "y"}).status_code == 303
    assert present(eva) is None
    page = client.get(PAGE)
    assert (page.status_code, "You work for no organisation" in page.text) == (200, True)
    for path, form in (("leave", {"confirmed": "y"}), ("consent", {"agreed": "y"}), ("stay", {})):
        assert client.post(f"{PAGE}/{path}", data=form).status_code == 404
        assert client.get(f"{PAGE}/{path}").location == PAGE


def test_a_later_end_is_shown_and_taken_back(client: FlaskClient, eva: Person) -> None:
    last = (now() + timedelta(days=3)).date()
    client.post(f"{PAGE}/leave", data={"confirmed": "y", "last_day": last.isoformat()})
    assert present(eva).ends_at.date() == last + timedelta(days=1)
    assert "Your membership ends" in client.get(PAGE).text
    assert client.post(f"{PAGE}/stay").status_code == 303
    assert present(eva).ends_at is None
    again = client.post(f"{PAGE}/stay")
    assert (again.status_code, "has no end" in again.text) == (409, True)


def test_the_last_one_who_manages_a_team_may_leave_all_the_same(client: FlaskClient) -> None:
    boss = make_member(make_organisation(), partner_role=PartnerRole.ADMIN)
    sign_in(client, boss)
    assert client.post(f"{PAGE}/leave", data={"confirmed": "y"}).status_code == 303
    assert present(boss) is None
    assert client.get("/team").status_code == 403


def present(person: Person) -> Membership | None:
    with reading() as at:
        return membership_of(person.id, at)
