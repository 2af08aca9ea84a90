"""What the vendor spent, what came of it, and the reports as pages, files and letters asked for."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from flask.testing import FlaskClient

from app.people.persons import PersonRole
from tests.factories import make_staff, sign_in
from tests.vendor import SPENT, certified, file_of, note, write_vendor_content
from tests.web.admin.test_office_pages import text_of


@pytest.fixture
def content(app: object, tmp_path: Path) -> Path:
    """A programme with targets and a return."""
    return write_vendor_content(tmp_path / "content")


def test_what_was_spent_and_what_came_of_it(admin: FlaskClient, content: Path) -> None:
    note(certified(), "revenue", 100000, "USD")
    assert "Year 1 $500 $1,000 100%" in text_of(admin, "/admin/return/small")
    assert admin.post("/admin/return/small/investments", data=SPENT).status_code == 303
    text = text_of(admin, "/admin/return/small")
    assert "Jan 1, 2026 – Mar 31, 2026 $250 $1,000 300%" in text
    for path in ("/admin/return/small/investments", "/admin/return/small/investments/1/withdraw"):
        assert admin.get(path).status_code == 302  # the page of an error, asked for again
    assert admin.post("/admin/return/small/investments/1/withdraw", data={"withdrawn_reason": " "}).status_code == 303
    assert "Counts" in text_of(admin, "/admin/return/small")
    admin.post("/admin/return/small/investments/1/withdraw", data={"withdrawn_reason": "Counted twice"})
    text = text_of(admin, "/admin/return/small")
    assert "Withdrawn Counted twice" in text
    assert "No actual return yet" in text
    for number, status in ((1, 409), (2, 404)):
        again = f"/admin/return/small/investments/{number}/withdraw"
        assert admin.post(again, data={"withdrawn_reason": "Again"}).status_code == status
    assert "withdrew an investment in the programme small: Counted twice" in text_of(admin, "/admin")


def test_money_that_no_rate_converts_gives_no_return(admin: FlaskClient, content: Path) -> None:
    note(certified(), "revenue", 100000, "USD")
    admin.post("/admin/return/small/investments", data=SPENT | {"currency": "EUR"})
    assert "1 amount in another currency without a rate" in text_of(admin, "/admin/return/small")
    assert "cannot be said" in text_of(admin, "/admin/return/small")


@pytest.mark.parametrize(
    "change",
    [
        {"amount": ""},
        {"amount": "0"},
        {"amount": "-1"},
        {"amount": "NaN"},
        {"amount": "1e400"},
        {"amount": "0.001"},
        {"amount": "9" * 40},
        {"currency": "XXQ"},
        {"currency": ""},
        {"first_day": "2026-02-30"},
        {"first_day": "2026-04-01"},
        {"last_day": "9999-12-31"},
        {"first_day": "0001-01-01"},
        {"source": " "},
        {"source": "x" * 201},
    ],
)
def test_what_is_no_investment(admin: FlaskClient, content: Path, change: dict[str, str]) -> None:
    assert admin.post("/admin/return/small/investments", data=SPENT | change).status_code == 422
    assert "What was spent Period" not in text_of(admin, "/admin/return/small")


def test_a_viewer_writes_nothing_down(client: FlaskClient, content: Path) -> None:
    viewer = sign_in(client, make_staff(PersonRole.VIEWER, language="en"))
    assert viewer.post("/admin/return/small/investments", data=SPENT).status_code == 403
    assert viewer.post("/admin/reports/small/daily/subscribe").status_code == 403
    assert "Write it down" not in text_of(viewer, "/admin/return/small")
    assert "Send it to me" not in text_of(viewer, "/admin/reports/small")


def test_a_report_by_letter_is_asked_for_and_ended(admin: FlaskClient, content: Path) -> None:
    assert "by letter" not in text_of(admin, "/admin/reports/small")
    for _twice in range(2):
        assert admin.post("/admin/reports/small/monthly/subscribe").status_code == 303
    assert "Monthly Monthly · by letter" in text_of(admin, "/admin/reports/small")
    admin.post("/admin/reports/small/monthly/unsubscribe")
    assert "Monthly · by letter" not in text_of(admin, "/admin/reports/small")
    assert admin.post("/admin/reports/small/hourly/subscribe").status_code == 404
    assert admin.get("/admin/reports/small/monthly/subscribe").status_code == 303


def test_a_report_as_a_page_and_as_a_file(admin: FlaskClient, content: Path) -> None:
    with time_machine.travel(datetime(2025, 5, 5, tzinfo=UTC)):
        organisation = certified(name="Andes")
        note(organisation, "customers", 12)
    text = text_of(admin, "/admin/reports/small/monthly/2025-05")
    assert "Active partners 1 0 when it began" in text
    assert "Rose 1 Rose Partner What Known since Andes No tier → Tier 1 May 5, 2025" in text
    assert "Customers: 12" in text
    assert "Nothing else became known" in text_of(admin, "/admin/reports/small/monthly/2025-06")
    rows = file_of(admin, "/admin/reports/small/monthly/2025-05.csv")
    assert {row[0] for row in rows} >= {"section", "figures", "tiers", "risen", "issued", "facts", "joined"}
