"""The label of an organisation: on what is issued after it was set, beside the issuer, and readable on paper."""

from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pikepdf import Name
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from app.canonical import fingerprint
from app.credentials.issuing import Credential
from app.extensions import db
from app.journeys.invariants import verify_all
from app.people.brands import Label, contrast_with_white, label_of
from app.people.logos import Logo
from app.people.organisations import Organisation
from app.people.persons import PersonRole
from app.transaction import now, reading, snapshot, writing
from tests.factories import make_exam, make_member, make_organisation, make_person, sign_in, sit
from tests.pictures import SVG, huge_header, picture

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def organisation(app: Flask, tmp_path: Path) -> Organisation:
    make_exam(tmp_path)
    return make_organisation(slug="andes", name="Andes")


@pytest.fixture
def admin(client: FlaskClient, organisation: Organisation) -> FlaskClient:
    return sign_in(client, make_person(role=PersonRole.ADMIN, language="en"))


def save(client: FlaskClient, name: str, colour: str, **more: object) -> int:
    sent = {"name": name, "colour": colour} | more
    return client.post("/admin/organisations/andes/label", data=sent, headers=ENGLISH).status_code


def file(data: bytes, name: str = "logo.png") -> tuple[BytesIO, str]:
    return BytesIO(data), name


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


def test_a_logo_stays_on_what_was_issued_with_it(admin: FlaskClient, organisation: Organisation) -> None:
    assert save(admin, "Andes Academy", "#0b6e4f", logo=file(picture())) == 302
    first = label(organisation).logo
    assert f"/logos/{first}.png" in admin.get("/admin/organisations/andes").text
    issued = sit(make_member(organisation)).credential
    assert issued.data["brand"] == {"name": "Andes Academy", "colour": "#0b6e4f", "logo": first}
    before = admin.get(f"/c/{issued.public_id}").text
    assert f"/logos/{first}.png" in before
    assert "Andes Academy" in before and issued.data["issuer"] in before
    save(admin, "Andes Academy", "#0b6e4f", logo=file(picture(colour=(90, 20, 20))))
    assert label(organisation).logo not in (None, first)
    save(admin, "Andes Academy", "#1d4ed8")
    assert label(organisation).logo is not None  # whoever changes the colour sends no picture
    save(admin, "Andes Academy", "#1d4ed8", without_logo="y")
    assert label(organisation) == Label("Andes Academy", "#1d4ed8")
    plain = sit(make_member(organisation)).credential
    assert f"/logos/{first}.png" in admin.get(f"/c/{issued.public_id}").text
    assert "/logos/" not in admin.get(f"/c/{plain.public_id}").text
    assert figures(admin, issued) == ["Logo of Andes Academy"]  # made only now, as it was at issue
    assert figures(admin, plain) == []


def figures(client: FlaskClient, credential: Credential) -> list[str]:
    """What the certificate reads aloud in place of a logo."""
    with pikepdf.open(BytesIO(client.get(f"/c/{credential.public_id}.pdf?language=en").data)) as pdf:
        read = [str(part.get(Name.Alt, "")) for part in pdf.Root.StructTreeRoot.K[0].K]
        images = [one for one in pdf.objects if isinstance(one, pikepdf.Stream) and one.get(Name.Subtype) == Name.Image]
    assert len(images) == len([text for text in read if text.startswith("Logo")])
    return [text for text in read if text.startswith("Logo")]


def test_a_logo_is_served_as_a_picture_and_nothing_else(client: FlaskClient, admin: FlaskClient,
                                                        organisation: Organisation) -> None:  # fmt: skip
    save(admin, "Andes", "#0b6e4f", logo=file(picture()))
    link = f"/logos/{label(organisation).logo}.png"
    answer = client.application.test_client().get(link)
    assert (answer.status_code, answer.content_type) == (200, "image/png")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
    assert fingerprint(answer.data) in link
    for wrong in (
        link.upper(),
        link.replace(".png", ".svg"),
        "/logos/0.png",
        "/logos/..%2F.png",
        f"/logos/{'0' * 64}.png",
    ):
        assert client.get(wrong).status_code == 404


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (file(SVG, "logo.svg"), "Choose a PNG or a JPEG"),
        (file(b"Only a text", "logo.png"), "Choose a PNG or a JPEG"),
        (file(picture(mode="RGB", form="JPEG")[:-400], "logo.jpg"), "damaged"),
        (file(huge_header(60_000, 60_000)), "40 to 2000 pixels"),
        (file(picture() + bytes(600 * 1024)), "up to 512 KB"),
        (file(picture(colour=(255, 255, 255))), "dark colours"),
    ],
)
def test_a_file_that_is_no_logo_is_refused_beside_its_field(
    admin: FlaskClient, organisation: Organisation, sent: tuple[BytesIO, str], says: str
) -> None:
    save(admin, "Before", "#1d4ed8")
    data = {"name": "After", "colour": "#1d4ed8", "logo": sent}
    answer = admin.post("/admin/organisations/andes/label", data=data, headers=ENGLISH)
    assert answer.status_code == 422
    assert says in answer.text and 'id="logo-error"' in answer.text
    assert label(organisation) == Label("Before", "#1d4ed8")


def test_a_file_larger_than_any_request_is_refused(admin: FlaskClient, organisation: Organisation) -> None:
    assert save(admin, "After", "#1d4ed8", logo=file(picture() + bytes(2 * 1024 * 1024))) == 413
    assert label(organisation) is None


def test_there_is_no_logo_without_a_name(admin: FlaskClient, organisation: Organisation) -> None:
    assert save(admin, " ", "#1d4ed8", logo=file(picture())) == 422
    save(admin, "Andes", "#1d4ed8", logo=file(picture()))
    assert save(admin, "", "") == 302
    assert label(organisation) is None


def test_a_lost_or_changed_logo_is_found(admin: FlaskClient, organisation: Organisation) -> None:
    save(admin, "Andes", "#1d4ed8", logo=file(picture()))
    issued = sit(make_member(organisation)).credential
    with snapshot():
        assert list(verify_all(now())) == []
    with writing():
        db.session.add(Logo(sha256="0" * 64, png=b"another"))
    with snapshot():
        assert list(verify_all(now())) == [f"logo {'0' * 64}: is not the picture of its hash"]
    with writing():
        missing = issued.record.replace(label(organisation).logo.encode(), b"1" * 64)
        db.session.execute(update(Credential).where(Credential.id == issued.id).values(record=missing))
    with snapshot():
        assert f"credential {issued.public_id}: its logo is not kept" in list(verify_all(now()))


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
