"""What each calculated key of the Expert exam and of its practice comes to, from the figures in the stem."""

from datetime import datetime, timedelta
from math import ceil


def _kappa(both_yes: int, only_a: int, only_b: int, both_no: int) -> float:
    """Cohen's kappa of two reviewers' counts."""
    n = both_yes + only_a + only_b + both_no
    a, b = (both_yes + only_a) / n, (both_yes + only_b) / n
    expected = a * b + (1 - a) * (1 - b)
    return ((both_yes + both_no) / n - expected) / (1 - expected)


SUMS = {
    "exp-prod-01": 192 / 256 * 100,
    "exp-prod-04": round(_kappa(140, 10, 20, 30), 2),
    "exp-prod-11": (0.11 + 0.95 - 1) / (0.80 + 0.95 - 1) * 100,
    "exp-prod-13": (0.8 * 95 + 0.2 * 75) - (0.5 * 95 + 0.5 * 75),
    "exp-prod-16": 126 / (126 + 54) * 100,
    "exp-prod-17": (35 * 90 + 15 * 12) - (14 * 90 + 54 * 12),
    "exp-prod-18": round(_kappa(213, 12, 27, 48), 2),
    "exp-prod-20": 0.70 * 8 / 400 * 100 + 0.30 * 36 / 400 * 100,
    "exp-prod-21": ceil(1.96**2 * 0.5 * (1 - 0.5) / 0.04**2),
    "exp-sales-05": 260_000 * 0.30 + 180_000 * 0.45 + 70_000 * 0.70,
    "exp-sales-12": (1 - (1 - 0.30) * (1 - 0.50)) * 100,
    "exp-sales-13": ((0.9 - 1) ** 2 + 0.7**2 + 0.4**2) / 3,
    "exp-sales-15": 10 + max(5, 7) + 4,
    "exp-sales-16": 50_000 * 0.40 + (90_000 - 50_000) * 0.34,
    "exp-sales-17": round(200_000 * 0.09 * (90 - 30) / 365),
    "exp-sales-18": f"{3_000_000 - 2_200_000:,}",
    "exp-tech-02": 48_000 * 3 / (600 * (1 - 0.20)) / 60,
    "exp-tech-04": 1_000 * ((6_000 * 2 + 1_500 * 8) / 1_000_000 * 1.12 + 0.10 * 0.60),
    "exp-tech-11": 40_000 * 0.006 * 1.05 + 40_000 * 0.06 * 0.80,
    "exp-tech-14": round(98 * 97 * 95 / 10_000, 1),
    "exp-tech-17": 3 * 12,
    "exp-tech-19": (52 - 5) - (36_000 / (1_800 / 1.5) * 1.05 + 4),
    "exp-tech-21": round((0.9 / 0.1) / (0.7 / 0.3), 1),
    "exp-biz-07": 31 * 24 * 60 * (1 - 0.998),
    "exp-biz-11": 50_000 - 4_200 - 6_100 - 1_700 - 5_000,
    "exp-biz-14": 6_000 * 0.50 * 10 * (1 - 0.20) / 60,
    "exp-biz-15": 4_000 * 0.025 * (1 - 45 / 60),
    "exp-biz-17": max(20, 0.04 * 650),
    # A Monday at 10:20 and 72 hours.
    "exp-biz-19": f"{datetime(2027, 3, 1, 10, 20) + timedelta(hours=72):%A at %H:%M}",
    "p-exp-prod-01": round(2 * 0.80 * 0.60 / (0.80 + 0.60), 2),
    "p-exp-prod-03": 3 / 0.005,
    "p-exp-sales-02": 48_000 / 4 - 9_000,
    "p-exp-sales-04": (50_000 * 0.40 + 100_000 * 0.34 + 10_000 * 0.29) - 160_000 * 0.29,
    "p-exp-tech-02": ceil(54_000 / (6 * 3_600) * 14 / 0.70),
    "p-exp-tech-06": 3 * 4 * 2,
    "p-exp-biz-02": round(25 * 90 / (240_000 / 1_000), 1),
    "p-exp-biz-05": 318 - 270 - 21 - 15,
}
