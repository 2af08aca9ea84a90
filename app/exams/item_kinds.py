"""Which kind an item of a file is of: by what its braces state, else by how its answers are written."""

from collections.abc import Sequence
from typing import Any

from app.exams.item_heads import Head
from app.exams.kinds import KINDS
from app.exams.kinds.kind import AnswerLine, BadKey, Kind


def kinds_written(stated: str | None, body: Sequence[tuple[int, str, bool]]) -> list[Kind]:
    """The kinds whose answers the lines hold, in the order of the registry; the stated one alone where there is one."""
    kinds = [KINDS[stated]] if stated else list(KINDS.values())
    lines = [line for _, line, in_code in body if not in_code]
    for kind in kinds:
        if any(_shows(kind, line) for line in lines):
            return [one for one in kinds if (one.LINE, one.INLINE) == (kind.LINE, kind.INLINE)]
    return kinds[:1]


def _shows(kind: Kind, line: str) -> bool:
    """A picture alone says nothing: only a kind without lines of its own is known by what stands in the stem."""
    return is_answer(kind, line) if kind.LINE else kind.INLINE is not None and kind.INLINE.search(line) is not None


def is_answer(kind: Kind, line: str) -> bool:
    return kind.LINE is not None and kind.LINE.fullmatch(line) is not None


def kind_of(head: Head | None, kinds: Sequence[Kind], answers: Sequence[AnswerLine]) -> Kind:
    """Raises BadKey."""
    fitting = kinds if head and head.type else [kind for kind in kinds if kind.fits(answers)]
    if fitting:
        return fitting[0]
    if not answers:
        raise BadKey("the item has no answers: add options (`- [x] …`) or accepted answers (`= …`)")
    if all(answer.marked is False for answer in answers):
        raise BadKey("the item has no key: mark the right option with `[x]`")
    if all(kind.RATED for kind in kinds):
        raise BadKey("a rubric does not say the kind of item: add `type=essay` or `type=practical`")
    raise BadKey("the answers do not say the kind of item: give one number, or add `type=short_text`")


def worth(head: Head, kind: Kind, key: Any) -> int:
    """The item's points: what its braces say, or what its rubric adds up to; raises BadKey where they differ."""
    if not kind.RATED:
        return head.points or 1
    total: int = sum(line["points"] for line in key)
    if head.points not in (None, total):
        raise BadKey(f"`points={head.points}` disagrees with the rubric, which adds up to {total}: leave it out")
    return total


def pointless(head: Head, kind: Kind) -> list[str]:
    """Settings that would be silently ignored."""
    wrong = []
    if head.scoring == "partial" and not kind.PARTIAL:
        wrong.append(f"`scoring=partial` means nothing for `{kind.NAME}`: is an `[x]` missing?")
    if not head.shuffle and not kind.KEEPS_ORDER:
        wrong.append(f"`shuffle=no` means nothing for `{kind.NAME}`: only options can keep the order of the file")
    if head.pilot and kind.RATED:
        wrong.append(f"`pilot` means nothing for `{kind.NAME}`: nobody rates what does not count")
    wrong += [f"`{word}=…` means nothing for `{kind.NAME}`" for word in head.rules if word not in kind.WORDS]
    return wrong
