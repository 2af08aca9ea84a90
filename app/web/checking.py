"""Checking documents that anyone brings: how large and how often, and the verdicts in plain words."""

from datetime import timedelta
from typing import Any, NamedTuple

from flask import request

from app.credentials.checks import Check, Verdict
from app.credentials.verification import LARGEST, Report, verify
from app.people.throttling import note_try, refuse_if_spent
from app.refusal import Refusal
from app.transaction import reading, writing
from app.web.identity import address
from app.web.wording import lazy_gettext as _l

TRIES, WINDOW = 30, timedelta(minutes=1)
ROOM = 64 * 1024  # what a form takes beside its file
TONES = {Verdict.HOLDS: "ok", Verdict.FAILS: "danger", Verdict.UNKNOWN: "neutral"}


class Words(NamedTuple):
    """A check in words: when it holds, and when it does not."""

    holds: Any
    fails: Any


WORDS = {
    "document": Words(_l("It can be read"), _l("This is no certificate and no badge that we can read")),
    "issuer": Words(_l("It names us as its issuer"), _l("It does not come from us")),
    "terms": Words(_l("Nothing in it is left unsigned"), _l("It holds something that no signature covers")),
    "signature": Words(_l("Its signature is ours"), _l("Its signature is not ours, or it was changed after signing")),
    "claims": Words(_l("Its short form says the same"), _l("Its short form says something else")),
    "dates": Words(_l("It is within its dates"), _l("Its dates are over")),
    "status": Words(_l("It was not revoked, replaced or withdrawn"), _l("It was revoked, replaced or withdrawn")),
    "register": Words(_l("It stands in our register as it is here"), _l("Our register does not have it as it is here")),
    "state": Words(_l("It is valid today"), _l("It is not valid today")),
    "log": Words(_l("The public log holds it"), _l("The public log does not hold it")),
    "coverage": Words(_l("The signature covers all of the file"), _l("Something was added after the signature")),
    "changes": Words(_l("Nothing was changed since"), _l("It was changed after signing")),
    "certification": Words(_l("It is sealed against changes"), _l("It is not sealed against changes")),
}


class Spoken(NamedTuple):
    """A check as a page shows it; `note` stands beside what nobody could check."""

    label: Any
    tone: str
    note: Any = None


def take_a_document(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the request be as large as a certificate; run before anything reads it."""
    if request.method == "POST" and str(endpoint).endswith(".verify_document"):
        request.max_content_length = LARGEST + ROOM


def verified(data: bytes) -> Report:
    """What there is to say of a document, so often a minute from one address. Raises TooManyTries."""
    key = f"verify-file:{address()}"
    with writing() as at:
        refuse_if_spent(key, limit=TRIES, window=WINDOW, at=at)
        note_try(key, window=WINDOW, at=at)
    with reading() as at:
        return verify(data, at=at)


def in_words(check: Check) -> Spoken:
    """The check as a person reads it."""
    words, tone = WORDS[check.name], TONES[check.verdict]
    if check.verdict is Verdict.UNKNOWN:
        return Spoken(words.holds, tone, _l("This could not be checked"))
    return Spoken(words.holds if check.verdict is Verdict.HOLDS else words.fails, tone)


class NoDocument(Refusal):
    """Nothing was sent."""

    status = 422
    title = _l("Choose a file to check")
    detail = _l("The PDF of a certificate, or a badge as JSON, JWT, PNG or SVG.")
