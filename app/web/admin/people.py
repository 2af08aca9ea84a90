"""Everyone with an account."""

from datetime import datetime
from typing import Any

from flask import render_template
from sqlalchemy import Select, select

from app.people.organisations import Membership, Organisation, present
from app.people.persons import Person, PersonRole
from app.transaction import reading
from app.web.lists import asked_choice, asked_sort, asked_text, contains, page_of_query
from app.web.naming import LANGUAGES, ROLES

SORTS = {
    "name": Person.name,
    "role": Person.role,
    "organisation": Organisation.name,
    "created": Person.created_at,
}
ACCOUNTS = ("open", "disabled")


def people() -> str:
    """A page of the people searched for."""
    with reading() as at:
        page = page_of_query(found_people(at))
        return render_template("admin/people.html", page=page, sort=asked_sort(SORTS, "name"), at=at)


def found_people(at: datetime) -> Select[*tuple[Any, ...]]:
    """Rows of a person and the organisation that the person works for now, if any."""
    at_work = (Membership.person_id == Person.id) & present(at)
    sort = asked_sort(SORTS, "name")
    column = SORTS[sort.removeprefix("-")]
    return (
        select(Person, Organisation)
        .outerjoin(Membership, at_work)
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
        .where(*_conditions())
        .order_by(column.is_(None), column.desc() if sort.startswith("-") else column, Person.id)
    )


def _conditions() -> list[Any]:
    text, role = asked_text(), asked_choice("role", ROLES)
    language, account = asked_choice("language", LANGUAGES), asked_choice("account", ACCOUNTS)
    conditions: list[Any] = (
        [contains(text, Person.name, Person.latin_name, Person.email, Organisation.name)] if text else []
    )
    if role:
        conditions.append(Person.role == PersonRole(role))
    if language:
        conditions.append(Person.language == language)
    if account:
        conditions.append(Person.disabled_at.is_not(None) if account == "disabled" else Person.disabled_at.is_(None))
    return conditions
