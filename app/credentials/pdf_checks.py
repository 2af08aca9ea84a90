"""Checking a PDF that somebody holds against what was signed: several verdicts, for each alone can be fooled."""

from collections.abc import Collection, Sequence
from datetime import datetime
from io import BytesIO

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from app.canonical import fingerprint
from app.credentials.checks import Check, Verdict
from app.credentials.own_loop import aside

LARGEST = 1024 * 1024  # bytes: five times the largest certificate; what is larger is not even opened
OF_SIGNATURE = ("signature", "coverage", "changes", "certification", "issuer")


class NotOurs(Exception):
    """The document is not one that can be checked further; the message says why, in English."""


def check_pdf(data: bytes, *, roots: Sequence[x509.Certificate], kept_sha256: Collection[str] | None) -> list[Check]:
    """Every check of a certificate: accept it only if all of them hold.

    `roots` are ours, present and retired: nobody else's are trusted. `kept_sha256` are the register's hashes of this
    credential's certificates, None where the register cannot be asked. Nothing is fetched, whatever the file says.
    """
    register = _register(data, kept_sha256)
    try:
        return [*_opened(data, roots), register]
    except NotOurs as reason:
        failed = Check("document", Verdict.FAILS, str(reason))
    except Exception as error:  # a parser of hostile files fails in any way it likes, and each is a refusal
        failed = Check("document", Verdict.FAILS, f"it cannot be read as a signed PDF ({type(error).__name__})")
    return [
        failed,
        *(Check(name, Verdict.UNKNOWN, "the document could not be read") for name in OF_SIGNATURE),
        register,
    ]


def _register(data: bytes, kept_sha256: Collection[str] | None) -> Check:
    if kept_sha256 is None:
        return Check("register", Verdict.UNKNOWN, "the register could not be asked")
    if fingerprint(data) in kept_sha256:
        return Check("register", Verdict.HOLDS, "these are, byte for byte, the bytes that were issued")
    return Check("register", Verdict.FAILS, "no certificate of these bytes was issued")


def _opened(data: bytes, roots: Sequence[x509.Certificate]) -> list[Check]:
    if len(data) > LARGEST:
        raise NotOurs(f"it has {len(data)} bytes; no certificate has more than {LARGEST}")
    if not data.startswith(b"%PDF-"):
        raise NotOurs("it is not a PDF")
    signatures = list(PdfFileReader(BytesIO(data)).embedded_signatures)
    if len(signatures) != 1:
        raise NotOurs(f"it has {len(signatures)} signatures instead of one")
    signature = signatures[0]
    status = _validated(signature, roots)
    covered = _covers_all(signature, status, len(data))
    unchanged = status.modification_level is ModificationLevel.NONE and bool(status.docmdp_ok)
    certified = signature.docmdp_level is MDPPerm.NO_CHANGES and signature.reader.root.get("/Perms") is not None
    return [
        _check("document", holds=True, well="a PDF with one signature"),
        _check("signature", holds=status.intact and status.valid, bad="the signed bytes were changed"),
        _check("coverage", holds=covered, bad="something was added after the signed bytes"),
        _check("changes", holds=unchanged, bad="the document was changed after it was signed"),
        _check("certification", holds=certified, bad="the signature does not forbid changes"),
        _issuer(status),
    ]


def _issuer(status: PdfSignatureStatus) -> Check:
    if not (status.intact and status.valid):
        return Check("issuer", Verdict.UNKNOWN, "nothing vouches for the name in a broken signature")
    return _check("issuer", holds=status.trusted, bad="the signer's certificate does not come from the issuer's root")


def _validated(signature: EmbeddedPdfSignature, roots: Sequence[x509.Certificate]) -> PdfSignatureStatus:
    """As of the time of signing, so that what was signed in time outlives its signer; changes are judged by coverage.

    Whoever has no key of ours gains nothing by a false time.
    """
    moment: datetime | None = signature.self_reported_timestamp
    context = ValidationContext(trust_roots=list(roots), moment=moment, allow_fetching=False)
    return aside(lambda: validate_pdf_signature(signature, context, skip_diff=True))


def _covers_all(signature: EmbeddedPdfSignature, status: PdfSignatureStatus, size: int) -> bool:
    _, _, start, length = signature.byte_range
    return status.coverage is SignatureCoverageLevel.ENTIRE_FILE and start + length == size


def _check(name: str, *, holds: bool, well: str = "", bad: str = "") -> Check:
    return Check(name, Verdict.HOLDS if holds else Verdict.FAILS, well if holds else bad)
