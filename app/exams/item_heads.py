"""The heading of an item: the first words of its stem, and what its braces say, `{#net-001 difficulty=1 …}`."""

import re
from dataclasses import dataclass, field
from typing import Any

from app.exams.kinds import KINDS

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_REFERENCES = {
    "objective": (re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*"), "write it as the course does"),
    "lesson": (re.compile(rf"{_ID.pattern}/{_ID.pattern}"), "write `lesson=<course>/<lesson>`"),
}
_LONGEST_ID = 80
_VALUES: dict[str, dict[str, Any]] = {
    "difficulty": {str(number): number for number in range(1, 4)},
    "points": {str(number): number for number in range(1, 11)},
    "type": {name: name for name in KINDS},
    "scoring": {"all": "all", "partial": "partial"},
    "shuffle": {"yes": True, "no": False},
    "pilot": {"yes": True, "no": False},
}
_RULES = {word: {value: value for value in values} for kind in KINDS.values() for word, values in kind.WORDS.items()}


@dataclass(frozen=True)
class Head:
    id: str
    title: str
    difficulty: int = 2
    objective: str | None = None
    lesson: str | None = None  # which teaches it, `course/lesson`
    points: int | None = None  # not said: 1, or what its rubric adds up to
    type: str | None = None
    scoring: str = "all"
    shuffle: bool = True
    pilot: bool = False
    rules: dict[str, str] = field(default_factory=dict)  # the words of one kind of item


def read_head(heading: str) -> tuple[Head | None, list[str]]:
    """Every complaint at once; with any, there is no head."""
    title, brace, words = heading.removesuffix("}").rpartition("{")
    if not brace or not heading.endswith("}") or "}" in words:
        return None, ["the item has no id: end its heading with braces, `{#some-id}`"]
    settings: dict[str, Any] = {}
    wrong = [] if title.strip() else ["the item has no stem: write it before the braces"]
    for word in words.split():
        name, value, complaint = _read_word(word)
        if complaint is None and name in settings:
            complaint = f"`{name}` is given twice"
        if complaint:
            wrong.append(complaint)
        settings[name] = value
    if "id" not in settings:
        wrong.append("the item has no id: put `#some-id` into the braces")
    rules = {name: settings.pop(name) for name in _RULES if name in settings}
    return (None, wrong) if wrong else (Head(title=title.strip(), rules=rules, **settings), [])


def is_id(text: str) -> bool:
    """Whether the text can name an item or a case for ever."""
    return len(text) < _LONGEST_ID and _ID.fullmatch(text) is not None


def _read_word(word: str) -> tuple[str, Any, str | None]:
    """The name, the value, and what is wrong with them."""
    if word.startswith("#"):
        return (
            "id",
            word[1:],
            None if is_id(word[1:]) else f"the id `{word[1:]}` is not lower-case words joined by hyphens",
        )
    name, _, value = ("pilot=yes" if word == "pilot" else word).partition("=")
    if name in _REFERENCES:
        pattern, advice = _REFERENCES[name]
        return name, value, None if pattern.fullmatch(value) else f"`{word}` names no {name}: {advice}"
    values = _VALUES.get(name, _RULES.get(name))
    if values is None:
        return name, value, f"`{word}` is not known in braces: write {_known()}"
    if not values:
        return name, value, None
    if value not in values:
        return name, value, f"`{word}`: `{name}` is one of {', '.join(values)}"
    return name, values[value], None


def _known() -> str:
    return ", ".join(f"`{name}=…`" for name in (*_REFERENCES, *_VALUES, *_RULES))
