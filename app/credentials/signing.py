"""Signing a finished certificate: one PAdES signature that allows no change after it."""

from io import BytesIO
from typing import Any

from asn1crypto import cms
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from app.credentials.authority import Chain
from app.credentials.own_loop import aside
from app.keys import Signer as SigningKey

FIELD = "Certification"
NOTHING = bytes(range(200, 232))  # stands for the digest that is not known yet
BYTES_RESERVED = 16384  # named, or a dry run that measures the signature doubles the work

_blanks: dict[bytes, bytes] = {}  # by the fingerprint of the signer's certificate: the signature of nothing


class DocumentSigner(Signer):
    """Signs by whatever keeps the key: pyHanko's own signer loads a private key anew for each signature.

    All signatures of one certificate are alike but for two fields; to build each from nothing takes longer than to
    draw the certificate.
    """

    def __init__(self, key: SigningKey, chain: Chain) -> None:
        known = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        known.register(chain.root)
        super().__init__(signing_cert=chain.signer, cert_registry=known)
        self.key, self.name = key, chain.signer.sha256

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The signature of `data`, which the key itself puts through SHA-256."""
        assert digest_algorithm == "sha256"
        return b"" if dry_run else self.key.sign(data)

    async def async_sign(  # type: ignore[override]
        self, data_digest: bytes, digest_algorithm: str, dry_run: bool = False, **settings: Any
    ) -> cms.ContentInfo:
        """The signature of a document with this digest: one of nothing, with its two fields filled in."""
        blank = _blanks.get(self.name)
        if blank is None:
            unsigned = await super().async_sign(NOTHING, digest_algorithm, dry_run=True, **settings)
            blank = _blanks[self.name] = unsigned.dump()
        signed = cms.ContentInfo.load(blank)
        info = signed["content"]["signer_infos"][0]
        terms = info["signed_attrs"].untag().dump().replace(NOTHING, data_digest)
        info["signed_attrs"] = cms.CMSAttributes.load(terms)
        info["signature"] = await self.async_sign_raw(terms, digest_algorithm)
        return signed


def sign_pdf(pdf: bytes, *, key: SigningKey, chain: Chain, issuer: str) -> bytes:
    """The document with its one signature; nothing may be appended to it afterwards, not even a time stamp."""
    terms = PdfSignatureMetadata(
        field_name=FIELD,
        name=issuer,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    signer, document = PdfSigner(terms, DocumentSigner(key, chain)), IncrementalPdfFileWriter(BytesIO(pdf))
    return bytes(aside(lambda: signer.sign_pdf(document, bytes_reserved=BYTES_RESERVED)).getvalue())
