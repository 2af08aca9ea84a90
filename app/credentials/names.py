"""Names as certificates print them: as they are written, or in their Latin form where no typeface has a letter."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.credentials.typesetting import SANS, SERIF, MissingGlyph, choose_face
from app.people.persons import clean_name
from app.refusal import N_

FACES = (SERIF, SANS)


class LatinFormNeeded(MissingGlyph):
    """The name is in a script that no typeface of ours has, and comes without its Latin form."""

    title = N_("This name needs its Latin form too")
    detail = N_(
        "The certificate prints Latin, Greek and Cyrillic letters. "
        "Write the name in Latin letters as well, as in the passport."
    )


class Names(NamedTuple):
    """The legal name, and its Latin form where certificates print that instead."""

    name: str
    latin_name: str | None


def is_printable(name: str) -> bool:
    """Whether a typeface of the certificate has every character of a clean name."""
    try:
        choose_face(name, FACES)
    except MissingGlyph:
        return False
    return True


def clean_latin_name(text: str | None) -> str:
    """The Latin form as it is kept. Raises LatinFormNeeded, NameInvalid, MissingGlyph."""
    if not (text or "").strip():
        raise LatinFormNeeded
    name = clean_name(text or "")
    choose_face(name, FACES)
    return name


def clean_names(name: str, latin_name: str | None) -> Names:
    """The name as it is kept, with the Latin form if it needs one. Raises as clean_latin_name does."""
    name = clean_name(name)
    return Names(name, None if is_printable(name) else clean_latin_name(latin_name))


def printed_name(record: Mapping[str, Any]) -> str:
    """What a certificate prints of the names in a frozen record."""
    printed: str = record.get("latin_name") or record["name"]
    return printed
