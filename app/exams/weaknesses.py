"""Weaknesses: the domains and objectives in which an attempt stayed below the cut, told without telling any item."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.exams.correcting import is_dropped
from app.exams.kinds.kind import Item

Earned = tuple[Item, Fraction]


@dataclass(frozen=True)
class Weaknesses:
    """Names of domains and objectives."""

    domains: frozenset[str]
    objectives: frozenset[str]


def weaknesses_of(graded: Iterable[Earned], cut_score: Fraction) -> Weaknesses:
    """`graded` holds the items of a form with the share that each answer earned.

    An objective with so few items that its verdict would tell of one of them takes the verdict of its domain, which
    the candidate has seen as a bar.
    """
    counted = [pair for pair in graded if not is_dropped(pair[0]) and not pair[0].get("pilot")]
    names = {item["domain"] for item, _ in counted}
    domains = {name for name in names if _is_weak(_those(counted, domain=name), cut_score)}
    objectives = set()
    for domain, objective in {(item["domain"], item["objective"]) for item, _ in counted if item["objective"]}:
        part = _those(counted, domain=domain, objective=objective)
        if _is_weak(part, cut_score) if _keeps_secrets(part, cut_score) else domain in domains:
            objectives.add(objective)
    return Weaknesses(frozenset(domains), frozenset(objectives))


def _those(graded: Iterable[Earned], **wanted: str) -> list[Earned]:
    return [(item, share) for item, share in graded if all(item[key] == name for key, name in wanted.items())]


def _is_weak(part: Sequence[Earned], cut_score: Fraction) -> bool:
    earned = sum((share * item["points"] for item, share in part), Fraction(0))
    return earned < cut_score * sum(_points(part))


def _keeps_secrets(part: Sequence[Earned], cut_score: Fraction) -> bool:
    """Whether each item may be right where the part is weak, and wrong where it is not."""
    points = _points(part)
    needed = cut_score * sum(points)
    return max(points) < needed <= sum(points) - max(points)


def _points(part: Sequence[Earned]) -> list[int]:
    return [item["points"] for item, _ in part]
