"""What the kinds that offer options share: reading the marks of the file and checking the positions of a response."""

from collections.abc import Sequence
from typing import Any

from app.exams.kinds.kind import AnswerLine, BadAnswer, BadKey
from app.refusal import N_

FEWEST, MOST = 2, 10


def marked_positions(answers: Sequence[AnswerLine]) -> list[int]:
    return [position for position, answer in enumerate(answers) if answer.marked]


def read_marks(answers: Sequence[AnswerLine]) -> list[int]:
    """The file positions of the right options, in order; raises BadKey."""
    if any(answer.marked is None for answer in answers):
        raise BadKey("options (`- [ ]`) are expected here, not `=` lines")
    if not FEWEST <= len(answers) <= MOST:
        raise BadKey(f"an item has {FEWEST} to {MOST} options; this one has {len(answers)}")
    right = marked_positions(answers)
    if not right:
        raise BadKey("the item has no key: mark the right option with `[x]`")
    return right


def is_position(raw: Any, option_order: Sequence[int]) -> bool:
    return isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw < len(option_order)


def require_position(raw: Any, option_order: Sequence[int]) -> int:
    if not is_position(raw, option_order):
        raise BadAnswer(N_("Choose one of the options shown."))
    return int(raw)
