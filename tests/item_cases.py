"""One item of each kind with canaries in all that is secret, and a wrong answer that looks like its right one."""

import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.exams.attempts import Attempt
from app.journeys.demo import right_answer
from tests.factories import CANARY, write_exam

WHY = f"\n> Why: {CANARY} why\n"
HINT = f"\n  > {CANARY} feedback"
PLAN = f"{CANARY}.png"


@dataclass(frozen=True)
class Case:
    """`lines` follow the item's heading; `secrets` stand in its key alone; `wrong` makes of the right answer one that
    looks like it and earns less; `misfit` is of another shape. Of a kind that people rate, `rated` is an answer, as no
    machine knows a right one.
    """

    lines: str
    wrong: Callable[[Any], Any]
    misfit: Any
    secrets: Sequence[str] = ()
    words: str = ""  # in the braces of the heading
    rated: Any = None

    def answers(self, attempt: Attempt) -> tuple[Any, Any]:
        """The right and a wrong answer to the only item of an attempt, or two that nobody has rated."""
        right = self.rated or right_answer(attempt.items[0], attempt.option_orders[0])
        return right, self.wrong(right)


CASES: dict[str, Case] = {
    "single_choice": Case(f"- [x] one{HINT}\n- [ ] two{HINT}\n- [ ] three{HINT}", lambda right: (right + 1) % 3, "7"),
    "multiple_response": Case(
        f"- [x] one{HINT}\n- [x] two{HINT}\n- [ ] three{HINT}",
        lambda right: sorted([right[0], ({0, 1, 2} - set(right)).pop()]),
        0,
        words=" scoring=partial",
    ),
    "true_false": Case("= true", lambda right: False, "true"),
    "numeric": Case("= 987654 km +- 3", lambda right: "123456", "many", ("987654", "987651", "987657")),
    "short_text": Case(f"= {CANARY} key\n= {CANARY} other", lambda right: "x" * len(right), 7, words=" case=keep"),
    "blanks": Case(
        f"The client asks a [= {CANARY} gap | {CANARY} other gap] for it.",
        lambda right: ["x" * len(right[0])],
        ["one", "too many"],
    ),
    "matching": Case("- HTTP -> 80\n- SSH -> 22\n- -> 25", lambda right: right[::-1], [0], words=" scoring=partial"),
    "ordering": Case("1. one\n2. two\n3. three", lambda right: right[::-1], [0, 0, 0], words=" scoring=partial"),
    "hotspot": Case(
        f"Look.\n\n![A plan](../../media/{PLAN})\n\n= rect 613,227 811,463",
        lambda right: [100, 100],
        [1, 2, 3],
        ("613,227", "613, 227", "811,463", "811, 463", "rect 613"),
    ),
    "essay": Case(
        f"- (3) {CANARY} one\n- (2) {CANARY} two",
        lambda right: "x" * len(right),
        7,
        words=" type=essay words=300",
        rated="A text of some length.",
    ),
    "practical": Case(
        f"- (3) {CANARY} one\n- (2) {CANARY} two",
        lambda right: right | {"text": "x" * len(right["text"])},
        ["file"],
        words=" type=practical files=2 types=pdf",
        rated={"text": "What it is.", "files": []},
    ),
}


def write_case(root: Path, kind: str) -> None:
    """An exam below `root` whose only item is of the kind."""
    case = CASES[kind]
    item = f"## An item {{#only-%(n)s difficulty=3 objective={CANARY}.goal{case.words}}}\n\n{case.lines}\n{WHY}"
    media = root / "exams" / "fundamentals" / "media"
    media.mkdir(parents=True)
    if PLAN in case.lines:
        (media / PLAN).write_bytes(picture())
    write_exam(root, items=item, copies=1, blueprint=[{"domain": "all", "items": 1}])


def picture(side: int = 40) -> bytes:
    """A grey PNG."""
    rows = b"".join(b"\0" + b"\xdc" * side for _ in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
