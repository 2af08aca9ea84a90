"""Names that no typeface of the certificate has: asked for in Latin letters, printed so, and shown both ways."""

from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app import worker
from app.credentials.changing import SameName
from app.credentials.issuing import Credential
from app.credentials.names import LatinFormNeeded, clean_names, is_printable
from app.credentials.typesetting import MissingGlyph
from app.exams.attempts import Attempt
from app.exams.results import attempts_of
from app.extensions import db
from app.journeys.amending import hide_holder, reissue_credential
from app.journeys.invariants import verify_all
from app.journeys.sitting import submit_attempt
from app.mail.outbox import Task
from app.people.persons import NameInvalid, Person, PersonRole
from app.transaction import now, reading, snapshot, writing
from tests.factories import answer_all, make_exam, make_person, make_staff, sign_in, start

ARABIC, LATIN = "محمد علي", "Mohamed Ali"
STARTS = "/api/v1/exams/fundamentals/attempts"
FORM = {"legal_name": ARABIC, "language": "en", "agreement": "y"}


@pytest.fixture
def person(app: Flask, tmp_path: Path) -> Person:
    make_exam(tmp_path)
    return make_person(name=ARABIC, language="en")


@pytest.fixture
def browser(client: FlaskClient, person: Person) -> FlaskClient:
    return sign_in(client, person)


def attempts(person: Person) -> list[Attempt]:
    with reading():
        return [attempt for attempt, _ in attempts_of(person.id)]


def names_of(person: Person) -> tuple[str, str | None]:
    with reading():
        again = db.session.get_one(Person, person.id)
        return again.name, again.latin_name


def passes(attempt: Attempt) -> Credential:
    answer_all(attempt)
    with writing():
        credential = submit_attempt(attempt.id, attempt.person_id, at=attempt.started_at).credential
    assert credential is not None
    return credential


@pytest.mark.once
@pytest.mark.parametrize("name", [ARABIC, "王小明", "अनिता देवी", "Ana 伟", "Անի Պետրոսյան", "ნინო", "𝓐𝓷𝓪 Ruiz"])
def test_a_name_with_a_letter_that_no_typeface_has_needs_its_latin_form(name: str) -> None:
    for missing in (None, "", "  ", "\t"):
        with pytest.raises(LatinFormNeeded):
            clean_names(name, missing)
    for unprintable in ("王小明", "Ana 伟"):
        with pytest.raises(MissingGlyph):
            clean_names(name, unprintable)
    for wrong in ("A", "\u200b\u200b", "Ana \u202ezuR", "a" * 121):
        with pytest.raises(NameInvalid):
            clean_names(name, wrong)
    assert clean_names(name, "  Ana  Ruiz ") == (name, "Ana Ruiz")


@pytest.mark.once
@pytest.mark.parametrize("name", ["Lucía Núñez", "Ελένη Παππά", "Юлия Їжак", "Siân Tŵr"])
def test_a_name_that_is_printed_as_it_is_has_none(name: str) -> None:
    assert is_printable(name)
    assert clean_names(name, "Something Else") == (name, None)


def test_the_page_of_the_exam_asks_for_it_and_starts_nothing_without(browser: FlaskClient, person: Person) -> None:
    page = browser.get("/exams/fundamentals").text
    assert 'name="latin_name"' in page and 'id="latin_name" maxlength="120" name="latin_name" required' in page
    for sent, says in (
        ({}, "Write your name in Latin letters too"),
        ({"latin_name": "محمد"}, "No certificate can print “م” here"),
        ({"latin_name": "M"}, "Write your full name"),
        ({"latin_name": "Ali \u202ederF"}, "type it by hand"),
    ):
        answer = browser.post("/exams/fundamentals/start", data=FORM | sent)
        assert (answer.status_code, says in answer.text) == (422, True), answer.text
    assert attempts(person) == []
    assert browser.post("/exams/fundamentals/start", data=FORM | {"latin_name": " Mohamed  Ali "}).status_code == 303
    [attempt] = attempts(person)
    assert (attempt.legal_name, attempt.latin_name) == names_of(person) == (ARABIC, LATIN)


