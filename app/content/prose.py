"""The lines of a Markdown text with its code blanked out, for rules that look at prose only."""

import re
from collections.abc import Iterator

_FENCE = re.compile(r"^[\s>]*(?:(?:[-*+]|\d+\.)\s+)?(`{3,}|~{3,})([^`]*)$")
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")


def prose_lines(text: str) -> list[str]:
    """As many lines as the text; fences and what they hold become `\\0` lines, code spans become `\\0` too."""
    return [_CODE_SPAN.sub(lambda code: "\0" * len(code.group()), line) for line in _without_fences(text.split("\n"))]


def fence_languages(text: str) -> Iterator[tuple[int, str]]:
    """The line (from 0) and the language name of each fenced block."""
    fence = ""
    for number, line in enumerate(text.split("\n")):
        mark, info, fence_after = _step(line, fence)
        if mark and not fence:
            yield number, info
        fence = fence_after


def _without_fences(lines: list[str]) -> Iterator[str]:
    fence = ""
    for line in lines:
        mark, _, after = _step(line, fence)
        yield "\0" if fence or mark else line
        fence = after


def _step(line: str, fence: str) -> tuple[str, str, str]:
    """The fence mark on the line, its language name, and the fence that is open after it."""
    match = _FENCE.match(line)
    if match is None:
        return "", "", fence
    mark, info = match.group(1), match.group(2).strip()
    if not fence:
        return mark, info, mark
    closes = mark.startswith(fence) and not info
    return mark, info, "" if closes else fence
