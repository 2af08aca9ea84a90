"""Corrections, purely: what each kind of them makes of each kind of item, and which of several decides."""

from fractions import Fraction
from typing import Any

import pytest

from app.exams.correcting import REKEYED, Correction, CorrectionKind, corrected
from app.exams.grading import Grade, grade_form
from tests.exams.making import make_item

pytestmark = pytest.mark.once
NEW_KEY, ALSO_ACCEPT, FULL_CREDIT, DROP = CorrectionKind
ORDER = [0, 1, 2, 3]
# Of each kind: an answer that the key accepts, one that only the corrected key accepts, and that key.
ANSWERS: dict[str, tuple[Any, Any, Any]] = {
    "single_choice": (1, 2, 2),
    "multiple_response": ([0, 2], [1], [1]),
    "true_false": (True, False, False),
    "numeric": ("600", "700", {"value": "700", "tolerance": "5"}),
    "short_text": ("e-mail", "correo", ["Correo"]),
}
TYPED = pytest.mark.parametrize("kind", list(ANSWERS))


def earned(kind: str, answer: Any, *corrections: Correction) -> tuple[Fraction, int]:
    """Points earned and possible in a form of the item and of another, which is answered rightly."""
    item, other = make_item(kind, points=2), make_item(points=3, id="other")
    items = corrected([7, 8], [item, other], corrections)
    grade = grade_form(items, [ORDER, ORDER], [answer, 1], Fraction(1, 2))
    return grade.earned - 3, grade.possible


def correction(kind: CorrectionKind, key: Any = None, number: int = 1) -> Correction:
    return Correction(number, frozenset({7}), kind, key)


def test_these_answers_cover_the_kinds_with_a_key() -> None:
    assert set(ANSWERS) == REKEYED


@TYPED
def test_without_a_correction_the_published_key_counts(kind: str) -> None:
    old, new, _ = ANSWERS[kind]
    assert (earned(kind, old), earned(kind, new)) == ((2, 5), (0, 5))


@TYPED
def test_a_new_key_replaces_the_old_one(kind: str) -> None:
    old, new, key = ANSWERS[kind]
    change = correction(NEW_KEY, key)
    assert (earned(kind, old, change), earned(kind, new, change)) == ((0, 5), (2, 5))


@TYPED
def test_a_key_accepted_in_addition_leaves_the_old_one(kind: str) -> None:
    old, new, key = ANSWERS[kind]
    change = correction(ALSO_ACCEPT, key)
    assert earned(kind, old, change) == earned(kind, new, change) == (2, 5)
    assert earned(kind, None, change) == (0, 5)


@TYPED
def test_full_credit_goes_to_everyone(kind: str) -> None:
    for answer in (*ANSWERS[kind][:2], None):
        assert earned(kind, answer, correction(FULL_CREDIT)) == (2, 5)


@TYPED
def test_a_dropped_item_counts_for_nobody(kind: str) -> None:
    for answer in (*ANSWERS[kind][:2], None):
        assert earned(kind, answer, correction(DROP)) == (0, 3)


def test_the_last_correction_decides_and_accepted_keys_add_up() -> None:
    first, second = correction(ALSO_ACCEPT, 2), correction(ALSO_ACCEPT, 3, 2)
    assert [earned("single_choice", answer, first, second)[0] for answer in ORDER] == [0, 2, 2, 2]
    replaced = correction(NEW_KEY, 0, 3)
    assert [earned("single_choice", answer, first, second, replaced)[0] for answer in ORDER] == [2, 0, 0, 0]
    assert earned("single_choice", None, correction(DROP), correction(FULL_CREDIT, number=2)) == (2, 5)
    assert earned("single_choice", 0, correction(FULL_CREDIT), replaced) == (2, 5)
    assert earned("single_choice", 1, correction(DROP), replaced) == (0, 5)


def test_partial_credit_is_that_of_the_key_that_suits_best() -> None:
    item = make_item("multiple_response", scoring="partial")
    [graded] = corrected([7], [item], [correction(ALSO_ACCEPT, [1, 3])])
    grade = grade_form([graded], [ORDER], [[1]], Fraction(1, 2))
    assert grade.earned == Fraction(1, 2)


def test_other_items_and_other_versions_are_left_alone() -> None:
    items = [make_item(), make_item(id="other")]
    assert corrected([8, 9], items, [correction(DROP)]) == items
    assert "credit" not in items[0]


def test_a_form_whose_every_item_was_dropped_is_passed() -> None:
    [item] = corrected([7], [make_item()], [correction(DROP)])
    grade = grade_form([item], [ORDER], [0], Fraction(7, 10))
    assert (grade.passed, grade.scaled, grade.raw, grade.domains) == (True, 1000, 1, {})


def test_a_grade_names_its_corrections_in_its_stored_form() -> None:
    grade = Grade(Fraction(1, 3), 2, False, 200, {"a": (Fraction(1, 3), 2)}, (4, 2))
    assert Grade.from_json(grade.as_json()) == grade
    assert "corrections" not in Grade(Fraction(1), 2, False, 200, {}).as_json()
