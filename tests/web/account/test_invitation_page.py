"""The link of an invitation: a newcomer makes an account, an account is used, and whoever it is not for is told so."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from app.extensions import db
from app.journeys.inviting import revoke_invitation, send_again
from app.ledger.deeds import Deed
from app.people.invitations import LIFE, PAUSE, Invitation
from app.people.organisations import Membership, Organisation, PartnerRole, membership_of
from app.people.persons import Person, PersonRole, person_by_email
from app.transaction import reading, writing
from app.web.guessing import TRIES
from app.web.identity import COOKIE_KEY
from tests.factories import make_member, make_person, sign_in
from tests.inviting import KEY, founded, invited, link

PASSWORD = "four quiet otters sing"
NEWCOMER = {"name": "Ana Ruiz", "new": PASSWORD, "again": PASSWORD, "agreed": "y"}
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def andes(app: Flask) -> Organisation:
    return founded("andes")


@pytest.fixture
def boss(andes: Organisation) -> Person:
    return make_member(andes, partner_role=PartnerRole.ADMIN, name="Bea Jefa", language="en")


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ["Bea Jefa invites ana@andes.example", "It sees no score", "At least 15 characters"]),
     ("es", ["Bea Jefa invita a ana@andes.example", "No ve puntajes", "Al menos 15 caracteres"])],
)  # fmt: skip
def test_a_newcomer_reads_who_asks_and_what_is_seen(
    client: FlaskClient, andes: Organisation, boss: Person, language: str, words: list[str]
) -> None:
    page = client.get(link(invited(andes, boss)), headers={"Accept-Language": language})
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert [word for word in words if word not in page.text] == []
    assert page.headers["Referrer-Policy"] in ("no-referrer", "same-origin", "strict-origin")


def test_a_newcomer_gets_an_account_whose_address_is_verified_and_is_signed_in(
    client: FlaskClient, andes: Organisation, boss: Person
) -> None:
    answer = client.post(link(invited(andes, boss)), data=NEWCOMER, headers=ENGLISH)
    assert (answer.status_code, answer.location) == (303, "/")
    assert "You work for Andes" in client.get("/").text
    with reading() as at:
        person = person_by_email("ana@andes.example")
        assert (person.name, person.language, person.role) == ("Ana Ruiz", "en", PersonRole.CONSULTANT)
        assert person.email_verified_at is not None
        assert membership_of(person.id, at).organisation_id == andes.id
    client.post("/sign-out")
    entered = client.post("/sign-in", data={"email": "ana@andes.example", "password": PASSWORD})
    assert entered.status_code == 302


WRONG = {
    "no consent": ({"agreed": ""}, "Agree, or do not join the organisation"),
    "short": ({"new": "a" * 14, "again": "a" * 14}, "Choose a password of 15 to 1024 characters"),
    "breached": ({"new": "password1234567", "again": "password1234567"}, "That password is easy to guess"),
    "differ": ({"again": PASSWORD + "!"}, "The two new passwords differ"),
    "name": ({"name": "A"}, "Write your full name, in 2 to 120 characters"),
    "name of lines": ({"name": "Ana\r\nBcc: x \x1b[31m"}, "The name holds characters that cannot be read"),
}


@pytest.mark.parametrize(("change", "words"), WRONG.values(), ids=WRONG)
def test_a_newcomers_form_says_what_is_wrong_and_nothing_is_made(
    client: FlaskClient, andes: Organisation, boss: Person, change: dict[str, str], words: str
) -> None:
    answer = client.post(link(invited(andes, boss)), data=NEWCOMER | change, headers=ENGLISH)
    assert answer.status_code == 422
    assert words in answer.text
    assert (counted(Person), counted(Membership)) == (1, 1)


def test_nothing_else_of_the_form_is_taken(client: FlaskClient, andes: Organisation, boss: Person) -> None:
    extra = {
        "role": "admin",
        "partner_role": "admin",
        "organisation_id": "1",
        "email": "eve@evil.example",
        "tier": "t1",
    }
    client.post(link(invited(andes, boss)), data=NEWCOMER | extra)
    with reading() as at:
        person = person_by_email("ana@andes.example")
        assert person.role is PersonRole.CONSULTANT
        assert membership_of(person.id, at).partner_role is PartnerRole.USER


def test_whoever_has_an_account_signs_in_first_and_comes_back(
    client: FlaskClient, andes: Organisation, boss: Person
) -> None:
    make_person(email="ana@andes.example", password=PASSWORD, language="en")
    path = link(invited(andes, boss))
    assert f"/sign-in?next={path}" in client.get(path, headers=ENGLISH).text
    assert client.post(path, data=NEWCOMER).status_code == 200  # shown again: an account is not made twice
    assert counted(Person) == 2
    entered = client.post("/sign-in", data={"email": "ana@andes.example", "password": PASSWORD, "next": path})
    assert entered.location == path
    assert client.post(path, data={}).status_code == 422
    assert client.post(path, data={"agreed": "y"}).status_code == 303
    assert counted(Membership) == 2


def test_whoever_works_elsewhere_confirms_that_it_ends(client: FlaskClient, andes: Organisation, boss: Person) -> None:
    ana = make_member(founded("norte"), email="ana@andes.example", language="en")
    sign_in(client, ana)
    path = link(invited(andes, boss))
    assert "You work for Norte now" in client.get(path).text
    refused = client.post(path, data={"agreed": "y"})
    assert (refused.status_code, "Confirm that you leave it today" in refused.text) == (409, True)
    assert client.post(path, data={"agreed": "y", "leaves": "y"}).status_code == 303
    with reading() as at:
        assert membership_of(ana.id, at).organisation_id == andes.id


def test_another_person_is_told_that_it_is_not_theirs(client: FlaskClient, andes: Organisation, boss: Person) -> None:
    eve = make_person(email="eve@andes.example", language="en")
    path = link(invited(andes, boss))
    sign_in(client, eve)
    for answer in (client.get(path), client.post(path, data={"agreed": "y"})):
        assert answer.status_code == 403
        assert "This invitation is for another e-mail address" in answer.text
        assert "ana@andes.example" not in answer.text
    with reading():
        lines = db.session.scalars(select(Deed).where(Deed.deed == "invitation_refused")).all()
    assert [(line.person_id, line.subject) for line in lines] == [(eve.id, f"organisation:{andes.id}")] * 2
    assert counted(Membership) == 1


def test_a_trainer_joins_no_partner(client: FlaskClient, andes: Organisation, boss: Person) -> None:
    path = link(invited(andes, boss))
    sign_in(client, make_person(email="ana@andes.example", role=PersonRole.TRAINER, language="en"))
    answer = client.post(path, data={"agreed": "y"})
    assert (answer.status_code, "belongs to the administration" in answer.text) == (409, True)


def test_what_is_over_is_gone_and_what_never_was_is_not_there(
    app: Flask, client: FlaskClient, andes: Organisation, boss: Person
) -> None:
    used, revoked, expired, renewed = [invited(andes, boss, f"p{n}@andes.example") for n in range(4)]
    assert app.test_client().post(link(used), data=NEWCOMER).status_code == 303
    with writing() as at:
        revoke_invitation(andes.id, revoked.id, by=boss.id, at=at)
        send_again(andes.id, renewed.id, key=KEY, by=boss.id, at=at + PAUSE)
        past = {"sent_at": at - LIFE - timedelta(days=1), "expires_at": at}
        db.session.execute(update(Invitation).where(Invitation.id == expired.id).values(**past))
    words = {used: "used already", revoked: "taken back", expired: "has expired"}
    for one, said in words.items():
        for answer in (client.get(link(one), headers=ENGLISH), client.post(link(one), data=NEWCOMER, headers=ENGLISH)):
            assert (answer.status_code, said in answer.text) == (410, True)
    pages = [
        client.get(path, headers=ENGLISH)
        for path in (link(renewed), "/invitations/x", link(used)[:-1], link(used) + "A")
    ]
    assert [page.status_code for page in pages] == [404] * 4
    assert len({re.sub(r"/invitations/[\w-]+", "", page.text) for page in pages}) == 1


def test_guesses_are_counted_and_a_real_link_opens_all_the_same(
    client: FlaskClient, andes: Organisation, boss: Person
) -> None:
    path = link(invited(andes, boss))
    codes = [client.get(f"/invitations/guess-{number}").status_code for number in range(TRIES + 2)]
    assert codes == [404] * TRIES + [429] * 2
    assert client.get(path).status_code == 200


def test_a_preset_cookie_is_not_the_one_that_signs_in(client: FlaskClient, andes: Organisation, boss: Person) -> None:
    with client.session_transaction() as cookie:
        cookie["preset"] = "x"
    client.post(link(invited(andes, boss)), data=NEWCOMER)
    with client.session_transaction() as cookie:
        assert "preset" not in cookie
        assert COOKIE_KEY in cookie


def test_another_site_cannot_accept_for_somebody(
    app: Flask, client: FlaskClient, andes: Organisation, boss: Person
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    path = link(invited(andes, boss))
    assert client.post(path, data=NEWCOMER).status_code == 400
    sign_in(client, make_person(email="ana@andes.example"))
    assert client.post(path, data={"agreed": "y"}).status_code == 400
    assert counted(Membership) == 1


def counted(model: type) -> int:
    with reading():
        return db.session.scalar(select(func.count()).select_from(model))
