"""The agreement of an exam: which text of it a candidate was shown and accepted, known by its hash."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.canonical import fingerprint
from app.refusal import Refusal


class AgreementNeeded(Refusal):
    """The agreement comes before the start."""

    status = 422
    title = _l("Accept the agreement to start the exam")


class AgreementChanged(Refusal):
    """What was read is not what stands now: nobody accepts a text they have not seen."""

    title = _l("The agreement has changed since you read it")
    detail = _l("Read the text that stands now and accept it.")


def agreement_hash(body: dict[str, Any], language: str) -> str:
    """The SHA-256, in hexadecimal, of the text in a language, or in the first that the exam has."""
    texts: dict[str, str] = body["agreement"]
    return fingerprint((texts.get(language) or next(iter(texts.values()))).encode())


def accepted_text(body: dict[str, Any], shown: str | None, language: str) -> str:
    """The hash of the text accepted: `shown`, if it stands still, or else of the one in the language.

    Raises AgreementChanged, with the text to accept and its hash.
    """
    standing = agreement_hash(body, language)
    if shown is None or shown in {agreement_hash(body, spoken) for spoken in body["agreement"]}:
        return shown or standing
    texts = body["agreement"]
    raise AgreementChanged(agreement=texts.get(language) or next(iter(texts.values())), agreement_hash=standing)


def accepted_language(body: dict[str, Any], accepted: str) -> str | None:
    """The language of the text that was accepted."""
    return next((spoken for spoken in body["agreement"] if agreement_hash(body, spoken) == accepted), None)
