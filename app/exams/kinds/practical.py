"""Practical: work handed in as files, with a text beside them; a person rates it by a rubric, the key of the item.

The braces say how many files, of which types, and of what size each, in MiB: `files=3 types=pdf,zip size=10`. An answer
is `{"text": …, "files": [upload id, …]}`; whose uploads they are is for `exams/uploads.py` to know.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from app.exams.kinds.file_types import MOST_MIB, TYPES
from app.exams.kinds.kind import NO_RULES, AnswerLine, BadAnswer, BadKey, Item, Rules, no_choice, public_view
from app.exams.kinds.rubric import LONGEST, RUBRIC_LINE, read_long_text, read_rubric, rubric_parts
from app.refusal import N_

NAME = "practical"
TITLE = N_("Practical task")
RATED = True
LINE = RUBRIC_LINE
INLINE = None
PARTIAL = False
KEEPS_ORDER = False
MOST = 5
WORDS: dict[str, tuple[str, ...]] = {
    "files": tuple(str(number) for number in range(1, MOST + 1)),
    "size": tuple(str(number) for number in range(1, MOST_MIB + 1)),
    "types": (),
}
parts = rubric_parts
chosen = no_choice
_DEFAULTS = {"files": "1", "size": "10", "types": ",".join(TYPES)}
_EMPTY: dict[str, Any] = {"text": "", "files": []}


def fits(answers: Sequence[AnswerLine]) -> bool:
    """The braces say it: a rubric is alike for every kind that is rated."""
    return False


def read_key(answers: Sequence[AnswerLine], rules: Rules) -> list[dict[str, int]]:
    types = rules.get("types", TYPES[0]).split(",")
    if not set(types) <= set(TYPES) or len(set(types)) < len(types):
        raise BadKey(f"`types=…` lists, each once and with commas between them, some of {', '.join(TYPES)}")
    return read_rubric(answers)


def shape(item: Item) -> dict[str, Any]:
    """`types` are the endings of the names, `size` is in MiB."""
    said = _DEFAULTS | dict(item.get("rules", NO_RULES))
    limits = {"files": int(said["files"]), "size": int(said["size"]), "types": said["types"].split(",")}
    return {"input": "files", "max_length": LONGEST} | limits


def public(item: Item, language: str, option_order: Sequence[int]) -> dict[str, Any]:
    return public_view(item, language, option_order, shape(item))


def read_response(raw: Any, item: Item, option_order: Sequence[int]) -> dict[str, Any] | None:
    if raw is None:
        return None
    if not isinstance(raw, dict) or not raw.keys() <= _EMPTY.keys():
        raise BadAnswer(N_("Send an object with `text` and `files`."))
    sent = _EMPTY | raw
    answer = {"text": read_long_text(sent["text"]), "files": _read_files(sent["files"], shape(item)["files"])}
    return None if answer == _EMPTY else answer


def right_answer(item: Item, option_order: Sequence[int]) -> None:
    return None


def grade(item: Item, answer: dict[str, Any] | None, option_order: Sequence[int]) -> Fraction:
    """Nothing, until somebody has rated it."""
    return Fraction(0)


def files_of(answer: Any) -> list[int]:
    """The uploads that an answer, as it is stored, hands in; none of an answer of another kind."""
    return list(answer["files"]) if isinstance(answer, dict) else []


def _read_files(raw: Any, most: int) -> list[int]:
    """The ids of uploads, in the order in which they are handed in."""
    if not isinstance(raw, list) or not all(isinstance(one, int) and not isinstance(one, bool) for one in raw):
        raise BadAnswer(N_("Send the numbers of the uploaded files as a list."))
    if len(raw) > most:
        raise BadAnswer(N_("These are more files than the item asks for."))
    if len(set(raw)) < len(raw) or not all(0 < one < 2**53 for one in raw):
        raise BadAnswer(N_("Send the number of each uploaded file once."))
    return raw
