"""Checking a certificate: what anyone sees of a credential, and of one that does not exist."""

import html
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.credentials.issuing import Credential, issue
from app.extensions import db
from app.journeys.moving import leave, revoke_credential
from app.people.persons import Person, PersonRole, confirm_name
from app.transaction import now, writing
from app.web.guessing import TRIES
from app.web.public.credential import id_in
from tests import factories
from tests.factories import make_member, make_organisation, sit

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def holder(app: Flask, tmp_path: Path) -> Person:
    """Someone of a company who may sit the published exam."""
    factories.make_exam(tmp_path / "content")
    return make_member(make_organisation(name="Andes"), name="Lucía <b>Ferrer</b>", at=years_ago(4), language="en")


@pytest.fixture
def credential(holder: Person) -> Credential:
    """Awarded just now."""
    return awarded(holder)


def awarded(person: Person, at: datetime | None = None) -> Credential:
    found = sit(person, at=at).credential
    assert found is not None
    return found


def years_ago(years: float) -> datetime:
    return now() - timedelta(days=365.25 * years)


def see(client: FlaskClient, credential: Credential) -> str:
    """The text of the public page, and that it answers."""
    answer = client.get(f"/c/{credential.public_id}", headers=ENGLISH)
    assert answer.status_code == 200
    return text_of(answer.text)


def text_of(page: str) -> str:
    main = page.partition("<main")[2].partition(">")[2].partition("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def change(credential: Credential, **values: object) -> None:
    with writing():
        kept = db.session.get_one(Credential, credential.id)
        for name, value in values.items():
            setattr(kept, name, value)


def test_a_valid_certificate_says_so_first(client: FlaskClient, credential: Credential) -> None:
    text = see(client, credential)
    assert text.startswith(f"Valid Today, {day(now())} Lucía <b>Ferrer</b> Certification fundamentals Fundamentals")
    assert f"Valid until {day(credential.expires_at)}" in text
    assert credential.code in text
    assert "It stands in our register" in text
    assert "It was not revoked, replaced or withdrawn It is within its dates" in text


def test_what_the_page_says_was_frozen_at_issue(client: FlaskClient, holder: Person, credential: Credential) -> None:
    with writing() as at:
        confirm_name(holder.id, "Somebody Else")
        leave(holder.id, by=None, at=at)
    text = see(client, credential)
    assert "Lucía <b>Ferrer</b>" in text
    assert "Somebody Else" not in text


def test_the_name_is_text_and_never_markup(client: FlaskClient, credential: Credential) -> None:
    assert "<b>Ferrer" not in client.get(f"/c/{credential.public_id}").text


def test_search_engines_leave_the_page_alone(client: FlaskClient, credential: Credential) -> None:
    assert '<meta name="robots" content="noindex">' in client.get(f"/c/{credential.public_id}").text


def test_an_expired_certificate_says_since_when(client: FlaskClient, holder: Person) -> None:
    old = awarded(holder, years_ago(3))
    text = see(client, old)
    assert f"Not valid: it has expired On {day(old.expires_at)} Lucía" in text
    assert "Its dates are over" in text
    assert "PDF in English" in text


def test_a_revoked_certificate_says_when_and_why_and_is_printed_no_more(
    client: FlaskClient, credential: Credential
) -> None:
    admin = factories.make_staff(PersonRole.ADMIN)
    with writing() as at:
        revoke_credential(
            db.session.get_one(Credential, credential.id), reason="Someone else sat it", by=admin.id, at=at
        )
    text = see(client, credential)
    assert f"Not valid: it was revoked On {day(now())}. Reason: Someone else sat it Lucía" in text
    assert "PDF" not in text
    refused = client.get(f"/c/{credential.public_id}.pdf", headers=ENGLISH)
    assert (refused.status_code, refused.mimetype) == (410, "text/html")
    assert "This certificate can no longer be printed" in refused.text


def test_a_withdrawn_certificate_says_when(client: FlaskClient, credential: Credential) -> None:
    change(credential, withdrawn_at=now(), withdrawn_reason="copied", withdrawn_by=credential.person_id)
    assert f"Not valid: it was withdrawn On {day(now())}, by the holder Lucía" in see(client, credential)
    assert client.get(f"/c/{credential.public_id}.pdf").status_code == 410


def test_a_replaced_certificate_leads_to_the_one_that_stands(client: FlaskClient, credential: Credential) -> None:
    change(credential, superseded_at=now(), superseded_reason="copied", superseded_by=credential.person_id)
    with writing() as at:
        standing = issue(
            person_id=credential.person_id,
            attempt_id=credential.attempt_id,
            result_number=credential.result_number,
            level=credential.level,
            frozen=credential.data,
            issued_at=at,
            expires_at=credential.expires_at,
        )
    text = see(client, credential)
    assert "Not valid: it was replaced" in text
    assert f'href="/c/{standing.public_id}"' in client.get(f"/c/{credential.public_id}").text
    assert "Valid Today" in see(client, standing)


def test_a_renewed_certificate_leads_to_the_newer_one(client: FlaskClient, holder: Person) -> None:
    old = awarded(holder, years_ago(1.8))
    new = awarded(holder)
    assert "Valid Today" in see(client, old)
    assert "There is a newer certificate" in see(client, old)
    assert f'href="/c/{new.public_id}"' in client.get(f"/c/{old.public_id}").text
    assert "There is a newer certificate" not in see(client, new)


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_pdf_comes_in_the_language_asked_for(client: FlaskClient, credential: Credential, language: str) -> None:
    answer = client.get(f"/c/{credential.public_id}.pdf?language={language}")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == f'inline; filename="acredita-{credential.code}.pdf"'
    assert f"/Lang ({language})".encode() in answer.data


def test_it_is_found_by_id_code_and_link(client: FlaskClient, credential: Credential) -> None:
    code, public_id = credential.code, credential.public_id
    link = f"https://acredita.example/c/{public_id}"
    codes = (f" {code.lower()} ", code.replace("-", ""), code.replace("-", " "))
    for text in (public_id, *codes, link, f"{link}.pdf?language=es"):
        assert client.get("/verify", query_string={"q": text}).location == f"/c/{public_id}", text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abc", "abc"),
        ("https://a.example/c/abc", "abc"),
        ("https://a.example/c/abc/", "abc"),
        ("https://a.example/c/abc.pdf?language=en#page=1", "abc"),
        ("http://[", "["),
        ("/", ""),
    ],
)
def test_the_id_in_a_link(text: str, expected: str) -> None:
    assert id_in(text) == expected


