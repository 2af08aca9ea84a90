"""Signing in and out, the language, the account and its password, as a browser without JavaScript sees them."""

import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.journeys.demo_cast import DEMO_PASSWORD, DEMO_SIGN_INS
from app.people.persons import Person
from app.people.sessions import Session
from app.people.sign_in import TRIES
from app.transaction import reading, writing
from app.web.identity import COOKIE_KEY
from tests.factories import make_member, make_organisation, make_person, sign_in

PASSWORD, NEW = "correct horse battery", "another horse, another battery"
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def person(app: Flask) -> Person:
    """Someone of a partner company who reads English."""
    return make_member(make_organisation(name="Andes"), name="Ana Ruiz", language="en", password=PASSWORD)


def enter(client: FlaskClient, email: str, password: str = PASSWORD, **more: str):  # type: ignore[no-untyped-def]
    """Send the sign-in form."""
    return client.post("/sign-in", data={"email": email, "password": password} | more, headers=ENGLISH)


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def fields_of(page: str, action: str) -> dict[str, str]:
    """What the first form with the action sends when its button is pressed."""
    form = page.partition(f'action="{action}"')[2].partition("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


def test_a_guest_is_sent_to_sign_in_and_on_to_where_they_wanted_to_go(client: FlaskClient, person: Person) -> None:
    asked = client.get("/account")
    assert asked.location == "/sign-in?next=/account"
    assert 'name="next" type="hidden" value="/account"' in client.get(asked.location).text
    answer = enter(client, person.email, next="/account")
    assert (answer.status_code, answer.location) == (302, "/account")
    assert "Ana Ruiz" in client.get("/account").text


@pytest.mark.parametrize(
    "target",
    [
        "",
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "javascript:alert(1)",
        "/\n/x",
    ],
)
def test_the_way_on_never_leaves_the_site(client: FlaskClient, person: Person, target: str) -> None:
    assert enter(client, person.email, next=target).location == "/"


@pytest.mark.parametrize("email", ["nobody@test.example", "ANA@TEST.example", "a\0b@test.example", "x" * 500])
def test_a_wrong_sign_in_says_the_same_for_everyone(client: FlaskClient, person: Person, email: str) -> None:
    answer = enter(client, email)
    assert answer.status_code == 401
    assert "That e-mail and password do not match Check both and try again." in text_of(answer.text)
    assert "<title>Error: Sign in" in answer.text
    assert PASSWORD not in answer.text


def test_a_form_left_empty_names_each_field(client: FlaskClient) -> None:
    answer = enter(client, "", "")
    assert answer.status_code == 422
    assert '<a href="#email">Write your e-mail</a>' in answer.text
    assert '<a href="#password">Write your password</a>' in answer.text


def test_a_form_from_another_site_is_refused(app: Flask, client: FlaskClient, person: Person) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert enter(client, person.email).status_code == 400
    [token] = re.findall(r'name="csrf_token" type="hidden" value="([^"]*)"', client.get("/sign-in").text)
    assert enter(client, person.email, csrf_token=token).location == "/"


def test_a_guest_chooses_a_language_without_a_cookie_before_and_a_person_by_the_token_of_the_page(
    app: Flask, client: FlaskClient, person: Person
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    page = client.get("/partners")
    assert "Set-Cookie" not in page.headers
    assert "csrf_token" not in fields_of(page.text, "/language")
    assert client.post("/language", data={"lang": "en"}).status_code == 302
    assert 'lang="en"' in client.get("/partners").text
    sign_in(client, person)
    assert client.post("/language", data={"lang": "es"}).status_code == 400
    assert client.post("/language", data=fields_of(client.get("/account").text, "/language")).status_code == 302


def test_guessing_is_slowed_down(client: FlaskClient, person: Person) -> None:
    for _ in range(TRIES):
        assert enter(client, person.email, "a wrong password").status_code == 401
    answer = enter(client, person.email)
    assert answer.status_code == 429
    assert "Too many tries Wait a few minutes and try again." in text_of(answer.text)


def test_signing_out_ends_the_session_on_the_server(client: FlaskClient, person: Person) -> None:
    enter(client, person.email)
    assert client.get("/sign-in").location == "/"
    assert client.post("/sign-out").location == "/sign-in"
    with reading():
        assert db.session.query(Session).count() == 0
    assert client.get("/account").status_code == 302


def test_the_account_says_who_one_is(client: FlaskClient, person: Person) -> None:
    text = text_of(sign_in(client, person).get("/account").text)
    assert f"Name Ana Ruiz E-mail {person.email} Organisation Andes Language English" in text
    assert "(optional)" not in text


def test_a_new_password_ends_every_session(app: Flask, client: FlaskClient, person: Person) -> None:
    elsewhere = sign_in(app.test_client(), person)
    sign_in(client, person)
    answer = client.post("/account/password", data={"current": PASSWORD, "new": NEW, "again": NEW})
    assert answer.location == "/sign-in"
    with client.session_transaction() as cookie:
        assert COOKIE_KEY not in cookie
    assert "Your password is changed." in client.get("/sign-in", headers=ENGLISH).text
    assert elsewhere.get("/account").status_code == 302
    assert enter(client, person.email).status_code == 401
    assert enter(client, person.email, NEW).status_code == 302


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"current": "not the present one", "new": NEW, "again": NEW}, "That is not your present password"),
        ({"current": PASSWORD, "new": NEW, "again": NEW + "!"}, "The two new passwords differ"),
        ({"current": PASSWORD, "new": "short", "again": "short"}, "Choose a password of 15 to 1024 characters"),
        ({"current": PASSWORD, "new": "", "again": ""}, "Write a new password"),
        ({"current": "", "new": NEW, "again": NEW}, "Write your present password"),
    ],
)
def test_a_password_is_changed_only_with_care(
    client: FlaskClient, person: Person, sent: dict[str, str], message: str
) -> None:
    sign_in(client, person)
    answer = client.post("/account/password", data=sent)
    assert answer.status_code == 422
    assert f">{message}</a>" in answer.text
    assert "<title>Error: Your account" in answer.text
    assert client.get("/account").status_code == 200


