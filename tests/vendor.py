"""A programme with targets, an investment and a return, and partners in it, for the tests of the vendor's pages."""

import csv
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from flask.testing import FlaskClient

from app.partners.evaluating import reevaluate_organisation
from app.partners.facts import add_fact
from app.partners.programmes import programme_by_slug
from app.people.organisations import Organisation
from app.transaction import writing
from tests.factories import both, make_member, make_organisation, publish, sit, write_exam, write_programme

PEOPLE = {"id": "people", "kind": "persons", "level": "fundamentals", "at_least": 1, "name": both("People")}
TIERS = [{"id": "t1", "rank": 1, "name": both("Tier 1"), "requirements": [PEOPLE]}]
KPIS = [
    {"metric": "customers", "name": both("Customers")},
    {"metric": "revenue", "name": both("Revenue"), "unit": "money"},
]
MONEY = {"unit": "money", "currency": "USD"}
TARGETS = [
    {"id": "people", "name": both("Certified"), "measure": "certified_persons",
     "values": [{"period": both("Year 1"), "by": "2031-12-31", "at_least": 4}]},
    {"id": "revenue", "name": both("Yearly revenue"), "metric": "revenue", **MONEY,
     "values": [{"period": both("Year 1"), "by": "2031-12-31", "months": 12, "at_least": 1000}]},
    {"id": "customers", "name": both("Customers of each"), "metric": "customers",
     "values": [{"tier": "t1", "at_least": 10}]},
    {"id": "leads", "name": both("Leads"), "values": [{"period": both("Always"), "at_least": 10}]},
]  # fmt: skip
INVESTMENT = [{"id": "spent", "name": both("Spent"), **MONEY,
               "values": [{"period": both("Year 1"), "by": "2031-12-31", "at_least": 500}]}]  # fmt: skip
RETURN = {"formula": "gain_percent", "revenue": "revenue", "investment": "spent"}
SPENT = {"amount": "250", "currency": "usd", "first_day": "2026-01-01", "last_day": "2026-03-31", "source": "Budget"}


def write_vendor_content(root: Path) -> Path:
    """The programme, published with an exam."""
    write_exam(root)
    more = {"targets": TARGETS, "investment": INVESTMENT, "return_on_investment": RETURN}
    write_programme(root, tiers=TIERS, kpis=KPIS, **more)
    publish(root)
    return root


def certified(**given: str) -> Organisation:
    """A partner that holds the tier."""
    organisation = make_organisation("small", **given)
    sit(make_member(organisation))
    return organisation


def note(organisation: Organisation, metric: str, value: int, currency: str | None = None) -> None:
    """A fact of February and March 2026."""
    first, last = datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC) if currency else None
    with writing() as at:
        place = {"organisation_id": organisation.id, "programme_id": programme_by_slug("small").id}
        add_fact(
            **place, metric=metric, value=value, currency=currency,
            valid_from=first, valid_to=last, source="CRM", at=at,
        )  # fmt: skip
        reevaluate_organisation(organisation.id, at=at)


def file_of(client: FlaskClient, path: str) -> list[list[str]]:
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (200, "text/csv")
    return list(csv.reader(StringIO(response.text.removeprefix("\ufeff"))))
