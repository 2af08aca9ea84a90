"""The label of an organisation: on what is issued after it was set, beside the issuer, and readable on paper."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.people.brands import Label, contrast_with_white, label_of
from app.people.organisations import Organisation
from app.people.persons import PersonRole
from app.transaction import reading, writing
from tests.factories import make_exam, make_member, make_organisation, make_person, sign_in, sit

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def organisation(app: Flask, tmp_path: Path) -> Organisation:
    make_exam(tmp_path)
    return make_organisation(slug="andes", name="Andes")


@pytest.fixture
def admin(client: FlaskClient, organisation: Organisation) -> FlaskClient:
    return sign_in(client, make_person(role=PersonRole.ADMIN))


def save(client: FlaskClient, name: str, colour: str) -> int:
    sent = {"name": name, "colour": colour}
    return client.post("/admin/organisations/andes/label", data=sent, headers=ENGLISH).status_code


def label(organisation: Organisation) -> Label | None:
    with reading():
        return label_of(organisation.id)


def test_it_stands_on_what_is_issued_after_it_was_set(admin: FlaskClient, organisation: Organisation) -> None:
    before = sit(make_member(organisation)).credential
    assert save(admin, "  Andes   Academy ", "#0B6E4F") == 302
    after = sit(make_member(organisation)).credential
    assert "brand" not in before.data
    assert after.data["brand"] == {"name": "Andes Academy", "colour": "#0b6e4f"}
    page = admin.get(f"/c/{after.public_id}").text
    assert "Andes Academy" in page
    assert 'fill="#0b6e4f"' in page
    assert after.data["issuer"] in page
    assert admin.get(f"/c/{after.public_id}.pdf").status_code == 200
    assert "Andes Academy" not in admin.get(f"/c/{before.public_id}").text


def test_it_is_shown_to_be_changed_and_goes_when_its_name_does(admin: FlaskClient, organisation: Organisation) -> None:
    save(admin, "Andes Academy", "#0b6e4f")
    assert 'value="Andes Academy"' in admin.get("/admin/organisations/andes").text
    save(admin, "Andes University", "#1d4ed8")
    assert label(organisation) == Label("Andes University", "#1d4ed8")
    save(admin, "", "")
    assert label(organisation) is None


@pytest.mark.parametrize(
    ("name", "colour"),
    [
        ("Andes", "#ffe600"),
        ("Andes", "blue"),
        ("Andes", ""),
        ("Andes", "#12345"),
        ("Andes", "#12345g"),
        ("A" * 81, "#1d4ed8"),
        ("安第斯", "#1d4ed8"),
        ("Andes", '#1d4ed8"/>'),
    ],
)
def test_what_cannot_be_read_or_printed_is_refused(
    admin: FlaskClient, organisation: Organisation, name: str, colour: str
) -> None:
    save(admin, "Before", "#1d4ed8")
    assert save(admin, name, colour) == 422
    assert label(organisation) == Label("Before", "#1d4ed8")


def test_a_viewer_sees_no_form(client: FlaskClient, organisation: Organisation) -> None:
    sign_in(client, make_person(role=PersonRole.VIEWER))
    assert "/label" not in client.get("/admin/organisations/andes").text
    assert save(client, "Andes", "#1d4ed8") == 403


@pytest.mark.parametrize("values", ["(:id, '', '#1d4ed8')", "(:id, 'Andes', 'blue')", "(99, 'Andes', '#1d4ed8')"])
def test_the_database_keeps_no_half_of_a_label(organisation: Organisation, values: str) -> None:
    given = {"id": organisation.id} if ":id" in values else {}
    with pytest.raises(IntegrityError), writing():
        db.session.execute(text(f"INSERT INTO brands (organisation_id, name, colour) VALUES {values}"), given)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast_with_white("#000000") == pytest.approx(21)
    assert contrast_with_white("#ffffff") == pytest.approx(1)
    assert contrast_with_white("#767676") == pytest.approx(4.54, abs=0.01)
