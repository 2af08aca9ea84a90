"""Every way of tampering with a signed certificate that we know of, and the verdict that each of them meets."""

import time
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from flask import Flask
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

from app.canonical import canonical, fingerprint
from app.credentials import signing
from app.credentials.authority import Chain, draft_chain
from app.credentials.certificate import render_certificate
from app.credentials.checks import Verdict
from app.credentials.pdf_checks import LARGEST, check_pdf
from app.credentials.signing import DocumentSigner, sign_pdf
from app.keys import DOCUMENTS, ROOT, LocalKey, signing_key
from tests.credentials.test_certificate import RECORD, URL

AT = datetime(2026, 3, 3, 12, tzinfo=UTC)
FILES = {"credential.json": canonical(RECORD)}
ALL = ["document", "signature", "coverage", "changes", "certification", "issuer", "register"]


class Ours:
    """The issuer: its chain, and one certificate of its own."""

    def __init__(self) -> None:
        self.chain = draft_chain("IA Bulk", at=AT)
        self.drawn = render_certificate(RECORD, language="es", url=URL, attachments=FILES)
        self.pdf = self.sign(self.drawn)

    def sign(self, drawn: bytes) -> bytes:
        return sign_pdf(drawn, key=signing_key(DOCUMENTS), chain=self.chain, issuer="IA Bulk")

    def failing(self, data: bytes, *, kept: set[str] | None = None) -> set[str]:
        """The names of the checks that do not hold; the register has the true one, and whatever is `kept`."""
        checks = check_pdf(data, roots=[self.chain.root], kept_sha256={fingerprint(self.pdf)} | (kept or set()))
        assert [check.name for check in checks] == ALL
        assert all(check.detail for check in checks if check.verdict is not Verdict.HOLDS)
        return {check.name for check in checks if check.verdict is not Verdict.HOLDS}


@pytest.fixture(autouse=True)
def keys(bare_app: Flask) -> Any:
    """Keys of our own, without a database."""
    with bare_app.app_context():
        yield


@pytest.fixture
def ours(monkeypatch: pytest.MonkeyPatch) -> Ours:
    monkeypatch.setattr("app.credentials.authority.db.session.execute", lambda *_: _Nothing())
    return Ours()


class _Nothing:
    def first(self) -> None:
        return None


pytestmark = pytest.mark.once


def test_the_certificate_itself_holds_in_every_check(ours: Ours) -> None:
    assert ours.failing(ours.pdf) == set()


