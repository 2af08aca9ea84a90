"""The proof of badges: the published vectors come out to the last letter, and nothing is signed that is not covered."""

import json
import re
import socket
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from app.credentials.badge import BADGES
from app.credentials.contexts import BUNDLED, PINNED, ContextChanged, read
from app.credentials.data_integrity import Uncovered, proves, secured, signed_bytes, statements
from app.credentials.multikey import BASE58, base58, from_base58, multikey
from tests.badges import BASE_URL, badge_key, document, method, signed

# The vector of the specification (Data Integrity EdDSA Cryptosuites, eddsa-rdfc-2022) and its key pair.
SECRET = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
PUBLIC = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
CREATED = "2023-02-24T23:36:38Z"
METHOD = f"https://vc.example/issuers/5678#{PUBLIC}"
ALUMNI = {
    "@context": ["https://www.w3.org/ns/credentials/v2", EXAMPLES],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}
HASHES = (
    "4c4d3890a157f8d611b13c265c2c22f39aa0a567c7c7dd9ba3e45cd579784eeb"
    "517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017"
)
PROOF_VALUE = "z21EVs3eXERqTn4acNHT9viboqgzUaQ3kTmhPT3eA8qrVPE7CrQq78WkzctnMX5W4CrzcKnHw8V6dvy5pgWYCU5e9"


@pytest.fixture
def examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """The context of the vector, which badges have no use for."""
    monkeypatch.setitem(BUNDLED, EXAMPLES, {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}})


@pytest.mark.usefixtures("examples")
def test_the_published_vector_comes_out_to_the_last_letter() -> None:
    secret = from_base58(SECRET[1:])
    assert secret[:2] == b"\x80\x26"  # Multikey's mark of a secret Ed25519 key
    key = Ed25519PrivateKey.from_private_bytes(secret[2:])
    assert multikey(key.public_key()) == PUBLIC
    proven = secured(ALUMNI, sign=key.sign, method=METHOD, created=CREATED)
    (proof,) = proven["proof"]
    assert signed_bytes(ALUMNI, {k: v for k, v in proof.items() if k != "proofValue"}).hex() == HASHES
    assert proof["proofValue"] == PROOF_VALUE
    assert proves(ALUMNI, proof, key.public_key())
    assert not proves(ALUMNI | {"name": "Alumni credential"}, proof, key.public_key())
    assert not proves(ALUMNI, proof, badge_key().public_key())


def test_base_58_says_leading_zeros_and_is_read_back() -> None:
    assert base58(b"\0\0\x28\x7f\xb4\xcd") == "11233QC4"
    assert base58(b"Hello World!") == "2NEpo7TZRRrLZSi2U"
    with pytest.raises(ValueError, match="substring"):
        from_base58("0OIl")


@given(st.binary(max_size=80))
def test_base_58_loses_nothing(data: bytes) -> None:
    assert from_base58(base58(data)) == data


def test_the_proof_is_the_same_every_time() -> None:
    assert signed() == signed()
    assert signed()["proof"][0]["proofValue"].startswith(BASE58)


def test_no_network_is_asked_and_no_context_but_the_bundled_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    statements(document())
    for context in ("https://example.com/context", "file:///etc/passwd", "http://169.254.169.254/"):
        with pytest.raises(Uncovered):
            statements(document() | {"@context": [*document()["@context"], context]})


def test_every_bundled_context_is_the_one_that_was_looked_at() -> None:
    for url, (path, pinned) in PINNED.items():
        assert read(path, pinned) == BUNDLED[url]
        with pytest.raises(ContextChanged):
            read(path, pinned[::-1])


def test_the_bundled_terms_of_badges_are_those_that_badges_use() -> None:
    """What none uses would only wait to mean something that nobody here has looked at."""
    context = BUNDLED[BADGES]["@context"]
    found = nodes([signed(), document(form=2, issuers=["Universidad del Norte"])])
    assert unused(context, found) == []
    for name, term in context.items():
        if isinstance(term, dict) and "@context" in term:
            assert unused(term["@context"], [node for node in found if name in types(node)]) == []


def unused(context: dict[str, Any], found: list[dict[str, Any]]) -> list[str]:
    """The terms of a context that are neither a field nor a type in these objects."""
    said = {word for node in found for word in (*node, *types(node))}
    return sorted(name for name in context if not name.startswith("@") and name not in said)


def types(node: dict[str, Any]) -> list[str]:
    found = node.get("type", [])
    return found if isinstance(found, list) else [found]


def nodes(value: Any) -> list[dict[str, Any]]:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [*([value] if isinstance(value, dict) else []), *(node for part in inside for node in nodes(part))]


def test_the_terms_of_badges_stand_for_what_the_published_context_says() -> None:
    quads = statements(document()).decode()
    said = re.findall(r"<(https://(?:purl\.imsglobal|schema)\.org/[^>]*)>", quads)
    words = "Achievement AchievementSubject Criteria Image OpenBadgeCredential Profile achievement achievementType"
    words += " awardedDate image licenseNumber narrative"
    vocabulary = {f"https://purl.imsglobal.org/spec/vc/ob/vocab.html#{word}" for word in words.split()}
    assert set(said) == vocabulary | {f"https://schema.org/{word}" for word in ("description", "name", "url")}
    assert '"2026-03-03T10:20:30Z"^^<xsd:dateTime>' in quads  # as it is published, with a prefix that nothing defines
    assert f'"{BASE_URL}"^^<https://www.w3.org/2001/XMLSchema#anyURI>' in quads


@pytest.mark.parametrize(
    "change",
    [
        {"score": "812"},
        {"score": {"value": "812"}},
        {"@score": "812"},
        {"": "812"},
        {"schema:score": "812"},
        {"https://example.com/score": "812"},
        {"description": None},
        {"evidence": []},
        {"evidence": [[{"id": "urn:a"}]]},
        {"type": ["VerifiableCredential", "OpenBadgeCredential", "Unheard"]},
        {"issuer": "acredita"},
        {"issuer": "_:b0"},
        {"name": "two\tcolumns"},
        {"@graph": []},
        {"credentialSubject": {"@context": {"score": "urn:score"}, "id": "urn:a", "score": "812"}},
        {"evidence": [{"type": ["Evidence"]}] * 7},
    ],
    ids=str,
)
def test_what_a_signature_would_not_cover_is_neither_signed_nor_accepted(change: dict[str, Any]) -> None:
    changed = json.loads(json.dumps(document() | change))
    with pytest.raises(Uncovered):
        secured(changed, sign=badge_key().sign, method=method(), created="2026-03-03T10:20:30Z")
    with pytest.raises(Uncovered):
        proves(changed, signed()["proof"][0], badge_key().public_key())


def test_an_undefined_option_of_the_proof_is_not_covered_either() -> None:
    proof = signed()["proof"][0] | {"assurance": "high"}
    with pytest.raises(Uncovered):
        proves(document(), proof, badge_key().public_key())


@pytest.mark.parametrize("value", [None, 7, "", "z", "u" + "A" * 80, "z0OIl", "z" * 101, PROOF_VALUE])
def test_a_proof_value_that_is_none_proves_nothing(value: object) -> None:
    assert not proves(document(), signed()["proof"][0] | {"proofValue": value}, badge_key().public_key())
