"""Passages of an items file: Markdown that begins on a line, and which lines belong to fenced code."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")


@dataclass
class Passage:
    """Markdown that begins on a line of the file."""

    line: int
    text: str


def passage(lines: Sequence[str], first_line: int) -> Passage:
    """The lines without the blank ones around them."""
    text = "\n".join(lines)
    blank = len(text) - len(text.lstrip("\n"))
    return Passage(first_line + blank, text.strip("\n"))


def outside_code(
    lines: Sequence[str], first_line: int, complaints: list[tuple[int, str]]
) -> Iterator[tuple[int, str, bool]]:
    """Each line with its number and whether it belongs to fenced code, fences included."""
    fence, opened = "", first_line
    for number, line in enumerate(lines, first_line):
        found = _FENCE.match(line)
        yield number, line, bool(fence or found)
        if not fence and found:
            fence, opened = found[1], number
        elif found and found[1].startswith(fence) and line.strip() == found[1]:
            fence = ""
    if fence:
        complaints.append((opened, "the code block is never closed"))
