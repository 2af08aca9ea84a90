"""What somebody holds of a certificate, checked: the genuine holds in every check, the false fails by name."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.credentials.badge_files import badge_json, badge_png, badge_svg, badge_token
from app.credentials.checks import Verdict
from app.credentials.issuing import Credential
from app.credentials.verification import LARGEST, Report, verify
from app.extensions import db
from app.journeys.moving import revoke_credential
from app.ledger.numbering import number_leaves
from app.people.persons import PersonRole
from app.transaction import reading, writing
from app.web.keeping import kept_certificate
from tests import factories
from tests.factories import make_member, make_organisation, make_staff, sit

HELD = {"document", "issuer", "terms", "signature", "dates", "status", "register", "state", "log"}


@pytest.fixture
def credential(app: Flask, tmp_path: Path) -> Credential:
    """Awarded just now, and in the log."""
    factories.make_exam(tmp_path / "content")
    found = sit(make_member(make_organisation(name="Andes"), name="Lucía Ferrer")).credential
    assert found is not None
    with writing() as at:
        number_leaves(at=at)
    return found


def look(data: bytes | str, later: timedelta = timedelta()) -> Report:
    with reading() as at:
        return verify(data if isinstance(data, bytes) else data.encode(), at=at + later)


def failed(report: Report) -> set[str]:
    assert not report.holds
    return {check.name for check in report.checks if check.verdict is not Verdict.HOLDS}


@pytest.mark.parametrize("make", [badge_json, badge_token, badge_png, badge_svg], ids=lambda make: make.__name__)
def test_every_form_of_a_badge_holds(credential: Credential, make: Callable[[Credential], bytes | str]) -> None:
    report = look(make(credential))
    assert [check for check in report.checks if check.verdict is not Verdict.HOLDS] == []
    assert {check.name for check in report.checks} >= HELD
    assert report.credential is not None
    assert report.credential.public_id == credential.public_id


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_certificate_holds(credential: Credential, language: str) -> None:
    pdf = kept_certificate(credential, language).pdf
    assert pdf is not None
    report = look(pdf)
    assert [check for check in report.checks if check.verdict is not Verdict.HOLDS] == []
    assert report.credential is not None
    assert failed(look(pdf + b"\n")) >= {"register"}


def test_what_was_revoked_or_has_expired_holds_no_more(credential: Credential) -> None:
    pdf = kept_certificate(credential, "es").pdf
    assert pdf is not None
    for data in (pdf, badge_json(credential)):
        assert failed(look(data, timedelta(days=800))) <= {"dates", "state"}
    admin = make_staff(PersonRole.ADMIN)
    with writing() as at:
        revoke_credential(db.session.get_one(Credential, credential.id), reason="A mistake", by=admin.id, at=at)
    assert failed(look(badge_json(credential))) == {"status", "state"}
    assert failed(look(pdf)) == {"state"}


def test_a_changed_badge_fails_by_name(credential: Credential) -> None:
    badge = json.loads(badge_json(credential))
    badge["credentialSubject"]["achievement"]["name"] = "Something grander"
    assert failed(look(json.dumps(badge))) == {"signature", "register"}


@pytest.mark.parametrize("data", [b"", b"nothing", b"{}", b"%PDF-1.7\nbroken", b"x" * (LARGEST + 1), b"a.b.c"])
def test_what_is_none_of_these_says_so(app: Flask, data: bytes) -> None:
    report = look(data)
    assert not report.holds
    assert report.credential is None
    assert report.checks
