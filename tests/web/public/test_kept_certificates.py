"""The certificate as it is kept: made once by whoever needs it first, and the same bytes for everyone ever after."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from threading import Barrier
from typing import Any

import pikepdf
import pytest
import time_machine
from asn1crypto import pem, x509
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app import worker
from app.canonical import fingerprint
from app.credentials import keeping
from app.credentials.authority import KeyCertificate, roots
from app.credentials.checks import Verdict
from app.credentials.issuing import Credential
from app.credentials.keeping import Certificate, certificate_with, erase_certificates
from app.credentials.pdf_checks import check_pdf
from app.extensions import db
from app.journeys.invariants import verify_all
from app.keys import DOCUMENTS, ROOT, rotate
from app.ledger.log import Leaf
from app.people.persons import confirm_name
from app.transaction import now, reading, snapshot, writing
from app.web.keeping import kept_certificate
from tests.factories import make_exam, make_member, make_organisation, sit


@pytest.fixture
def credential(app: Flask, tmp_path: Path) -> Credential:
    """Awarded just now, in Spanish."""
    make_exam(tmp_path, issuers=["Universidad de los Andes"])
    found = sit(make_member(make_organisation(name="Andes"), name="Lucía Ferrer")).credential
    assert found is not None
    return found


def rows(model: type[Any]) -> list[Any]:
    with reading():
        return list(db.session.scalars(select(model).order_by(model.id)))


def fetch(client: FlaskClient, credential: Credential, language: str = "es") -> bytes:
    answer = client.get(f"/c/{credential.public_id}.pdf?language={language}")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return answer.data


def verdicts(data: bytes) -> set[Verdict]:
    with reading():
        kept = certificate_with(fingerprint(data))
        checks = check_pdf(data, roots=roots(), kept_sha256={kept.sha256} if kept else set())
    return {check.verdict for check in checks}


def test_the_worker_makes_it_in_the_language_of_the_attempt(client: FlaskClient, credential: Credential) -> None:
    worker.run(once=True)
    [kept] = rows(Certificate)
    assert (kept.language, kept.sha256) == ("es", fingerprint(kept.pdf))
    assert fetch(client, credential) == kept.pdf
    assert verdicts(kept.pdf) == {Verdict.HOLDS}
    [leaf] = [leaf for leaf in rows(Leaf) if leaf.kind == "pdf"]
    assert json.loads(leaf.data)["sha256"] == kept.sha256
    assert leaf.about == credential.public_id


def test_whoever_asks_sooner_gets_what_the_worker_would_make(client: FlaskClient, credential: Credential) -> None:
    first = fetch(client, credential)
    worker.run(once=True)
    assert fetch(client, credential) == first
    assert [kept.pdf for kept in rows(Certificate)] == [first]
    assert len([leaf for leaf in rows(Leaf) if leaf.kind == "pdf"]) == 1


def test_each_language_is_a_certificate_of_its_own(client: FlaskClient, credential: Credential) -> None:
    spanish, english = fetch(client, credential), fetch(client, credential, "en")
    assert verdicts(spanish) == verdicts(english) == {Verdict.HOLDS}
    assert [kept.language for kept in rows(Certificate)] == ["es", "en"]


def test_of_two_that_are_made_at_once_the_first_stays(
    app: Flask, credential: Credential, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, make = Barrier(2), keeping.make_certificate

    def slowly(*args: Any, **options: Any) -> bytes:
        made = make(*args, **options)
        both.wait(timeout=30)
        return made

    monkeypatch.setattr("app.web.keeping.make_certificate", slowly)

    def ask(_: int) -> bytes | None:
        with app.app_context():
            return kept_certificate(credential, "es").pdf

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(ask, range(2))
    assert first is not None
    assert first == second
    assert [kept.pdf for kept in rows(Certificate)] == [first]
    assert len([leaf for leaf in rows(Leaf) if leaf.kind == "pdf"]) == 1
    assert len(rows(KeyCertificate)) == 2


def test_a_new_name_makes_no_new_file_for_an_old_credential(client: FlaskClient, credential: Credential) -> None:
    before = fetch(client, credential)
    with writing():
        confirm_name(credential.person_id, "Lucía Ferrer de Andrade")
    assert fetch(client, credential) == before
    with pikepdf.open(BytesIO(fetch(client, credential, "en"))) as pdf:
        assert str(pdf.docinfo.Title).endswith("· Lucía Ferrer")


def test_it_is_fetched_again_only_if_it_changed(client: FlaskClient, credential: Credential) -> None:
    link = f"/c/{credential.public_id}.pdf?language=es"
    tag = client.get(link).headers["ETag"]
    again = client.get(link, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_it_carries_the_badge_and_the_proof_of_the_log(client: FlaskClient, credential: Credential) -> None:
    with pikepdf.open(BytesIO(fetch(client, credential))) as pdf:
        files = {name: pdf.attachments[name].get_file().read_bytes() for name in pdf.attachments}
        assert [str(spec.AFRelationship) for spec in pdf.Root.AF] == ["/Data"] * 2
    assert set(files) == {"credential.json", "log-proof.json"}
    assert json.loads(files["credential.json"])["id"].endswith(f"/c/{credential.public_id}")
    proof = json.loads(files["log-proof.json"])
    assert json.loads(proof["leaf"])["id"] == credential.public_id
    assert proof["checkpoint"]


def test_joint_issuers_are_named_with_the_issuer(client: FlaskClient, credential: Credential) -> None:
    assert credential.data["issuers"] == ["Universidad de los Andes"]
    with pikepdf.open(BytesIO(fetch(client, credential))) as pdf:
        assert str(pdf.docinfo.Author) == "Acredita, Universidad de los Andes"
    assert "Acredita, Universidad de los Andes" in client.get(f"/c/{credential.public_id}").text


def test_the_root_is_there_for_whoever_wants_to_trust_it(client: FlaskClient, credential: Credential) -> None:
    certificates = served_roots(client)
    assert [one.ca for one in certificates] == [True]
    before = fetch(client, credential)
    for use in (DOCUMENTS, ROOT):
        with writing() as at:
            change = rotate(use, at=at)
        change()
    assert [one.dump() for one in served_roots(client)[1:]] == [one.dump() for one in certificates]
    assert verdicts(before) == verdicts(fetch(client, credential, "en")) == {Verdict.HOLDS}


def served_roots(client: FlaskClient) -> list[x509.Certificate]:
    served = client.get("/keys/root.pem").data
    return [x509.Certificate.load(der) for _, _, der in pem.unarmor(served, multiple=True)]


def test_each_year_has_a_signer_that_is_good_for_four_more(client: FlaskClient, credential: Credential) -> None:
    before = fetch(client, credential)
    with time_machine.travel(now() + timedelta(days=366)):
        assert verdicts(fetch(client, credential, "en")) == {Verdict.HOLDS}
    root, first, second = (x509.Certificate.load(row.der) for row in rows(KeyCertificate))
    assert second.not_valid_after.year == first.not_valid_after.year + 1
    assert (root.not_valid_after - now()).days > 18 * 365
    with time_machine.travel(now() + timedelta(days=10 * 366)):  # the signer's certificate is over, what it signed not
        assert verdicts(before) == {Verdict.HOLDS}


def test_erased_it_leaves_its_hash_and_is_given_out_no_more(client: FlaskClient, credential: Credential) -> None:
    pdf = fetch(client, credential)
    with writing():
        erase_certificates(credential.id)
    [kept] = rows(Certificate)
    assert (kept.pdf, kept.sha256) == (None, fingerprint(pdf))
    assert client.get(f"/c/{credential.public_id}.pdf?language=es").status_code == 410


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE certificates SET pdf = :bytes",
        "UPDATE certificates SET pdf = NULL, language = 'en'",
        "UPDATE certificates SET sha256 = :hash",
        "DELETE FROM certificates",
        "INSERT INTO certificates (credential_id, language, pdf, sha256, made_at) "
        "SELECT credential_id, language, pdf, :hash, made_at FROM certificates",
        "INSERT INTO certificates (credential_id, language, pdf, sha256, made_at) "
        "SELECT credential_id, 'en', pdf, 'short', made_at FROM certificates",
        "UPDATE key_certificates SET der = :bytes",
        "DELETE FROM key_certificates",
    ],
)
def test_the_database_lets_nothing_be_changed(client: FlaskClient, credential: Credential, deed: str) -> None:
    fetch(client, credential)
    values = {name: value for name, value in (("bytes", b"x"), ("hash", "0" * 64)) if f":{name}" in deed}
    with pytest.raises(IntegrityError), writing():
        db.session.execute(text(deed), values)


def test_looking_at_the_head_makes_nothing(client: FlaskClient, credential: Credential) -> None:
    for link in (f"/c/{credential.public_id}.pdf", "/keys/root.pem"):
        assert client.head(link).status_code == 200
    assert rows(Certificate) == rows(KeyCertificate) == []


def test_what_fails_to_be_signed_is_kept_nowhere_and_made_the_next_time(
    client: FlaskClient, credential: Credential, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> bytes:
        raise ConnectionError("the key service does not answer")

    with monkeypatch.context() as patch:
        patch.setattr("app.credentials.keeping.sign_pdf", broken)
        worker.work(), worker.work()
        assert rows(Certificate) == []
    with time_machine.travel(now() + timedelta(hours=1)):
        worker.run(once=True)
    assert len(rows(Certificate)) == 1


def test_a_kept_file_without_its_hash_or_its_leaf_is_found(client: FlaskClient, credential: Credential) -> None:
    fetch(client, credential)
    with snapshot():
        assert list(verify_all(now())) == []
    with writing() as at:
        row = {"language": "en", "pdf": b"%PDF-1.7", "sha256": "0" * 64, "made_at": at}
        db.session.add(Certificate(credential_id=credential.id, **row))
    with snapshot():
        assert list(verify_all(now())) == [
            f"credential {credential.public_id}: the kept certificate (en) is not the one of its hash",
            f"credential {credential.public_id}: the log does not know of its certificate (en)",
        ]
