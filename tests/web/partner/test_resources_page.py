"""The page of resources: what the tier held gives, what the next one would add, and nothing of those above it."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.partners.programme_files import read_programmes
from tests.factories import both, make_member, make_organisation, make_person, publish, sign_in, write_programme

PEOPLE = {"id": "people", "kind": "persons", "level": "fundamentals", "at_least": 1, "name": both("People")}


def tier(rank: int, benefits: list[str], **more: Any) -> dict[str, Any]:
    return {
        "id": f"t{rank}",
        "rank": rank,
        "name": both(f"Tier {rank}"),
        "requirements": [PEOPLE | {"at_least": rank - 1}] if rank > 1 else [],
        "benefits": [both(text) for text in benefits],
    } | more


def entry(name: str, **more: Any) -> dict[str, Any]:
    return {"name": both(name)} | more


HELD: dict[str, Any] = {
    "tiers": [
        tier(1, ["Training"], business_review="quarterly"),
        tier(2, ["Training", "Leads"]),
        tier(3, ["Shares"]),
    ],
    "resources": [both("Portal"), entry("Kit", url="https://vendor.example/kit?a=1&b=2"), entry("Film", tier="t2")],
    "support": [
        {
            "id": "help",
            "name": both("Help"),
            "entries": [entry("Mail"), entry("Phone", tier="t1"), entry("Visit", tier="t3")],
        }
    ],
    "reports": [{"cadence": "monthly", "name": both("Sales report"), "url": "https://vendor.example/report"}],
}


@pytest.fixture
def page(app: Flask, client: FlaskClient, tmp_path: Path) -> str:
    write_programme(tmp_path, **HELD)
    publish(tmp_path)
    sign_in(client, make_member(make_organisation("small"), language="en"))
    return client.get("/scorecard/resources").text


def test_what_is_given_today(page: str) -> None:
    assert "What Tier 1 brings" in page
    assert "Business review: quarterly" in page
    for text in ("Training", "Portal", "Mail", "Phone"):
        assert f"<li>{text}</li>" in page
    assert '<a href="https://vendor.example/kit?a=1&amp;b=2" rel="noopener">Kit</a>' in page
    assert '<a href="https://vendor.example/report" rel="noopener">Sales report</a>' in page


def test_a_review_that_a_benefit_names_is_said_once(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    tiers = [tier(1, ["Training", "Quarterly business reviews"], business_review="quarterly")]
    write_programme(tmp_path, **HELD | {"tiers": tiers, "resources": [], "support": []})
    publish(tmp_path)
    sign_in(client, make_member(make_organisation("small"), language="en"))
    page = client.get("/scorecard/resources").text
    assert "<li>Quarterly business reviews</li>" in page
    assert "Business review: quarterly" not in page


def test_a_tier_that_brings_nothing_where_others_do_is_complained_of(tmp_path: Path) -> None:
    write_programme(tmp_path, **HELD | {"tiers": [tier(1, ["Training"]), tier(2, []), tier(3, ["Shares"])]})
    [complaint] = read_programmes(tmp_path)[1]
    assert (complaint.message, complaint.line > 1) == ("the tier `t2` brings no benefit, and others do", True)
    write_programme(tmp_path, **HELD | {"tiers": [tier(1, []), tier(2, []), tier(3, [])]})
    assert read_programmes(tmp_path)[1] == []


def test_what_the_next_tier_would_add(page: str) -> None:
    added = page.partition("What Tier 2 would add")[2].partition("</section>")[0]
    assert "Leads" in added
    assert "Training" not in added
    assert "with Tier 2" in page.partition("Film")[2].partition("</li>")[0]
    for text in ("Visit", "Shares"):
        assert text not in page


def test_whoever_works_nowhere_is_told_so(client: FlaskClient) -> None:
    sign_in(client, make_person(language="en"))
    for page in ("resources", "onboarding"):
        assert "You work for no organisation here" in client.get(f"/scorecard/{page}").text


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (entry("Kit", url="http://vendor.example"), "`url` must be a web address that begins with https://"),
        (entry("Kit", url="https://[vendor"), "`url` must be a web address"),
        (entry("Kit", url="https://me@vendor.example"), "`url` must be a web address that begins with https://"),
        (entry("Kit", tier="t9"), "there is no tier `t9` that this could belong to"),
        ({"es": 3, "en": "Kit"}, "`es` must be text (put a number, true, false or null in quotes)"),
        ({"es": "Kit"}, "the text in `en` is missing"),
        ({"url": "https://vendor.example"}, "`name` is missing"),
    ],
)
def test_what_a_file_may_not_say(tmp_path: Path, line: dict[str, Any], complaint: str) -> None:
    write_programme(tmp_path, **HELD | {"resources": [line]})
    files, complaints = read_programmes(tmp_path)
    assert files == []
    assert complaint in [each.message for each in complaints]
