"""The items of an exam as lines of a table, filtered and sorted by the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.content.versions import bodies
from app.exams.catalogue import ExamItem
from app.extensions import db
from app.web.item_texts import with_gaps
from app.web.layout import in_language, trusted
from app.web.lists import asked_choice, asked_sort, asked_text, fold, matches, ordered
from app.web.naming import KINDS
from app.web.trainer.editions import Edition, numbered

EXCERPT = 140
SORTS = ("place", "id", "domain", "kind", "difficulty", "objective", "points", "version")


@dataclass(frozen=True)
class BankLine:
    """An item of the bank; `place` is where it stands in the files, from 0."""

    place: int
    item: dict[str, Any]
    domain: str
    edition: Edition

    @property
    def stem(self) -> str:
        """The stem as plain text."""
        stems = {language: text["stem"] for language, text in self.item["text"].items()}
        return trusted(with_gaps(in_language(stems))).striptags()

    @property
    def excerpt(self) -> str:
        """The beginning of the stem."""
        return self.stem if len(self.stem) <= EXCERPT else self.stem[:EXCERPT].rsplit(" ", 1)[0] + "…"

    @property
    def kind(self) -> str:
        """The kind in the page's words."""
        return str(KINDS.get(self.item["kind"], self.item["kind"]))


def bank_lines(exam_version_id: int, domains: dict[str, dict[str, str]]) -> list[BankLine]:
    """Every item of an exam's version, in the order of the files."""
    query = select(ExamItem).where(ExamItem.exam_version_id == exam_version_id).order_by(ExamItem.position)
    rows = db.session.scalars(query).all()
    version_ids = [row.item_version_id for row in rows]
    content, editions = bodies(version_ids), numbered(set(version_ids))
    return [
        BankLine(row.position, content[version_id], in_language(domains[row.domain]), editions[version_id])
        for row, version_id in zip(rows, version_ids, strict=True)
    ]


def chosen(lines: Sequence[BankLine], domains: Sequence[str]) -> list[BankLine]:
    """The items that fit the address, in its order."""
    wanted = {
        "domain": asked_choice("domain", domains),
        "kind": asked_choice("kind", KINDS),
        "difficulty": asked_choice("difficulty", "123"),
    }
    text, sort = asked_text(), asked_sort(SORTS, "place")
    fitting = [
        line
        for line in lines
        if all(value in ("", str(line.item[name])) for name, value in wanted.items())
        and matches(text, line.item["id"], line.item["objective"], line.stem)
    ]
    return ordered(fitting, lambda line: _sort_value(line, sort.removeprefix("-")), sort)


def _sort_value(line: BankLine, key: str) -> Any:
    if key == "version":
        return line.edition.published_at
    if key in ("place", "domain", "kind"):
        return getattr(line, key)
    value = line.item[key]
    return fold(value) if isinstance(value, str) else value
