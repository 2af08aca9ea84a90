"""Idempotency keys: a request that is sent again with its key is answered as the first time."""

import hashlib

from flask import request

from app.refusal import Refusal
from app.web.wording import lazy_gettext as _l

LONGEST = 200


class WrongKey(Refusal):
    """The header is there, and names nothing."""

    status = 422
    title = _l("The Idempotency-Key must have 1 to 200 characters")


def asked_key() -> int | None:
    """The `Idempotency-Key` of the request as a number of 64 bits, which is what is kept of it."""
    text = request.headers.get("Idempotency-Key")
    if text is None:
        return None
    if not 1 <= len(text) <= LONGEST:
        raise WrongKey
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)
