"""The pages of facts: written down, corrected and withdrawn with a reason, imported after a look, and as CSV."""

import csv
import re
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import worker
from app.extensions import db
from app.journeys import importing_facts
from app.ledger.deeds import Deed
from app.partners.facts import Fact
from app.partners.imports import saved_mappings
from app.people.persons import PersonRole
from app.transaction import reading
from tests.factories import make_person, sign_in
from tests.facts import HEADER, make_partners, recorded, row, rows, tier

ENGLISH = {"Accept-Language": "en"}
FACTS = "/admin/organisations/andes/facts"
FACT = {
    "programme": "small",
    "metric": "revenue",
    "value": "10000",
    "currency": "usd",
    "valid_from": "2026-10-01",
    "reason": "Told by phone",
}
SALESFORCE = (
    '"Account Name","Amount Currency","Amount","Close Date","Stage","Opportunity ID"\n'
    '"Andes","USD","10,000.00","10/31/2026","Closed Won","006A"\n'
    '"Norte S.A.","USD","1.00","10/31/2026","Closed Lost","006B"\n'
)
COLUMNS = {
    "organisation": "Account Name",
    "organisation_by": "name",
    "always_programme": "small",
    "always_metric": "revenue",
    "value": "Amount",
    "decimals": "point",
    "currency": "Amount Currency",
    "valid_from": "Close Date",
    "dates": "month_first",
    "always_source": "Salesforce",
    "external_id": "Opportunity ID",
    "stage": "Stage",
    "stages": "Closed Won",
}


@pytest.fixture(autouse=True)
def partners(app: Flask, tmp_path: Path) -> None:
    make_partners(tmp_path)


@pytest.fixture
def admin(client: FlaskClient) -> FlaskClient:
    return sign_in(client, make_person(role=PersonRole.ADMIN, name="Alma Vidal", language="en"))


def post(browser: FlaskClient, path: str, **data: Any) -> TestResponse:
    return browser.post(path, data=data, headers=ENGLISH, follow_redirects=True)


def page(browser: FlaskClient, path: str) -> str:
    return browser.get(path, headers=ENGLISH).text


def upload(browser: FlaskClient, text: str, start: str = "standard") -> TestResponse:
    return post(browser, "/admin/facts/new", file=(BytesIO(text.encode()), "facts.csv"), start=start)


def test_a_fact_written_down_shows_who_and_why(admin: FlaskClient) -> None:
    shown = post(admin, f"{FACTS}/new", **FACT, evidence="https://crm.example/1").text
    assert "The fact is recorded." in shown
    assert "https://crm.example/1" in shown
    assert "Alma Vidal" in shown
    assert tier() == "t1"
    assert "Told by phone" in page(admin, f"{FACTS}/1")
    with reading():
        (line,) = db.session.scalars(select(Deed).where(Deed.deed == "fact_recorded"))
        assert line.detail["reason"] == "Told by phone"
    again = post(admin, f"{FACTS}/new", **FACT, evidence="https://crm.example/1")
    assert "counts once" in again.text
    assert len(recorded()) == 1
    assert "wrote down a fact about Andes: Told by phone" in page(admin, "/admin")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"value": "1,5"}, "could part thousands or decimals"),
        ({"value": ""}, "Write the value"),
        ({"currency": "XXX1"}, "It is too long"),
        ({"currency": "QQQ"}, "three letters of a currency"),
        ({"currency": ""}, "is money: write its currency"),
        ({"valid_from": "yesterday"}, "valid"),
        ({"valid_from": "1900-01-01"}, "between 1990 and 2100"),
        ({"valid_to": "2026-09-01"}, "must be after the first day"),
        ({"programme": "large"}, "valid choice"),
        ({"metric": "x"}, "valid choice"),
        ({"reason": " "}, "Say why"),
        ({"evidence": "x" * 2001}, "It is too long"),
    ],
)
def test_what_is_wrong_stands_at_its_field(admin: FlaskClient, changes: dict[str, str], words: str) -> None:
    answer = post(admin, f"{FACTS}/new", **{**FACT, **changes})
    assert answer.status_code == 422
    assert words in answer.text
    assert recorded() == []


