"""Grading a form: the points earned, the verdict against the cut score, the scaled score and the domains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Self

from app.exams.correcting import is_dropped, is_rated, share_of
from app.exams.kinds.kind import Item

SCALE_LOWEST, SCALE_CUT, SCALE_HIGHEST = 100, 700, 1000
Domains = Mapping[str, tuple[Fraction, int]]
Ratings = Mapping[int, Fraction]
Minimums = Mapping[str, Fraction]
NO_RATINGS: Ratings = {}
NO_MINIMUMS: Minimums = {}


@dataclass(frozen=True)
class Grade:
    """What an attempt earned. `domains` holds, for each domain of the form, the points earned and possible.

    `corrections` are the ids of those it was graded under, in their order: with them it is found again.
    `ratings` holds the share of its points that people gave an answer, by position; `pending` the positions that wait.
    """

    earned: Fraction
    possible: int
    passed: bool
    scaled: int
    domains: Domains
    corrections: tuple[int, ...] = ()
    ratings: Ratings = field(default_factory=dict)
    pending: tuple[int, ...] = ()

    @property
    def raw(self) -> Fraction:
        """The share of the points that was earned; all of them when every item was dropped."""
        return self.earned / self.possible if self.possible else Fraction(1)

    def as_json(self) -> dict[str, Any]:
        """Fractions are written as text (`17/3`): they stay exact. What few grades have is left out of the others."""
        domains = {name: [str(earned), possible] for name, (earned, possible) in sorted(self.domains.items())}
        ratings = {str(position): str(share) for position, share in sorted(self.ratings.items())}
        rare = {"corrections": list(self.corrections), "ratings": ratings, "pending": list(self.pending)}
        return {
            "earned": str(self.earned),
            "possible": self.possible,
            "passed": self.passed,
            "scaled": self.scaled,
            "domains": domains,
        } | {name: value for name, value in rare.items() if value}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        domains = {name: (Fraction(earned), possible) for name, (earned, possible) in stored["domains"].items()}
        return cls(
            earned=Fraction(stored["earned"]),
            possible=stored["possible"],
            passed=stored["passed"],
            scaled=stored["scaled"],
            domains=domains,
            corrections=tuple(stored.get("corrections", ())),
            ratings={int(position): Fraction(share) for position, share in stored.get("ratings", {}).items()},
            pending=tuple(stored.get("pending", ())),
        )


def grade_form(
    items: Sequence[Item],
    option_orders: Sequence[Sequence[int]],
    answers: Sequence[Any],
    cut_score: Fraction,
    *,
    minimums: Minimums = NO_MINIMUMS,
    ratings: Ratings = NO_RATINGS,
) -> Grade:
    """Grades a form of at least one item; the three sequences run in the order of the form, None is no answer.

    It is passed with the cut score of all its points and, in each domain of `minimums`, that share of the domain's.
    An answer that people rate earns what `ratings` says; one that is not rated yet earns nothing so far and is pending.
    Items that a correction dropped are left out, and so are pilots, which are only tried out.
    """
    domains: dict[str, tuple[Fraction, int]] = {}
    pending = []
    earnings = shares(items, option_orders, answers, ratings)
    for position, (item, answer, share) in enumerate(zip(items, answers, earnings, strict=True)):
        if is_dropped(item) or item.get("pilot"):
            continue
        if is_rated(item) and answer is not None and position not in ratings:
            pending.append(position)
        earned, possible = domains.get(item["domain"], (Fraction(0), 0))
        domains[item["domain"]] = (earned + share * item["points"], possible + item["points"])
    earned = sum((earned for earned, _ in domains.values()), Fraction(0))
    possible = sum(possible for _, possible in domains.values())
    raw = earned / possible if possible else Fraction(1)
    passed = raw >= cut_score and not short_domains(domains, minimums)
    scaled = scaled_score(raw, cut_score)
    shown = scaled if passed else min(scaled, SCALE_CUT - 1)  # whoever falls short in a domain alone has not passed
    return Grade(earned, possible, passed, shown, domains, ratings=dict(ratings), pending=tuple(pending))


def short_domains(domains: Domains, minimums: Minimums) -> list[str]:
    """The domains in which less than their minimum was earned; one whose every item was dropped is not among them."""
    return [
        name for name, (earned, possible) in domains.items() if name in minimums and earned < minimums[name] * possible
    ]


def shares(
    items: Sequence[Item],
    option_orders: Sequence[Sequence[int]],
    answers: Sequence[Any],
    ratings: Ratings = NO_RATINGS,
) -> list[Fraction]:
    """The share of its points that each answer earns, pilots too, in the order of the form."""
    sheet = zip(items, option_orders, answers, strict=True)
    return [
        share_of(item, answer, order, ratings.get(position, Fraction(0)))
        for position, (item, order, answer) in enumerate(sheet)
    ]


def scaled_score(raw: Fraction, cut_score: Fraction) -> int:
    """Linear below and above the cut, rounded down, so that a failing score never shows as the cut."""
    if raw < cut_score:
        return SCALE_LOWEST + int((SCALE_CUT - SCALE_LOWEST) * raw / cut_score)
    if raw == 1:
        return SCALE_HIGHEST
    return SCALE_CUT + int((SCALE_HIGHEST - SCALE_CUT) * (raw - cut_score) / (1 - cut_score))
