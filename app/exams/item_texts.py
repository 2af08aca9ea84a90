"""An item from its sources: its languages compared, its Markdown rendered, in the shape that is stored."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.content.complaints import Complaint
from app.content.markdown import MarkdownTooComplex, render, render_inline
from app.exams.cases import CaseSource
from app.exams.item_files import ItemFile, ItemSource
from app.exams.kinds import KINDS
from app.exams.kinds.kind import GAP, AnswerLine
from app.exams.passages import Passage

Media = Mapping[str, str]  # the images of an exam by file name: what they are published as

_TAG = re.compile("<[^>]*>")
_COMPARED = ("difficulty", "objective", "points", "scoring", "shuffle")


def compare(base: ItemFile, other: ItemFile) -> list[Complaint]:
    """Where two languages of a domain disagree; at most one complaint for each item."""
    missing = _missing(base, other) + _missing(other, base)
    return missing or [
        Complaint(other.front.path, two.line, f"`{two.head.id}` disagrees with {_place(base, one)} in its {difference}")
        for one, two in zip(base.items, other.items, strict=True)
        for difference in _differences(one, two)[:1]
    ]


def build_item(files: Mapping[str, ItemFile], number: int, media: Media) -> tuple[dict[str, Any], list[Complaint]]:
    """The item as it is stored, from the same place in the file of each language.

    `rules`, `pilot`, `lesson`, `case` and `rubric` stand only in the items that have them: the others stay, byte for
    byte, what they were.
    """
    complaints: list[Complaint] = []
    text = {}
    cases = {}
    for language, file in files.items():
        source = file.items[number]
        text[language], wrong = _build_text(source, language, file.front.path, media)
        complaints += wrong
        if source.case:
            cases[language], wrong = _build_case(source.case, language, file.front.path)
            complaints += wrong
    head = source.head
    key, rubric = (None, source.key) if KINDS[source.kind].RATED else (source.key, None)
    item = {"id": head.id, "kind": source.kind, "domain": file.front.value.domain, "key": key, "text": text}
    rare: dict[str, Any] = {"rules": head.rules} if head.rules else {}
    if rubric:
        rare["rubric"] = rubric
    if head.pilot:
        rare["pilot"] = True
    if head.lesson:
        rare["lesson"] = head.lesson
    if source.case:
        rare["case"] = {"id": source.case.id, "text": cases}
    return item | {name: getattr(head, name) for name in _COMPARED} | rare, complaints


def _differences(one: ItemSource, two: ItemSource) -> list[str]:
    other = _facts(two)
    return [name for name, fact in _facts(one).items() if fact != other.get(name)]


def _facts(item: ItemSource) -> dict[str, Any]:
    """What every language of an item agrees in, the most telling first."""
    key = "rubric" if KINDS[item.kind].RATED else "key"
    facts = {"place": item.head.id, "kind": item.kind, "number of options": len(item.options), key: item.key}
    facts |= {f"number of {name}": len(lines) for name, lines in item.parts.items()} | {"rules": item.head.rules}
    facts |= {"case": item.case.id if item.case else None, "pilot": item.head.pilot, "lesson": item.head.lesson}
    return facts | {name: getattr(item.head, name) for name in _COMPARED}


def _missing(held: ItemFile, lacking: ItemFile) -> list[Complaint]:
    known = {item.head.id for item in lacking.items}
    return [
        Complaint(held.front.path, item.line, f"the item `{item.head.id}` is missing in {_short(lacking.front.path)}")
        for item in held.items
        if item.head.id not in known
    ]


def _place(file: ItemFile, item: ItemSource) -> str:
    return f"{_short(file.front.path)}:{item.line}"


def _short(path: Path) -> str:
    """`items/es/sales.md`: what is said about another file does not depend on where the content lies."""
    return "/".join(path.parts[-3:])


def _build_text(source: ItemSource, language: str, path: Path, media: Media) -> tuple[dict[str, Any], list[Complaint]]:
    wrong: list[tuple[int, str]] = []

    def block(passage: Passage | None) -> str | None:
        return _block_html(passage, language, f"{source.head.id}-", wrong) if passage else None

    text: dict[str, Any] = {
        "stem": f"<p>{_line_html(source.line, source.head.title, wrong)}</p>{block(source.stem) or ''}",
        "options": [],
        "feedback": [block(getattr(option, "feedback", None)) for option in source.options],
        "why": block(source.why),
    }
    for name, lines in source.parts.items():
        if name == "images":
            text[name] = [_image(line, media, wrong) for line in lines]
        else:
            text[name] = [_line_html(line.line, line.text, wrong) for line in lines]
    if any(shown.count(GAP) != source.gaps for shown in (text["stem"], _TAG.sub("", text["stem"]))):
        wrong.append((source.line, "a gap cannot stand inside a link or an image, nor `\ufffc` in the text"))
    return text, [Complaint(path, line, message) for line, message in wrong]


def _image(line: AnswerLine, media: Media, wrong: list[tuple[int, str]]) -> str:
    if line.text not in media:
        wrong.append((line.line, f"the exam's `media/` has no sound image `{line.text}`"))
    return media.get(line.text, "")


def _build_case(case: CaseSource, language: str, path: Path) -> tuple[dict[str, Any], list[Complaint]]:
    wrong: list[tuple[int, str]] = []
    text = {
        "title": _line_html(case.line, case.title, wrong),
        "body": _block_html(case.text, language, f"{case.id}-", wrong),
    }
    return text, [Complaint(path, line, message) for line, message in wrong]


def _line_html(line: int, text: str, wrong: list[tuple[int, str]]) -> str:
    try:
        return render_inline(text)
    except MarkdownTooComplex as error:
        wrong.append((line, str(error)))
        return ""


def _block_html(passage: Passage, language: str, prefix: str, wrong: list[tuple[int, str]]) -> str | None:
    try:
        return render(passage.text, language=language, prefix=prefix).html or None
    except MarkdownTooComplex as error:
        wrong.append((passage.line, str(error)))
        return None