def updated(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    writer, out = IncrementalPdfFileWriter(BytesIO(pdf)), BytesIO()
    change(writer)
    writer.write(out)
    return out.getvalue()


def retitle(writer: IncrementalPdfFileWriter) -> None:
    info = writer.trailer_view["/Info"]
    info["/Title"] = TextStringObject("Master certification · Somebody Else")
    writer.update_container(info)


def lay_over(writer: IncrementalPdfFileWriter) -> None:
    """Words of the forger's own, drawn over the page."""
    page = writer.root["/Pages"]["/Kids"][0]
    more = writer.add_object(StreamObject(stream_data=b"BT /F1 40 Tf 100 300 Td (Eve) Tj ET"))
    page["/Contents"] = ArrayObject([page.raw_get("/Contents"), more])
    writer.update_container(page)


def annotate(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    box = ArrayObject([NumberObject(edge) for edge in (100, 300, 400, 360)])
    note = {"/Type": NameObject("/Annot"), "/Subtype": NameObject("/FreeText"), "/Rect": box}
    note["/Contents"] = TextStringObject("Eve")
    page["/Annots"].append(writer.add_object(DictionaryObject({NameObject(key): value for key, value in note.items()})))
    writer.update_container(page["/Annots"])


@pytest.mark.parametrize("change", [retitle, lay_over, annotate])
def test_a_revision_after_the_signature_is_seen_whatever_it_changes(
    ours: Ours, change: Callable[[IncrementalPdfFileWriter], None]
) -> None:
    forged = updated(ours.pdf, change)
    assert forged.startswith(ours.pdf)
    assert ours.failing(forged) == {"coverage", "changes", "register"}


def test_bytes_after_the_end_are_seen(ours: Ours) -> None:
    for more in (b"\n", b"\0" * 40, b"%PDF-1.7\n%%EOF\n"):
        assert {"coverage", "register"} <= ours.failing(ours.pdf + more)


def test_a_changed_byte_of_the_attachment_is_seen(ours: Ours) -> None:
    with pikepdf.open(BytesIO(ours.pdf)) as pdf:
        packed = pdf.attachments["credential.json"].obj.EF.F.read_raw_bytes()
    place = ours.pdf.index(packed) + len(packed) // 2
    forged = ours.pdf[:place] + bytes([ours.pdf[place] ^ 1]) + ours.pdf[place + 1 :]
    assert ours.failing(forged) == {"signature", "issuer", "register"}


def test_another_authority_of_the_same_names_is_not_trusted(ours: Ours, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {use: LocalKey(ec.generate_private_key(ec.SECP256R1())) for use in (ROOT, DOCUMENTS)}
    monkeypatch.setattr("app.credentials.authority.signing_key", keys.__getitem__)
    theirs = draft_chain("IA Bulk", at=AT)
    assert (theirs.root.subject, theirs.signer.subject) == (ours.chain.root.subject, ours.chain.signer.subject)
    forged = sign_pdf(ours.drawn, key=keys[DOCUMENTS], chain=theirs, issuer="IA Bulk")
    assert ours.failing(forged) == {"issuer", "register"}
    mixed = sign_pdf(ours.drawn, key=keys[DOCUMENTS], chain=Chain(theirs.signer, ours.chain.root), issuer="IA Bulk")
    assert ours.failing(mixed) == {"issuer", "register"}
    stolen = sign_pdf(ours.drawn, key=keys[DOCUMENTS], chain=ours.chain, issuer="IA Bulk")  # ours, signed by theirs
    assert "signature" in ours.failing(stolen)


def test_what_we_signed_but_never_issued_is_not_in_the_register(ours: Ours) -> None:
    other = render_certificate(RECORD | {"name": "Eva"}, language="es", url=URL, attachments=FILES)
    assert ours.failing(ours.sign(other)) == {"register"}


def test_without_the_register_nothing_is_taken_for_granted(ours: Ours) -> None:
    checks = check_pdf(ours.pdf, roots=[ours.chain.root], kept_sha256=None)
    assert {check.name for check in checks if check.verdict is Verdict.UNKNOWN} == {"register"}
    assert {check.verdict for check in checks} == {Verdict.HOLDS, Verdict.UNKNOWN}


def test_a_second_signature_is_one_too_many(ours: Ours, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PdfSigner, "_enforce_certification_constraints", lambda *_: None)  # a tool that does not ask
    terms = PdfSignatureMetadata(field_name="Second", md_algorithm="sha256")
    signer = PdfSigner(terms, DocumentSigner(signing_key(DOCUMENTS), ours.chain))
    twice = signer.sign_pdf(IncrementalPdfFileWriter(BytesIO(ours.pdf)), bytes_reserved=16384).getvalue()
    assert ours.failing(twice) == set(ALL)


def test_a_signature_that_allows_changes_is_not_a_certification(ours: Ours, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "MDPPerm", type("Lax", (), {"NO_CHANGES": MDPPerm.FILL_FORMS}))
    lax = ours.sign(ours.drawn)
    assert ours.failing(lax, kept={fingerprint(lax)}) == {"certification"}


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7", b"GIF89a", b"%PDF-1.7\n" + b"[" * 100_000, b"%PDF-1.4\ntrailer<</Root 1 0 R>>\n%%EOF"]
)
def test_what_is_no_pdf_is_refused(ours: Ours, data: bytes) -> None:
    assert ours.failing(data) == set(ALL)


def test_an_unsigned_certificate_is_refused(ours: Ours) -> None:
    assert ours.failing(ours.drawn) == set(ALL)


def test_half_a_certificate_is_refused(ours: Ours) -> None:
    for length in range(1000, len(ours.pdf), len(ours.pdf) // 7):
        assert "register" in ours.failing(ours.pdf[:length])
        assert len(ours.failing(ours.pdf[:length])) > 1


def test_a_large_file_is_refused_by_its_size_alone(ours: Ours, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*_: object) -> None:
        raise AssertionError("it was opened")

    monkeypatch.setattr("app.credentials.pdf_checks.PdfFileReader", opened)
    checks = check_pdf(b"%PDF-1.7\n" + b" " * 50_000_000, roots=[ours.chain.root], kept_sha256=set())
    assert str(LARGEST) in checks[0].detail
    assert len(ours.pdf) < LARGEST / 5


@pytest.mark.parametrize("kind", ["XRef", "ObjStm"])
def test_a_bomb_of_references_costs_no_more_than_a_moment(ours: Ours, kind: str) -> None:
    packed = zlib.compress(b"\0" * 400_000_000, 9)
    head = (
        f"<</Type/{kind}/Size 99999999/W[1 4 2]/N 9999999/First 9/Root 1 0 R/Filter/FlateDecode/Length {len(packed)}>>"
    )
    bomb = b"%PDF-1.7\n1 0 obj\n" + head.encode() + b"stream\n" + packed + b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n"
    began = time.process_time()
    assert ours.failing(bomb) == set(ALL)
    assert time.process_time() - began < 5


def test_a_chain_of_revisions_without_end_is_refused(ours: Ours) -> None:
    loop = b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 1/Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF\n"
    assert ours.failing(loop) == set(ALL)


def test_the_chain_works_with_an_rsa_key_of_a_key_service(ours: Ours, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {use: LocalKey(rsa.generate_private_key(65537, 2048)) for use in (ROOT, DOCUMENTS)}
    monkeypatch.setattr("app.credentials.authority.signing_key", keys.__getitem__)
    chain = draft_chain("IA Bulk", at=AT)
    pdf = sign_pdf(ours.drawn, key=keys[DOCUMENTS], chain=chain, issuer="IA Bulk")
    checks = check_pdf(pdf, roots=[chain.root], kept_sha256={fingerprint(pdf)})
    assert {check.verdict for check in checks} == {Verdict.HOLDS}
