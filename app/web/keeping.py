"""Keeping certificates: a PDF is made by whoever needs it first, the worker or a reader, and the first one stays."""

from typing import Any

from flask import current_app

from app.credentials.authority import Chain, draft_chain, keep_chain, kept_chain
from app.credentials.issuing import Credential
from app.credentials.keeping import (
    Certificate,
    certificate_of,
    files_of,
    first_leaf,
    keep_certificate,
    logo_of,
    make_certificate,
)
from app.ledger.numbering import number_leaves
from app.ledger.proofs import inclusion
from app.transaction import reading, writing


def kept_certificate(credential: Credential, language: str) -> Certificate | None:
    """The certificate of a credential in a language, made and kept if it is not yet; None once its holder is erased."""
    with reading():
        kept = certificate_of(credential.id, language)
        logo = None if kept or credential.is_erased else logo_of(credential)
    if kept or credential.is_erased:
        return kept
    files = files_of(credential, proof_of(credential))
    pdf = make_certificate(credential, language, chain=present_chain(), attachments=files, logo=logo)
    with writing() as at:
        keep_certificate(credential, language, pdf, at=at)
        return certificate_of(credential.id, language)


def proof_of(credential: Credential) -> dict[str, Any] | None:
    """That the log holds the credential's first leaf, numbered now if it is not yet; None if it was issued before."""
    with reading():
        leaf = first_leaf(credential)
    if leaf is None:
        return None
    while leaf.number is None:
        with writing() as at:
            number_leaves(at=at)
            leaf = first_leaf(credential)
            assert leaf is not None, "a leaf is never deleted"
    with reading():
        return inclusion(leaf.number).as_json()


def present_chain() -> Chain:
    """The certificates that sign at present, made and kept if they are not yet."""
    with reading() as at:
        chain = kept_chain(at=at)
        draft = None if chain else draft_chain(current_app.config["ISSUER"], at=at)
    if draft:
        with writing():
            keep_chain(draft)
            chain = kept_chain(at=at)
    assert chain is not None, "it was kept by this transaction or by an earlier one"
    return chain
