"""How much Markdown we parse: measured so that what passes renders well under two seconds, checked before parsing."""

import re

MAX_CHARACTERS = 60_000
MAX_LINES = 2_000
MAX_LINE = 4_000
MAX_NESTING = 8
MAX_INDENT = 32
# Characters that start inline patterns, and how often one text may hold them: their cost grows with the square.
MAX_MARKS = {"[": 800, "<": 1_000, **dict.fromkeys("*_`&!(=~|^\\$", 6_000)}
MAX_DEFINITIONS = 200

_DEFINITION = re.compile(r"^ {0,3}(?:\*\[|\[\^?)[^\]\n]*\]:", re.MULTILINE)
_INDENT = re.compile(r"[ \t]*")
# Quotes and lists can open one inside the other on a single line: `> - 1. > text`.
_OPENERS = re.compile(r"[ \t]*(?:(?:>|[-*+][ \t]|\d{1,9}[.)][ \t])[ \t]*)*")
_OPENER = re.compile(r">|[-*+]|\d+[.)]")


def too_complex(text: str) -> tuple[int, str] | None:
    """The line (from 1) and the limit a text breaks, or None."""
    if len(text) > MAX_CHARACTERS:
        return 1, f"the text is longer than {MAX_CHARACTERS} characters"
    if text.count("\n") > MAX_LINES:
        return MAX_LINES, f"there are more than {MAX_LINES} lines"
    if len(_DEFINITION.findall(text)) > MAX_DEFINITIONS:
        return 1, f"there are more than {MAX_DEFINITIONS} link, footnote and abbreviation definitions"
    for mark, limit in MAX_MARKS.items():
        if text.count(mark) > limit:
            return _nth(text, mark, limit), f"there are more than {limit} `{mark}`"
    broken = (_line_limit(number, line) for number, line in enumerate(text.split("\n"), 1))
    return next(filter(None, broken), None)


def _nth(text: str, mark: str, n: int) -> int:
    position = -1
    for _ in range(n + 1):
        position = text.index(mark, position + 1)
    return text.count("\n", 0, position) + 1


def _line_limit(number: int, line: str) -> tuple[int, str] | None:
    if len(line) > MAX_LINE:
        return number, f"the line is longer than {MAX_LINE} characters"
    if len(_matched(_INDENT, line).expandtabs(4)) > MAX_INDENT:
        return number, f"the line is indented by more than {MAX_INDENT} spaces"
    if len(_OPENER.findall(_matched(_OPENERS, line))) > MAX_NESTING:
        return number, f"quotes and lists are nested deeper than {MAX_NESTING} levels"
    return None


def _matched(pattern: re.Pattern[str], line: str) -> str:
    match = pattern.match(line)
    return match.group() if match else ""
