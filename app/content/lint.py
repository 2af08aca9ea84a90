"""Complaints about Markdown: what we refuse to show, and what a forge would show otherwise than we do."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from pygments.lexers import find_lexer_class_by_name
from pygments.util import ClassNotFound

from app.content.complaints import Complaint
from app.content.files import forbidden_character
from app.content.limits import too_complex
from app.content.markdown import MarkdownTooComplex, Rendered, Resolve, nowhere, render
from app.content.prose import fence_languages, prose_lines
from app.content.safe_html import ADMONITIONS, TAGS

_TAG = re.compile(r"</?([a-zA-Z][\w-]*)((?:\s[^<>]*)?)/?>|<([a-zA-Z][\w-]*)(?:\s[^<>]*)?$")
_ADDRESS = re.compile(
    r"\]\(\s*<?\s*([^\s)>]*)|^ {0,3}\[[^\]^]+\]:\s*<?([^\s>]*)|<([a-z][a-z0-9+.-]*:[^\s<>]*)>", re.IGNORECASE
)
_NO_ALT = re.compile(r"!\[\s*\][(\[]")
_BARE = re.compile(r"(?<![<(\"'\[=\w])https?://\S+")
_DEFINITION = re.compile(r"^ {0,3}(?:\*\[|\[)[^\]]+\]:")
_ADMONITION = re.compile(r"^[\s>]*> *\[!([^\]]*)\](.*)$")
_LIST = re.compile(r"^( *)(?:[-*+]|\d+[.)]) +\S")
_STARTS_LIST = re.compile(r"^(?:[-*+]|1[.)]) +\S")
_SEPARATOR = re.compile(r"^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)+\|?\s*$|^\s*\|\s*:?-+:?\s*\|\s*$")
_HEADING = re.compile(r"#{1,6} ")
_Found = Iterator[tuple[int, str]]


def lint(text: str, path: Path, first_line: int = 1, *, resolve: Resolve = nowhere) -> list[Complaint]:
    """`first_line` is the line of the file on which the text begins."""
    broken = too_complex(text)
    if broken:
        return [Complaint(path, first_line + broken[0] - 1, broken[1])]
    forbidden = forbidden_character(text, path, first_line)
    if forbidden:
        return forbidden
    try:
        rendered = render(text, resolve=resolve)
    except MarkdownTooComplex as error:
        return [Complaint(path, first_line, str(error))]
    lines = prose_lines(text)
    found = {(at, message) for rule in _RULES for at, message in rule(lines)}
    found.update(_fences(text), _lost(lines, rendered))
    return sorted(Complaint(path, first_line + at, message) for at, message in found)


def _tags(lines: list[str]) -> _Found:
    for at, line in enumerate(lines):
        for name, attributes, unclosed in _TAG.findall(line):
            tag = (name or unclosed).lower()
            if tag not in TAGS:
                yield at, f"`<{tag}>` is not allowed (write `&lt;` for a plain `<`)"
            elif attributes.strip(" /") not in ("", "open") or unclosed:
                yield at, f"`<{tag}>` must have no attributes"


def _addresses(lines: list[str]) -> _Found:
    for at, line in enumerate(lines):
        for address in filter(None, map("".join, _ADDRESS.findall(line))):
            scheme = re.match(r"[a-z][a-z0-9+.-]*(?=:)", address, re.IGNORECASE)
            if scheme and scheme.group().lower() not in ("https", "mailto"):
                yield at, f"`{scheme.group()}:` is not allowed; links are `https:`, `mailto:`, files or `#headings`"


def _alternatives(lines: list[str]) -> _Found:
    return ((at, "the image has no alternative text") for at, line in enumerate(lines) if _NO_ALT.search(line))


def _bare_addresses(lines: list[str]) -> _Found:
    for at, line in enumerate(lines):
        if not _DEFINITION.match(line):
            for address in _BARE.findall(line):
                yield at, f"`{address}`: a forge makes this a link; write `<{address}>` or `[text]({address})`"


def _admonitions(lines: list[str]) -> _Found:
    for at, line in enumerate(lines):
        match = _ADMONITION.match(line)
        if match and match.group(1).lower() not in ADMONITIONS:
            yield at, f"`[!{match.group(1)}]` is none of {', '.join(ADMONITIONS).upper()}"
        elif match and match.group(2).strip():
            yield at, f"`[!{match.group(1)}]` stands alone on its line; a forge shows no box otherwise"


def _indents(lines: list[str]) -> _Found:
    for at, line in enumerate(lines):
        match = _LIST.match(line)
        if match and len(match.group(1)) % 4:
            yield at, "indent nested lists by four spaces"
        if re.match(r"\s*\d+\) +\S", line):
            yield at, "number lists as `1.`; `1)` is a list on a forge only"


def _continuations(lines: list[str]) -> _Found:
    """After a blank line, two or three spaces continue a list item on a forge and end the list here."""
    in_list = False
    for at, line in enumerate(lines):
        if not line.strip():
            continue
        indent = len(line) - len(line.lstrip(" "))
        after_blank = at > 0 and not lines[at - 1].strip()
        if in_list and after_blank and 0 < indent < 4 and not _LIST.match(line):
            yield at, "indent what continues a list item by four spaces"
        if _LIST.match(line) or (after_blank and not indent):
            in_list = bool(_LIST.match(line))


def _interruptions(lines: list[str]) -> _Found:
    """A list or a table that begins in the middle of a paragraph is one on a forge only."""
    opener = ""
    for at, line in enumerate(lines):
        previous = lines[at - 1] if at else ""
        if not previous.strip() or _HEADING.match(previous) or previous == "\0":
            opener = line
        elif _STARTS_LIST.match(line) and not _LIST.match(opener) and not opener.lstrip().startswith((">", "<", ":")):
            yield at, "put a blank line before the list"
            opener = line
        if _SEPARATOR.match(line) and "|" in previous and opener not in (previous, line):
            yield at - 1, "put a blank line before the table"


def _details(lines: list[str]) -> _Found:
    for at, line in enumerate(lines):
        after = lines[at + 1].strip() if at + 1 < len(lines) else ""
        if "</summary>" in line and after:
            yield at, "put a blank line after `</summary>`"
        if line.strip() == "</details>" and at and lines[at - 1].strip():
            yield at, "put a blank line before `</details>`"


def _footnotes(lines: list[str]) -> _Found:
    defined = {match.group(1) for line in lines if (match := re.match(r"^ {0,3}\[\^([^\]]+)\]:", line))}
    for at, line in enumerate(lines):
        for name in re.findall(r"\[\^([^\]]+)\](?!:)", line):
            if name not in defined:
                yield at, f"the footnote `{name}` is not defined"


def _headings(lines: list[str]) -> _Found:
    """The page's title is its only `#`, and no level is left out."""
    level = 1
    for at, line in enumerate(lines):
        match = re.match(r"( *)(#{1,6})( ?)[^#\s]", line)
        if match and (match.group(1) or not match.group(3)):
            yield at, "a heading begins at the margin and has a space after its `#`"
        elif match:
            level, above = len(match.group(2)), level
            if level == 1:
                yield at, "headings begin at `##`: the title is the page's only `#`"
            elif level > above + 1:
                yield at, f"a heading of level {level} follows one of level {above}"
        if re.match(r"=+\s*$|-+\s*$", line) and at and lines[at - 1].strip(" \0"):
            yield at, "write headings with `##`, and put a blank line before a rule"


_RULES: tuple[Callable[[list[str]], _Found], ...] = (
    _tags,
    _addresses,
    _alternatives,
    _bare_addresses,
    _admonitions,
    _indents,
    _continuations,
    _interruptions,
    _details,
    _footnotes,
    _headings,
)


def _fences(text: str) -> _Found:
    for at, language in fence_languages(text):
        try:
            find_lexer_class_by_name(language or "text")
        except ClassNotFound:
            yield at, f"there is no language `{language}` to highlight this code in"


def _lost(lines: list[str], rendered: Rendered) -> _Found:
    for address in rendered.lost:
        places = [at for at, line in enumerate(lines) if address in line]
        for at in places or [0]:
            yield at, f"`{address}` leads nowhere"
