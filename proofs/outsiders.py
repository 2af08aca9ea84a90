"""Certificates in the hands of tools that nobody here wrote: poppler's pdfsig and pdftoppm, NSS, qpdf, a QR reader."""

import shutil
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from random import Random

import pikepdf
import zxingcpp
from PIL import Image, ImageDraw
from sqlalchemy import select

from app.credentials.authority import as_pem, roots
from app.credentials.issuing import Credential, supersede
from app.exams.attempts import Attempt
from app.exams.results import current_result
from app.extensions import db
from app.journeys.sitting import issue_for
from app.people.brands import set_label
from app.people.logos import clean_logo, keep_logo
from app.people.organisations import workplaces_since
from app.transaction import reading, writing
from app.web.keeping import kept_certificate
from bench.population import fill, publish
from bench.service import application, place

TOOLS = {"pdfsig": "poppler-utils", "pdftoppm": "poppler-utils", "certutil": "libnss3-tools"}
WELL = ("Signature is Valid.", "Certificate is Trusted.", "Total document signed")


def prove_outsiders(folder: Path, rng: Random) -> Iterator[str]:
    """Yields what each tool said, and a line for each certificate that it would not take, or took when forged."""
    missing = {
        f"{tool} (Debian: apt-get install {package})" for tool, package in TOOLS.items() if not shutil.which(tool)
    }
    if missing:
        yield f"BROKEN these tools are missing: {', '.join(sorted(missing))}"
        return
    with application(place("sqlite", folder)).app_context():
        publish()
        fill(3, lambda _: None)
        _put_logo_on_one()
        with reading():
            credentials = db.session.scalars(select(Credential)).all()
            db.session.expunge_all()
        kept = [kept_certificate(one, language) for one in credentials for language in ("es", "en")]
        pdfs = [one.pdf for one in kept if one and one.pdf]
        store = _trusting(folder)
        yield from _taken(pdfs, store, folder)
        yield from _refused(pdfs[0], store, folder, rng)
        yield from _read(pdfs, [one.public_id for one in credentials for _ in ("es", "en")], folder)
        db.engine.dispose()


def _put_logo_on_one() -> None:
    """One of the holders is certified anew, under the label of the organisation, with its logo."""
    picture = Image.new("RGBA", (400, 160), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((20, 20, 380, 140), fill=(20, 90, 60, 200))
    drawn = BytesIO()
    picture.save(drawn, "PNG")
    logo = clean_logo(drawn.getvalue())
    with writing() as at:
        credential = db.session.scalars(select(Credential).order_by(Credential.id).limit(1)).one()
        attempt, result = db.session.get_one(Attempt, credential.attempt_id), current_result(credential.attempt_id)
        assert result is not None, "the holder has passed"
        [employer] = workplaces_since(attempt.person_id, at)
        set_label(employer.organisation_id, "Estudio Ñandú", "#14593c", keep_logo(logo))
        supersede(credential, reason="A proof", by=attempt.person_id, at=at)
        [employer] = workplaces_since(attempt.person_id, at)
        issue_for(attempt, result, employer, at=at)


def _trusting(folder: Path) -> str:
    """A store of NSS that trusts our root and nobody else's."""
    store, root = f"sql:{folder / 'nss'}", folder / "root.pem"
    (folder / "nss").mkdir()
    with reading():
        root.write_bytes(as_pem(roots()))
    _run("certutil", "-N", "-d", store, "--empty-password")
    _run("certutil", "-A", "-d", store, "-n", "root", "-t", "C,C,C", "-i", str(root))
    return store


def _taken(pdfs: list[bytes], store: str, folder: Path) -> Iterator[str]:
    for number, pdf in enumerate(pdfs):
        said = _pdfsig(pdf, store, folder)
        yield from (f"BROKEN certificate {number}: pdfsig does not say: {word}" for word in WELL if word not in said)
        with pikepdf.open(BytesIO(pdf)) as opened:
            yield from (f"BROKEN certificate {number}: qpdf says: {problem}" for problem in opened.check_pdf_syntax())
    yield f"pdfsig takes {len(pdfs)} certificates as valid and trusted, and qpdf finds nothing wrong in them"


def _refused(pdf: bytes, store: str, folder: Path, rng: Random) -> Iterator[str]:
    """One bit of what was signed, wherever it is."""
    for _ in range(20):
        place = rng.randrange(1000, len(pdf) // 2)
        forged = pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]
        if WELL[0] in _pdfsig(forged, store, folder):
            yield f"BROKEN a changed bit at {place} is taken as valid"
    yield "pdfsig refuses it with any one of 20 bits changed"


def _read(pdfs: list[bytes], ids: list[str], folder: Path) -> Iterator[str]:
    """The QR code of the printed page leads to the credential."""
    for pdf, public_id in zip(pdfs, ids, strict=True):
        (folder / "print.pdf").write_bytes(pdf)
        _run("pdftoppm", "-r", "150", "-png", "-singlefile", str(folder / "print.pdf"), str(folder / "print"))
        with Image.open(folder / "print.png") as image:
            codes = [code.text for code in zxingcpp.read_barcodes(image)]
        if len(codes) != 1 or not codes[0].endswith(f"/c/{public_id}"):
            yield f"BROKEN the printed QR codes say {codes}"
    yield f"the QR codes of {len(pdfs)} printed pages lead to their credentials"


def _pdfsig(pdf: bytes, store: str, folder: Path) -> str:
    (folder / "certificate.pdf").write_bytes(pdf)
    asked = subprocess.run(
        ["pdfsig", "-nssdir", store, str(folder / "certificate.pdf")], capture_output=True, text=True, check=False
    )
    return asked.stdout


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
