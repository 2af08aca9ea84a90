"""Marking, purely: the marks that people give an answer line by line of its rubric, and what several of them decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import Any, Self

from app.refusal import N_, Refusal

MOST_GRADERS = 3  # two, and a third where they disagree


class BadMarks(Refusal):
    """The marks do not fit the rubric of the item."""

    status = 422
    title = N_("The marks do not fit the rubric")
    detail = N_("Give each line of the rubric a whole number of points, from 0 to what the line is worth.")


@dataclass(frozen=True)
class Policy:
    """How many people rate an answer, and the share of its points by which two of them may differ."""

    graders: int = 1
    disagreement: Fraction = Fraction(1, 5)

    @classmethod
    def of(cls, exam: Mapping[str, Any]) -> Self:
        """The policy of a published exam."""
        stated = exam.get("grading")
        return cls(stated["graders"], Fraction(stated["disagreement"])) if stated else cls()

    def rounds(self, marks: Sequence[int], points: int) -> int:
        """How many ratings the answer needs, as far as those there are tell."""
        if self.graders == 1 or len(marks) < self.graders:
            return self.graders
        first, second = marks[:2]
        return self.graders if abs(first - second) <= self.disagreement * points else MOST_GRADERS

    def share(self, marks: Sequence[int], points: int) -> Fraction | None:
        """The share of the points that the ratings, in the order of their rounds, decide on; None: more are needed.

        The median: of one rating that rating, of two their mean, of three the one in the middle.
        """
        if len(marks) < self.rounds(marks, points):
            return None
        return Fraction(median(Fraction(one, points) for one in marks))


def rubric_points(item: Mapping[str, Any]) -> list[int]:
    """What each line of the item's rubric is worth."""
    return [line["points"] for line in item["rubric"]]


def read_marks(raw: Any, worth: Sequence[int]) -> list[int]:
    """The marks for the lines of a rubric, which are worth so many points each; raises BadMarks."""
    if not isinstance(raw, list) or len(raw) != len(worth):
        raise BadMarks
    for mark, points in zip(raw, worth, strict=True):
        if type(mark) is not int or not 0 <= mark <= points:
            raise BadMarks
    return raw
