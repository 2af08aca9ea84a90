"""What several people decide about an answer: how many are asked, and which share their marks make."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exams.marking import BadMarks, Policy, read_marks

ONE, TWO = Policy(), Policy(2, Fraction(1, 5))
POINTS = 10


@pytest.mark.parametrize(
    ("policy", "marks", "rounds", "share"),
    [
        (ONE, [], 1, None),
        (ONE, [7], 1, Fraction(7, 10)),
        (TWO, [], 2, None),
        (TWO, [7], 2, None),
        (TWO, [7, 7], 2, Fraction(7, 10)),
        (TWO, [7, 9], 2, Fraction(8, 10)),
        (TWO, [6, 9], 3, None),
        (TWO, [9, 6], 3, None),
        (TWO, [6, 9, 8], 3, Fraction(8, 10)),
        (TWO, [6, 9, 0], 3, Fraction(6, 10)),
        (TWO, [6, 9, 10], 3, Fraction(9, 10)),
        (Policy(2, Fraction(0)), [7, 8], 3, None),
        (Policy(2, Fraction(1)), [0, 10], 2, Fraction(1, 2)),
    ],
)
def test_who_is_asked_and_what_is_decided(
    policy: Policy, marks: list[int], rounds: int, share: Fraction | None
) -> None:
    assert (policy.rounds(marks, POINTS), policy.share(marks, POINTS)) == (rounds, share)


def test_an_exam_states_its_policy_or_has_one_grader() -> None:
    assert Policy.of({}) == ONE
    assert Policy.of({"grading": {"graders": 2, "disagreement": "0.25"}}) == Policy(2, Fraction(1, 4))


marks_of_three = st.lists(st.integers(0, POINTS), min_size=3, max_size=3)


@given(marks_of_three)
def test_what_is_decided_lies_between_the_lowest_and_the_highest(marks: list[int]) -> None:
    share = TWO.share(marks, POINTS)
    assert min(marks) <= share * POINTS <= max(marks)


@given(marks_of_three, st.permutations(range(3)))
def test_three_decide_alike_in_whatever_order_they_came(marks: list[int], order: list[int]) -> None:
    policy = Policy(2, Fraction(0))
    shuffled = [marks[place] for place in order]
    if len({*marks}) == 3:
        assert policy.share(marks, POINTS) == policy.share(shuffled, POINTS)


@pytest.mark.parametrize("raw", [[3], [4, 0], [0, 2], [-1, 0], ["1", 0], [True, 0], [1.0, 0], None, "10", {"0": 1}])
def test_marks_outside_the_rubric_are_refused(raw: Any) -> None:
    with pytest.raises(BadMarks):
        read_marks(raw, [3, 1])


def test_marks_within_it_are_taken() -> None:
    assert read_marks([0, 1], [3, 1]) == [0, 1]
