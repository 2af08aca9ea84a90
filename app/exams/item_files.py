"""Reading an items file line by line, so that whatever is wrong with an item is said with its line.

An item is a heading with its braces, a stem, answer lines with explanations, and a `> Why:`; the items below a case
belong to it. Which lines are answers is for the kinds to say; fenced code is never read as any of these. What comes out
is Markdown still; `bank.py` renders it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.content.complaints import Complaint
from app.content.files import read_text
from app.content.front_matter import BLOCK_LINE, split
from app.content.lint import lint
from app.content.schema import Document, Language, Schema, Slug, parse_yaml
from app.exams.cases import CaseBlock, CaseSource, begins_case, read_case
from app.exams.item_heads import Head, read_head
from app.exams.item_kinds import is_answer, kind_of, kinds_written, pointless, worth
from app.exams.kinds.kind import GAP, NO_RULES, OPTION_OR_ACCEPTED, AnswerLine, BadKey, Kind
from app.exams.passages import Passage, outside_code, passage

MOST_ITEMS = 500  # of a file; each is linted by itself, which takes about two milliseconds
_OPTION = re.compile(r"- \[([ xX])\](?: +(.*))?")
_NEARLY_OPTION = re.compile(r" {0,3}[-*+] ?\[[ xX]?\]")
_NEARLY_GAP = re.compile(r"\[ *=")
_ACCEPTED = re.compile(r"=(?: +(.*))?")
_FEEDBACK = re.compile(r" {2,}> ?(.*)")
_QUOTE = re.compile(r"> ?(.*)")
_WHY = re.compile(r"> ?Why: ?(.*)")


class FrontMatter(Schema):
    domain: Slug
    lang: Language


@dataclass
class Answer(AnswerLine):
    """An answer as its kind reads it, and why an option tempts."""

    feedback: Passage | None = None


@dataclass
class ItemSource:
    """An item as it stands in the file of one language."""

    line: int
    head: Head
    kind: str
    key: Any
    stem: Passage
    gaps: int  # how often GAP stands in the stem
    parts: Mapping[str, Sequence[AnswerLine]]
    why: Passage | None
    case: CaseSource | None = None

    @property
    def options(self) -> Sequence[AnswerLine]:
        return self.parts.get("options", ())


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
    body: list[tuple[int, str, bool]] = field(default_factory=list)  # number, text, whether it is code
    head: Head | None = None
    kinds: Sequence[Kind] = ()  # those whose answers are written as this item's are
    taken: list[Answer] = field(default_factory=list)  # answers that stood in the stem
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
        _sort_block(block)
        item = _read_item(block)
        wrong += block.complaints
        complaints += lint("\n".join(_linted(block)), path, block.line)
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
            blocks[-1].body.append((number, line.rstrip(), in_code))
        elif line.strip():
            complaints.append((number, "there is text before the first item: an item begins with `## `"))
    return cases, blocks, complaints


def _sort_block(block: _Block) -> None:
    block.head, wrong = read_head(block.lines[0].removeprefix("## ").strip())
    block.complaints += [(block.line, message) for message in wrong]
    if _NEARLY_GAP.search(block.lines[0]):
        block.complaints.append((block.line, "gaps stand in the text below the heading"))
    block.kinds = kinds_written(block.head.type if block.head else None, block.body)
    for number, line, in_code in block.body:
        _sort_line(block, number, line, in_code)


def _sort_line(block: _Block, number: int, line: str, in_code: bool) -> None:
    """Each part of an item ends where the next one begins."""
    answers = not in_code and any(is_answer(kind, line) for kind in block.kinds)
    if not in_code and _NEARLY_OPTION.match(line) and not _OPTION.fullmatch(line):
        block.complaints.append((number, "an option is written `- [x] text` or `- [ ] text`, at the margin"))
    elif not (answers or in_code) and OPTION_OR_ACCEPTED.fullmatch(line):
        block.complaints.append((number, f"answers of `{block.kinds[0].NAME}` are not written so"))
    elif answers:
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
    block.stem.append(line if in_code else _take_out(block, number, line))


def _linted(block: _Block) -> Iterator[str]:
    """The lines of the item as lint is to read them: without what its kind takes out of the stem."""
    inline = block.kinds[0].INLINE
    yield block.lines[0]
    for line, (_, _, in_code) in zip(block.lines[1:], block.body, strict=True):
        yield inline.sub(GAP, line) if inline and not in_code else line


def _take_out(block: _Block, number: int, line: str) -> str:
    """The line of the stem, with GAP for each answer that its kind finds in it."""
    inline = block.kinds[0].INLINE
    for found in inline.finditer(line) if inline else ():
        block.taken.append(Answer(found[1].strip(), None, number))
    line = inline.sub(GAP, line) if inline else line
    if _NEARLY_GAP.search(line):
        block.complaints.append((number, "a gap is written `[= accepted]`, on one line, and not beside other answers"))
    return line


def _add_answer(block: _Block, number: int, line: str) -> None:
    option, accepted = _OPTION.fullmatch(line), _ACCEPTED.fullmatch(line)
    text = ((option and option[2]) or (accepted and accepted[1]) or "").strip() if option or accepted else line
    if block.why:
        block.complaints.append((number, "answers stand before `> Why:`"))
    if not text:
        block.complaints.append((number, "the option is empty" if option else "the accepted answer is empty"))
    block.answers.append(Answer(text, option[1] != " " if option else None, number))


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
    if begins and not block.answers and not (block.taken and block.kinds[0].LINE is None):
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
    head, answers = block.head, [*block.taken, *block.answers]
    block.complaints += _repeated_options(block.answers)
    try:
        kind = kind_of(head, block.kinds, answers)
        key, parts = kind.read_key(answers, head.rules if head else NO_RULES), kind.parts(answers)
        head = head and replace(head, points=worth(head, kind, key))
    except BadKey as error:
        block.complaints.append((error.line or block.line, str(error)))
        return None
    if head is None:
        return None
    block.complaints += [(block.line, message) for message in pointless(head, kind)]
    if head.pilot and block.case:
        block.complaints.append((block.line, "a pilot stands alone: the items of a case all count"))
    stem = passage(block.stem, block.line + 1)
    return ItemSource(block.line, head, kind.NAME, key, stem, len(block.taken), parts, block.why)


def _repeated_options(answers: Sequence[Answer]) -> list[tuple[int, str]]:
    first: dict[str, int] = {}
    return [
        (answer.line, f"the same option stands on line {first[answer.text]}")
        for answer in answers
        if answer.marked is not None and answer.text and first.setdefault(answer.text, answer.line) != answer.line
    ]
