"""Cases: one text that several items ask about, `# Case: title {#case-id}` and what follows until its first item."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.exams.item_heads import is_id
from app.exams.passages import Passage, passage

FEWEST, MOST = 2, 10  # items of a case: one alone needs no case, and more are an exam of their own
_CASE = re.compile(r"# Case:(?: +(.*))?")
_ANSWER = re.compile(r" {0,3}[-*+] ?\[[ xX]?\]|=(?: |$)|> ?Why:")


class CaseSource(NamedTuple):
    """A case as it stands in the file of one language."""

    line: int
    id: str
    title: str
    text: Passage


@dataclass
class CaseBlock:
    """The lines of a case, its heading the first, and how many items it has."""

    line: int
    lines: list[str]
    items: int = 0
    complaints: list[tuple[int, str]] = field(default_factory=list)

    def add(self, number: int, line: str, in_code: bool) -> None:
        """A line below the heading."""
        self.lines.append(line)
        if not in_code and re.match(" {0,3}#", line):
            self.complaints.append(
                (number, "a case has no headings of its own, and `## ` begins an item at the margin")
            )
        elif not in_code and _ANSWER.match(line):
            self.complaints.append((number, "an answer stands here, before the first item of the case"))

    @property
    def markdown(self) -> str:
        """What lint reads: the heading one level down, since a page has but one of the first."""
        return "\n".join(["#" + self.lines[0], *self.lines[1:]])


def public_case(item: Mapping[str, Any], language: str) -> dict[str, Any] | None:
    """The case that the item asks about: its id, and its title and text as HTML; None for an item that stands alone."""
    case = item.get("case")
    return {"id": case["id"]} | case["text"][language] if case else None


def begins_case(line: str) -> bool:
    return _CASE.fullmatch(line) is not None


def read_case(block: CaseBlock) -> CaseSource:
    """The case; what is wrong with it is added to the complaints of its block."""
    title, _, words = block.lines[0].removeprefix("# Case:").rstrip().rpartition("{#")
    case_id = words.removesuffix("}")
    text = passage(block.lines[1:], block.line + 1)
    wrong = []
    if not title.strip() or not words.endswith("}") or not is_id(case_id):
        wrong.append("the heading of a case is written `# Case: title {#some-id}`")
    if not text.text:
        wrong.append("the case has no text: write it between its heading and its first item")
    if not FEWEST <= block.items <= MOST:
        wrong.append(f"a case has {FEWEST} to {MOST} items; this one has {block.items}")
    block.complaints += [(block.line, message) for message in wrong]
    return CaseSource(block.line, case_id, title.strip(), text)
