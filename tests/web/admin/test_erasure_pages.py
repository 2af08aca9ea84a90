"""The pages of erasures: asked for by the person, done by an administrator, seen before it happens, told after it."""

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.credentials.issuing import Credential
from app.credentials.keeping import Certificate
from app.credentials.register import credentials_of
from app.extensions import db
from app.people.organisations import PartnerRole
from app.people.persons import Person, PersonRole, person_by_id
from app.transaction import reading
from tests.erased_world import EMAIL, MARK, NAME, make_marked, write_content
from tests.factories import make_member, make_organisation, make_person, make_staff, sign_in, start

FORM = {"email": EMAIL, "reason": "request 12"}


@pytest.fixture
def marked(app: Flask, tmp_path: Path) -> Person:
    write_content(tmp_path / "elsewhere")
    return make_marked()


@pytest.fixture
def admin(marked: Person) -> Person:
    return make_staff(PersonRole.ADMIN, language="en")


def path(person: Person) -> str:
    return f"/admin/people/{person.id}/erase"


def is_erased(person: Person) -> bool:
    with reading():
        return person_by_id(person.id).is_erased


def test_the_person_asks_and_takes_it_back_and_the_office_sees_it(client: FlaskClient, admin: Person) -> None:
    person = make_person(name="Ana Ruiz", language="en")
    sign_in(client, person)
    assert "/account/erasure" in client.get("/account").text
    assert client.post("/account/erasure").status_code == 422
    assert client.post("/account/erasure", data={"confirmed": "y"}).status_code == 303
    assert "You have asked for it" in client.get("/account/erasure").text
    assert client.post("/account/erasure", data={"confirmed": "y"}).status_code == 409
    office = client.application.test_client()
    listed = sign_in(office, admin).get("/admin/erasures").text
    assert "Ana Ruiz" in listed
    assert path(person) in listed
    assert client.post("/account/erasure/take-back").status_code == 303
    assert client.post("/account/erasure/take-back").status_code == 409
    assert "Ana Ruiz" not in office.get("/admin/erasures").text
    assert "no longer asks to be erased" in office.get(f"/admin/people/{person.id}").text


def test_it_is_seen_before_confirmed_by_the_address_and_done(
    client: FlaskClient, marked: Person, admin: Person
) -> None:
    sign_in(client, admin)
    assert path(marked) in client.get(f"/admin/people/{marked.id}").text
    seen = client.get(path(marked)).text
    assert "Written answers" in seen
    for wrong in ({"email": "other@test.example"}, {"reason": ""}, {"email": ""}):
        assert client.post(path(marked), data=FORM | wrong).status_code == 422
    named = client.post(path(marked), data=FORM | {"reason": f"{NAME} asked"})
    assert (named.status_code, "names the person" in named.text) == (422, True)
    assert not is_erased(marked)
    assert client.post(path(marked), data=FORM | {"email": f" {EMAIL.upper()} "}).status_code == 303
    assert is_erased(marked)
    page = client.get(f"/admin/people/{marked.id}").text
    assert "This person was erased" in page
    assert path(marked) not in page
    assert MARK not in page
    assert client.post(path(marked), data=FORM | {"email": f"#{marked.id}"}).status_code == 409


@pytest.mark.parametrize("language", ["es", "en"])
def test_what_the_world_is_told_of_the_certificates(
    client: FlaskClient, marked: Person, admin: Person, language: str
) -> None:
    with reading():
        credentials = [(one.public_id, one.code) for one in credentials_of([marked.id])]
        pdf = db.session.scalars(select(Certificate.pdf)).first()
    badge = client.get(f"/c/{credentials[0][0]}.json").data
    sign_in(client, admin)
    client.post(path(marked), data=FORM)
    public = client.application.test_client()
    public.post("/language", data={"lang": language})
    told = {"es": "Retirado por el titular", "en": "Withdrawn by the holder"}[language]
    for public_id, code in credentials:
        page = public.get(f"/c/{public_id}")
        assert (page.status_code, told in page.text, MARK in page.text.lower()) == (200, True, False)
        assert public.get(f"/verify?q={code}").status_code == 302
        for form in ("pdf", "json", "jwt", "png", "svg"):
            assert public.get(f"/c/{public_id}.{form}").status_code == 410, form
        view = public.get(f"/api/v1/credentials/{public_id}").json
        assert (view["state"], view["record"]) == ("withdrawn", {})
    for data, register in ((pdf, "holds"), (badge, "unknown")):
        checks = verdicts(public, data)
        assert (checks["signature"], checks["register"], checks["state"], checks["log"]) == (
            "holds",
            register,
            "fails",
            "holds",
        )
        page = public.post("/verify", data={"file": (as_file(data), "mine")})
        assert told in page.text


def test_the_pages_that_spoke_of_the_person_still_open(client: FlaskClient, marked: Person, admin: Person) -> None:
    sign_in(client, admin)
    client.post(path(marked), data=FORM)
    with reading():
        public_ids = list(db.session.scalars(select(Credential.public_id)))
    pages = ["/admin", "/admin/people", "/admin/credentials", "/admin/credentials.csv", "/admin/erasures"]
    pages += ["/admin/attempts/1", "/admin/organisations", "/admin/recognitions", "/studio/reviews"]
    for page in [*pages, *(f"/admin/credentials/{one}" for one in public_ids)]:
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert MARK not in answer.text.lower(), page


def test_nobody_else_may(client: FlaskClient, marked: Person) -> None:
    boss = make_member(make_organisation(), partner_role=PartnerRole.ADMIN)
    for one in (boss, make_person(), make_staff(PersonRole.VIEWER), make_staff(PersonRole.TRAINER)):
        sign_in(client, one)
        assert client.post(path(marked), data=FORM).status_code == 403
    assert client.application.test_client().post(path(marked), data=FORM).status_code == 401
    assert not is_erased(marked)


def test_an_open_attempt_and_oneself_stand_in_the_way(client: FlaskClient, marked: Person, admin: Person) -> None:
    sitting = make_person()
    start(sitting)
    sign_in(client, admin)
    assert client.post(path(sitting), data=FORM | {"email": sitting.email}).status_code == 409
    assert client.post(path(admin), data=FORM | {"email": admin.email}).status_code == 403
    assert client.get("/admin/people/999/erase").status_code == 404
    assert client.post("/admin/people/999/erase", data=FORM).status_code == 404
    assert not is_erased(sitting)


def as_file(data: bytes) -> BytesIO:
    return BytesIO(data)


def verdicts(client: FlaskClient, data: bytes) -> dict[str, str]:
    answer = client.post("/api/v1/verify", data={"file": (as_file(data), "mine")})
    return {check["name"]: check["verdict"] for check in answer.json["checks"]}
