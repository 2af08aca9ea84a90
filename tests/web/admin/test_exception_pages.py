"""Exceptions and other days from the pages: proposed by one administrator, approved by another, read by the partner."""

import html
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.partners.evaluating import reevaluate_organisation
from app.partners.exceptions import TierException
from app.partners.facts import add_fact
from app.partners.programmes import participation_in
from app.partners.standing import history_of, standing_in
from app.people.organisations import Organisation, PartnerRole
from app.people.persons import Person, PersonRole
from app.transaction import now, reading, writing
from tests.factories import (
    both,
    make_member,
    make_organisation,
    make_person,
    make_staff,
    publish,
    sign_in,
    write_exam,
    write_programme,
)

CUSTOMERS = {"id": "customers", "kind": "metric", "metric": "customers", "at_least": 5, "name": both("Customers")}
GOLD = {"id": "gold", "rank": 1, "name": both("Gold"), "commission_percent": 12.5, "requirements": [CUSTOMERS]}
ELITE = {"id": "levels", "name": both("Levels"), "tiers": [GOLD | {"id": "elite", "name": both("Elite")}]}
HOME = "/admin/organisations/andes/exceptions"


@pytest.fixture
def company(app: Flask, tmp_path: Path) -> Organisation:
    write_exam(tmp_path)
    write_programme(tmp_path, tiers=[GOLD], ladders=[ELITE])
    publish(tmp_path)
    return make_organisation("small", slug="andes", name="Andes", at=now() - timedelta(days=60))


@pytest.fixture
def admin(company: Organisation) -> Person:
    return make_staff(PersonRole.ADMIN, language="en")


def text_of(page: str) -> str:
    body = re.search("<main.*</main>", page, re.DOTALL)
    assert body
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", body.group())).split())


def propose(client: FlaskClient, **changes: str) -> int:
    day = (now() + timedelta(days=40)).date().isoformat()
    data = {"tier": "tiers:gold", "last_day": day, "reason": "A merger"} | changes
    return client.post(f"{HOME}/propose", data=data).status_code


def test_two_administrators_hold_a_tier_and_one_ends_it(
    client: FlaskClient, company: Organisation, admin: Person
) -> None:
    sign_in(client, admin)
    assert propose(client) == 303
    assert "Another administrator has to decide on it" in text_of(client.get(HOME).text)
    assert client.post("/admin/exceptions/1/approve").status_code == 403
    sign_in(client, make_staff(PersonRole.ADMIN, language="en"))
    assert "Approve: hold the tier" in client.get(HOME).text
    assert client.post("/admin/exceptions/1/approve").status_code == 303
    assert tier(company) == "gold"
    partner = make_member(company, partner_role=PartnerRole.ADMIN, language="en")
    sign_in(client, partner)
    card = text_of(client.get("/scorecard").text)
    assert "Gold is held by an exception until" in card
    assert "A merger" in card
    assert "Levels" in card
    assert client.get(HOME).status_code == 403
    sign_in(client, admin)
    assert client.post("/admin/exceptions/1/revoke", data={"end_reason": ""}).status_code == 303
    assert tier(company) == "gold"
    assert client.post("/admin/exceptions/1/revoke", data={"end_reason": "It is off"}).status_code == 303
    assert tier(company) is None
    assert "It is off" in text_of(client.get(HOME).text)


@pytest.mark.parametrize(
    "wrong", [{"reason": ""}, {"last_day": ""}, {"last_day": "2020-01-01"}, {"tier": "tiers:t9"}, {"reason": "x" * 501}]
)
def test_a_proposal_that_says_too_little_is_refused(client: FlaskClient, admin: Person, wrong: dict[str, str]) -> None:
    sign_in(client, admin)
    assert propose(client, **wrong) == 422
    with reading():
        assert db.session.get(TierException, 1) is None


def test_late_figures_and_other_days_are_shown(client: FlaskClient, company: Organisation, admin: Person) -> None:
    with writing() as at:
        part = participation_in(company.id, "small")
        place = {"organisation_id": company.id, "programme_id": part.programme_id}
        add_fact(**place, metric="customers", value=7, valid_from=at - timedelta(days=30), source="CRM", at=at)
        reevaluate_organisation(company.id, at=at)
    day = (now() - timedelta(days=20)).date().isoformat()
    sign_in(client, admin)
    late = text_of(client.get(HOME).text)
    assert "No tier yet Gold +12.5 points" in late
    sign_in(client, make_member(company, partner_role=PartnerRole.ADMIN, language="en"))
    now_known = text_of(client.get(f"/scorecard/as-of?programme=small&as_of={day}").text)
    assert "Held Gold" in now_known
    assert "Held at that time No tier yet" in now_known
    then_known = text_of(client.get(f"/scorecard/as-of?as_of={day}&known_at={day}").text)
    assert "Held No tier yet" in then_known
    data = client.get(f"/api/v1/standings/andes/small?as_of={day}").json["standing"]
    assert (data["held"]["id"], data["kept"]["tier"], data["ladders"]["levels"]["held"]["id"]) == (
        "gold",
        None,
        "elite",
    )


def test_a_day_ahead_and_what_is_no_day_are_refused_plainly(client: FlaskClient, company: Organisation) -> None:
    sign_in(client, make_member(company, partner_role=PartnerRole.ADMIN, language="en"))
    ahead = client.get("/scorecard/as-of?as_of=2999-01-01")
    assert (ahead.status_code, "This day lies ahead" in ahead.text) == (422, True)
    assert client.get("/scorecard/as-of?as_of=soon").status_code == 422
    assert client.get("/api/v1/standings/andes/small?as_of=soon").status_code == 422


def test_every_standing_of_the_history_has_its_page(client: FlaskClient, company: Organisation) -> None:
    other = make_organisation("small")
    with reading():
        [own] = history_of(participation_in(company.id, "small"))
        [foreign] = history_of(participation_in(other.id, "small"))
    sign_in(client, make_member(company, partner_role=PartnerRole.ADMIN, language="en"))
    assert f"/scorecard/standings/{own.id}?programme=small" in client.get("/scorecard").text
    assert "Gold 1 requirement missing" in text_of(client.get(f"/scorecard/standings/{own.id}?programme=small").text)
    assert client.get(f"/scorecard/standings/{foreign.id}?programme=small").status_code == 404
    listed = client.get("/api/v1/standings/andes/small/history").json["history"]
    assert [one["id"] for one in listed["tiers"]] == [own.id]
    kept = client.get(f"/api/v1/standings/andes/small/history/{own.id}").json["standing"]
    assert kept["tiers"][0]["requirements"][0]["need"] == 5
    assert client.get(f"/api/v1/standings/andes/small/history/{foreign.id}").status_code == 404
    sign_in(client, make_person())
    assert client.get("/api/v1/standings/andes/small/history").status_code == 404


def tier(company: Organisation) -> str | None:
    with reading():
        standing = standing_in(participation_in(company.id, "small"))
        return standing.tier if standing else None
