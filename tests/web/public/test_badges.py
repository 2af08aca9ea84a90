"""Badges over HTTP: as a stranger, a wallet and another site fetch them, and what a change of the register does."""

import json
import re
import urllib.request
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy import event, func, select, update

from app.credentials.badge_checks import check_badge
from app.credentials.badge_signing import issuer
from app.credentials.checks import Verdict
from app.credentials.issuing import Credential, revoke
from app.credentials.status import NoSuchStatusList, is_ended, status_list
from app.credentials.status_list import SIZE, bits_with, decode, is_set
from app.credentials.verification import verify
from app.extensions import db
from app.keys import CREDENTIALS, TOKENS, rotate
from app.people.persons import PersonRole
from app.transaction import now, reading, writing
from app.web.guessing import TRIES
from tests import factories
from tests.factories import make_person, sign_in, sit

ENGLISH = {"Accept-Language": "en"}
FORMS = {"json": "application/json", "jwt": "text/plain", "png": "image/png", "svg": "image/svg+xml"}
HOST = "http://localhost:8000"
DID = "did:web:localhost%3A8000"


@pytest.fixture
def credential(app: Flask, tmp_path: Path) -> Credential:
    factories.make_exam(tmp_path / "content")
    found = sit(make_person(name="Lucía Ferrer", language="en")).credential
    assert found is not None
    return found


def fetch(client: FlaskClient, credential: Credential, form: str = "json") -> bytes:
    answer = client.get(f"/c/{credential.public_id}.{form}")
    assert answer.status_code == 200
    return answer.data


def wrong(document: bytes) -> set[str]:
    """The checks that do not hold, by the keys and the register of this service."""
    with reading() as at:
        checks = check_badge(document, issuer=issuer(), status=is_ended, now=at)
    return {check.name for check in checks if check.verdict is not Verdict.HOLDS}


def end(credential: Credential, column: str) -> None:
    with writing() as at:
        if column == "revoked_at":
            admin = db.session.get_one(Credential, credential.id)
            revoke(admin, reason="a mistake", by=admin.person_id, at=at)
        else:
            name = column.removesuffix("_at")
            ended = {column: at, f"{name}_reason": "a mistake", f"{name}_by": credential.person_id}
            db.session.execute(update(Credential).where(Credential.id == credential.id).values(ended))


@pytest.mark.parametrize("form", FORMS)
def test_the_files_of_a_badge_hold_and_are_open_to_other_sites(
    client: FlaskClient, credential: Credential, form: str
) -> None:
    answer = client.get(f"/c/{credential.public_id}.{form}")
    assert (answer.status_code, answer.mimetype) == (200, FORMS[form])
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert f"filename=acredita-{credential.code}.{form}" in answer.headers["Content-Disposition"]
    assert wrong(answer.data) == set()


def test_the_bytes_are_the_same_every_time_and_for_everyone(client: FlaskClient, credential: Credential) -> None:
    first = fetch(client, credential)
    sign_in(client, make_person(role=PersonRole.ADMIN))
    with writing():
        db.session.execute(update(Credential).values(holder="Somebody Else"))
    assert fetch(client, credential) == first
    assert json.loads(first)["credentialSubject"]["licenseNumber"] == credential.code


def test_the_badge_says_the_instants_of_its_issue(client: FlaskClient, credential: Credential) -> None:
    found = json.loads(fetch(client, credential))
    assert found["validFrom"] == f"{credential.issued_at:%Y-%m-%dT%H:%M:%SZ}"
    assert found["validUntil"] == f"{credential.expires_at:%Y-%m-%dT%H:%M:%SZ}"
    assert found["id"] == f"{HOST}/c/{credential.public_id}"
    assert found["issuer"]["id"] == DID


