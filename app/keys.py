"""Signing keys by use: Ed25519, made at the first need, kept beside the database and never in it."""

import contextlib
import os
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from flask import current_app


def signing_key(use: str) -> Ed25519PrivateKey:
    """The service's own key for one use, the same in every process."""
    return _load(current_app.config["DATA_DIR"] / "keys" / f"{use}.pem")


def key_id(public: Ed25519PublicKey) -> str:
    """A short name for a key: the beginning of the hash of its bytes."""
    return sha256(_raw(public)).hexdigest()[:16]


def public_text(public: Ed25519PublicKey) -> str:
    """The 32 bytes of a public key in Base64."""
    return b64encode(_raw(public)).decode()


@cache
def _load(path: Path) -> Ed25519PrivateKey:
    if not path.exists():
        _make(path)
    key = load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey), f"{path} holds no Ed25519 key"
    return key


def _make(path: Path) -> None:
    """Processes and threads that need it at once agree on one: the first that is linked to the name stays.

    Each writes a draft of its own, which its owner alone may read.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with NamedTemporaryFile(dir=path.parent) as draft:
        draft.write(pem)
        draft.flush()
        with contextlib.suppress(FileExistsError):
            os.link(draft.name, path)


def _raw(public: Ed25519PublicKey) -> bytes:
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)
