"""The two certificates behind every signed PDF: the root that a stranger trusts, and the signer below it.

They are made once and kept in the database, the one place that every process shares wherever the keys live.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha1, sha256
from typing import Any, NamedTuple

from asn1crypto import core, pem, x509
from asn1crypto.keys import PublicKeyInfo
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped

from app.extensions import Code, Key, Model, append_only, db, insert_or_ignore
from app.keys import DOCUMENTS, ROOT, Public, Signer, key_id, signing_key

ROOT_YEARS, SIGNER_YEARS = 20, 5


class KeyCertificate(Model):
    """An X.509 certificate: the key named by `authority_id` says whose `key_id` is; a root says so of itself."""

    __tablename__ = "key_certificates"
    __table_args__ = (UniqueConstraint("key_id", "authority_id", "valid_from"),)

    id: Mapped[Key]
    key_id: Mapped[Code]
    authority_id: Mapped[Code]
    valid_from: Mapped[datetime]
    der: Mapped[bytes]


append_only(KeyCertificate.__table__)  # type: ignore[arg-type]

_OF_KEY = (
    select(KeyCertificate.valid_from, KeyCertificate.der)
    .where(KeyCertificate.key_id == bindparam("key_id"), KeyCertificate.authority_id == bindparam("authority_id"))
    .order_by(KeyCertificate.valid_from)
)
_ROOTS = (
    select(KeyCertificate.der).where(KeyCertificate.key_id == KeyCertificate.authority_id).order_by(KeyCertificate.id)
)


class Chain(NamedTuple):
    """The certificate that signs documents, and the root that vouches for it."""

    signer: x509.Certificate
    root: x509.Certificate


def kept_chain(*, at: datetime) -> Chain | None:
    """The chain of the present keys, or None where one of its certificates is still to be made.

    The signer's certificate is that of the year, so whatever it signs can be checked for four years at the least.
    """
    root_id, signer_id = _key_ids()
    roots = db.session.execute(_OF_KEY, {"key_id": root_id, "authority_id": root_id}).all()
    signers = db.session.execute(_OF_KEY, {"key_id": signer_id, "authority_id": root_id}).all()
    if not roots or not signers or signers[-1].valid_from != _start_of_year(at):
        return None
    return Chain(_parsed(signers[-1].der), _parsed(roots[0].der))


def draft_chain(issuer: str, *, at: datetime) -> Chain:
    """The certificates of the present keys, newly signed; outside writing(), for keys may live in a key service."""
    root_key, public = signing_key(ROOT), signing_key(DOCUMENTS).public_key()
    root_id = key_id(root_key.public_key())
    kept = db.session.execute(_OF_KEY, {"key_id": root_id, "authority_id": root_id}).first()
    root = _parsed(kept.der) if kept else _root(root_key, issuer, at)
    return Chain(_signer(root_key, root, public, issuer, at), root)


def keep_chain(draft: Chain) -> None:
    """Keep what was drafted; of several processes that drafted at once, the first one's certificates stay."""
    root_id, signer_id = _key_ids()
    for certificate, subject in ((draft.root, root_id), (draft.signer, signer_id)):
        insert_or_ignore(
            KeyCertificate,
            key_id=subject,
            authority_id=root_id,
            valid_from=certificate.not_valid_before,
            der=certificate.dump(),
        )


def roots() -> Sequence[x509.Certificate]:
    """Every root that ever vouched for a signer of ours: what a retired one signed is still to be checked."""
    return [_parsed(der) for der in db.session.scalars(_ROOTS)]


def as_pem(certificates: Sequence[x509.Certificate]) -> bytes:
    return b"".join(pem.armor("CERTIFICATE", one.dump()) for one in certificates)


def _key_ids() -> tuple[str, str]:
    return key_id(signing_key(ROOT).public_key()), key_id(signing_key(DOCUMENTS).public_key())


@lru_cache(maxsize=16)
def _parsed(der: bytes) -> x509.Certificate:
    return x509.Certificate.load(der)


def _root(key: Signer, issuer: str, at: datetime) -> x509.Certificate:
    name = x509.Name.build({"organization_name": issuer[:64], "common_name": f"{issuer[:56]} Root"})
    return _signed(key, key.public_key(), name, name, _years(at, ROOT_YEARS), is_authority=True)


def _signer(key: Signer, root: x509.Certificate, public: Public, issuer: str, at: datetime) -> x509.Certificate:
    name = x509.Name.build({"organization_name": issuer[:64], "common_name": f"{issuer[:50]} Certificates"})
    return _signed(key, public, name, root.subject, _years(at, SIGNER_YEARS), is_authority=False)


def _signed(
    key: Signer,
    public: Public,
    subject: x509.Name,
    issuer: x509.Name,
    validity: tuple[datetime, datetime],
    *,
    is_authority: bool,
) -> x509.Certificate:
    """A certificate of `public`, signed by nothing but `key.sign`: its private half may be in a key service."""
    info, authority = _info(public), _info(key.public_key())
    algorithm = {"algorithm": "sha256_rsa" if isinstance(key.public_key(), rsa.RSAPublicKey) else "sha256_ecdsa"}
    starts, ends = validity
    seed = info.dump() + authority.dump() + starts.isoformat().encode()
    content = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": int.from_bytes(sha256(seed).digest()[:16]) >> 1 | 1,
            "signature": algorithm,
            "issuer": issuer,
            "validity": {"not_before": _time(starts), "not_after": _time(ends)},
            "subject": subject,
            "subject_public_key_info": info,
            "extensions": _extensions(info, authority, is_authority=is_authority),
        }
    )
    signature = core.OctetBitString(key.sign(content.dump()))
    signed = {"tbs_certificate": content, "signature_algorithm": algorithm, "signature_value": signature}
    return _parsed(x509.Certificate(signed).dump())


def _extensions(info: PublicKeyInfo, authority: PublicKeyInfo, *, is_authority: bool) -> list[dict[str, Any]]:
    constraints = {"ca": True, "path_len_constraint": 0} if is_authority else {"ca": False}
    usage = {"key_cert_sign", "crl_sign"} if is_authority else {"digital_signature", "non_repudiation"}
    return [
        {"extn_id": "basic_constraints", "critical": True, "extn_value": constraints},
        {"extn_id": "key_usage", "critical": True, "extn_value": x509.KeyUsage(usage)},
        {"extn_id": "key_identifier", "extn_value": _identifier(info)},
        {"extn_id": "authority_key_identifier", "extn_value": {"key_identifier": _identifier(authority)}},
    ]


def _identifier(info: PublicKeyInfo) -> bytes:
    return sha1(info["public_key"].contents[1:], usedforsecurity=False).digest()  # a name, as RFC 5280 makes it


def _info(public: Public) -> PublicKeyInfo:
    return PublicKeyInfo.load(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def _years(at: datetime, years: int) -> tuple[datetime, datetime]:
    start = _start_of_year(at)
    return start, start.replace(year=start.year + years)


def _start_of_year(at: datetime) -> datetime:
    """The same for every process, so that two that make a certificate at once make one of the same content."""
    return datetime(at.year, 1, 1, tzinfo=UTC)


def _time(at: datetime) -> x509.Time:
    return x509.Time(name="utc_time" if at.year < 2050 else "general_time", value=at)
