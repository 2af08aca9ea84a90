"""The vendor's pages: all partners, targets and key figures; filters, files, refusals, statements."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask.testing import FlaskClient

from app.partners.evaluating import reevaluate_organisation
from app.people.organisations import PartnerRole
from app.people.persons import PersonRole
from app.transaction import writing
from app.web.admin import partners, targets
from tests.factories import make_member, make_organisation, make_person, make_staff, sign_in, sit
from tests.vendor import certified, file_of, note, write_vendor_content
from tests.web.admin.test_office_pages import text_of
from tests.web.test_statements import count

PAGES = [
    "/admin/partners",
    "/admin/partners?programme=small&tier=t1&state=review",
    "/admin/targets/small",
    "/admin/targets/small/t1",
    "/admin/kpis/small",
    "/admin/return/small",
    "/admin/reports/small",
    "/admin/reports/small/annual/2025",
]
FILES = ["/admin/partners", "/admin/targets/small", "/admin/targets/small/t1", "/admin/kpis/small"]
FILES += ["/admin/reports/small/annual/2025"]


@pytest.fixture
def content(app: object, tmp_path: Path) -> Path:
    """A programme with targets and a return."""
    return write_vendor_content(tmp_path / "content")


@pytest.mark.parametrize("path", [*PAGES, *(f"{file}.csv" for file in FILES)])
def test_who_may_look(client: FlaskClient, content: Path, path: str) -> None:
    organisation = make_organisation("small")
    others = make_member(organisation, partner_role=PartnerRole.ADMIN), make_person(), make_staff(PersonRole.TRAINER)
    for person in others:
        assert sign_in(client, person).get(path).status_code == 403
    for role in (PersonRole.VIEWER, PersonRole.ADMIN):
        assert sign_in(client, make_staff(role)).get(path).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/admin/targets/none", 404),
        ("/admin/targets/small/none", 404),
        ("/admin/targets/small/none.csv", 404),
        ("/admin/kpis/none", 404),
        ("/admin/return/none", 404),
        ("/admin/reports/none", 404),
        ("/admin/reports/small/hourly/2025", 404),
        ("/admin/reports/small/annual/2025-01", 404),
        ("/admin/reports/small/monthly/2025-13", 404),
        ("/admin/reports/small/daily/2025-02-30.csv", 404),
        ("/admin/reports/none/annual/2025", 404),
        ("/admin/reports/small/annual/2998", 422),
        ("/admin/reports/small/annual/2998.csv", 422),
        ("/admin/partners?programme=none&tier=x&state=y&ladder=z&sort=w&after=%00", 200),
        ("/admin/partners?after=WyJuYW1lIiwgMSwgMSwgMV0=&q=%00", 200),
        ("/admin/partners?sort=since&after=WyJzaW5jZSIsICJ4IiwgMSwgMV0=", 200),
        ("/admin/partners?after=WyJuYW1lIiwgIngiLCA5OTk5OTk5OTk5OTk5OTk5OTk5OSwgMV0=", 200),
        ("/admin/targets/small/t1?after=bm9uc2Vuc2U=", 200),
    ],
)
def test_what_is_asked_for_in_vain(admin: FlaskClient, content: Path, path: str, status: int) -> None:
    certified()
    assert admin.get(path).status_code == status


def test_the_partners_by_tier_and_why_one_is_at_risk(admin: FlaskClient, content: Path) -> None:
    certified(name="Andes")
    norte = make_organisation("small", name="Norte")
    with time_machine.travel(datetime.now(UTC) - timedelta(days=800), tick=False):
        old = make_organisation("small", name="Vieja")
        sit(make_member(old))
    with writing() as at:
        reevaluate_organisation(old.id, at=at)
    text = text_of(admin, "/admin/partners")
    assert "Programme small Tier 1 2 No tier 1 1 0" in text  # two hold it, one has none, one of the two is at risk
    assert "People: 0 of 1" in text
    assert "3 partners in programmes" in text
    at_risk = text_of(admin, "/admin/partners", programme="small", state="risk")
    assert "Vieja" in at_risk and "Andes" not in at_risk
    assert "Norte" in text_of(admin, "/admin/partners", state="none", q="nor")
    assert "Andes" in text_of(admin, "/admin/partners", programme="small", tier="t1")
    assert "No partner fits this filter" in text_of(admin, "/admin/partners", q="zzz")
    rows = file_of(admin, "/admin/partners.csv?state=risk")
    assert [(row[0], row[4], row[8]) for row in rows[1:]] == [(old.slug, "t1", "People: 0 of 1")]
    assert norte.slug in {row[0] for row in file_of(admin, "/admin/partners.csv")}


@pytest.mark.parametrize("sort", ["name", "-name", "since", "-since", "risk", "-risk", "joined", "-joined"])
def test_a_long_list_is_read_on_without_a_gap(
    admin: FlaskClient, content: Path, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partners, "PAGE", 3)
    names = ["Delta", "Alfa", "Beta", "Gamma", "Beta", "Omega", "Épsilon"]
    for number, name in enumerate(names):
        certified(name=name) if number % 2 else make_organisation("small", name=name)
    seen: list[str] = []
    path = f"/admin/partners?sort={sort}"
    for _page in range(10):
        page = admin.get(path).text
        seen += re.findall(r'<th scope="row"><a href="/admin/organisations/(company-\d+)\?', page)
        following = re.search(r'href="(\?[^"]*)" rel="next"', page)
        if not following:
            break
        path = "/admin/partners" + following.group(1).replace("&amp;", "&")
    whole = [row[0] for row in file_of(admin, f"/admin/partners.csv?sort={sort}")[1:]]
    assert seen == whole
    assert len(whole) == len(set(whole)) == len(names)


def test_names_that_a_spreadsheet_would_run_are_guarded(admin: FlaskClient, content: Path) -> None:
    organisation = certified(name="=HYPERLINK(1)")
    note(organisation, "customers", 12)
    for path in ("/admin/partners.csv", "/admin/targets/small/t1.csv"):
        assert file_of(admin, path)[1][1] == "'=HYPERLINK(1)"


def test_the_targets_and_the_partners_of_a_tier_against_them(admin: FlaskClient, content: Path) -> None:
    andes, norte = certified(name="Andes"), certified(name="Norte")
    note(andes, "customers", 12)
    note(norte, "customers", 4)
    note(andes, "revenue", 123456, "USD")
    note(norte, "revenue", 99, "EUR")
    text = text_of(admin, "/admin/targets/small")
    assert "Year 1 until Dec 31, 2031 · next at least 4 2 Under way: 50%" in text
    assert "1 of 2 partners Under way: 50%" in text
    assert "at least $1,000 $1,234.56 Met" in text
    assert "1 fact in another currency without a rate is left out" in text
    assert "Leads Always at least 10 – Not measured here" in text
    tier = text_of(admin, "/admin/targets/small/t1")
    assert "Andes 12 Met Norte 4 Under way: 40%" in tier
    rows = {row[2]: row for row in file_of(admin, "/admin/targets/small.csv")[1:]}
    assert rows["Customers of each"][8:] == ["under_way", "50", "1", "2"]
    assert rows["Yearly revenue"][7:9] == ["1234.56", "met"]


def test_the_key_figures(admin: FlaskClient, content: Path) -> None:
    organisation = certified()
    sit(make_member(organisation), passes=False)
    text = text_of(admin, "/admin/kpis/small")
    assert "Certified people 1 working for a partner today Active partners 1 hold a tier" in text
    assert "Exam fundamentals 2 1 50%" in text
    assert len(file_of(admin, "/admin/kpis/small.csv")) == 25


@pytest.mark.parametrize("path", PAGES)
def test_the_statements_of_a_page_are_as_many_whatever_there_is(
    admin: FlaskClient, content: Path, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (partners, targets):
        monkeypatch.setattr(module, "PAGE", 5)
    with time_machine.travel(datetime(2025, 5, 5, tzinfo=UTC)):
        first = certified()
        note(first, "customers", 3)
    admin.get(path)
    before = count(admin, "GET", path)
    with time_machine.travel(datetime(2025, 5, 6, tzinfo=UTC)):
        for number in range(12):
            other = certified()
            note(other, "customers", number)
            note(other, "revenue", number, "USD")
    assert count(admin, "GET", path) == before <= 40