def test_the_did_document_checks_what_was_signed_before_a_rotation_too(
    client: FlaskClient, credential: Credential
) -> None:
    before = [fetch(client, credential, form) for form in ("json", "jwt")]
    for use in (CREDENTIALS, TOKENS):
        with writing() as at:
            swap = rotate(use, at=at)
        swap()
    after = [fetch(client, credential, form) for form in ("json", "jwt")]
    assert [wrong(document) for document in before + after] == [set()] * 4
    assert not set(before) & set(after)
    answer = client.get("/.well-known/did.json")
    found = answer.get_json()
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert found["id"] == DID
    assert [one["type"] for one in found["verificationMethod"]] == ["Multikey"] * 2 + ["JsonWebKey"] * 2
    methods = [json.loads(document)["proof"][0]["verificationMethod"] for document in (after[0], before[0])]
    assert found["assertionMethod"][:2] == methods
    keys = {one["id"]: RSAKey.import_key(one["publicKeyJwk"]) for one in found["verificationMethod"][2:]}
    for text in (before[1], after[1]):
        read = jwt.decode(text, lambda token: keys[token.headers()["kid"]], algorithms=["RS256"])
        assert read.claims["jti"] == f"{HOST}/c/{credential.public_id}"


@pytest.mark.parametrize("column", ["revoked_at", "superseded_at"])
def test_what_no_longer_counts_is_still_given_out_and_its_status_says_so(
    client: FlaskClient, credential: Credential, column: str
) -> None:
    held = fetch(client, credential)
    assert bit_of(client, held) is False
    end(credential, column)
    assert fetch(client, credential) == held
    assert bit_of(client, held) is True
    assert wrong(held) == {"status"}


@pytest.mark.parametrize("form", FORMS)
def test_what_its_holder_withdrew_is_gone(client: FlaskClient, credential: Credential, form: str) -> None:
    held = fetch(client, credential)
    end(credential, "withdrawn_at")
    answer = client.get(f"/c/{credential.public_id}.{form}", headers=ENGLISH)
    assert answer.status_code == 410
    assert "This certificate was withdrawn" in answer.text
    assert bit_of(client, held) is True


def bit_of(client: FlaskClient, badge: bytes) -> bool:
    """The status as a stranger reads it: by the list that the badge names, whose own proof holds."""
    entry = json.loads(badge)["credentialStatus"]
    answer = client.get(entry["statusListCredential"].removeprefix(HOST))
    found = answer.get_json(force=True)
    assert answer.mimetype == "application/vc"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "public, max-age=5"
    assert (found["issuer"], found["id"]) == (DID, entry["statusListCredential"])
    return is_set(decode(found["credentialSubject"]["encodedList"]), int(entry["statusListIndex"]))


def test_a_list_is_signed_again_only_when_it_changed_or_an_hour_passed(app: Flask, credential: Credential) -> None:
    at = now().replace(minute=10)
    with reading():
        first = status_list(1, at=at)
        assert status_list(1, at=at + timedelta(minutes=40)) == first
        assert status_list(1, at=at + timedelta(minutes=60)) != first
    end(credential, "revoked_at")
    with reading():
        changed = status_list(1, at=at)
    assert changed != first
    proof, subject = json.loads(changed)["proof"][0], json.loads(changed)["credentialSubject"]
    assert proof["verificationMethod"] in issuer().badge_keys
    assert decode(subject["encodedList"]) == bits_with([credential.id])


def test_a_list_is_one_statement(app: Flask, credential: Credential) -> None:
    sent: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *told: sent.append(told[2]))
    with reading() as at:
        status_list(1, at=at)
    assert len([text for text in sent if text.lstrip().upper().startswith("SELECT") and "credentials" in text]) == 1


@pytest.mark.parametrize("number", ["0", "2", "99999999", "-1", "x", str(10**18), str(10**30)])
def test_a_list_in_which_no_credential_stands_is_unknown(
    client: FlaskClient, credential: Credential, number: str
) -> None:
    assert client.get(f"/status/{number}").status_code == 404


def test_a_credential_far_down_the_register_stands_in_a_later_list(app: Flask, credential: Credential) -> None:
    with reading(), pytest.raises(NoSuchStatusList):
        status_list(3, at=now())
    with writing():
        db.session.execute(update(Credential).values(id=2 * SIZE + 7))
    with reading():
        found = json.loads(status_list(3, at=now()))
        assert found["id"] == f"{HOST}/status/3"
        assert [is_ended(f"{HOST}/status/3", index) for index in (7, 8)] == [False, None]
        assert db.session.scalar(select(func.count(Credential.id))) == 1


@pytest.mark.parametrize(
    "url", ["https://evil.example/status/1", f"{HOST}/status/x", f"{HOST}/status/", f"{HOST}/status/1/", ""]
)
def test_a_list_of_another_service_is_not_looked_up_in_ours(credential: Credential, url: str) -> None:
    with reading():
        assert is_ended(url, credential.id) is None


