"""Each kind of requirement in a line of the scorecard: what there is, what is asked for and what is missing."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.web.partner import terms
from tests import factories
from tests.factories import both
from tests.web.partner.test_scorecard_page import AGREED, enter, partner, read, tell, tier

TRAINED = {"kind": "training", "track": "fundamentals"}
CUSTOMERS = {"kind": "metric", "metric": "customers"}
TOP = {"value": 3, "name": both("Top")}
ANYONE = {"id": "p", "kind": "persons", "at_least": 1, "name": both("Anyone")}
DEALS = {"id": "a", "name": both("Deals"), "of": CUSTOMERS, "per": 2, "points": 5}
KINDS = [
    ({"kind": "previous", "tier": "t1"}, "Not met Tier 1 All that Tier 1 asks for"),
    (TRAINED | {"share_percent": 95}, "0 95% of 1 1 person Could close it: Ana Ruiz"),
    (TRAINED | {"more_than_percent": 50}, "0 more than 50% of 1 1 person"),
    (CUSTOMERS | {"more_than": 3, "at_most": 9}, "From 1 figure .* 3 more than 3, at most 9 1 more"),
    (CUSTOMERS | {"below": 3}, "From 1 figure .* 3 below 3 1 too much"),
    (
        {"kind": "attestation", "metric": "customers", "grade": 3, "grades": [TOP]},
        r"From 0 figures Top since \w+ \d+, \d+ · CRM · not counted: no evidence None Top An attestation with evidence",
    ),
    (
        {"kind": "team", "requirements": [ANYONE]},
        "0 1 1 person Anyone 0 1 1 person Could close it: Ana Ruiz",
    ),
    (
        {"kind": "points", "at_least": 6, "parts": [DEALS]},
        "5 6 1 point Deals 3: 5 points for every 2 From 1 figure .* 5 no minimum",
    ),
]


@pytest.fixture
def content(app: Flask, tmp_path: Path) -> Path:
    """An exam and a programme."""
    return factories.make_programme(tmp_path / "content")


@pytest.mark.parametrize(("requirement", "said"), KINDS, ids=lambda one: one["kind"] if isinstance(one, dict) else "")
def test_each_kind_of_requirement_in_a_line(
    client: FlaskClient, content: Path, requirement: dict[str, Any], said: str
) -> None:
    """Above a tier that asks for an agreement that nobody has."""
    asked = requirement | {"id": "asked", "name": both("Asked")}
    organisation = enter(content, tier(1, AGREED), tier(2, asked, AGREED))
    partner(client, organisation)
    tell(organisation, "customers", 3)
    assert re.search(f"Asked {said}", read(client).replace("\xa0", " "))


@pytest.mark.parametrize(
    ("since", "at", "said"),
    [
        ("2026-03-01T00:00Z", "2026-09-01T00:00Z", ["Since Mar 1, 2026", "6 months", "Reached on Sep 1, 2026"]),
        (None, None, ["None", "6 months", "The start of taking part"]),
    ],
)
def test_the_time_of_taking_part_says_from_when_to_when(app: Flask, since: str, at: str, said: list[str]) -> None:
    reached = {"months": 6, "since": since, "at": at}
    check = {"kind": "tenure", "unit": "tenure", "terms": reached, "gap": 1, "met": False}
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert [terms.have(check), terms.need(check), terms.gap(check)] == said
