"""Revenue and commission by month: the page, the files and the API say the same, of one's own organisation alone."""

import csv
import re
from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.extensions import db
from app.partners.facts import add_fact
from app.partners.programmes import programme_by_slug
from app.people.organisations import Organisation, PartnerRole
from app.people.persons import Person, PersonRole
from app.transaction import now, writing
from tests.factories import (
    bearer,
    both,
    make_member,
    make_organisation,
    make_staff,
    publish,
    sign_in,
    write_programme,
)
from tests.facts import row, rows

KPIS = [{"metric": metric, "name": both(metric), "unit": "money"} for metric in ("revenue", "commission")]


@pytest.fixture
def andes(client: FlaskClient, tmp_path: Path) -> Organisation:
    """It has held its one tier, with a commission of 12.5 %, since long ago."""
    tier = {"id": "t1", "rank": 1, "name": both("Tier One"), "commission_percent": 12.5, "requirements": []}
    write_programme(tmp_path, tiers=[tier], kpis=KPIS)
    publish(tmp_path)
    return make_organisation("small", name="Andes", slug="andes", at=now() - timedelta(days=300))


@pytest.fixture
def boss(client: FlaskClient, andes: Organisation) -> Person:
    person = make_member(andes, partner_role=PartnerRole.ADMIN, name="Ana Ruiz", language="en")
    sign_in(client, person)
    return person


def know(organisation: Organisation, value: int, at: datetime, metric: str = "revenue", **more: object) -> int:
    given = {"currency": "USD", "source": "=crm", "valid_from": at} | more
    with writing() as recorded_at:
        programme_id = programme_by_slug("small").id
        place = {"organisation_id": organisation.id, "programme_id": programme_id}
        return add_fact(**place, metric=metric, value=value, at=recorded_at, **given).id  # type: ignore[arg-type]


def test_a_month_with_its_estimate(client: FlaskClient, andes: Organisation, boss: Person) -> None:
    assert "No revenue is recorded" in client.get("/scorecard/money").text
    know(andes, 1_000_00, now())
    page = client.get("/scorecard/money").text
    assert "$1,000" in page and "$125" in page and "estimate" in page
    assert "Tier One (12.5%)" in page
    assert "the settlement of your contract is what counts" in page.lower()
    assert page.count('scope="row"') == 24
    assert 'href="/scorecard/money?programme=small"' in client.get("/scorecard").text


def test_recorded_commission_stands_in_its_place(client: FlaskClient, andes: Organisation, boss: Person) -> None:
    know(andes, 1_000_00, now())
    know(andes, 77_00, now(), "commission")
    page = client.get("/scorecard/money").text
    assert "$77" in page and "$125" not in page and "recorded" in page


def test_commission_comes_with_the_files_of_a_programme_that_counts_it(
    client: FlaskClient, andes: Organisation, boss: Person, tmp_path: Path
) -> None:
    file, run = tmp_path / "facts.csv", client.application.test_cli_runner()
    day = f"{now():%Y-%m-%d}"
    lines = [row(value="1000", valid_from=day), row(metric="commission", value="77.25", valid_from=day, currency="USD")]
    file.write_text(rows(*lines))
    told = run.invoke(args=["facts", "import", str(file)])
    assert told.output.endswith("2 rows: 2 recorded\n")
    assert money_rows(client)[0][3:] == ["1000.00", "Tier One (12.5%)", "77.25", "Recorded"]
    office = sign_in(client.application.test_client(), make_staff(PersonRole.VIEWER, language="en"))
    assert "commission" in office.get("/admin/organisations/andes/facts").text
    write_programme(tmp_path, at_least=[1], kpis=KPIS[:1])
    publish(tmp_path)
    told = run.invoke(args=["facts", "import", str(file)])
    assert "3: metric: The programme has no metric commission. Those it has: revenue." in told.output
    assert told.exit_code == 1


def test_what_was_corrected_counts_and_what_was_withdrawn_does_not(
    client: FlaskClient, andes: Organisation, boss: Person
) -> None:
    wrong = know(andes, 9_00, now())
    right = know(andes, 8_00, now(), corrects=wrong)
    assert money_rows(client)[0][3:6] == ["8.00", "Tier One (12.5%)", "1.00"]
    know(andes, 8_00, now(), corrects=right, withdrawn=True)
    assert money_rows(client) == []


def test_the_files_say_the_same(client: FlaskClient, andes: Organisation, boss: Person) -> None:
    know(andes, -5_00, now())
    know(andes, 7_00, now(), currency="EUR")
    rows = money_rows(client)
    assert [len(rows), rows[0][2:4], rows[24][2:4]] == [48, ["EUR", "7.00"], ["USD", "-5.00"]]
    assert [rows[0][5:], rows[24][5:], rows[1][5:]] == [["0.88", "Estimate"], ["-0.62", "Estimate"], ["", ""]]
    facts = table(client, "/scorecard/facts.csv")
    assert {(one[1], one[2], one[7]) for one in facts} == {("revenue", "-5.00", "'=crm"), ("revenue", "7.00", "'=crm")}
    [held] = table(client, "/scorecard/history.csv")
    assert (held[:3], held[4:6]) == (["small", "tiers", "t1"], ["", "no"])


def test_the_api_says_the_same(client: FlaskClient, andes: Organisation, boss: Person) -> None:
    know(andes, 1_000_00, now())
    [earned] = client.get("/api/v1/organisations/andes/earnings").json["earnings"]
    assert (earned["programme"], earned["currency"], len(earned["months"])) == ("small", "USD", 24)
    month = earned["months"][0]
    assert (Decimal(month["revenue"]), Decimal(month["commission"]), month["recorded"]) == (1000, 125, False)
    assert month["tiers"] == [{"tier": "t1", "percent": "12.5"}]
    viewer = bearer(make_staff(PersonRole.VIEWER))
    assert app_get(client, "/api/v1/organisations/andes/earnings", viewer).status_code == 200


def test_nobody_elses(client: FlaskClient, andes: Organisation, boss: Person) -> None:
    know(andes, 123_45, now())
    paths = ["/scorecard/money", "/scorecard/money.csv", "/scorecard/facts.csv", "/scorecard/history.csv"]
    sign_in(client, make_member(andes))
    assert {client.get(path).status_code for path in [*paths, "/api/v1/organisations/andes/earnings"]} == {403}
    assert "/scorecard/money" not in client.get("/scorecard").text
    sign_in(client, make_member(make_organisation("small"), partner_role=PartnerRole.ADMIN))
    assert not any(re.search("123[.,]?45", client.get(path).text) for path in paths[:3])
    assert client.get("/api/v1/organisations/andes/earnings").status_code == 404
    assert client.get("/scorecard/money?programme=none").status_code == 404


def money_rows(client: FlaskClient) -> list[list[str]]:
    return table(client, "/scorecard/money.csv")


def table(client: FlaskClient, path: str) -> list[list[str]]:
    """The rows below the head."""
    answer = client.get(path)
    assert answer.status_code == 200
    db.session.remove()
    return list(csv.reader(StringIO(answer.get_data().decode("utf-8-sig"), newline="")))[1:]


def app_get(client: FlaskClient, path: str, by: dict[str, str]) -> object:
    return client.application.test_client().get(path, headers=by)