def test_a_preview_names_the_standings_that_would_change(admin: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = upload(admin, rows(row(), row("norte", "9999.99"))).text
    assert "Standings that would change" in shown
    table = shown.partition("Standings that would change")[2].partition("Organisations concerned")[0]
    assert re.findall(r"<td>(.*?)</td>", table, re.DOTALL)[0] == "No tier"
    assert "Tier 1" in table and "Rises" in table
    assert "Norte" not in table
    assert recorded() == []
    assert "No standing changes." in upload(admin, rows(row("norte", "1"))).text
    assert "No standing changes." not in upload(admin, rows(row("sur"))).text
    monkeypatch.setattr(importing_facts, "SHOWN", 1)
    assert "facts import --dry-run" in upload(admin, rows(row(), row("norte"))).text


def test_a_correction_and_a_withdrawal_leave_the_history(admin: FlaskClient) -> None:
    post(admin, f"{FACTS}/new", **FACT)
    parts = {"value": "5", "currency": "USD", "valid_from": "2026-10-01"}
    assert post(admin, f"{FACTS}/1/correct", **parts).status_code == 422
    shown = post(admin, f"{FACTS}/1/correct", **parts, reason="A slip").text
    assert "The fact is corrected." in shown
    assert "A slip" in shown and "Told by phone" in shown
    late = post(admin, f"{FACTS}/1/correct", **parts, reason="Again")
    assert (late.status_code, "was corrected before" in late.text) == (409, True)
    assert post(admin, f"{FACTS}/2/correct", **parts | {"value": "x"}, reason="No").status_code == 422
    shown = post(admin, f"{FACTS}/2/withdraw", **{"withdrawal-reason": "It never was"}).text
    assert "The fact is withdrawn." in shown
    assert "No fact here" in page(admin, FACTS)
    everything = page(admin, f"{FACTS}?show=all")
    assert everything.count("Replaced") == 2
    assert everything.count("Withdrawn") == 1
    for path in ("1", "1/correct", "1/withdraw"):
        assert admin.get(f"/admin/organisations/norte/facts/{path}").status_code in (302, 404)
    assert post(admin, "/admin/organisations/norte/facts/3/withdraw", **{"withdrawal-reason": "x"}).status_code == 404


def test_the_file_of_the_facts_is_neutral_and_comes_back_as_it_went(admin: FlaskClient) -> None:
    upload(admin, rows(row(source="=1+1"), row(metric="customers", value="3")))
    post(admin, "/admin/facts/1/confirm", confirmed="y")
    text = admin.get(f"{FACTS}.csv").text
    found = list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))
    assert [(one["value"], one["source"], one["counts"]) for one in found] == [
        ("3", "CRM", "yes"),
        ("10000.00", "'=1+1", "yes"),
    ]
    assert tuple(found[0])[:8] == tuple(HEADER.split(","))
    assert "2 rows" not in upload(admin, text).text
    assert "Known already" in page(admin, "/admin/facts/2")


def test_a_file_of_our_own_is_looked_at_and_then_recorded(admin: FlaskClient) -> None:
    shown = upload(admin, rows(row(), row("norte", "1"))).text
    assert "Nothing has been recorded yet." in shown
    assert "Norte S.A." in shown
    assert recorded() == []
    assert post(admin, "/admin/facts/1/confirm").status_code == 422
    shown = post(admin, "/admin/facts/1/confirm", confirmed="y").text
    assert "Done on" in shown
    assert tier() == "t1"
    assert post(admin, "/admin/facts/1/confirm", confirmed="y").status_code == 409
    assert post(admin, "/admin/facts/1/columns", **COLUMNS).status_code == 409
    assert "facts.csv" in page(admin, "/admin/facts")
    assert len(recorded()) == 2


def test_a_file_with_errors_names_them_and_cannot_be_confirmed(app: Flask, admin: FlaskClient) -> None:
    shown = upload(admin, rows(row(), row("<b>sur</b>"))).text
    assert "No organisation has the id &lt;b&gt;sur&lt;/b&gt;." in shown
    assert "Record the facts" not in shown
    assert post(admin, "/admin/facts/1/confirm", confirmed="y").status_code == 409
    assert recorded() == []
    spanish = sign_in(app.test_client(), make_person(role=PersonRole.VIEWER, language="es")).get("/admin/facts/1").text
    assert "Ninguna empresa" in spanish


