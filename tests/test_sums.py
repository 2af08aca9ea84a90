"""The figures that sample items ask for, worked out again: `tests/sums/` has each from what its stem says."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from app.content.levels import LEVELS
from app.exams.bank import ExamFile, read_exams

ROOT = Path(__file__).parents[1]
NOISE = 1e-9  # of binary fractions


@cache
def sample_exams() -> Sequence[ExamFile]:
    return read_exams(ROOT)[0]


def items_of(level: str) -> Mapping[str, Mapping[str, Any]]:
    """The items of the level's graded and practice exams, by id."""
    return {item["id"]: item for exam in sample_exams() if exam.spec.level == level for item in exam.items}


def sums_of(level: str) -> Mapping[str, float | str]:
    """What was worked out of them."""
    sums: Mapping[str, float | str] = import_module(f"tests.sums.{level}").SUMS
    return sums


def meets(key: Mapping[str, str], figure: float) -> bool:
    """Whether a numeric key takes the figure as right."""
    if "from" in key:
        return float(key["from"]) <= figure <= float(key["to"])
    return abs(figure - float(key["value"])) <= float(Fraction(key["tolerance"])) + NOISE


def right_options(item: Mapping[str, Any]) -> str:
    """The English text of what is right."""
    places = [item["key"]] if isinstance(item["key"], int) else item["key"]
    return " ".join(item["text"]["en"]["options"][place] for place in places)


@pytest.mark.parametrize("level", LEVELS)
def test_every_figure_that_is_asked_for_is_worked_out(level: str) -> None:
    numeric = {id for id, item in items_of(level).items() if item["kind"] == "numeric"}
    figures = {id for id, figure in sums_of(level).items() if not isinstance(figure, str)}
    assert figures == numeric


@pytest.mark.parametrize("level", LEVELS)
def test_the_keys_say_what_comes_out(level: str) -> None:
    items = items_of(level)
    wrong = {
        id: figure
        for id, figure in sums_of(level).items()
        if not (figure in right_options(items[id]) if isinstance(figure, str) else meets(items[id]["key"], figure))
    }
    assert wrong == {}
