"""Reading an items file line by line, so that whatever is wrong with an item is said with its line.

An item is a heading with its braces, a stem, answer lines with explanations, and a `> Why:`; the items below a case
belong to it. Fenced code is never read as any of these. What comes out is Markdown still; `bank.py` renders it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.content.complaints import Complaint
from app.content.files import read_text
from app.content.front_matter import BLOCK_LINE, split
from app.content.lint import lint
from app.content.schema import Document, Language, Schema, Slug, parse_yaml
from app.exams.cases import CaseBlock, CaseSource, begins_case, read_case
from app.exams.item_heads import Head, read_head
from app.exams.kinds import KINDS
from app.exams.kinds.kind import AnswerLine, BadKey
from app.exams.passages import Passage, outside_code, passage

MOST_ITEMS = 500  # of a file; each is linted by itself, which takes about two milliseconds
_OPTION = re.compile(r"- \[([ xX])\](?: +(.*))?")
_NEARLY_OPTION = re.compile(r" {0,3}[-*+] ?\[[ xX]?\]")
_ACCEPTED = re.compile(r"=(?: +(.*))?")
_FEEDBACK = re.compile(r" {2,}> ?(.*)")
_QUOTE = re.compile(r"> ?(.*)")
_WHY = re.compile(r"> ?Why: ?(.*)")


class FrontMatter(Schema):
    domain: Slug
    lang: Language


@dataclass
class Answer:
    """An option or an accepted form, and why an option tempts."""

    line: int
    text: str
    marked: bool | None
    feedback: Passage | None = None


@dataclass
class ItemSource:
    """An item as it stands in the file of one language."""

    line: int
    head: Head
    kind: str
    key: Any
    stem: Passage
    options: Sequence[Answer]
    why: Passage | None
    case: CaseSource | None = None


@dataclass(frozen=True)
class ItemFile:
    front: Document[FrontMatter]
    items: tuple[ItemSource, ...]
    cases: tuple[CaseSource, ...] = ()


@dataclass
class _Block:
    """The lines of one item, sorted into what they are."""

    line: int
    lines: list[str]
    case: CaseBlock | None = None
    stem: list[str] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    why: Passage | None = None
    complaints: list[tuple[int, str]] = field(default_factory=list)


def read_item_file(path: Path) -> tuple[ItemFile | None, list[Complaint]]:
    """The items that are sound, and what is wrong with the others; None if the file cannot be read at all."""
    text, complaints = read_text(path)
    return (None, complaints) if text is None else parse_item_file(text, path)


def parse_item_file(text: str, path: Path) -> tuple[ItemFile | None, list[Complaint]]:
    parts, complaints = split(text, path)
    if parts is None:
        return None, complaints
    front, complaints = parse_yaml(parts.block, path, FrontMatter, BLOCK_LINE)
    case_blocks, blocks, wrong = _blocks(parts.body.split("\n"), parts.body_line)
    if len(blocks) > MOST_ITEMS:
        return None, [Complaint(path, blocks[MOST_ITEMS].line, f"a file holds at most {MOST_ITEMS} items")]
    cases = {case.line: read_case(case) for case in case_blocks}
    items = []
    for block in blocks:
        item = _read_item(block)
        wrong += block.complaints
        complaints += lint("\n".join(block.lines), path, block.line)
        if item and not block.complaints:
            item.case = cases[block.case.line] if block.case else None
            items.append(item)
    for case in case_blocks:
        wrong += case.complaints
        complaints += lint(case.markdown, path, case.line)
    complaints += [Complaint(path, line, message) for line, message in wrong]
    return (ItemFile(front, tuple(items), tuple(cases.values())) if front else None), sorted(complaints)


def _blocks(lines: Sequence[str], first_line: int) -> tuple[list[CaseBlock], list[_Block], list[tuple[int, str]]]:
    """The cases, the items, and what is wrong outside them. The items below a case are its own."""
    cases: list[CaseBlock] = []
    blocks: list[_Block] = []
    complaints: list[tuple[int, str]] = []
    for number, line, in_code in outside_code(lines, first_line, complaints):
        if not in_code and begins_case(line):
            cases.append(CaseBlock(number, [line]))
        elif not in_code and line.startswith("## "):
            blocks.append(_Block(number, [line], cases[-1] if cases else None))
            if cases:
                cases[-1].items += 1
        elif cases and not cases[-1].items:
            cases[-1].add(number, line, in_code)
        elif blocks:
            blocks[-1].lines.append(line)
            _sort_line(blocks[-1], number, line.rstrip(), in_code)
        elif line.strip():
            complaints.append((number, "there is text before the first item: an item begins with `## `"))
    return cases, blocks, complaints


def _sort_line(block: _Block, number: int, line: str, in_code: bool) -> None:
    """Each part of an item ends where the next one begins."""
    if not in_code and _NEARLY_OPTION.match(line) and not _OPTION.fullmatch(line):
        block.complaints.append((number, "an option is written `- [x] text` or `- [ ] text`, at the margin"))
    elif not in_code and (_OPTION.fullmatch(line) or _ACCEPTED.fullmatch(line)):
        _add_answer(block, number, line)
    elif block.why or (not in_code and _WHY.fullmatch(line)):
        _add_why(block, number, line)
    elif block.answers:
        _add_to_answer(block, number, line, in_code)
    else:
        _add_stem(block, number, line, in_code)


def _add_stem(block: _Block, number: int, line: str, in_code: bool) -> None:
    if not in_code and re.match(" {0,3}#", line):
        block.complaints.append((number, "an item has no headings of its own, and `## ` begins one at the margin"))
    block.stem.append(line)


def _add_answer(block: _Block, number: int, line: str) -> None:
    option, accepted = _OPTION.fullmatch(line), _ACCEPTED.fullmatch(line)
    text = ((option[2] if option else accepted and accepted[1]) or "").strip()
    if block.why:
        block.complaints.append((number, "answers stand before `> Why:`"))
    if not text:
        block.complaints.append((number, "the option is empty" if option else "the accepted answer is empty"))
    block.answers.append(Answer(number, text, option[1] != " " if option else None))


def _add_to_answer(block: _Block, number: int, line: str, in_code: bool) -> None:
    """What follows an answer: its explanation, or the rest of its paragraph."""
    answer = block.answers[-1]
    feedback = _FEEDBACK.fullmatch(line)
    if not line:
        return
    if in_code:
        block.complaints.append((number, "an option is one paragraph: a code block belongs to the stem"))
    elif feedback and answer.marked is None:
        block.complaints.append((number, "only options are explained one by one; write `> Why:`"))
    elif feedback and answer.feedback:
        answer.feedback.text += f"\n{feedback[1]}"
    elif feedback:
        answer.feedback = Passage(number, feedback[1])
    elif line.startswith("  ") and not answer.feedback and answer.marked is not None:
        answer.text += f" {line.strip()}"
    else:
        block.complaints.append((number, _unexpected(line)))


def _unexpected(line: str) -> str:
    if line.startswith(">"):
        return "write `> Why: …`, or indent the explanation of an option by two spaces"
    return "only answers, their explanations and `> Why:` may follow the first answer"


def _add_why(block: _Block, number: int, line: str) -> None:
    begins, quoted = _WHY.fullmatch(line), _QUOTE.fullmatch(line)
    if begins and not block.answers:
        block.complaints.append((number, "`> Why:` stands after the answers: here it would be shown to candidates"))
    elif begins and block.why:
        block.complaints.append((number, "`> Why:` is written twice"))
    elif begins:
        block.why = Passage(number, begins[1])
    elif quoted and block.why:
        block.why.text += f"\n{quoted[1]}"
    elif line:
        block.complaints.append((number, "after `> Why:` each line begins with `>`, until the next item"))


def _read_item(block: _Block) -> ItemSource | None:
    head, wrong = read_head(block.lines[0].removeprefix("## ").strip())
    block.complaints += [(block.line, message) for message in wrong]
    block.complaints += _repeated_options(block.answers)
    answers = [AnswerLine(answer.text, answer.marked) for answer in block.answers]
    try:
        kind = _kind_of(head.type if head else None, answers)
        key = KINDS[kind].read_key(answers)
    except BadKey as error:
        block.complaints.append((block.line, str(error)))
        return None
    if head is None:
        return None
    block.complaints += [(block.line, message) for message in _pointless(head, kind)]
    if head.pilot and block.case:
        block.complaints.append((block.line, "a pilot stands alone: the items of a case all count"))
    options = block.answers if KINDS[kind].OPTIONS else []
    return ItemSource(block.line, head, kind, key, passage(block.stem, block.line + 1), options, block.why)


def _kind_of(stated: str | None, answers: Sequence[AnswerLine]) -> str:
    """Raises BadKey."""
    fitting = [stated] if stated else [name for name, kind in KINDS.items() if kind.fits(answers)]
    if fitting:
        return fitting[0]
    if not answers:
        raise BadKey("the item has no answers: add options (`- [x] …`) or accepted answers (`= …`)")
    if all(answer.marked is False for answer in answers):
        raise BadKey("the item has no key: mark the right option with `[x]`")
    raise BadKey("the answers do not say the kind of item: give one number, or add `type=short_text`")


def _pointless(head: Head, kind: str) -> list[str]:
    """Settings that would be silently ignored."""
    wrong = []
    if head.scoring == "partial" and not KINDS[kind].PARTIAL:
        wrong.append(f"`scoring=partial` means nothing for `{kind}`: is an `[x]` missing?")
    if not head.shuffle and not KINDS[kind].OPTIONS:
        wrong.append(f"`shuffle=no` means nothing for `{kind}`: it has no options")
    return wrong


def _repeated_options(answers: Sequence[Answer]) -> list[tuple[int, str]]:
    first: dict[str, int] = {}
    return [
        (answer.line, f"the same option stands on line {first[answer.text]}")
        for answer in answers
        if answer.marked is not None and answer.text and first.setdefault(answer.text, answer.line) != answer.line
    ]
