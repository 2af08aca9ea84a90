"""Every kind of badge, in each form, keeps the standards' rules of shape; and the rules see what breaks them."""

import copy
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.canonical import canonical
from app.credentials.badge import badge
from app.credentials.badge_files import badge_json, badge_token
from app.credentials.issuer import did_document
from app.credentials.issuing import Credential
from app.credentials.status_list import bits_with, list_credential
from app.journeys.amending import hide_holder, reissue_credential
from app.people.brands import set_label
from app.people.persons import PersonRole
from app.transaction import reading, writing
from tests.badge_rules import faults_of_badge, faults_of_did, faults_of_status_list, faults_of_token
from tests.badges import BASE_URL, DID, RECORD, badge_key, jwt, kid, method, signed, token_key
from tests.factories import make_exam, make_member, make_organisation, make_person, make_staff, sit

BEFORE = ("issued_at", "expires_at", "language", "score", "languages")
RECORDS: dict[str, dict[str, Any]] = {
    "sat in English": RECORD,
    "sat in Spanish": RECORD | {"language": "es"},
    "of before there were instants": {name: value for name, value in RECORD.items() if name not in BEFORE},
    "of joint issuers": RECORD | {"issuers": ["Universidad de los Andes"]},
    "under a label": RECORD | {"brand": {"name": "Andes", "colour": "#1d4ed8"}},
    "of nobody's employee": RECORD | {"organisation": None},
}
Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_a_badge_of_any_record_keeps_the_rules(record: dict[str, Any]) -> None:
    assert faults_of_badge(signed(badge(record, base_url=BASE_URL, number=94567))) == []
    assert faults_of_token(jwt(**record)) == []


@pytest.fixture
def credentials(app: Flask, tmp_path: Path) -> dict[str, Credential]:
    """The life of a credential of joint issuers under a label, and one of somebody who hides their name."""
    make_exam(tmp_path, issuers=["Universidad de los Andes"])
    organisation = make_organisation()
    holder = make_member(organisation)
    with writing() as now:
        set_label(organisation.id, "Andes", "#1d4ed8")
    first = sit(holder, at=now - timedelta(days=600)).credential
    renewal = sit(holder, at=now).credential
    alone = sit(make_person(language="en"), at=now).credential
    assert first
    assert renewal
    assert alone
    admin = make_staff(PersonRole.ADMIN)
    with writing() as at:
        reissued = reissue_credential(renewal.public_id, "Another Name", reason="It was wrong", by=admin.id, at=at)
        hide_holder(alone.public_id, alone.person_id, hide=True, at=at)
    return {"first": first, "renewal": renewal, "reissued": reissued, "hidden": alone}


def test_what_is_given_out_keeps_the_rules_through_a_credentials_life(credentials: dict[str, Credential]) -> None:
    assert {"issuers", "brand"} <= credentials["renewal"].data.keys()
    assert credentials["renewal"].renews_id == credentials["first"].id
    assert credentials["reissued"].reissues_id == credentials["renewal"].id
    with reading():
        for credential in credentials.values():
            assert faults_of_badge(json.loads(badge_json(credential))) == []
            assert faults_of_token(badge_token(credential)) == []


def test_lists_and_the_did_keep_the_rules_over_http(client: FlaskClient, credentials: dict[str, Credential]) -> None:
    assert faults_of_status_list(client.get("/status/1").data) == []
    assert faults_of_did(client.get("/.well-known/did.json").json, "http://localhost:8000") == []


def inside(found: dict[str, Any], path: str) -> tuple[Any, str]:
    """The object that holds the field at a path, and the field."""
    *parts, last = path.split(".")
    for part in parts:
        found = found[int(part)] if isinstance(found, list) else found[part]
    return found, last


def putting(path: str, value: Any) -> Change:
    def change(found: dict[str, Any]) -> None:
        holder, name = inside(found, path)
        holder[name] = value(holder[name]) if callable(value) else value

    return change


def dropping(path: str) -> Change:
    def change(found: dict[str, Any]) -> None:
        holder, name = inside(found, path)
        del holder[name]

    return change


