"""Reading content files: regular, inside their folder, within a size and in clean UTF-8, or complained about."""

import os
import re
from pathlib import Path

from app.content.complaints import Complaint

TEXT_LIMIT = 256 * 1024
# Control characters have no place in content, and the Unicode line breaks would make editors and us count lines apart.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")


def read_bytes(path: Path, limit: int) -> tuple[bytes | None, list[Complaint]]:
    if not path.is_file():
        return None, [Complaint(path, 1, "there is no such file")]
    with path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        return None, [Complaint(path, 1, f"the file is larger than {limit // 1024} KiB")]
    return data, []


def read_text(path: Path, limit: int = TEXT_LIMIT) -> tuple[str | None, list[Complaint]]:
    """The text with `\\n` line ends and without a byte order mark."""
    data, complaints = read_bytes(path, limit)
    if data is None:
        return None, complaints
    return decode(data, path)


def decode(data: bytes, path: Path) -> tuple[str | None, list[Complaint]]:
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        return None, [Complaint(path, data.count(b"\n", 0, error.start) + 1, "this is not valid UTF-8")]
    found = forbidden_character(text, path)
    return (None, found) if found else (text, [])


def forbidden_character(text: str, path: Path, first_line: int = 1) -> list[Complaint]:
    match = _FORBIDDEN.search(text) or re.search("\r", text)
    if match is None:
        return []
    line = first_line + text.count("\n", 0, match.start())
    return [Complaint(path, line, f"the character U+{ord(match.group()):04X} is not allowed")]


def strays(folder: Path) -> list[Complaint]:
    """Symbolic links under the folder that lead out of it; whoever reads the folder refuses all of it then."""
    home = folder.resolve()
    found = []
    for parent, folders, files in os.walk(folder):
        for name in sorted(folders + files):
            path = Path(parent, name)
            if path.is_symlink() and not path.resolve().is_relative_to(home):
                found.append(Complaint(path, 1, "this link leads out of the content folder"))
    return found


def visible(folder: Path) -> list[Path]:
    """The entries of a folder in order, without hidden ones; none if it is not there."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
