"""Worked examples written from the sources: every boundary of the five programmes, just below, at and just above."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.exams.retakes import add_months
from app.partners.records import Completion, Fact, Records
from app.partners.tiers import Qualification, qualify
from tests.partners.making import START, day, fact, holding, member, published

pytestmark = pytest.mark.once

NOW = day(2026, 6, 1)
IA_BULK = published("ia-bulk")
EMAIL = published("email-reengagement")
EDUCATION = published("education-partners")
MASTERY = published("marketing-mastery")
SUPREMA = published("expansion-suprema")
TRACKS = ("fundamentals", "advanced", "expert", "master")
GRADED = ("strategic-value", "market-position", "innovation", "commitment")


def revenue(dollars: float) -> Fact:
    """What came in over the year before last January."""
    return fact("revenue", round(dollars * 100), "USD", day(2025, 1, 1), day(2026, 1, 1))


def attested(metric: str, grade: int) -> Fact:
    return replace(fact(metric, grade), evidence="Minutes of the review")


@pytest.mark.parametrize(
    ("level", "tier"),
    [
        (None, None),
        ("fundamentals", "bronze"),
        ("advanced", "silver"),
        ("expert", "gold"),
        ("master", "platinum"),
    ],
)
def test_ia_bulk_by_the_best_certification(level: str | None, tier: str | None) -> None:
    held = [holding(1, level)] if level else []
    assert qualify(IA_BULK, Records([member(1)], held), NOW).tier == tier


@pytest.mark.parametrize(
    ("sales", "customers", "dollars", "training", "agreement", "tier"),
    [
        (0, 5, 10_000, "fundamentals", 0, None),
        (1, 4, 10_000, "fundamentals", 0, None),
        (1, 5, 9_999.99, "fundamentals", 0, None),
        (1, 5, 10_000, "fundamentals", 0, "bronze"),
        (2, 6, 10_000.01, "fundamentals", 0, "bronze"),
        (1, 15, 50_000, "advanced", 0, "bronze"),
        (2, 14, 50_000, "advanced", 0, "bronze"),
        (2, 15, 49_999.99, "advanced", 0, "bronze"),
        (2, 15, 50_000, "fundamentals", 0, "bronze"),
        (2, 15, 50_000, "advanced", 0, "silver"),
        (3, 16, 50_000.01, "advanced", 0, "silver"),
        (4, 50, 200_000, "expert", 0, "silver"),
        (5, 49, 200_000, "expert", 0, "silver"),
        (5, 50, 199_999.99, "expert", 0, "silver"),
        (5, 50, 200_000, "advanced", 0, "silver"),
        (5, 50, 200_000, "expert", 0, "gold"),
        (6, 51, 200_000.01, "expert", 0, "gold"),
        (9, 100, 500_000, "expert", 1, "gold"),
        (10, 99, 500_000, "expert", 1, "gold"),
        (10, 100, 499_999.99, "expert", 1, "gold"),
        (10, 100, 500_000, "expert", 0, "gold"),
        (10, 100, 500_000, "expert", 1, "platinum"),
        (11, 101, 500_000.01, "fundamentals", 1, "platinum"),
    ],
)
def test_email_reengagement(
    sales: int, customers: int, dollars: float, training: str, agreement: int, tier: str | None
) -> None:
    records = Records(
        [*(member(n) for n in range(sales)), member(100, "technical")],
        [*(holding(n) for n in range(sales)), holding(100, training)],
        [fact("customers", customers), revenue(dollars), fact("strategic-agreement", agreement)],
    )
    assert qualify(EMAIL, records, NOW).tier == tier


@pytest.mark.parametrize(
    ("agreement", "certified", "tier"),
    [
        (None, 5, None),
        ("university-agreement", 0, "active"),
        ("technology-agreement", 0, "active"),
        ("articulation-agreement", 0, "active"),
        ("integration-agreement", 0, "active"),
        *[
            (agreement, certified, "active" if certified else None)
            for agreement in (
                "consultancy-agreement",
                "agency-agreement",
                "integrator-agreement",
                "consulting-agreement",
            )
            for certified in (0, 1, 2)
        ],
    ],
)
def test_education_partners_by_their_kind(agreement: str | None, certified: int, tier: str | None) -> None:
    records = Records(
        [member(n, "technical") for n in range(3)],
        [holding(n) for n in range(certified)],
        [fact(agreement)] if agreement else [],
    )
    assert qualify(EDUCATION, records, NOW).tier == tier
    assert (
        qualify(EDUCATION, replace(records, facts=[replace(one, value=0) for one in records.facts]), NOW).tier is None
    )


def mastery(dollars: float, grade: int, **other: int) -> Qualification:
    """With the same grade of everything but what is said otherwise (`market_position=1`)."""
    grades = dict.fromkeys(GRADED, grade) | {name.replace("_", "-"): value for name, value in other.items()}
    facts = [revenue(dollars), *(attested(metric, value) for metric, value in grades.items())]
    return qualify(MASTERY, Records(facts=facts), NOW)


@pytest.mark.parametrize(
    ("dollars", "grade", "tier"),
    [
        (0, 1, "standard"),
        (24_999.99, 1, "standard"),
        (24_999.99, 3, "standard"),  # a higher grade is enough, but the revenue is not
        (24_999.99, 0, None),
        (25_000, 1, None),
        (25_000, 2, "preferred"),
        (25_000.01, 2, "preferred"),
        (99_999.99, 3, "preferred"),
        (100_000, 2, "preferred"),
        (100_000, 3, "preferred"),
        (100_000.01, 2, None),
        (100_000.01, 3, "strategic"),
    ],
)
def test_marketing_mastery_by_revenue_and_grades(dollars: float, grade: int, tier: str | None) -> None:
    assert mastery(dollars, grade).tier == tier


@pytest.mark.parametrize("metric", GRADED)
def test_one_grade_too_low_holds_a_company_back_and_is_named(metric: str) -> None:
    for dollars, tier, grade in ((50_000, "preferred", 2), (250_000, "strategic", 3)):
        assert mastery(dollars, grade).tier == tier
        short = mastery(dollars, grade, **{metric.replace("-", "_"): grade - 1})
        assert short.tier is None
        proof = short.proof(tier)
        assert proof
        assert [check.id for check in proof.checks if not check.met] == [metric]


def test_the_revenue_of_a_preferred_with_the_innovation_of_a_standard_fits_no_tier() -> None:
    mixed = mastery(50_000, 2, innovation=1)
    unmet = {proof.id: [check.id for check in proof.checks if not check.met] for proof in mixed.ladder}
    assert mixed.tier is None
    assert unmet == {
        "standard": ["revenue"],
        "preferred": ["innovation"],
        "strategic": ["revenue", "strategic-value", "market-position", "innovation", "commitment"],
    }


def test_a_grade_without_evidence_is_none() -> None:
    facts = [revenue(0), *(fact(metric, 1) for metric in GRADED)]
    assert qualify(MASTERY, Records(facts=facts), NOW).tier is None


def level(
    tracks: int,
    months: int,
    performance: int,
    commitment: int = 1,
    late: timedelta = timedelta(),
    exams: int | None = None,
) -> str | None:
    """The level of a company that has so many tracks completed and passed and joined so many months ago."""
    records = Records(
        members=[member(1)],
        holdings=[holding(1, track) for track in TRACKS[: tracks if exams is None else exams]],
        facts=[attested("performance", performance), fact("annual-commitment", commitment)],
        completions=[Completion(1, track, f"{track}-course", START) for track in TRACKS[:tracks]],
        courses=_courses(),
        joined_at=_months_ago(months) + late,
    )
    return qualify(MASTERY, records, NOW, ladder="levels").tier


def _courses() -> Mapping[str, frozenset[str]]:
    return {track: frozenset({f"{track}-course"}) for track in TRACKS}


def _months_ago(months: int) -> datetime:
    return add_months(NOW, -months)


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("reached", "below", "tracks", "months", "performance"),
    [
        ("certified", None, 1, 6, 1),
        ("advanced", "certified", 2, 12, 2),
        ("elite", "advanced", 3, 24, 3),
    ],
)
def test_a_level_of_marketing_mastery(
    reached: str, below: str | None, tracks: int, months: int, performance: int
) -> None:
    assert level(tracks, months, performance) == reached
    assert level(tracks + 1, months + 1, performance) == reached
    assert level(tracks - 1, months, performance) == below
    assert level(tracks, months, performance, exams=tracks - 1) == below
    assert level(tracks, months, performance, late=SECOND) == below
    assert level(tracks, months, performance - 1) == below
    assert level(tracks, months, performance, commitment=0) is None


def test_the_two_ladders_of_marketing_mastery_are_climbed_by_themselves() -> None:
    records = Records(facts=[revenue(0), *(attested(metric, 1) for metric in GRADED)], joined_at=NOW)
    assert qualify(MASTERY, records, NOW).tier == "standard"
    assert qualify(MASTERY, records, NOW, ladder="levels").tier is None


@pytest.mark.parametrize(
    ("dollars", "tier"),
    [
        (0, "silver"),
        (0.01, "silver"),
        (49_999.99, "silver"),
        (50_000, "gold"),
        (50_000.01, "gold"),
        (199_999.99, "gold"),
        (200_000, "platinum"),
        (200_000.01, "platinum"),
    ],
)
def test_expansion_suprema_by_revenue(dollars: float, tier: str) -> None:
    assert qualify(SUPREMA, Records(facts=[revenue(dollars)]), NOW).tier == tier
    assert qualify(SUPREMA, Records(), NOW).tier == "silver"
