"""The certificates kept: each signed once for a credential and a language, and the same bytes ever after."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, bindparam, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.canonical import canonical, fingerprint
from app.credentials.authority import Chain
from app.credentials.badge_files import badge_json
from app.credentials.certificate import LANGUAGES, render_certificate
from app.credentials.issuing import Credential
from app.credentials.logging import log_change
from app.credentials.signing import sign_pdf
from app.extensions import Code, Key, Model, Sha256, db, forgettable, insert_or_ignore
from app.keys import DOCUMENTS, signing_key
from app.ledger.log import BEGINNINGS, Leaf, leaf_of
from app.people.logos import logo_with


class Certificate(Model):
    """The PDF of a credential in a language. Its bytes go when its holder is erased; that they were made stays."""

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("credential_id", "language"),
        CheckConstraint("length(sha256) = 64", name="sha256"),
    )

    id: Mapped[Key]
    credential_id: Mapped[int] = mapped_column(ForeignKey("credentials.id"))
    language: Mapped[Code]
    pdf: Mapped[bytes | None]
    sha256: Mapped[Sha256] = mapped_column(unique=True)
    made_at: Mapped[datetime]


forgettable(Certificate.__table__, pdf="NULL")  # type: ignore[arg-type]

_KEPT = select(Certificate).where(
    Certificate.credential_id == bindparam("credential_id"), Certificate.language == bindparam("language")
)
_RECORD = select(Credential.record).where(Credential.id == bindparam("credential_id")).with_for_update(read=True)
_BY_HASH = select(Certificate).where(Certificate.sha256 == bindparam("sha256"))
_ERASE = (
    update(Certificate)
    .where(Certificate.credential_id == bindparam("credential"), Certificate.pdf.is_not(None))
    .values(pdf=None)
)


def first_language(credential: Credential) -> str:
    """The language of the attempt, in which the certificate is made without being asked for."""
    spoken = credential.data.get("language")
    return spoken if spoken in LANGUAGES else LANGUAGES[0]


def certificate_of(credential_id: int, language: str) -> Certificate | None:
    """The kept certificate, or None before it is made."""
    return db.session.scalar(_KEPT, {"credential_id": credential_id, "language": language})


def certificate_with(sha256: str) -> Certificate | None:
    """The kept certificate of these bytes."""
    return db.session.scalar(_BY_HASH, {"sha256": sha256})


def first_leaf(credential: Credential) -> Leaf | None:
    """The leaf that commits to the frozen record; credentials of before the log have none."""
    found = (leaf_of(kind, credential.public_id) for kind in BEGINNINGS)
    return next((leaf for leaf in found if leaf), None)


def files_of(credential: Credential, proof: Mapping[str, Any] | None) -> dict[str, bytes]:
    """What travels inside a certificate, by file name: the badge, and that the log holds its record."""
    files = {"credential.json": badge_json(credential)}
    return files | {"log-proof.json": canonical(dict(proof))} if proof else files


def logo_of(credential: Credential) -> bytes | None:
    """The picture that the label of the record names, the one of its issue whatever the organisation shows today."""
    sha256 = credential.data.get("brand", {}).get("logo")
    return logo_with(sha256) if sha256 else None


def make_certificate(
    credential: Credential, language: str, *, chain: Chain, attachments: Mapping[str, bytes], logo: bytes | None = None
) -> bytes:
    """Draw, fill and sign the PDF; slow, so outside writing(). Raises MissingGlyph."""
    record, url = credential.data, f"{current_app.config['BASE_URL']}/c/{credential.public_id}"
    drawn = render_certificate(record, language=language, url=url, attachments=attachments, logo=logo)
    return sign_pdf(drawn, key=signing_key(DOCUMENTS), chain=chain, issuer=record["issuer"])


def keep_certificate(credential: Credential, language: str, pdf: bytes, *, at: datetime) -> None:
    """Keep what was made, with its leaf in the log; of two that were made at once, the first stays.

    Nothing is kept of a holder who was erased meanwhile.
    """
    if not db.session.connection().execute(_RECORD, {"credential_id": credential.id}).scalar():
        return
    sha256 = fingerprint(pdf)
    row = {"credential_id": credential.id, "language": language, "pdf": pdf, "sha256": sha256, "made_at": at}
    if insert_or_ignore(Certificate, **row):
        log_change("pdf", credential, at=at, sha256=sha256)


def erase_certificates(credential_id: int) -> None:
    """Forget the bytes, with the holder's name in them; the hashes stay."""
    db.session.connection().execute(_ERASE, {"credential": credential_id})
