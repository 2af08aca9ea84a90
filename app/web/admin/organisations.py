"""The partner companies, with the tier each holds in each of its programmes."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template
from sqlalchemy import ColumnElement, Select, exists, func, select

from app.extensions import db
from app.partners.programmes import Participation, Programme, live_programmes
from app.partners.rules import MAIN
from app.partners.rules import Programme as Rules
from app.partners.standing import Standing
from app.people.organisations import Membership, Organisation, present
from app.transaction import reading
from app.web.layout import in_language
from app.web.lists import asked_choice, asked_sort, asked_text, contains, page_of_query

SORTS = ("name", "members", "created")
RISKS = ("yes", "no")


@dataclass(frozen=True)
class Place:
    """Where an organisation stands in a programme; without a tier, `tier` is None."""

    slug: str
    programme: str
    tier: str | None
    name: str
    at_risk_since: datetime | None


def organisations() -> str:
    """A page of the organisations searched for."""
    with reading() as at:
        rules = {programme.id: programme.rules for programme in live_programmes()}
        titles = {one.id: in_language(one.title) for one in rules.values()}
        page = page_of_query(found_organisations(titles, at))
        places = places_of({organisation.id for organisation, _members in page.items}, rules)
        sort = asked_sort(SORTS, "name")
        return render_template(
            "admin/organisations.html", page=page, places=places, programmes=titles, sort=sort, at=at
        )


def found_organisations(programmes: Collection[str], at: datetime) -> Select[*tuple[Any, ...]]:
    """Rows of an organisation and the number of its present members."""
    at_work = (Membership.organisation_id == Organisation.id) & present(at)
    members = select(func.count(Membership.id)).where(at_work).correlate(Organisation).scalar_subquery()
    columns = {"name": Organisation.name, "members": members, "created": Organisation.created_at}
    sort = asked_sort(SORTS, "name")
    column: Any = columns[sort.removeprefix("-")]
    return (
        select(Organisation, members.label("members"))
        .where(*_conditions(programmes))
        .order_by(column.desc() if sort.startswith("-") else column, Organisation.id)
    )


def places_of(organisation_ids: Collection[int], rules: Mapping[int, Rules]) -> Mapping[int, Sequence[Place]]:
    """By organisation, where it stands on each ladder of the live programmes that it takes part in."""
    standing = (
        (Standing.organisation_id == Participation.organisation_id)
        & (Standing.programme_id == Participation.programme_id)
        & Standing.until.is_(None)
    )
    query = (
        select(
            Participation.organisation_id,
            Participation.programme_id,
            Standing.ladder,
            Standing.tier,
            Standing.at_risk_since,
        )
        .outerjoin(Standing, standing)
        .where(Participation.organisation_id.in_(organisation_ids), Participation.programme_id.in_(rules))
        .order_by(Participation.programme_id, Standing.id)
    )
    places: dict[int, list[Place]] = defaultdict(list)
    for organisation_id, programme_id, ladder, tier, at_risk_since in db.session.execute(query):
        places[organisation_id].append(_place(rules[programme_id], ladder or MAIN, tier, at_risk_since))
    return places


def _place(rules: Rules, ladder: str, tier: str | None, at_risk_since: datetime | None) -> Place:
    names = {one.id: in_language(one.name) for one in rules.tiers_of(ladder)}
    title = next((name for id, name, _ in rules.every_ladder if id == ladder), None)
    where = " · ".join(in_language(text) for text in (rules.title, title) if text)
    return Place(rules.id, where, tier, names.get(tier or "", tier or ""), at_risk_since)


def _conditions(programmes: Collection[str]) -> list[ColumnElement[bool]]:
    text, programme, risk = asked_text(), asked_choice("programme", programmes), asked_choice("risk", RISKS)
    conditions = [contains(text, Organisation.name, Organisation.slug)] if text else []
    if programme:
        part = (Participation.organisation_id == Organisation.id) & (Programme.id == Participation.programme_id)
        conditions.append(exists().where(part, Programme.slug == programme))
    if risk:
        standing = (Standing.organisation_id == Organisation.id) & Standing.until.is_(None)
        at_risk = exists().where(standing, Standing.at_risk_since.is_not(None))
        conditions.append(at_risk if risk == "yes" else ~at_risk)
    return conditions
