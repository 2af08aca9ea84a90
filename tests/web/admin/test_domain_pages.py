"""The administration's part: verified domains, invitations with a reason, and what viewers may not do."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from app.journeys.moving import leave
from app.people.domains import domains_of
from app.people.invitations import Invitation
from app.people.organisations import Organisation
from app.people.persons import PersonRole
from app.transaction import reading, writing
from tests.factories import make_member, make_organisation, make_staff, sign_in
from tests.inviting import founded

PAGE = "/admin/organisations/andes/invitations"
DOMAINS = "/admin/organisations/andes/domains"
FORM = {"job_role": "sales", "partner_role": "admin", "region": "", "language": "es", "addresses": "x@gmail.com"}


@pytest.fixture
def andes(client: FlaskClient) -> Organisation:
    sign_in(client, make_staff(PersonRole.ADMIN, name="Vera Admin", language="en"))
    return founded("andes")


def test_an_exception_needs_a_reason_which_is_kept(client: FlaskClient, andes: Organisation) -> None:
    refused = client.post(f"{PAGE}/send", data=FORM | {"reason": " "})
    assert (refused.status_code, "not at a domain" in refused.text) == (422, True)
    assert client.post(f"{PAGE}/send", data=FORM | {"reason": "a" * 201}).status_code == 422
    sent = client.post(f"{PAGE}/send", data=FORM | {"reason": " she founded\nit "})
    assert (sent.status_code, sent.location) == (303, PAGE)
    with reading():
        [one] = db.session.scalars(select(Invitation))
    assert (one.approved_reason, one.organisation_id) == ("she founded it", andes.id)
    assert "Exception: she founded it" in client.get(PAGE).text
    assert client.post(f"{PAGE}/{one.id}/send").status_code == 429
    assert client.post(f"{PAGE}/{one.id}/revoke").status_code == 303
    assert client.post(f"{PAGE}/{one.id}/revoke").status_code == 410


def test_domains_are_verified_and_withdrawn(client: FlaskClient, andes: Organisation) -> None:
    assert client.post(f"{DOMAINS}/verify", data={"domain": "@Andes-Sur.Example"}).status_code == 303
    assert "Whoever has an address at andes-sur.example" in client.get(PAGE).text
    wrong = {"gmail.com": (422, "Anybody can have"), "x y": (422, "not a domain"),
             "andes.example": (409, "already belongs"), "": (422, "Write a domain")}  # fmt: skip
    for domain, (status, words) in wrong.items():
        answer = client.post(f"{DOMAINS}/verify", data={"domain": domain})
        assert (answer.status_code, words in answer.text) == (status, True), domain
    assert client.post(f"{DOMAINS}/withdraw", data={"domain": "andes.example"}).status_code == 303
    assert client.post(f"{DOMAINS}/withdraw", data={"domain": "andes.example"}).status_code == 404
    assert "withdrew the domain andes.example of Andes" in client.get("/admin").text
    with reading():
        assert [one.domain for one in domains_of(andes.id)] == ["andes-sur.example"]


def test_an_invitation_belongs_to_the_organisation_of_the_address(client: FlaskClient, andes: Organisation) -> None:
    make_organisation(slug="norte")
    client.post(f"{PAGE}/send", data=FORM | {"reason": "known"})
    with reading():
        [one] = db.session.scalars(select(Invitation))
    for deed in ("send", "revoke"):
        assert client.post(f"/admin/organisations/norte/invitations/{one.id}/{deed}").status_code == 404
        assert client.post(f"/admin/organisations/nowhere/invitations/{one.id}/{deed}").status_code == 404
    assert client.get("/admin/organisations/nowhere/invitations").status_code == 404
    assert client.post("/admin/organisations/nowhere/invitations/send", data=FORM | {"reason": "x"}).status_code == 404


def test_a_viewer_looks_and_changes_nothing(client: FlaskClient, andes: Organisation) -> None:
    sign_in(client, make_staff(PersonRole.VIEWER, language="en"))
    page = client.get(PAGE)
    assert (page.status_code, '<form method="post" action="/admin' in page.text) == (200, False)
    for path, form in ((f"{PAGE}/send", FORM), (f"{DOMAINS}/verify", {"domain": "x.example"})):
        assert client.post(path, data=form).status_code == 403


def test_the_history_of_a_person_tells_of_an_end_that_is_set(client: FlaskClient, andes: Organisation) -> None:
    eva = make_member(andes, name="Eva Sol")
    with writing() as at:
        leave(eva.id, by=eva.id, at=at, ends_at=datetime(2099, 1, 1, tzinfo=UTC))
    assert "Eva Sol leaves Andes on December 31, 2098" in client.get(f"/admin/people/{eva.id}").text
