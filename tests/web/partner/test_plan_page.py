"""The page of a plan: who studies what, who has to join, what has to come besides; for whoever may see it."""

import html
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.people.organisations import Organisation, PartnerRole
from app.people.persons import PersonRole
from tests.factories import (
    both,
    make_member,
    make_organisation,
    make_staff,
    publish,
    sign_in,
    sit,
    write_course,
    write_exam,
    write_programme,
)

CERTIFIED = {"id": "people", "name": both("People"), "kind": "persons", "level": "fundamentals", "at_least": 2}
CUSTOMERS = {"id": "customers", "kind": "metric", "metric": "customers", "name": both("Customers"), "at_least": 5}
REVENUE = {"id": "revenue", "kind": "money", "metric": "revenue", "window_months": 12, "currency": "USD"}


@pytest.fixture
def organisation(app: Flask, tmp_path: Path) -> Organisation:
    """One in a programme of two tiers: of certified people, and of customers and revenue besides."""
    write_course(tmp_path)
    write_exam(tmp_path, fee={"amount": 120.5, "currency": "USD"})
    upper = [CUSTOMERS, REVENUE | {"name": both("Revenue"), "at_least": "1000.00"}]
    write_programme(tmp_path, tiers=[tier(1, CERTIFIED), tier(2, CERTIFIED, *upper)])
    publish(tmp_path)
    return make_organisation("small")


def tier(rank: int, *requirements: dict[str, Any]) -> dict[str, Any]:
    return {"id": f"t{rank}", "rank": rank, "name": both(f"Tier {rank}"), "requirements": [*requirements]}


def read(client: FlaskClient, path: str) -> str:
    """The text of a page, in one line."""
    response = client.get(path)
    assert response.status_code == 200
    body = re.search("<main.*</main>", response.text, re.DOTALL)
    assert body
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", body.group())).split())


def test_it_names_who_studies_what_and_who_has_to_join(client: FlaskClient, organisation: Organisation) -> None:
    admin = make_member(organisation, partner_role=PartnerRole.ADMIN, language="en", name="Ana Ruiz")
    sign_in(client, admin)
    page = read(client, "/scorecard/plan?to=t1")
    assert "The way to Tier 1" in page
    assert "Ana Ruiz" in page
    assert "Somebody new" in page
    assert "Fundamentals" in page
    assert "Exam fees $241" in page, "of both of them"
    assert "$120.50" in page
    assert "The exam costs $120.50." in read(client, "/exams/fundamentals")
    sit(admin)
    page = read(client, "/scorecard/plan?to=t1")
    assert "Ana Ruiz" not in page, "who holds it has nothing to do"
    assert "Somebody new" in page


def test_it_names_what_has_to_come_besides(client: FlaskClient, organisation: Organisation) -> None:
    for name in ("Ana Ruiz", "Luis Paz"):
        person = make_member(organisation, partner_role=PartnerRole.ADMIN, language="en", name=name)
        sit(person)
    sign_in(client, person)
    assert "Nothing is missing" in read(client, "/scorecard/plan?to=t1")
    page = read(client, "/scorecard/plan?to=t2")
    assert "5 more" in page
    assert "$1,000 more" in page
    assert 'href="/scorecard/plan' in client.get("/scorecard").text


def test_the_vendor_sees_it_too_and_an_unknown_tier_is_not_found(
    client: FlaskClient, organisation: Organisation
) -> None:
    make_member(organisation, name="Ana Ruiz")
    sign_in(client, make_staff(PersonRole.VIEWER, language="en"))
    assert "Ana Ruiz" in read(client, f"/admin/organisations/{organisation.slug}/plan?programme=small&to=t1")
    for wrong in ("to=gold", "", "to=t1&ladder=levels", "to=t1&programme=other"):
        assert client.get(f"/admin/organisations/{organisation.slug}/plan?{wrong}").status_code == 404


def test_a_colleague_who_does_not_look_after_the_organisation_may_not(
    client: FlaskClient, organisation: Organisation
) -> None:
    sign_in(client, make_member(organisation))
    assert client.get("/scorecard/plan?to=t1").status_code == 403