def test_others_are_not_asked(client: FlaskClient, person: Person) -> None:
    other = sign_in(client, make_person(name="Lucía Ferrer", language="en"))
    assert "latin_name" not in other.get("/exams/fundamentals").text
    assert "latin_name" not in other.get("/account").text
    answer = other.post("/exams/fundamentals/start", data=FORM)
    assert (answer.status_code, 'name="latin_name"' in answer.text) == (422, True)


def test_the_account_asks_for_it_beforehand(browser: FlaskClient, person: Person) -> None:
    assert 'name="latin_name"' in browser.get("/account").text
    for wrong in ("", "محمد", "M", "\u202eilA demahoM"):
        answer = browser.post("/account/latin-name", data={"latin_name": wrong})
        assert (answer.status_code, 'id="latin_name-error"' in answer.text) == (422, True)
    assert names_of(person) == (ARABIC, None)
    assert browser.post("/account/latin-name", data={"latin_name": LATIN}).status_code == 302
    assert names_of(person) == (ARABIC, LATIN)
    assert LATIN in browser.get("/account").text
    assert f'value="{LATIN}"' in browser.get("/exams/fundamentals").text


def test_a_name_that_needs_none_takes_none(client: FlaskClient, person: Person) -> None:
    other = make_person(name="Lucía Ferrer")
    assert sign_in(client, other).post("/account/latin-name", data={"latin_name": LATIN}).status_code == 302
    assert names_of(other) == ("Lucía Ferrer", None)


def test_programs_are_told_and_may_repeat_themselves(browser: FlaskClient, person: Person) -> None:
    refused = browser.post(STARTS, json={"agreement": True})
    assert (refused.status_code, refused.json["code"]) == (422, "LatinFormNeeded")
    hidden = browser.post(STARTS, json={"agreement": True, "legal_name": "Ana \u202ezuR"})
    assert (hidden.status_code, hidden.json["code"]) == (422, "HiddenCharacters")
    assert attempts(person) == []
    key = {"Idempotency-Key": "6d9c6f0e-6f0e-4b5e-9f0e-1d2c3b4a5f60"}
    wish = {"agreement": True, "legal_name": f"\u200f{ARABIC}", "latin_name": "Mohamed  Ali"}
    assert [browser.post(STARTS, json=wish, headers=key).status_code for _ in range(2)] == [201, 201]
    other = browser.post(STARTS, json=wish | {"latin_name": "Mohammed Ali"}, headers=key)
    assert (other.status_code, len(attempts(person))) == (422, 1)


def test_the_certificate_prints_it_and_the_public_page_says_both(browser: FlaskClient, person: Person) -> None:
    made = passes(start(person, latin_name=LATIN))
    assert (made.data["name"], made.data["latin_name"], made.holder) == (ARABIC, LATIN, ARABIC)
    pdf = browser.get(f"/c/{made.public_id}.pdf?language=en").data
    assert LATIN in PdfReader(BytesIO(pdf)).pages[0].extract_text().splitlines()
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert str(opened.docinfo.Title).endswith(f"· {LATIN}")
        assert [str(part.ActualText) for part in opened.Root.StructTreeRoot.K[0].K if part.S == "/H1"] == [LATIN]
    page = browser.get(f"/c/{made.public_id}").text
    assert f"<bdi>{ARABIC}</bdi>" in page and f'<p class="latin-name">{LATIN}</p>' in page
    said = browser.get(f"/api/v1/credentials/{made.public_id}").json["record"]
    assert (said["name"], said["latin_name"]) == (ARABIC, LATIN)
    badge = browser.get(f"/c/{made.public_id}.json").text
    assert ARABIC not in badge and LATIN not in badge  # it names nobody
    checked = browser.post("/verify", data={"file": (BytesIO(pdf), "certificate.pdf")}).text
    assert ARABIC in checked and LATIN in checked
    with writing() as at:
        hide_holder(made.public_id, person.id, hide=True, at=at)
    for path in (f"/c/{made.public_id}", f"/api/v1/credentials/{made.public_id}"):
        assert LATIN not in browser.get(path).text and ARABIC not in browser.get(path).text
    with snapshot():
        assert list(verify_all(now())) == []


