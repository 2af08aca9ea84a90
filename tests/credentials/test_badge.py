"""The badge as a document: what the standard asks of its shape, and that it follows from the frozen record alone."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from app.canonical import canonical
from app.credentials.badge import badge
from app.credentials.data_integrity import statements
from app.credentials.issuer import did_document, issuer_did
from tests.badges import BASE_URL, DID, RECORD, badge_key, document, jwt, kid, method, signed, token_key, wrong

URL = f"{BASE_URL}/c/{RECORD['id']}"


def test_says_what_the_record_says_in_the_shape_of_open_badges() -> None:
    found = signed()
    assert found["@context"] == [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ]
    assert found["id"] == URL
    assert found["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert found["issuer"] == {"id": DID, "type": ["Profile"], "name": "IA Bulk", "url": BASE_URL}
    assert found["validFrom"] == found["awardedDate"] == found["proof"][0]["created"] == "2026-03-03T10:20:30Z"
    assert found["validUntil"] == "2028-03-03T10:20:30Z"
    assert found["name"] == "Expert certification"
    assert found["credentialStatus"] == {
        "id": f"{BASE_URL}/status/1#94567",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "94567",
        "statusListCredential": f"{BASE_URL}/status/1",
    }


def test_the_subject_is_nobody_by_name_and_achieved_the_level() -> None:
    subject = signed()["credentialSubject"]
    assert subject["id"].startswith("urn:uuid:")
    assert subject["licenseNumber"] == "K7QM-4XTD"
    assert "identifier" not in subject
    achieved = subject["achievement"]
    assert achieved["id"] == f"{BASE_URL}/achievements/expert"
    assert achieved["achievementType"] == "Certification"
    assert achieved["image"] == {"id": f"{BASE_URL}/achievements/expert/badge.png", "type": "Image"}
    assert "Expert" in achieved["description"]
    assert "Expert" in achieved["criteria"]["narrative"]
    assert "812" not in str(subject)


def test_types_and_proofs_are_lists_and_nothing_is_null_or_empty() -> None:
    found = signed()
    assert isinstance(found["proof"], list)
    for node in nodes(found):
        assert None not in node.values()
        assert [] not in node.values()
    described = [found, found["issuer"], found["credentialSubject"], found["credentialSubject"]["achievement"]]
    assert all(isinstance(node["type"], list) for node in described)


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(part)


def test_a_record_without_instants_is_read_too() -> None:
    old = {
        name: value for name, value in RECORD.items() if name not in ("score", "issued_at", "expires_at", "language")
    }
    found = signed(badge(old, base_url=BASE_URL, number=1))
    assert (found["validFrom"], found["validUntil"]) == ("2026-03-03T00:00:00Z", "2028-03-03T00:00:00Z")
    assert found["name"] == "Certificación Expert"


def test_the_bytes_are_the_same_every_time() -> None:
    assert canonical(signed()) == canonical(signed(json.loads(canonical(document()))))


@pytest.mark.parametrize(
    ("base_url", "did"),
    [
        ("https://acredita.example", "did:web:acredita.example"),
        ("http://localhost:8000", "did:web:localhost%3A8000"),
    ],
)
def test_the_issuer_is_the_host_that_people_reach(base_url: str, did: str) -> None:
    assert issuer_did(base_url) == did


def test_the_did_leads_to_every_key_and_says_what_each_is_for() -> None:
    keys = [badge_key(1).public_key(), badge_key(2).public_key()]
    found = did_document(DID, keys, [token_key().public_key()])
    assert found["id"] == DID
    assert [one["type"] for one in found["verificationMethod"]] == ["Multikey", "Multikey", "JsonWebKey"]
    assert found["assertionMethod"] == [method(1), method(2), kid()]
    assert [one["id"] for one in found["verificationMethod"]] == found["assertionMethod"]
    assert {one["controller"] for one in found["verificationMethod"]} == {DID}
    assert found["verificationMethod"][0]["publicKeyMultibase"].startswith("z6Mk")
    assert set(found["verificationMethod"][2]["publicKeyJwk"]) == {"kty", "n", "e"}


JOINT = {"issuers": ["Universidad de los Andes", "Colegio, S.A."], "form": 2}


def test_joint_issuers_are_the_creators_of_what_is_achieved() -> None:
    found = signed(document(**JOINT))
    assert found["issuer"]["name"] == "IA Bulk"
    creator = found["credentialSubject"]["achievement"]["creator"]
    assert (creator["type"], creator["name"]) == (["Profile"], "IA Bulk, Universidad de los Andes, Colegio, S.A.")
    assert creator["id"].startswith("urn:uuid:")
    assert [(one["type"], one["identifierType"], one["identifier"]) for one in creator["otherIdentifier"]] == [
        ("IdentifierEntry", "name", name) for name in ("IA Bulk", *JOINT["issuers"])
    ]
    assert wrong(found) == set()
    assert wrong(jwt(**JOINT).encode()) == set()


def test_the_signature_covers_who_issues_jointly() -> None:
    quads = statements(document(**JOINT)).decode()
    for name in ("IA Bulk", *JOINT["issuers"]):
        assert f'<https://purl.imsglobal.org/spec/vc/ob/vocab.html#identifier> "{name}"' in quads
    for change in ("name", "id"):
        forged = signed(document(**JOINT))
        forged["credentialSubject"]["achievement"]["creator"][change] = "urn:uuid:another"
        assert wrong(forged) == {"signature"}
    forged = signed(document(**JOINT))
    forged["credentialSubject"]["achievement"]["creator"]["otherIdentifier"][1]["identifier"] = "Harvard"
    assert wrong(forged) == {"signature"}


def test_a_record_of_before_names_its_joint_issuers_in_no_badge() -> None:
    assert document(issuers=["Universidad de los Andes"]) == document() == document(form=2)
