"""The files that may be handed in: their types by name and by first bytes, which have to agree, and clean names.

Nothing is ever opened: an archive is known by its first bytes, and what is in it is for whoever downloads it.
"""

import re
import unicodedata

from app.refusal import N_, Refusal

TYPES = ("pdf", "png", "jpg", "zip", "txt", "md", "csv", "docx", "xlsx", "pptx")
MOST_MIB = 20
LONGEST_NAME, LONGEST_ENDING = 120, 10

_SPELLINGS = {"jpeg": "jpg"}
_BEGINNINGS = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff"} | dict.fromkeys(
    ("zip", "docx", "xlsx", "pptx"), b"PK\x03\x04"
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f")) + b"\x7f"
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|\?|html|head|body|script|svg|iframe|object|embed)", re.IGNORECASE
)
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}  # a mark of direction makes `fdp.exe` read `exe.pdf`
_NOT_IN_NAMES = re.compile(r'[<>:"|?*]')


class BadFile(Refusal):
    """The file cannot be handed in."""

    status = 422
    title = N_("This file cannot be handed in")


def file_type(name: str, content: bytes) -> str:
    """One of TYPES, which the ending of the name and the content agree in; raises BadFile."""
    _, dot, ending = name.lower().rpartition(".")
    kind = _SPELLINGS.get(ending, ending)
    if not dot or kind not in TYPES:
        raise BadFile(N_("Files of this type are not accepted. Look at the types that the item asks for."))
    if not content:
        raise BadFile(N_("The file is empty. Choose another one."))
    fits = content.startswith(_BEGINNINGS[kind]) if kind in _BEGINNINGS else _is_text(content)
    if not fits:
        raise BadFile(N_("The content of the file is not what its name says. Export it again, or choose another one."))
    return kind


def clean_name(raw: str) -> str:
    """The name without its path, without what cannot be seen, and short; its ending is kept."""
    name = raw.replace("\\", "/").rpartition("/")[2]
    seen = "".join(char for char in unicodedata.normalize("NFC", name) if unicodedata.category(char) not in _UNSEEN)
    stem, dot, ending = " ".join(_NOT_IN_NAMES.sub("_", seen).split()).rstrip(". ").rpartition(".")
    if not dot:
        return ending[:LONGEST_NAME]
    ending = ending[:LONGEST_ENDING]
    return f"{stem.strip('. ')[: LONGEST_NAME - LONGEST_ENDING - 1].rstrip('. ') or 'file'}.{ending}"


def _is_text(content: bytes) -> bool:
    """In any encoding of single bytes or UTF-8; what a browser would take for a page is none."""
    return content.translate(None, _CONTROLS) == content and not _MARKUP.match(content)