def test_a_corrected_name_has_its_own_form(browser: FlaskClient, person: Person) -> None:
    made, office = passes(start(person, latin_name=LATIN)), make_staff(PersonRole.ADMIN)

    def anew(credential: Credential, name: str, latin_name: str | None) -> Credential:
        with writing() as at:
            return reissue_credential(
                credential.public_id, name, latin_name=latin_name, reason="Misspelt", by=office.id, at=at
            )

    with pytest.raises(SameName):
        anew(made, ARABIC, LATIN)
    with pytest.raises(LatinFormNeeded):
        anew(made, ARABIC, None)
    second = anew(made, ARABIC, "Mohammed Ali")
    assert (second.data["name"], second.data["latin_name"]) == (ARABIC, "Mohammed Ali")
    third = anew(second, "Mohammed Ali", "Left Out")
    assert (third.data["name"], third.data.get("latin_name"), third.holder) == ("Mohammed Ali", None, "Mohammed Ali")
    page = sign_in(browser, office).post(
        f"/admin/credentials/{third.public_id}/reissue",
        data={"correction-name": ARABIC, "correction-reason": "Back", "correction-confirmed": "y"},
        headers={"Accept-Language": "en"},
    )
    assert (page.status_code, "This name needs its Latin form too" in page.text) == (422, True)


def test_a_name_of_before_that_cannot_be_printed_fails_no_exam(browser: FlaskClient, person: Person) -> None:
    attempt = start(person, latin_name=LATIN)
    with writing():
        db.session.execute(text("UPDATE attempts SET legal_name = '王小明', latin_name = NULL"))
    answer_all(attempt)
    assert browser.post(f"/api/v1/attempts/{attempt.id}/submit", json={}).status_code == 200
    public_id = browser.get(f"/api/v1/attempts/{attempt.id}").json["credential"]
    assert "王小明" in browser.get(f"/c/{public_id}").text
    for _ in range(3):
        worker.work()
    with reading():
        [error] = [task.error for task in db.session.query(Task).filter_by(kind="certificate")]
    assert "MissingGlyph" in error
    refused = browser.get(f"/c/{public_id}.pdf")
    assert (refused.status_code, "The certificate cannot print this name" in refused.text) == (422, True)
    office = make_staff(PersonRole.ADMIN).id
    with writing() as at:
        made = reissue_credential(public_id, "王小明", latin_name="Wang Xiaoming", reason="Latin", by=office, at=at)
    assert browser.get(f"/c/{made.public_id}.pdf").status_code == 200


@pytest.mark.parametrize("table", ["persons", "attempts"])
def test_the_database_keeps_no_empty_form(browser: FlaskClient, person: Person, table: str) -> None:
    start(person, latin_name=LATIN)
    with pytest.raises(IntegrityError), writing():
        db.session.execute(text(f"UPDATE {table} SET latin_name = ''"))


def test_the_office_finds_people_and_certificates_by_the_latin_form(browser: FlaskClient, person: Person) -> None:
    browser.post("/exams/fundamentals/start", data=FORM | {"latin_name": LATIN})
    passes(attempts(person)[0])
    office = sign_in(browser.application.test_client(), make_staff(PersonRole.VIEWER, name="Víctor"))
    for page in ("/admin/people", "/admin/credentials", "/admin/credentials.csv"):
        assert ARABIC in office.get(f"{page}?q=mohamed").text, page
        assert ARABIC not in office.get(f"{page}?q=mustafa").text, page
