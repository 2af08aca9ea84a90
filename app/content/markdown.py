"""Markdown to safe HTML: whole texts with their headings, and single lines."""

import html as entities
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.content.dialect import line_parser, parser
from app.content.limits import too_complex
from app.content.safe_html import INLINE_TAGS, clean
from app.refusal import N_, Refusal

# Turns a relative address as written (`02-x.md`, `../media/f.svg`) into the one to show, or None if it leads nowhere.
Resolve = Callable[[str], str | None]
_OUTSIDE = re.compile(r"https://[^\s\\]+|mailto:[^\s?&%\\]+@[^\s?&%\\]+")
_RELATIVE = re.compile(r"(\.\./)*[\w-]+[\w./-]*(#[\w-]+)?")


class MarkdownTooComplex(Refusal):
    status = 422
    title = N_("This text is too long or too deeply nested")


@dataclass(frozen=True)
class Heading:
    level: int
    id: str
    text: str


@dataclass(frozen=True)
class Rendered:
    """`lost` are the addresses of links and images that were taken out because they may not be shown."""

    html: str
    headings: tuple[Heading, ...]
    lost: tuple[str, ...] = ()


def nowhere(address: str) -> str | None:
    return None


def render(text: str, *, language: str = "es", prefix: str = "", resolve: Resolve = nowhere) -> Rendered:
    """`prefix` keeps the ids of several texts on one page apart. Raises MarkdownTooComplex."""
    _refuse_complex(text)
    try:
        with parser(language, prefix) as md:
            raw = md.convert(text)
            headings = tuple(_headings(md.toc_tokens))  # type: ignore[attr-defined]
    except RecursionError as error:
        raise MarkdownTooComplex("the text is nested too deeply") from error
    links = _Links(resolve, prefix, {heading.id for heading in headings})
    return Rendered(clean(raw, links.follow), headings, tuple(links.lost))


@lru_cache(maxsize=4096)
def render_inline(text: str) -> str:
    """One line (an item's stem or option) without its paragraph. Raises MarkdownTooComplex."""
    line = " ".join(text.split())
    _refuse_complex(line)
    with line_parser() as md:
        raw = md.convert(line)
    return clean(raw, _Links(nowhere, "", set()).follow, INLINE_TAGS)


def _refuse_complex(text: str) -> None:
    broken = too_complex(text)
    if broken:
        raise MarkdownTooComplex(broken[1])


def _headings(tokens: Iterable[dict[str, Any]]) -> Iterator[Heading]:
    for token in tokens:
        yield Heading(token["level"], token["id"], entities.unescape(token["name"]))
        yield from _headings(token["children"])


class _Links:
    """Follows the links of one text and remembers those it lost."""

    def __init__(self, resolve: Resolve, prefix: str, ids: set[str]) -> None:
        self.resolve = resolve
        self.prefix = prefix
        self.ids = ids
        self.lost: list[str] = []

    def follow(self, attribute: str, address: str) -> str | None:
        found = self._target(attribute, address)
        if found is None:
            self.lost.append(address)
        return found

    def _target(self, attribute: str, address: str) -> str | None:
        if attribute == "href" and address.startswith("#"):
            return self._fragment(address[1:])
        if attribute == "href" and _OUTSIDE.fullmatch(address):
            return address
        return self.resolve(address) if _RELATIVE.fullmatch(address) else None

    def _fragment(self, name: str) -> str | None:
        if name.startswith((f"{self.prefix}fn:", f"{self.prefix}fnref")):
            return f"#{name}"
        return f"#{self.prefix}{name}" if self.prefix + name in self.ids else None
