"""The five programme files hold what their sources say, row by row, every figure exactly."""

from decimal import Decimal

import pytest

from app.partners.particulars import returns
from app.people.visitors import Role
from tests.partners.making import published
from tests.partners.seeds import education, email, every_series, ia_bulk, mastery, suprema

pytestmark = pytest.mark.once

HELD = [*ia_bulk.HELD, *education.HELD, *email.HELD, *mastery.HELD, *suprema.HELD]
PROGRAMMES = ("ia-bulk", "education-partners", "email-reengagement", "marketing-mastery", "expansion-suprema")


@pytest.mark.parametrize(("row", "held", "stated"), HELD, ids=lambda value: value if isinstance(value, str) else "")
def test_a_programme_holds_what_its_source_says(row: str, held: object, stated: object) -> None:
    assert held == stated, row


def test_every_row_of_the_sources_is_looked_at() -> None:
    assert {row for row, _, _ in HELD} == {f"S{number:02}" for number in range(1, 41)}


def test_the_return_of_ia_bulk_is_the_ratio_of_its_source() -> None:
    series = {one.id: one for one in every_series(published("ia-bulk"))}
    ratios = [ratio for _, ratio in returns("ratio", series["partner-revenue"], series["total-investment"])]
    assert [round(ratio, 1) for ratio in ratios] == [Decimal("0.7"), Decimal("2.2"), 4]


def test_the_levels_of_access_are_roles_of_the_platform() -> None:
    assert {level.role for level in published("expansion-suprema").access_levels} <= set(Role)


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_a_lost_tier_goes_at_the_anniversary_review_after_ninety_days_of_grace(programme: str) -> None:
    review = published(programme).review
    assert (review.every_months, review.grace_days) == (12, 90)
    assert any("90" in note["en"] for note in published(programme).notes)
