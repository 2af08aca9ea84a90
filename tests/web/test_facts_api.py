"""The API of facts: recorded once, corrected and never overwritten, shown as they were known, and nobody else's."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.people.organisations import PartnerRole, organisation_by_slug
from app.people.persons import PersonRole
from app.transaction import now, reading
from tests.factories import bearer, make_member, make_person, sign_in
from tests.facts import make_partners, recorded, tier

ANDES = "/api/v1/organisations/andes/facts"
FACT = {
    "programme": "small",
    "metric": "revenue",
    "value": "10000.00",
    "currency": "USD",
    "valid_from": "2026-10-01",
    "source": "CRM",
}


@pytest.fixture(autouse=True)
def partners(app: Flask, tmp_path: Path) -> None:
    make_partners(tmp_path)


@pytest.fixture
def admin() -> dict[str, str]:
    return bearer(make_person(role=PersonRole.ADMIN))


def post(client: FlaskClient, by: dict[str, str], key: str | None = None, **changes: Any) -> TestResponse:
    headers = by | ({"Idempotency-Key": key} if key else {})
    return client.post(ANDES, json={**FACT, **changes}, headers=headers)


def values(client: FlaskClient, by: dict[str, str], **query: Any) -> list[str]:
    return [fact["value"] for fact in client.get(ANDES, query_string=query, headers=by).json["facts"]]


def test_a_fact_is_recorded_and_the_standing_follows(client: FlaskClient, admin: dict[str, str]) -> None:
    answer = post(client, admin, evidence="https://crm.example/1")
    assert answer.status_code == 201
    assert (answer.json["value"], answer.json["outcome"]) == ("10000.00", "recorded")
    assert answer.json["evidence"] == "https://crm.example/1"
    assert tier() == "t1"
    assert values(client, admin) == ["10000.00"]


def test_the_same_fact_again_counts_once(client: FlaskClient, admin: dict[str, str]) -> None:
    first = post(client, admin)
    again = post(client, admin, value=10000)
    assert (again.status_code, again.json["outcome"], again.json["id"]) == (200, "known", first.json["id"])
    assert len(recorded()) == 1


def test_a_key_tells_two_facts_apart_and_holds_for_one(client: FlaskClient, admin: dict[str, str]) -> None:
    assert [post(client, admin, key).status_code for key in ("one", "two", "one")] == [201, 201, 200]
    assert post(client, admin, "one", value="2").status_code == 422
    assert post(client, admin, "one", metric="customers", currency="", value="2").status_code == 422
    assert post(client, admin, "x" * 201).status_code == 422
    assert len(recorded()) == 2


def test_a_record_of_the_source_is_corrected(client: FlaskClient, admin: dict[str, str]) -> None:
    before = now()
    first = post(client, admin, external_id="A-1").json
    answer = post(client, admin, external_id="A-1", value="1").json
    assert (answer["outcome"], answer["corrects"]) == ("corrected", first["id"])
    assert values(client, admin) == ["1.00"]
    assert values(client, admin, known_at=before.isoformat()) == []
    between = datetime.fromisoformat(answer["recorded_at"]).isoformat()
    assert values(client, admin, known_at=first["recorded_at"]) == ["10000.00"]
    assert values(client, admin, known_at=between) == ["1.00"]


def test_a_fact_is_corrected_once_with_a_reason_or_withdrawn(client: FlaskClient, admin: dict[str, str]) -> None:
    fact = post(client, admin).json["id"]
    parts = {"corrects": fact, "value": "5", "currency": "USD", "valid_from": "2026-10-01"}
    assert client.post(ANDES, json=parts, headers=admin).status_code == 422
    answer = client.post(ANDES, json=parts | {"reason": "A slip"}, headers=admin)
    assert (answer.status_code, answer.json["value"], answer.json["source"]) == (201, "5.00", "manual")
    assert client.post(ANDES, json=parts | {"reason": "Again"}, headers=admin).status_code == 409
    gone = {"corrects": answer.json["id"], "withdrawn": True, "reason": "It never was"}
    assert client.post(ANDES, json=gone, headers=admin).status_code == 201
    assert values(client, admin) == []
    assert recorded() == [("CRM", 1000000, False), ("manual", 500, False), ("manual", 500, True)]
    elsewhere = ANDES.replace("andes", "norte")
    assert client.post(elsewhere, json=gone, headers=admin).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"programme": "large"}, "programme"),
        ({"metric": "revenu"}, "metric"),
        ({"metric": None}, "metric"),
        ({"value": "1,5"}, "value"),
        ({"value": -1}, "value"),
        ({"value": True}, "value"),
        ({"value": [1]}, "value"),
        ({"value": 1e30}, "value"),
        ({"currency": "EURO"}, "currency"),
        ({"currency": ""}, "currency"),
        ({"valid_from": "1/2/2026"}, "valid_from"),
        ({"valid_to": "2026-10-01"}, "valid_to"),
        ({"source": ""}, "source"),
        ({"source": "x" * 201}, "source"),
        ({"evidence": "x" * 2001}, "evidence"),
        ({"source": "a\x00b"}, "source"),
    ],
)
def test_what_is_wrong_is_named(
    client: FlaskClient, admin: dict[str, str], changes: dict[str, Any], field: str
) -> None:
    answer = post(client, admin, **changes)
    assert answer.status_code == 422
    assert field in str(answer.json["errors"])
    assert recorded() == []


def test_members_see_their_own_and_nobody_elses(client: FlaskClient, admin: dict[str, str]) -> None:
    post(client, admin)
    with reading():
        andes, norte = organisation_by_slug("andes"), organisation_by_slug("norte")
    own = bearer(make_member(andes))
    others = bearer(make_member(norte, partner_role=PartnerRole.ADMIN))
    assert values(client, own, programme="small", metric="revenue") == ["10000.00"]
    assert values(client, own, metric="customers") == []
    assert client.get(ANDES, headers=others).status_code == 404
    assert client.get(ANDES, query_string={"programme": "large"}, headers=own).status_code == 404
    assert client.get(ANDES, query_string={"known_at": "yesterday"}, headers=own).status_code == 422
    assert [post(client, by).status_code for by in (own, others)] == [403, 403]
    assert client.get(ANDES).status_code == 401


def test_a_session_writes_with_its_token_only(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    sign_in(client, make_person(role=PersonRole.ADMIN))
    assert client.post(ANDES, json=FACT).status_code == 400
    assert recorded() == []
