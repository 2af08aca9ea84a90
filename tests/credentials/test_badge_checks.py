"""Checking badges as forgers send them: every tampering fails by name, and what cannot be looked at never holds."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.canonical import canonical
from app.credentials.badge import badge
from app.credentials.badge_art import png
from app.credentials.badge_checks import Issuer, check_badge
from app.credentials.baking import bake_png
from app.credentials.checks import Verdict
from app.credentials.data_integrity import proves, signed_bytes
from app.credentials.issuer import issuer_did
from app.credentials.multikey import BASE58, base58
from tests.badges import (
    BASE_URL,
    DID,
    NOW,
    RECORD,
    badge_key,
    document,
    in_every_form,
    jwt,
    method,
    signed,
    the_issuer,
    token_key,
    valid,
    verdicts,
    wrong,
)

NAMES = ["document", "issuer", "terms", "signature", "dates", "status"]


@pytest.mark.parametrize("form", ["json", "jwt", "png", "svg"])
def test_what_the_issuer_gave_out_holds_in_every_form(form: str) -> None:
    found = verdicts(in_every_form()[form])
    assert set(found.values()) == {Verdict.HOLDS}
    assert [name for name in found if name != "claims"] == NAMES
    assert ("claims" in found) is (form == "jwt")


def test_a_dict_is_checked_as_its_bytes_are() -> None:
    assert verdicts(signed()) == verdicts(canonical(signed()))


def changed(path: str, value: Any) -> dict[str, Any]:
    """The signed badge with one field of it changed or added."""
    found: Any = signed()
    *steps, last = [int(step) if step.isdecimal() else step for step in path.split("/")]
    node = found
    for step in steps:
        node = node[step]
    node[last] = value
    return found  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("path", "value", "fails"),
    [
        ("credentialSubject/licenseNumber", "AAAA-AAAA", {"signature"}),
        ("validUntil", "2038-03-03T10:20:30Z", {"signature"}),
        ("awardedDate", "2020-03-03T10:20:30Z", {"signature"}),
        ("name", "Master certification", {"signature"}),
        ("issuer/name", "Somebody", {"signature"}),
        ("proof/0/created", "2020-03-03T10:20:30Z", {"signature"}),
        ("proof/0/proofPurpose", "authentication", {"signature"}),
        ("proof/0/cryptosuite", "eddsa-jcs-2022", {"signature"}),
        ("score", "999", {"terms", "signature"}),
        ("credentialSubject/score", "999", {"terms", "signature"}),
        ("proof/0/score", "999", {"terms", "signature"}),
        ("credentialSubject/name", None, {"terms", "signature"}),
        ("issuer/id", "did:web:evil.example", {"issuer", "signature"}),
        ("proof/0/verificationMethod", "did:web:evil.example#z6Mk", {"issuer", "signature"}),
        ("proof/0/verificationMethod", ["did:web:acredita.example"], {"issuer", "signature"}),
        ("validFrom", "yesterday", {"signature", "dates"}),
        ("validFrom", "2026-03-03", {"signature", "dates"}),
        ("credentialStatus/statusListIndex", "94568", {"signature", "status"}),
        ("credentialStatus/id", f"{BASE_URL}/status/1#94568", {"signature", "status"}),
        ("credentialStatus/statusPurpose", "suspension", {"signature", "status"}),
        ("credentialStatus", "none", {"terms", "signature", "status"}),
        ("@context", ["https://www.w3.org/ns/credentials/v2"], {"document"}),
        ("@context/1", {"@vocab": "urn:anything:"}, {"document"}),
        ("type", ["VerifiableCredential"], {"document"}),
        ("proof", [], {"document"}),
    ],
    ids=lambda part: ",".join(sorted(part)) if isinstance(part, set) else str(part),
)
def test_a_tampered_badge_fails_by_name(path: str, value: Any, fails: set[str]) -> None:
    assert wrong(changed(path, value)) == fails


def test_the_status_index_of_another_badge_is_no_way_out() -> None:
    copied = changed(
        "credentialStatus", document()["credentialStatus"] | {"id": f"{BASE_URL}/status/1#5", "statusListIndex": "5"}
    )
    assert wrong(copied) == {"signature"}


def test_a_badge_whose_status_is_gone_fails() -> None:
    found = signed()
    del found["credentialStatus"]
    assert wrong(found) == {"signature", "status"}


def test_the_key_in_the_fragment_proves_nothing() -> None:
    """An attacker signs with a key of their own, and names it after the issuer's DID: it is in the badge itself."""
    forged = signed(document(code="AAAA-AAAA"), seed=2)
    assert forged["proof"][0]["verificationMethod"] == method(2) != method(1)
    assert wrong(forged) == {"issuer", "signature"}
    forged["proof"][0]["verificationMethod"] = method(1)
    assert wrong(forged) == {"signature"}


def test_an_issuer_of_the_same_name_elsewhere_is_another_issuer() -> None:
    elsewhere = "https://acredita.example.evil.example"
    forged = signed(badge(RECORD, base_url=elsewhere, number=94567), seed=2, did=issuer_did(elsewhere))
    assert wrong(forged) == {"issuer", "signature"}


