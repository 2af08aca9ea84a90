"""One sequence of bytes for one value, and the name such bytes go by."""

import hashlib
import json


def canonical(data: object) -> bytes:
    """JSON with sorted keys, no spaces, in UTF-8; equal values give equal bytes."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def fingerprint(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
