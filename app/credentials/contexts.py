"""The JSON-LD contexts that badges speak by: bundled, each pinned by its hash, and none ever fetched."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from pyld.documentloader.frozen import BUNDLED_CONTEXTS

from app.credentials.badge import BADGES
from app.credentials.status_list import CREDENTIALS

PINNED = {
    CREDENTIALS: (BUNDLED_CONTEXTS[CREDENTIALS], "8a9f494a89ecc51db093e90e84713e07e84d6d9204364a9b3c7868b21751236f"),
    BADGES: (
        Path(__file__).parent / "jsonld" / "open-badges-3.0.3.json",
        "7270029bc9dc59c8c46876231b2d4c570bf885c122861fb31b9b98635d90285c",
    ),
}


class ContextChanged(Exception):
    """A bundled context is not the one that was looked at: what it signs might mean something else."""


def read(path: Path, pinned: str) -> Any:
    """The context in a file, if its bytes are the pinned ones."""
    data = path.read_bytes()
    if sha256(data).hexdigest() != pinned:
        raise ContextChanged(path.name)
    return json.loads(data)


BUNDLED: dict[str, Any] = {url: read(path, pinned) for url, (path, pinned) in PINNED.items()}