def test_what_a_retired_key_signed_is_checked_with_it() -> None:
    keys = {method(2): badge_key(2).public_key(), method(1): badge_key(1).public_key()}
    assert wrong(signed(), issuer=Issuer(DID, keys, {})) == set()
    assert wrong(signed(), issuer=Issuer(DID, {method(2): badge_key(2).public_key()}, {})) == {"issuer", "signature"}


def test_an_unreachable_status_list_is_unknown_and_never_valid() -> None:
    found = check_badge(signed(), issuer=the_issuer(), status=lambda _url, _index: None, now=NOW)
    assert [check.verdict for check in found if check.name == "status"] == [Verdict.UNKNOWN]


def test_a_revoked_badge_is_told_by_its_own_bit() -> None:
    asked: list[tuple[str, int]] = []

    def status(url: str, index: int) -> bool:
        asked.append((url, index))
        return True

    assert wrong(signed(), status=status) == {"status"}
    assert asked == [(f"{BASE_URL}/status/1", 94567)]


@pytest.mark.parametrize(
    ("now", "holds"),
    [
        ("2026-03-03T10:20:29Z", False),
        ("2026-03-03T10:20:30Z", True),
        ("2028-03-03T10:20:29Z", True),
        ("2028-03-03T10:20:30Z", False),
    ],
)
def test_it_holds_from_its_first_second_to_before_its_last(now: str, holds: bool) -> None:
    assert wrong(signed(), now=datetime.fromisoformat(now)) == (set() if holds else {"dates"})


def test_what_the_issuer_signed_for_another_purpose_is_no_badge() -> None:
    proof = {**signed()["proof"][0], "proofPurpose": "authentication"}
    del proof["proofValue"]
    value = BASE58 + base58(badge_key().sign(signed_bytes(document(), proof)))
    assert proves(document(), proof | {"proofValue": value}, badge_key().public_key())
    assert wrong(document() | {"proof": [proof | {"proofValue": value}]}) == {"signature"}


def test_two_proofs_are_not_one() -> None:
    found = signed()
    assert wrong(found | {"proof": found["proof"] * 2}) == {"document"}
    assert wrong(found | {"proof": found["proof"][0]}) == set()


def test_the_check_of_a_token_holds_its_claims_against_the_credential() -> None:
    header, payload, _ = jwt().split(".")
    for claim, value in (
        ("exp", 9999999999),
        ("sub", "urn:someone"),
        ("jti", "https://x"),
        ("nbf", None),
        ("iss", DID + "x"),
    ):
        claims = decoded(payload) | {claim: value}
        text = f"{header}.{encoded(claims)}"
        forged = f"{text}.{b64(token_key().sign(text.encode()))}"
        assert wrong(forged.encode()) == {"claims"}, claim


def test_a_changed_token_fails() -> None:
    header, payload, signature = jwt().split(".")
    claims = decoded(payload)
    claims["credentialSubject"]["licenseNumber"] = "AAAA-AAAA"
    assert wrong(f"{header}.{encoded(claims)}.{signature}".encode()) == {"signature"}
    assert wrong(f"{header}.{payload}.{b64(bytes(256))}".encode()) == {"signature"}
    assert wrong(f"{header}.{encoded(decoded(payload) | {'score': '9'})}.{signature}".encode()) == {
        "terms",
        "signature",
    }


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "token"),
        (b"[]", "token"),
        (b"{", "JSON"),
        (b'{"a": NaN}', "JSON"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"a": "\\ud800"}', "JSON"),
        (b'{"a": "\xff"}', "JSON"),
        (b'{"a": "' + b"x" * 300_000 + b'"}', "too large"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "JSON"),
        (b'{"a":' + b"[" * 40 + b"]" * 40 + b"}", "too deep"),
        (b'{"a": ' + b"9" * 5000 + b"}", "JSON"),
        (b"a.b", "three parts"),
        (b"a.b.c.d", "three parts"),
        (b"!!.e30.AA", "base64url"),
        (b"e30=.e30.AA", "base64url"),
        (b"e31.e30.AA", "base64url"),
        ("ñ.ñ.ñ".encode(), "token"),
        (b"x" * 5_000_000, "too large"),
    ],
    ids=[str(number) for number in range(18)],
)
def test_what_is_no_badge_is_said_to_be_none(data: bytes, says: str) -> None:
    (check,) = check_badge(data, issuer=the_issuer(), status=valid, now=NOW)
    assert (check.name, check.verdict) == ("document", Verdict.FAILS)
    assert says in check.detail


def test_many_nodes_without_a_name_do_not_take_for_ever() -> None:
    """Telling twelve of them apart would go through every order that they can stand in."""
    alike = {"type": ["AchievementSubject"], "achievement": [{"type": ["Achievement"]}] * 12}
    assert "terms" in wrong(changed("credentialSubject", alike))


def test_the_same_badge_in_another_picture_is_still_the_badge() -> None:
    """The picture is decoration: what counts is what was signed, whose level it says."""
    assert wrong(bake_png(png("master"), canonical(signed()))) == set()


def test_the_dates_are_those_of_the_moment_asked_about() -> None:
    assert wrong(signed(), now=NOW + timedelta(days=800)) == {"dates"}


def decoded(part: str) -> dict[str, Any]:
    from_text: dict[str, Any] = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return from_text


def encoded(claims: dict[str, Any]) -> str:
    return b64(canonical(claims))


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
