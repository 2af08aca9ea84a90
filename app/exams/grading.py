"""Grading a form: the points earned, the verdict against the cut score, the scaled score and the domains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self

from app.exams.correcting import is_dropped, share_of
from app.exams.kinds.kind import Item

SCALE_LOWEST, SCALE_CUT, SCALE_HIGHEST = 100, 700, 1000


@dataclass(frozen=True)
class Grade:
    """What an attempt earned. `domains` holds, for each domain of the form, the points earned and possible.

    `corrections` are the ids of those it was graded under, in their order: with them it is found again.
    """

    earned: Fraction
    possible: int
    passed: bool
    scaled: int
    domains: Mapping[str, tuple[Fraction, int]]
    corrections: tuple[int, ...] = ()

    @property
    def raw(self) -> Fraction:
        """The share of the points that was earned; all of them when every item was dropped."""
        return self.earned / self.possible if self.possible else Fraction(1)

    def as_json(self) -> dict[str, Any]:
        """Fractions are written as text (`17/3`): they stay exact."""
        domains = {name: [str(earned), possible] for name, (earned, possible) in sorted(self.domains.items())}
        return {
            "earned": str(self.earned),
            "possible": self.possible,
            "passed": self.passed,
            "scaled": self.scaled,
            "domains": domains,
        } | ({"corrections": list(self.corrections)} if self.corrections else {})

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        domains = {name: (Fraction(earned), possible) for name, (earned, possible) in stored["domains"].items()}
        corrections = tuple(stored.get("corrections", ()))
        return cls(
            Fraction(stored["earned"]), stored["possible"], stored["passed"], stored["scaled"], domains, corrections
        )


def grade_form(
    items: Sequence[Item], option_orders: Sequence[Sequence[int]], answers: Sequence[Any], cut_score: Fraction
) -> Grade:
    """Grades a form of at least one item; the three sequences run in the order of the form, None is no answer.

    Items that a correction dropped are left out, and so are pilots, which are only tried out.
    """
    domains: dict[str, tuple[Fraction, int]] = {}
    for item, share in zip(items, shares(items, option_orders, answers), strict=True):
        if is_dropped(item) or item.get("pilot"):
            continue
        earned, possible = domains.get(item["domain"], (Fraction(0), 0))
        domains[item["domain"]] = (earned + share * item["points"], possible + item["points"])
    earned = sum((earned for earned, _ in domains.values()), Fraction(0))
    possible = sum(possible for _, possible in domains.values())
    raw = earned / possible if possible else Fraction(1)
    return Grade(earned, possible, raw >= cut_score, scaled_score(raw, cut_score), domains)


def shares(items: Sequence[Item], option_orders: Sequence[Sequence[int]], answers: Sequence[Any]) -> list[Fraction]:
    """The share of its points that each answer earns, pilots too, in the order of the form."""
    return [share_of(item, answer, order) for item, order, answer in zip(items, option_orders, answers, strict=True)]


def scaled_score(raw: Fraction, cut_score: Fraction) -> int:
    """Linear below and above the cut, rounded down, so that a failing score never shows as the cut."""
    if raw < cut_score:
        return SCALE_LOWEST + int((SCALE_CUT - SCALE_LOWEST) * raw / cut_score)
    if raw == 1:
        return SCALE_HIGHEST
    return SCALE_CUT + int((SCALE_HIGHEST - SCALE_CUT) * (raw - cut_score) / (1 - cut_score))
