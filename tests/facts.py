"""Factories for the tests of facts: a programme that counts customers and revenue, rows of files, and what is known."""

from pathlib import Path

from sqlalchemy import select

from app.extensions import db
from app.partners.facts import Fact
from app.partners.programmes import participation_in
from app.partners.standing import standing_in
from app.people.organisations import organisation_by_slug
from app.transaction import reading
from tests.factories import both, make_organisation, publish, write_programme

HEADER = "organisation,programme,metric,value,currency,valid_from,valid_to,source"


def make_partners(root: Path) -> None:
    """Two companies, `andes` and `norte`, in a programme whose one tier asks for customers or for revenue."""
    customers = {"id": "customers", "kind": "metric", "metric": "customers", "at_least": 5, "name": both("Customers")}
    revenue = {
        "id": "revenue",
        "kind": "money",
        "metric": "revenue",
        "window_months": 12,
        "currency": "USD",
        "at_least": 10000,
        "name": both("Revenue"),
    }
    either = {"id": "either", "kind": "any_of", "name": both("Either"), "requirements": [customers, revenue]}
    write_programme(root, tiers=[{"id": "t1", "rank": 1, "name": both("Tier 1"), "requirements": [either]}])
    publish(root)
    make_organisation("small", slug="andes", name="Andes")
    make_organisation("small", slug="norte", name="Norte S.A.")


def row(organisation: str = "andes", value: str = "10000", metric: str = "revenue", **more: str) -> str:
    cells = {
        "organisation": organisation,
        "programme": "small",
        "metric": metric,
        "value": value,
        "currency": "USD" if metric == "revenue" else "",
        "valid_from": "2026-10-01",
        "valid_to": "",
        "source": "CRM",
    } | more
    return ",".join(f'"{cell}"' for cell in cells.values())


def rows(*lines: str, more: str = "") -> str:
    return "\n".join([HEADER + more, *lines]) + "\n"


def tier(organisation: str = "andes") -> str | None:
    with reading():
        standing = standing_in(participation_in(organisation_by_slug(organisation).id, "small"))
        assert standing
        return standing.tier


def recorded(organisation: str | None = None) -> list[tuple[str, int, bool]]:
    """Source, value and whether it is withdrawn, of every fact as they were written."""
    with reading():
        query = select(Fact).order_by(Fact.id)
        if organisation:
            query = query.where(Fact.organisation_id == organisation_by_slug(organisation).id)
        return [(fact.source, fact.value, fact.withdrawn) for fact in db.session.scalars(query)]