@pytest.mark.parametrize("form", FORMS)
def test_every_unknown_id_answers_alike_and_counts_as_a_guess(
    client: FlaskClient, credential: Credential, form: str
) -> None:
    near = credential.public_id
    unknown = [near[:-1], near + "0", near.upper(), "x", "…"]
    answers = [client.get(f"/c/{one}.{form}") for one in unknown]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text.partition("<main")[2].partition("</main>")[0] for answer in answers}) == 1
    for _ in range(TRIES):
        last = client.get(f"/c/unknown.{form}")
    assert last.status_code == 429
    assert client.get(f"/c/{near}.{form}").status_code == 200


def test_a_level_has_a_page_and_says_the_same_to_programs(client: FlaskClient, credential: Credential) -> None:
    level = credential.level
    page = client.get(f"/achievements/{level}", headers=ENGLISH | {"Accept": "text/html,*/*;q=0.8"})
    assert page.mimetype == "text/html"
    assert "passed the timed exam" in page.text
    asked = client.get(f"/achievements/{level}", headers={"Accept": "application/json", "Accept-Language": "es"})
    direct = client.get(f"/achievements/{level}.json", headers={"Accept-Language": "es"})
    assert asked.get_json() == direct.get_json()
    said: dict[str, Any] = json.loads(fetch(client, credential))["credentialSubject"]["achievement"]
    assert direct.get_json() == said
    assert direct.headers["Access-Control-Allow-Origin"] == "*"


def test_the_picture_of_a_level_may_be_shown_on_any_site(client: FlaskClient, credential: Credential) -> None:
    for form, kind in (("png", "image/png"), ("svg", "image/svg+xml")):
        answer = client.get(f"/achievements/{credential.level}/badge.{form}")
        assert (answer.status_code, answer.mimetype) == (200, kind)
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_joint_issuers_stand_in_the_badge_and_on_the_level(client: FlaskClient, app: Flask, tmp_path: Path) -> None:
    factories.make_exam(tmp_path, issuers=["Universidad de los Andes"])
    awarded = sit(make_person()).credential
    found = json.loads(fetch(client, awarded))
    achieved = found["credentialSubject"]["achievement"]
    assert found["issuer"]["name"] == "Acredita"
    assert achieved["creator"]["name"] == "Acredita, Universidad de los Andes"
    level = f"/achievements/{awarded.level}"
    assert client.get(f"{level}.json", headers={"Accept-Language": "es"}).get_json() == achieved
    assert "Acredita, Universidad de los Andes" in client.get(level, headers=ENGLISH).text
    with reading() as at:
        register = next(one for one in verify(fetch(client, awarded), at=at).checks if one.name == "register")
    assert register.verdict is Verdict.HOLDS


@pytest.mark.parametrize("path", ["", ".json", "/badge.svg", "/badge.png"])
def test_there_are_no_other_levels(client: FlaskClient, path: str) -> None:
    assert client.get(f"/achievements/nonsense{path}").status_code == 404


def test_a_level_without_an_exam_is_shown_all_the_same(client: FlaskClient, app: Flask) -> None:
    assert "Master" in client.get("/achievements/master").text
    assert client.get("/achievements/master.json").get_json()["name"] == "Master"


def test_the_public_page_gives_the_badge(client: FlaskClient, credential: Credential) -> None:
    page = client.get(f"/c/{credential.public_id}").text
    for form in FORMS:
        assert f'href="/c/{credential.public_id}.{form}"' in page
    assert f'href="/achievements/{credential.level}"' in page
    end(credential, "withdrawn_at")
    assert f"/c/{credential.public_id}.png" not in client.get(f"/c/{credential.public_id}").text


def test_the_program_in_the_documents_checks_a_badge(
    client: FlaskClient, credential: Credential, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (Path(__file__).parents[3] / "docs/verifying.md").read_text().partition("## The badge")[2]
    (program,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    program = program.replace("https://certificates.example", HOST).replace("its id", credential.public_id)
    monkeypatch.setattr(urllib.request, "urlopen", lambda url: BytesIO(client.get(url.removeprefix(HOST)).data))
    exec(program, {})
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{HOST}/c/{credential.public_id} ")
    assert second == "not revoked"
    end(credential, "revoked_at")
    exec(program, {})
    assert capsys.readouterr().out.splitlines()[1] == "revoked"
