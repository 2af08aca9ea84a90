"""What the kinds that people rate share: rubrics, `- (3) Names both risks and says why`, and texts of several lines."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.exams.kinds.kind import AnswerLine, BadAnswer, BadKey
from app.exams.kinds.short_text import UNSTORABLE
from app.refusal import N_

RUBRIC_LINE = re.compile(r" {0,3}[-*+] ?\(.*")  # wider than what is right, so that no line of a rubric becomes stem

MOST_LINES, MOST_POINTS = 20, 10
LONGEST = 20_000
_WRITTEN = re.compile(r"- \((?P<points>[0-9]{1,9})\) +(?P<text>\S.*)")


def read_rubric(answers: Sequence[AnswerLine]) -> list[dict[str, int]]:
    """The points of each line, as they are stored; raises BadKey."""
    if not answers:
        raise BadKey("the item has no rubric: say what earns how many points, `- (3) Names both risks`")
    if len(answers) > MOST_LINES:
        raise BadKey(f"a rubric has at most {MOST_LINES} lines; this one has {len(answers)}")
    found = [_written(answer) for answer in answers]
    for answer, line in zip(answers, found, strict=True):
        if not 1 <= int(line["points"]) <= MOST_POINTS:
            raise BadKey(f"a line of a rubric is worth 1 to {MOST_POINTS} points", answer.line)
    if len({line["text"] for line in found}) < len(found):
        raise BadKey("the same line stands twice in the rubric")
    return [{"points": int(line["points"])} for line in found]


def rubric_parts(answers: Sequence[AnswerLine]) -> dict[str, Sequence[AnswerLine]]:
    """What is looked for, line by line, without the points: a key, which no candidate sees."""
    return {"rubric": [replace(answer, text=_written(answer)["text"]) for answer in answers]}


def read_long_text(raw: Any) -> str:
    """A text of several lines in one spelling, empty where there is none; raises BadAnswer."""
    if not isinstance(raw, str):
        raise BadAnswer(N_("Type your answer as text."))
    text = "\n".join(line.rstrip() for line in raw.splitlines()).strip("\n")
    if len(text) > LONGEST:
        raise BadAnswer(N_("The answer is too long."))
    if any(unicodedata.category(char) in UNSTORABLE and char not in "\n\t" for char in text):
        raise BadAnswer(N_("The answer holds characters that cannot be shown."))
    return text


def _written(answer: AnswerLine) -> re.Match[str]:
    found = _WRITTEN.fullmatch(answer.text)
    if not found:
        raise BadKey("a line of a rubric is written `- (3) what earns the points`, at the margin", answer.line)
    return found
