"""Our dialect of Markdown: Python-Markdown's extensions, and what ours adds for forges and for accessible pages."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.toc import TocExtension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from app.content.safe_html import ADMONITIONS

_TITLES = {
    "es": dict(zip(ADMONITIONS, ("Nota", "Consejo", "Importante", "Advertencia", "Precaución"), strict=True)),
    "en": dict(zip(ADMONITIONS, ("Note", "Tip", "Important", "Warning", "Caution"), strict=True)),
}
_BACKLINKS = {"es": "Volver a la nota {} en el texto", "en": "Back to note {} in the text"}
_BLOCKS = ("empty", "indent", "code", "hashheader", "setextheader", "hr", "olist", "ulist", "quote", "reference")
_DETAILS = re.compile(r"^( {0,3})<details( open)?>", re.IGNORECASE)
_TASKS = {"[ ] ": "☐ ", "[x] ": "☑ ", "[X] ": "☑ "}
_ALIGNED = {"right": "text-end", "center": "text-center"}


class Parser(Markdown):
    """Python-Markdown's parser; the ids of what it reads begin with `prefix`."""

    prefix = ""


_at_rest: defaultdict[str, list[Parser]] = defaultdict(list)


@contextmanager
def parser(language: str, prefix: str) -> Iterator[Parser]:
    """A parser of whole texts."""
    with _woken(language, lambda: _whole(language)) as md:
        md.prefix = prefix
        yield md


@contextmanager
def line_parser() -> Iterator[Parser]:
    """A parser of single paragraphs."""
    with _woken("", _line) as md:
        yield md


@contextmanager
def _woken(name: str, make: Callable[[], Parser]) -> Iterator[Parser]:
    """Making one takes longer than reading most texts, so they are kept, but none that an error left half way."""
    try:
        md = _at_rest[name].pop()
    except IndexError:
        md = make()
    md.reset()
    yield md
    _at_rest[name].append(md)


def _whole(language: str) -> Parser:
    md: Parser = Parser(
        extensions=[
            "tables",
            "def_list",
            "abbr",
            "sane_lists",
            "md_in_html",
            "pymdownx.superfences",
            "pymdownx.highlight",
            "pymdownx.mark",
            "pymdownx.tilde",
            "pymdownx.quotes",
            TocExtension(marker="", slugify=lambda text, separator: md.prefix + slug(text)),
            _Footnotes(lambda: md.prefix, BACKLINK_TITLE=_BACKLINKS[language]),
            _Ours(_TITLES[language]),
        ],
        extension_configs={
            "pymdownx.highlight": {"guess_lang": False, "use_pygments": True, "anchor_linenums": False},
            "pymdownx.tilde": {"subscript": False},
            "pymdownx.quotes": {"callouts": True},
        },
    )
    return md


def _line() -> Parser:
    """One paragraph of inline Markdown: `1. one` or `# two` in an item's option is text, not a list or a heading."""
    line = Parser(extensions=["pymdownx.mark", "pymdownx.tilde"])
    line.preprocessors.deregister("html_block")
    for name in _BLOCKS:
        line.parser.blockprocessors.deregister(name)
    return line


def slug(text: str) -> str:
    """As forges make them: lower case, spaces to hyphens, letters of any language kept."""
    kept = re.sub(r"[^\w\- ]", "", unicodedata.normalize("NFC", text).strip().lower())
    return kept.replace(" ", "-")


class _Footnotes(FootnoteExtension):
    """Footnotes whose ids carry the fragment's prefix, so that fragments can share a page."""

    def __init__(self, prefix: Callable[[], str], **config: object) -> None:
        super().__init__(**config)
        self.prefix = prefix

    def makeFootnoteId(self, id: str) -> str:
        return self.prefix() + str(super().makeFootnoteId(id))

    def makeFootnoteRefId(self, id: str, found: bool = False) -> str:
        return self.prefix() + str(super().makeFootnoteRefId(id, found))


class _Ours(Extension):
    def __init__(self, titles: dict[str, str]) -> None:
        super().__init__()
        self.titles = titles

    def extendMarkdown(self, md: Markdown) -> None:
        # After superfences (25) has put code away and before md_in_html (20) reads the tags.
        md.preprocessors.register(_Details(md), "details", 22)
        md.treeprocessors.register(_Tasks(md), "tasks", 30)
        md.treeprocessors.register(_Tables(md), "aligned", 15)
        # After pymdownx.quotes (19.99) has made the boxes.
        md.treeprocessors.register(_Titles(md, self.titles), "titles", 15)


class _Details(Preprocessor):
    """Markdown inside `<details>` is Markdown, as on a forge."""

    def run(self, lines: list[str]) -> list[str]:
        return [_DETAILS.sub(r'\1<details\2 markdown="block">', line) for line in lines]


class _Tasks(Treeprocessor):
    """Boxes as characters: a disabled form field without a label says nothing to a screen reader."""

    def run(self, root: Element) -> None:
        for item in root.iter("li"):
            holder = item if (item.text or "").strip() or not len(item) else item[0]
            mark = _TASKS.get((holder.text or "")[:4])
            if mark:
                holder.text = mark + (holder.text or "")[4:]
                item.set("class", "task-list-item")


class _Tables(Treeprocessor):
    """Alignment by class, column headers that say so, and a frame that scrolls by keyboard too."""

    def run(self, root: Element) -> None:
        for parent, place, table in list(_tables(root)):
            for cell in table.iter():
                style = cell.attrib.pop("style", "").removeprefix("text-align: ").rstrip(";")
                if style in _ALIGNED:
                    cell.set("class", _ALIGNED[style])
                if cell.tag == "th":
                    cell.set("scope", "col")
            frame = Element("div", {"class": "table-responsive", "tabindex": "0"})
            frame.append(table)
            parent[place] = frame


def _tables(root: Element) -> Iterator[tuple[Element, int, Element]]:
    for parent in root.iter():
        for place, child in enumerate(parent):
            if child.tag == "table":
                yield parent, place, child


class _Titles(Treeprocessor):
    """The title of a box in the reader's language."""

    def __init__(self, md: Markdown, titles: dict[str, str]) -> None:
        super().__init__(md)
        self.titles = titles

    def run(self, root: Element) -> None:
        for title in root.iter("p"):
            if title.get("class") == "admonition-title":
                title.text = self.titles.get((title.text or "").lower(), title.text)