SUBJECT, ACHIEVEMENT = "credentialSubject", "credentialSubject.achievement"
BROKEN = {
    "contexts the other way round": putting("@context", lambda value: value[::-1]),
    "one context": putting("@context", lambda value: value[:1]),
    "a context of the first model": putting("@context", ["https://www.w3.org/2018/credentials/v1"]),
    "no id": dropping("id"),
    "an id that is no IRI": putting("id", "c/1"),
    "an id with a space": putting("id", "https://a.example/c 1"),
    "type as a word": putting("type", "OpenBadgeCredential"),
    "a type too few": putting("type", ["OpenBadgeCredential"]),
    "a type twice": putting("type", lambda value: [*value, "OpenBadgeCredential"]),
    "the issuer as a list": putting("issuer", lambda value: [value]),
    "the issuer's type as a word": putting("issuer.type", "Profile"),
    "an issuer without an id": dropping("issuer.id"),
    "a day": putting("validFrom", "2026-03-03"),
    "no zone": putting("validFrom", "2026-03-03T10:20:30"),
    "a day that is not": putting("validUntil", "2026-02-30T10:20:30Z"),
    "seconds since": putting("awardedDate", 1772533230),
    "an end before the beginning": putting("validUntil", "2020-03-03T10:20:30Z"),
    "the first model's date": putting("issuanceDate", "2026-03-03T10:20:30Z"),
    "no name": dropping("name"),
    "an empty name": putting("name", ""),
    "null": putting("name", None),
    "several subjects": putting(SUBJECT, lambda value: [value]),
    "a subject without achievement": dropping(f"{SUBJECT}.achievement"),
    "a field that subjects do not have": putting(f"{SUBJECT}.score", "812"),
    "an empty list": putting(f"{SUBJECT}.identifier", []),
    "an achievement by its id": putting(ACHIEVEMENT, lambda value: value["id"]),
    "no description": dropping(f"{ACHIEVEMENT}.description"),
    "no criteria": dropping(f"{ACHIEVEMENT}.criteria"),
    "criteria as text": putting(f"{ACHIEVEMENT}.criteria", "Pass."),
    "criteria that say nothing": putting(f"{ACHIEVEMENT}.criteria", {}),
    "an own kind of achievement": putting(f"{ACHIEVEMENT}.achievementType", "Exam"),
    "an image as an address": putting(f"{ACHIEVEMENT}.image", lambda value: value["id"]),
    "the image's type as a list": putting(f"{ACHIEVEMENT}.image.type", ["Image"]),
    "several statuses": putting("credentialStatus", lambda value: [value]),
    "a status with the list's id": putting("credentialStatus.id", f"{BASE_URL}/status/1"),
    "an index as a number": putting("credentialStatus.statusListIndex", 94567),
    "no proof": dropping("proof"),
    "the proof as an object": putting("proof", lambda value: value[0]),
    "no proof in the list": putting("proof", []),
    "another suite": putting("proof.0.cryptosuite", "eddsa-jcs-2022"),
    "a proof of another purpose": putting("proof.0.proofPurpose", "authentication"),
    "a signature in Base64": putting("proof.0.proofValue", "u" + "A" * 86),
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN)
def test_the_rules_see_a_badge_that_breaks_them(change: Change) -> None:
    found = copy.deepcopy(signed())
    change(found)
    assert faults_of_badge(found) != []


BROKEN_CLAIMS = {
    "nobody who issues": dropping("iss"),
    "another issuer": putting("iss", "did:web:other.example"),
    "another id": putting("jti", "https://acredita.example/c/other"),
    "another beginning": putting("nbf", 1),
    "a beginning as text": putting("nbf", "1772533230"),
    "a part of a second": putting("nbf", 1772533230.0),
    "another holder": putting("sub", "urn:uuid:00000000-0000-0000-0000-000000000000"),
    "no end": dropping("exp"),
    "a credential within": putting("vc", {}),
}


@pytest.mark.parametrize("change", BROKEN_CLAIMS.values(), ids=BROKEN_CLAIMS)
def test_the_rules_see_a_token_that_breaks_them(change: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.credentials.tokens.canonical", lambda value: canonical(_changed(value, change)))
    assert faults_of_token(jwt()) != []


def _changed(value: dict[str, Any], change: Change) -> dict[str, Any]:
    found = copy.deepcopy(value)
    if "iss" in found:
        change(found)
    return found


BROKEN_LISTS = {
    "bits without their letter": putting(f"{SUBJECT}.encodedList", lambda value: value[1:]),
    "padding": putting(f"{SUBJECT}.encodedList", lambda value: value + "="),
    "a subject that is the list": putting(f"{SUBJECT}.id", f"{BASE_URL}/status/1"),
    "another type": putting("type", ["VerifiableCredential"]),
    "no purpose": dropping(f"{SUBJECT}.statusPurpose"),
    "no context": putting("@context", []),
}


@pytest.mark.parametrize("change", [*BROKEN_LISTS.values(), None], ids=[*BROKEN_LISTS, "none"])
def test_the_rules_see_a_status_list_that_breaks_them(change: Change | None) -> None:
    when = {"valid_from": "2026-01-01T00:00:00Z", "valid_until": "2026-01-02T00:00:00Z"}
    found = signed(list_credential(f"{BASE_URL}/status/1", bits_with([3]), issuer=DID, **when))
    if change:
        change(found)
    assert (faults_of_status_list(canonical(found)) == []) is (change is None)


BROKEN_DIDS = {
    "another host": putting("id", "did:web:other.example"),
    "a host with its scheme": putting("id", "did:web:https://acredita.example"),
    "a key of another": putting("verificationMethod.0.controller", "did:web:other.example"),
    "a key without an address": putting("verificationMethod.0.id", DID),
    "two keys at one address": putting("verificationMethod.1.id", method()),
    "a key of another kind": putting("verificationMethod.0.publicKeyMultibase", "z6MkAAAA"),
    "a private key": putting("verificationMethod.1.publicKeyJwk.d", "AQAB"),
    "a short key": putting("verificationMethod.1.publicKeyJwk.n", "AQAB"),
    "a key within its use": putting("assertionMethod", lambda value: [{"id": value[0]}]),
    "a use without its key": putting("assertionMethod", [f"{DID}#z6MkOther"]),
    "no keys": putting("verificationMethod", []),
}


@pytest.mark.parametrize("change", [*BROKEN_DIDS.values(), None], ids=[*BROKEN_DIDS, "none"])
def test_the_rules_see_a_did_document_that_breaks_them(change: Change | None) -> None:
    found = copy.deepcopy(did_document(DID, [badge_key().public_key()], [token_key().public_key()]))
    assert found["assertionMethod"] == [method(), kid()]
    if change:
        change(found)
    assert (faults_of_did(found, BASE_URL) == []) is (change is None)