def test_a_report_of_salesforce_is_mapped_saved_and_used_again(admin: FlaskClient) -> None:
    shown = upload(admin, SALESFORCE, "salesforce").text
    assert "Which column says what" in shown
    assert '<option selected value="Account Name">' in shown
    shown = post(admin, "/admin/facts/1/columns", **COLUMNS | {"dates": "iso"}).text
    assert "The day could be the month" in shown
    shown = post(admin, "/admin/facts/1/columns", **COLUMNS, save_as="Our deals").text
    assert "Not won" in shown
    post(admin, "/admin/facts/1/confirm", confirmed="y")
    assert recorded() == [("Salesforce", 1000000, False)]
    with reading():
        assert saved_mappings() == ["Our deals"]
    shown = upload(admin, SALESFORCE.replace('"10,000.00"', '"9,000.00"'), "saved:Our deals").text
    assert "Changed, to be corrected" in shown
    post(admin, "/admin/facts/2/confirm", confirmed="y")
    assert recorded() == [("Salesforce", 1000000, False), ("Salesforce", 900000, False)]


@pytest.mark.parametrize(
    "changes",
    [
        {"organisation": ""},
        {"organisation": "No such column"},
        {"always_programme": ""},
        {"always_metric": ""},
        {"always_source": ""},
        {"always_currency": "QQQ", "currency": ""},
        {"valid_from": ""},
        {"decimals": "other"},
    ],
)
def test_a_mapping_that_cannot_be_is_refused_at_its_fields(admin: FlaskClient, changes: dict[str, str]) -> None:
    upload(admin, SALESFORCE, "salesforce")
    answer = post(admin, "/admin/facts/1/columns", **COLUMNS | changes)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


@pytest.mark.parametrize("content", [b"", "a,b\n1,2\n".encode("utf-16"), b"\xff\xfe", b"a\0b"])
def test_what_is_no_table_is_not_kept(admin: FlaskClient, content: bytes) -> None:
    answer = post(admin, "/admin/facts/new", file=(BytesIO(content), "facts.csv"), start="standard")
    assert answer.status_code == 422
    assert admin.get("/admin/facts/1").status_code == 404


def test_a_large_file_is_left_to_the_worker(admin: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing_facts, "SMALL", 1)
    monkeypatch.setattr(importing_facts, "PIECE", 1)
    upload(admin, rows(row(), row("norte")))
    shown = post(admin, "/admin/facts/1/confirm", confirmed="y").text
    assert "Load the page again" in shown
    worker.HANDLERS[importing_facts.TASK](0, {"import_id": 1})
    assert "<progress" in page(admin, "/admin/facts/1")
    worker.HANDLERS[importing_facts.TASK](0, {"import_id": 1})
    assert "Done on" in page(admin, "/admin/facts/1")


def test_accounts_stand_for_one_organisation_and_are_removed(admin: FlaskClient) -> None:
    known = {"account-system": "Salesforce", "account-external_id": "001A"}
    assert "001A" in post(admin, "/admin/organisations/andes/account", **known).text
    assert post(admin, "/admin/organisations/norte/account", **known).status_code == 409
    assert post(admin, "/admin/organisations/andes/account", **known | {"account-system": ""}).status_code == 422
    assert post(admin, "/admin/organisations/norte/account", **known, deed="remove").status_code == 404
    assert (
        "001A"
        not in post(admin, "/admin/organisations/andes/account", **known, deed="remove")
        .text.split("</main>")[0]
        .split("is removed")[1]
    )


def test_a_viewer_looks_and_changes_nothing(client: FlaskClient, admin: FlaskClient, app: Flask) -> None:
    post(admin, f"{FACTS}/new", **FACT)
    viewer = sign_in(app.test_client(), make_person(role=PersonRole.VIEWER, language="en"))
    for path in (FACTS, f"{FACTS}/1", f"{FACTS}.csv", "/admin/facts"):
        assert viewer.get(path).status_code == 200
    assert "Record the fact" not in page(viewer, FACTS)
    assert post(viewer, f"{FACTS}/new", **FACT).status_code == 403
    with reading():
        assert len(db.session.scalars(select(Fact)).all()) == 1
