"""Invitations of one's own organisation: sent by line, listed with their state, sent again, taken back; no other's."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.extensions import db
from app.people.invitations import Invitation
from app.people.organisations import Organisation, PartnerRole
from app.people.persons import Person
from app.transaction import now, reading, writing
from tests.factories import make_member, sign_in
from tests.inviting import founded, invited

FORM = {"job_role": "technical", "partner_role": "user", "region": "mx-jal", "language": "en"}


@pytest.fixture
def andes(client: FlaskClient) -> Organisation:
    """The organisation of the visitor, who manages its team and reads English."""
    organisation = founded("andes")
    sign_in(client, make_member(organisation, partner_role=PartnerRole.ADMIN, name="Ana Ruiz", language="en"))
    return organisation


def test_addresses_are_invited_one_a_line(client: FlaskClient, andes: Organisation) -> None:
    page = client.get("/team/invitations").text
    assert "You can invite addresses at andes.example" in page
    answer = client.post("/team/invitations", data=FORM | {"addresses": "eva@andes.example\r\n\r\n leo@andes.example "})
    assert (answer.status_code, answer.location) == (303, "/team/invitations")
    page = client.get("/team/invitations").text
    assert "2 invitations are on their way" in page
    assert page.count("Not accepted yet</span>") == 2
    assert "eva@andes.example" in page and "Technical · MX-JAL" in page and "invited by Ana Ruiz" in page
    with reading():
        rows = db.session.scalars(select(Invitation)).all()
    assert {(row.email, row.region, row.language, row.approved_reason) for row in rows} == {
        ("eva@andes.example", "MX-JAL", "en", None), ("leo@andes.example", "MX-JAL", "en", None),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ["Nobody was invited", "<span class=\"mono\">x@gmail.com</span>: The address is not at a domain"]),
     ("es", ["No se invitó a nadie", "<span class=\"mono\">x@gmail.com</span>: La dirección no es de un dominio"])],
)  # fmt: skip
def test_wrong_lines_are_named_and_nobody_is_invited(
    client: FlaskClient, andes: Organisation, language: str, words: list[str]
) -> None:
    client.post("/language", data={"lang": language})
    lines = "eva@andes.example\nx@gmail.com\nBcc: eve@evil.example\n<script>alert(1)</script>"
    answer = client.post("/team/invitations", data=FORM | {"addresses": lines})
    assert answer.status_code == 422
    assert [word for word in words if word not in answer.text] == []
    assert "<script>alert" not in answer.text
    assert "eva@andes.example\n" in answer.text.replace("\r", "")  # what was written is still there
    assert count() == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [({"addresses": " \n "}, "Write at least one address"), ({"job_role": "king"}, "Not a valid choice"),
     ({"partner_role": "owner"}, "Not a valid choice"), ({"region": "MX JAL"}, "not the code of a region"),
     ({"language": "fr"}, "Not a valid choice")],
)  # fmt: skip
def test_a_wrong_form_says_what_to_correct(
    client: FlaskClient, andes: Organisation, change: dict[str, str], words: str
) -> None:
    answer = client.post("/team/invitations", data=FORM | {"addresses": "eva@andes.example"} | change)
    assert (answer.status_code, words in answer.text, count()) == (422, True, 0)


def test_a_reason_is_not_the_partners_to_give(client: FlaskClient, andes: Organisation) -> None:
    form = FORM | {"addresses": "x@gmail.com", "reason": "because", "approved_reason": "because"}
    assert client.post("/team/invitations", data=form).status_code == 422


def test_an_invitation_is_sent_again_and_taken_back(client: FlaskClient, andes: Organisation) -> None:
    one = invited(andes, make_member(andes), "eva@andes.example")
    path = f"/team/invitations/{one.id}"
    assert "It was sent just now" in client.post(f"{path}/send").text
    with writing():
        past = {"sent_at": now() - timedelta(days=20), "expires_at": now() - timedelta(days=6)}
        db.session.execute(update(Invitation).values(**past))
    assert "Expired</span>" in client.get("/team/invitations").text
    assert client.post(f"{path}/send").status_code == 303
    assert "on its way again" in client.get("/team/invitations").text
    assert client.post(f"{path}/revoke").status_code == 303
    assert "eva@andes.example" not in client.get("/team/invitations").text
    assert client.post(f"{path}/revoke").status_code == 410
    assert client.get(f"{path}/revoke").location == "/team/invitations"


def test_an_organisation_without_a_domain_is_told_what_to_do(client: FlaskClient, andes: Organisation) -> None:
    with writing():
        db.session.execute(db.text("DELETE FROM organisation_domains"))
    assert "No domain of yours is verified yet" in client.get("/team/invitations").text


def test_another_organisations_pages_are_not_there(client: FlaskClient, andes: Organisation) -> None:
    other = founded("norte")
    stranger: Person = make_member(other, partner_role=PartnerRole.ADMIN)
    one = invited(other, stranger, "eva@norte.example")
    for path in (f"/team/invitations/{one.id}/send", f"/team/invitations/{one.id}/revoke"):
        assert client.post(path).status_code == 404
    paths = (
        f"/team/{stranger.id}",
        f"/team/{stranger.id}/roles",
        f"/team/{stranger.id}/end",
        f"/team/{stranger.id}/keep",
    )
    roles = {"job_role": "sales", "partner_role": "admin", "seen": "2", "confirmed": "y"}
    assert client.get(paths[0]).status_code == 404
    assert [client.post(path, data=roles).status_code for path in paths[1:]] == [404] * 3
    assert "norte" not in client.get("/team/invitations").text
    with reading():
        kept = db.session.get_one(Invitation, one.id)
        assert (kept.revoked_at, kept.token_hash) == (None, one.token_hash)


def count() -> int:
    with reading():
        return len(db.session.scalars(select(Invitation)).all())