def test_the_page_of_a_refused_password_can_be_loaded_again(client: FlaskClient, person: Person) -> None:
    assert sign_in(client, person).get("/account/password").location == "/account"


def test_the_language_is_changed_where_one_is_and_for_good(client: FlaskClient, person: Person) -> None:
    sign_in(client, person)
    sent = fields_of(client.get("/account?x=1").text, "/language")
    assert client.post("/language", data=sent).location == "/account?x=1"
    assert '<html lang="es"' in client.get("/account").text
    with reading():
        assert db.session.get_one(Person, person.id).language == "es"


def test_a_guest_keeps_the_language_through_the_sign_in(client: FlaskClient, person: Person) -> None:
    client.post("/language", data={"lang": "es", "next": "/sign-in?"})
    assert '<html lang="es"' in client.get("/sign-in", headers=ENGLISH).text
    enter(client, person.email)
    assert '<html lang="es"' in client.get("/account", headers=ENGLISH).text


def test_a_language_we_do_not_speak_changes_nothing(client: FlaskClient) -> None:
    assert client.post("/language", data={"lang": "xx", "next": "//evil.example"}).location == "/"
    assert '<html lang="en"' in client.get("/sign-in", headers=ENGLISH).text


def test_the_demonstration_offers_its_sign_ins_filled_in(app: Flask, client: FlaskClient) -> None:
    app.config["DEMO"] = True
    page = client.get("/sign-in?next=/exams").text
    for name in DEMO_SIGN_INS:
        assert f"/sign-in?as={name}&amp;next=/exams" in page
    assert DEMO_PASSWORD in page
    filled = client.get("/sign-in?as=trainer&next=/exams").text
    assert 'value="trainer@demo.example"' in filled
    assert re.search(rf'<input[^>]*type="password"[^>]*value="{DEMO_PASSWORD}"', filled)
    assert "@demo.example" not in client.get("/sign-in?as=nobody").text.partition('name="email"')[2].partition(">")[0]


def test_the_demonstration_lists_its_sign_ins_on_public_pages(app: Flask, client: FlaskClient) -> None:
    app.config["DEMO"] = True
    banner = client.get("/partners").text.partition("</aside>")[0]
    assert all(f"{name}@demo.example" in banner for name in DEMO_SIGN_INS)


def test_there_is_no_demonstration_unless_asked_for(client: FlaskClient) -> None:
    page = client.get("/sign-in?as=admin").text
    assert "demo.example" not in page
    assert DEMO_PASSWORD not in page


def test_a_disabled_account_cannot_sign_in(client: FlaskClient, app: Flask) -> None:
    person = make_person(password=PASSWORD)
    with writing() as at:
        db.session.get_one(Person, person.id).disabled_at = at
    assert enter(client, person.email).status_code == 401
