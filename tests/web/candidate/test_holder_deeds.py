"""What holders decide about their certificates: whether the page says their name, and giving one back."""

import html
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.credentials.issuing import Credential
from app.credentials.validity import State
from app.extensions import db
from app.people.persons import Person, PersonRole
from app.transaction import reading
from tests.factories import make_exam, make_person, make_staff, sign_in, sit

pytestmark = pytest.mark.usefixtures("content")
ENGLISH = {"Accept-Language": "en"}
NAME = "Lucía Ferrer"


@pytest.fixture
def content(app: Flask, tmp_path: Path) -> None:
    make_exam(tmp_path / "content")


@pytest.fixture
def holder(content: None) -> Person:
    return make_person(name=NAME, language="en")


@pytest.fixture
def credential(holder: Person) -> Credential:
    credential = sit(holder).credential
    assert credential is not None
    return credential


@pytest.fixture
def browser(app: Flask, client: FlaskClient, holder: Person) -> FlaskClient:
    """The holder's; `client` stays a guest's."""
    return sign_in(app.test_client(), holder)


def test_a_hidden_name_is_on_no_public_page(
    app: Flask, client: FlaskClient, browser: FlaskClient, credential: Credential
) -> None:
    public = f"/c/{credential.public_id}"
    assert browser.post(f"/certificates/{credential.public_id}/name", data={"hide": "1"}).status_code == 303
    page = client.get(public, headers=ENGLISH).text
    assert NAME not in page
    assert ".pdf" not in page
    assert "Name hidden by the holder" in page
    assert "Valid" in page
    assert client.get(f"{public}.pdf", headers=ENGLISH).status_code == 403
    assert sign_in(app.test_client(), make_person()).get(f"{public}.pdf").status_code == 403
    told = client.get(f"/api/v1/credentials/{credential.public_id}").json
    assert "name" not in told["record"]
    assert told["name_hidden"] is True
    assert browser.get(f"{public}.pdf").status_code == 200
    assert sign_in(app.test_client(), make_staff(PersonRole.ADMIN)).get(f"{public}.pdf").status_code == 200
    assert "The public page does not show your name." in text_of(browser)
    assert browser.get("/api/v1/credentials").json["credentials"][0]["record"]["name"] == NAME
    browser.post(f"/certificates/{credential.public_id}/name", data={"hide": "0"})
    assert NAME in client.get(public, headers=ENGLISH).text
    assert client.get(f"{public}.pdf").status_code == 200


def test_a_certificate_is_withdrawn_once_it_is_meant(
    client: FlaskClient, browser: FlaskClient, credential: Credential
) -> None:
    page = f"/certificates/{credential.public_id}/withdraw"
    assert "Nobody can bring it back" in browser.get(page).text
    assert browser.post(page).status_code == 422
    assert state(credential) is State.VALID
    assert browser.post(page, data={"confirmed": "y"}).status_code == 303
    assert state(credential) is State.WITHDRAWN
    assert "by the holder" in client.get(f"/c/{credential.public_id}", headers=ENGLISH).text
    assert client.get(f"/c/{credential.public_id}.pdf").status_code == 410
    assert "You withdrew it on" in text_of(browser)
    assert browser.post(page, data={"confirmed": "y"}).status_code == 409
    assert "This certificate cannot be withdrawn" in browser.get(page).text


def test_the_certificates_of_others_are_not_there(app: Flask, client: FlaskClient, credential: Credential) -> None:
    other = sign_in(app.test_client(), make_person())
    assert other.post(f"/certificates/{credential.public_id}/name", data={"hide": "1"}).status_code == 404
    for path in (credential.public_id, "unknown"):
        assert other.get(f"/certificates/{path}/withdraw").status_code == 404
        assert other.post(f"/certificates/{path}/withdraw", data={"confirmed": "y"}).status_code == 404
    assert state(credential) is State.VALID


def test_both_languages_say_it(browser: FlaskClient, holder: Person, credential: Credential, app: Flask) -> None:
    assert browser.get(f"/certificates/{credential.public_id}/withdraw").status_code == 200
    spanish = make_person(name="Óscar Gil", language="es")
    own = sit(spanish).credential
    browser = sign_in(app.test_client(), spanish)
    assert "Retirar un certificado" in browser.get(f"/certificates/{own.public_id}/withdraw").text


def text_of(browser: FlaskClient) -> str:
    page = browser.get("/certificates").text
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", page)).split())


def state(credential: Credential) -> State:
    with reading() as at:
        return db.session.get_one(Credential, credential.id).state(at)
