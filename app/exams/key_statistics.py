"""Whether keys give themselves away, purely: by where the right option stands, or by being the longest.

Of single choices alone: only there one of several options is right. Probabilities are those of a key that chance put
where it is; they tell how often chance alone would bring something at least as far from what is expected.
"""

import html
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, erfc, exp, fsum, gamma, sqrt

from app.exams.kinds.kind import Item
from app.exams.kinds.single_choice import NAME as SINGLE_CHOICE

SUSPECT = 0.01
MUCH_LONGER = Fraction(14, 10)
ENOUGH = 5  # expected at each position: with fewer the distribution of chi-square is not near enough
_TAG = re.compile("<[^>]*>")


@dataclass(frozen=True)
class Spread:
    """Of the items with so many options: at which position how many right ones stand, in the file."""

    counts: Sequence[int]
    p: float


@dataclass(frozen=True)
class Longer:
    """An item whose right option is much longer than every wrong one, in characters."""

    item_id: str
    right: int
    wrong: int


@dataclass(frozen=True)
class Lengths:
    """Of so many items in one language, how often no option is longer than the right one; `p` of both directions."""

    items: int
    longest: int
    expected: float
    p: float
    much_longer: Sequence[Longer]


def spreads_of(items: Iterable[Item]) -> list[Spread]:
    """One for each number of options; the languages of an item agree in its key."""
    counts: dict[int, list[int]] = {}
    for item in _choices(items):
        number = len(next(iter(item["text"].values()))["options"])
        counts.setdefault(number, [0] * number)[item["key"]] += 1
    return [Spread(counts[number], spread_p(counts[number])) for number in sorted(counts)]


def lengths_of(items: Iterable[Item], language: str) -> Lengths:
    """How the right options compare with the others in the language; several may be the longest together."""
    measured = {item["id"]: (item["key"], _lengths(item["text"][language])) for item in _choices(items)}
    chances = [sizes.count(max(sizes)) / len(sizes) for _, sizes in measured.values()]
    longest = sum(sizes[key] == max(sizes) for key, sizes in measured.values())
    return Lengths(len(measured), longest, sum(chances), count_p(longest, chances), [*_much_longer(measured)])


def spread_p(counts: Sequence[int]) -> float:
    """How likely counts at least as uneven are when every position is equally likely: chi-square, exact where few."""
    total, positions = sum(counts), len(counts)
    if total < ENOUGH * positions:
        return _exact_spread_p(counts)
    statistic = positions * sum(count * count for count in counts) / total - total
    return _chi_square_tail(statistic, positions - 1)


def count_p(count: int, chances: Sequence[float]) -> float:
    """How likely a count at least as far on its side is, doubled for the two sides, when each item has its chance."""
    of_count = [1.0]
    for chance in chances:
        more, none = [0.0, *of_count], [*of_count, 0.0]
        of_count = [chance * one + (1 - chance) * other for one, other in zip(more, none, strict=True)]
    return min(1.0, 2 * min(sum(of_count[: count + 1]), sum(of_count[count:])))


def _choices(items: Iterable[Item]) -> list[Item]:
    return [item for item in items if item["kind"] == SINGLE_CHOICE]


def _lengths(text: Mapping[str, Sequence[str]]) -> list[int]:
    """In characters, as they are read."""
    return [len(" ".join(html.unescape(_TAG.sub("", option)).split())) for option in text["options"]]


def _much_longer(measured: Mapping[str, tuple[int, Sequence[int]]]) -> Iterable[Longer]:
    for item_id, (key, sizes) in measured.items():
        wrong = max(size for place, size in enumerate(sizes) if place != key)
        if sizes[key] > MUCH_LONGER * wrong:
            yield Longer(item_id, sizes[key], wrong)


def _exact_spread_p(counts: Sequence[int]) -> float:
    """Of all ways to put the keys, the share whose sum of squares, and so chi-square, is as large."""
    total = sum(counts)
    ways = {(0, 0): 1}  # of so many keys put so far with such a sum of squares
    for _ in counts:
        step: Counter[tuple[int, int]] = Counter()
        for (placed, squares), number in ways.items():
            for more in range(total - placed + 1):
                step[placed + more, squares + more * more] += number * comb(total - placed, more)
        ways = dict(step)
    least = sum(count * count for count in counts)
    extreme = sum(number for (placed, squares), number in ways.items() if placed == total and squares >= least)
    return float(Fraction(extreme, len(counts) ** total))


def _chi_square_tail(statistic: float, freedom: int) -> float:
    """The probability of a chi-square above the statistic: the closed form for whole degrees of freedom."""
    half = statistic / 2
    if freedom % 2 == 0:
        return exp(-half) * sum(half**k / gamma(k + 1) for k in range(freedom // 2))
    terms = (pow(half, k - 0.5) / gamma(k + 0.5) for k in range(1, freedom // 2 + 1))
    return erfc(sqrt(half)) + exp(-half) * fsum(terms)
