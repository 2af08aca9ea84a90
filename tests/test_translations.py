"""Every text of the interface has its Spanish, with the same placeholders, and the catalogue holds nothing else."""

import re
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

pytestmark = pytest.mark.once
ROOT = Path(__file__).parents[1]
KEYWORDS = {"_": None, "gettext": None, "_l": None, "lazy_gettext": None, "N_": None, "ngettext": (1, 2)}
METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
Text = str | tuple[str, ...]


def wanted() -> set[Text]:
    """The texts that the code asks to be translated."""
    found = extract_from_dir(ROOT / "app", METHODS, keywords=KEYWORDS)
    return {message for _, _, message, _, _ in found}


def catalogue() -> Catalog:
    """The Spanish catalogue."""
    with (ROOT / "app/translations/es/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="es")


def test_the_catalogue_holds_just_the_texts_of_the_code() -> None:
    held = {message.id if isinstance(message.id, str) else tuple(message.id) for message in catalogue() if message.id}
    assert held == wanted()


def test_every_text_is_translated_with_its_placeholders() -> None:
    wrong = [message.id for message in catalogue() if message.id and not _is_sound(message.id, message.string)]
    assert wrong == []
    assert [message.id for message in catalogue() if message.id and message.fuzzy] == []


def _is_sound(text: Text, spanish: Text) -> bool:
    forms = (spanish,) if isinstance(spanish, str) else spanish
    asked = _placeholders(text if isinstance(text, str) else text[-1])
    return all(form and _placeholders(form) <= asked for form in forms) and _placeholders(forms[-1]) == asked


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)", text))
