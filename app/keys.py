"""Signing keys by use, made at the first need; private halves stay beside the database, never in it.

A key comes from the environment, from the operator's own key service, or from a file that only its owner may read,
encrypted when a passphrase is set.
"""

import contextlib
import os
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
)
from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Code, Model, append_only, db, insert_or_ignore

RECEIPTS, CREDENTIALS, LOG, TOKENS, DOCUMENTS, ROOT = "receipts", "credentials", "log", "tokens", "documents", "root"
USES = (RECEIPTS, CREDENTIALS, LOG, TOKENS, DOCUMENTS, ROOT)
Public = ed25519.Ed25519PublicKey | rsa.RSAPublicKey | ec.EllipticCurvePublicKey
Private = ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class Signer(Protocol):
    """What a key service gives for a use: it signs (RSA: PKCS #1 v1.5; all but Ed25519: over SHA-256)."""

    def public_key(self) -> Public: ...

    def sign(self, data: bytes) -> bytes: ...


class RetiredKey(Model):
    """The public half of a key that signs no more: what it signed is still to be checked."""

    __tablename__ = "retired_keys"

    key_id: Mapped[Code] = mapped_column(primary_key=True)
    use: Mapped[Code]
    public: Mapped[bytes]
    retired_at: Mapped[datetime]


append_only(RetiredKey.__table__)  # type: ignore[arg-type]


@dataclass(frozen=True)
class LocalKey:
    """A private key in the memory of this process."""

    private: Private

    def public_key(self) -> Public:
        return self.private.public_key()

    def sign(self, data: bytes) -> bytes:
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(data, padding.PKCS1v15(), SHA256())
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            return self.private.sign(data, ec.ECDSA(SHA256()))
        return self.private.sign(data)


def signing_key(use: str) -> Signer:
    """The service's present key for one use, the same in every process; a rotation is seen at once."""
    service = current_app.config["KEY_SERVICE"]
    if service:
        return _service(service)(use)
    passphrase = current_app.config["KEYS_PASSPHRASE"]
    given = current_app.config["KEYS"][use]
    if given:
        return _read(given.encode(), passphrase)
    path = _folder() / f"{use}.pem"
    if not path.exists():
        _make(path, use, passphrase)
    return _load(path, path.stat().st_mtime_ns, passphrase)


def public_keys(use: str) -> list[Public]:
    """The present key of a use, and then those before it, the last one first."""
    retired = select(RetiredKey).where(RetiredKey.use == use).order_by(RetiredKey.retired_at.desc())
    present = signing_key(use).public_key()
    rows = [row for row in db.session.scalars(retired) if row.key_id != key_id(present)]
    return [present, *(_public(row.public) for row in rows)]


def next_key(use: str) -> Public:
    """The key that is to follow the present one: made once, and kept beside it until it takes its place.

    A rotation that was cut off goes on with the same one. Raises KeysElsewhere.
    """
    if current_app.config["KEY_SERVICE"] or current_app.config["KEYS"][use]:
        raise KeysElsewhere(use)
    path, passphrase = _next_path(use), current_app.config["KEYS_PASSPHRASE"]
    if not path.exists():
        _make(path, use, passphrase)
    return _read(path.read_bytes(), passphrase).public_key()


def rotate(use: str, *, at: datetime) -> "Rotation":
    """Retire the present key; calling what is returned ends the rotation, once this transaction has committed.

    In that order no signature is ever without the public key that checks it. Raises KeysElsewhere.
    """
    following, public = next_key(use), signing_key(use).public_key()
    insert_or_ignore(RetiredKey, key_id=key_id(public), use=use, public=_der(public), retired_at=at)
    return Rotation(use, following)


@dataclass(frozen=True)
class Rotation:
    """The key that follows, and, when called, its being put in its place; another process may have done so."""

    use: str
    public: Public

    def __call__(self) -> Public:
        path, passphrase = _next_path(self.use), current_app.config["KEYS_PASSPHRASE"]
        with contextlib.suppress(FileNotFoundError):
            if key_id(_read(path.read_bytes(), passphrase).public_key()) == key_id(self.public):
                os.replace(path, _folder() / f"{self.use}.pem")
        return self.public


class KeysElsewhere(Exception):
    """This key is not kept by the service, so whoever keeps it rotates it."""


def key_id(public: Public) -> str:
    """A short name for a key: the beginning of the hash of its bytes."""
    return sha256(raw(public)).hexdigest()[:16]


def public_text(public: Public) -> str:
    """A public key in Base64: the 32 bytes of an Ed25519 key, the SubjectPublicKeyInfo of another."""
    return b64encode(raw(public)).decode()


def raw(public: Public) -> bytes:
    """The bytes of a public key: 32 of Ed25519, SubjectPublicKeyInfo of the others."""
    if isinstance(public, ed25519.Ed25519PublicKey):
        return public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return _der(public)


def algorithm(public: Public) -> str:
    """What it signs with, by its usual name."""
    if isinstance(public, ed25519.Ed25519PublicKey):
        return "Ed25519"
    return f"RSA-{public.key_size}" if isinstance(public, rsa.RSAPublicKey) else "P-256"


@cache
def _service(name: str) -> Callable[[str], Signer]:
    """The operator's function `module:function` that gives the signer of a use."""
    module, _, function = name.partition(":")
    found: Callable[[str], Signer] = getattr(import_module(module), function)
    return found


@cache
def _load(path: Path, _changed: int, passphrase: str | None) -> LocalKey:
    return _read(path.read_bytes(), passphrase)


@cache
def _read(pem: bytes, passphrase: str | None) -> LocalKey:
    """A key that was written before there was a passphrase is read as it is."""
    secret = passphrase.encode() if passphrase and b"ENCRYPTED" in pem else None
    key = load_pem_private_key(pem, secret)
    assert isinstance(key, Private), "a key of a kind that the service does not sign with"
    return LocalKey(key)


def _generate(use: str) -> Private:
    """RSA for what reads no Ed25519 (tokens), P-256 for PDF, whose readers call Ed25519 broken."""
    if use == TOKENS:
        return rsa.generate_private_key(65537, 2048)
    if use in (DOCUMENTS, ROOT):
        return ec.generate_private_key(ec.SECP256R1())
    return ed25519.Ed25519PrivateKey.generate()


def _make(path: Path, use: str, passphrase: str | None) -> None:
    """Processes and threads that need it at once agree on one: the first that is linked to the name stays.

    Each writes a draft of its own, which its owner alone may read.
    """
    with _draft(path, use, passphrase) as draft, contextlib.suppress(FileExistsError):
        os.link(draft, path)


@contextlib.contextmanager
def _draft(path: Path, use: str, passphrase: str | None) -> Any:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent) as draft:
        draft.write(_generate(use).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, _encryption(passphrase)))
        draft.flush()
        os.fsync(draft.fileno())
        yield draft.name


def _encryption(passphrase: str | None) -> KeySerializationEncryption:
    return BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()


def _next_path(use: str) -> Path:
    return _folder() / f"{use}.next"


def _folder() -> Path:
    folder: Path = current_app.config["DATA_DIR"] / "keys"
    return folder


def _der(public: Public) -> bytes:
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _public(der: bytes) -> Public:
    key = load_der_public_key(der)
    assert isinstance(key, Public)
    return key
