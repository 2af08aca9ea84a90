"""Items and other small values for the tests of the exams room."""

from typing import Any

KEYS: dict[str, Any] = {
    "single_choice": 1,
    "multiple_response": [0, 2],
    "true_false": True,
    "numeric": {"value": "600", "tolerance": "5"},
    "short_text": ["Correo electrónico", "e-mail"],
    "blanks": [["París", "Lutecia"], ["2"]],
    "matching": [2, 0, 2],
    "ordering": [0, 1, 2, 3],
    "hotspot": [["rect", 100, 200, 301, 400], ["oval", 500, 500, 100, 50]],
    "essay": None,
    "practical": None,
}
RULES = {"essay": {"words": "300"}, "practical": {"files": "2", "types": "pdf,zip"}}
RUBRIC = [{"points": 3}, {"points": 1}]
WITH_OPTIONS = ("single_choice", "multiple_response", "matching", "ordering")


def make_item(kind: str = "single_choice", count: int = 4, **overrides: Any) -> dict[str, Any]:
    """An item as it is stored, with `count` options where its kind has any."""
    count = count if kind in WITH_OPTIONS else 0
    text = {
        "stem": "<p>Stem</p>",
        "options": [f"Option {number}" for number in range(count)],
        "feedback": [None] * count,
        "why": None,
        "images": ["0123.png"],
        "alts": ["A picture"],
        "rubric": ["Names both risks", "Says why"] if kind in RULES else [],
        "prompts": [f"Prompt {number}" for number in range(3)] if kind == "matching" else [],
    }
    item = {
        "id": "net-001",
        "kind": kind,
        "domain": "transport",
        "difficulty": 2,
        "objective": None,
        "points": 1,
        "scoring": "all",
        "shuffle": True,
        "key": KEYS[kind],
        "text": {"es": text, "en": text},
    }
    rated = {"points": 4, "rules": RULES[kind], "rubric": RUBRIC} if kind in RULES else {}
    return item | rated | overrides