@pytest.mark.parametrize("text", ["zzzz", "/", "a\0b", "%", "x" * 5000, "é" * 30])
def test_an_unknown_certificate_is_told_plainly(client: FlaskClient, credential: Credential, text: str) -> None:
    answer = client.get("/verify", query_string={"q": text}, headers=ENGLISH)
    assert answer.status_code == 404
    assert "There is no certificate with that id. Check the id, or ask the holder" in text_of(answer.text)


def test_an_unknown_id_has_a_page_of_plain_words(client: FlaskClient, app: Flask) -> None:
    answer = client.get("/c/unknown", headers=ENGLISH)
    assert answer.status_code == 404
    assert "There is no certificate with that id" in text_of(answer.text)
    assert 'href="/verify"' in answer.text


def test_guessing_is_slowed_down_while_what_exists_still_answers(client: FlaskClient, credential: Credential) -> None:
    for number in range(TRIES):
        assert client.get(f"/c/guess-{number}").status_code == 404
    assert client.get("/c/one-more").status_code == 429
    assert client.get("/verify?q=one-more").status_code == 429
    assert see(client, credential)


def test_asking_nothing_shows_the_form(client: FlaskClient) -> None:
    assert "Check a certificate" in client.get("/verify", headers=ENGLISH).text
    assert client.get("/verify?q=+").status_code == 200


def test_a_page_that_is_not_there_leads_home(client: FlaskClient) -> None:
    answer = client.get("/nothing/here", headers=ENGLISH)
    assert answer.status_code == 404
    assert "Error 404 There is no such page Check the address" in text_of(answer.text)
    assert '<a class="btn btn-primary" href="/"' in answer.text


def day(value: datetime) -> str:
    return f"{value:%B} {value.day}, {value.year}"
