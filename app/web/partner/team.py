"""The team: the members of the visitor's own organisation, as a page and as a file."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import Response, render_template

from app.partners.programmes import participations_of
from app.people.visitors import Employer
from app.refusal import NotFound
from app.transaction import reading
from app.web.csv_export import csv_response
from app.web.identity import visitor
from app.web.lists import asked_choice, asked_sort, asked_text, fold, matches, ordered, page_of_rows
from app.web.naming import JOB_ROLES
from app.web.naming import LEVELS as LEVEL_NAMES
from app.web.partner.completion import trained
from app.web.partner.members import Member, team_of
from app.web.wording import gettext as _

NEEDS = ("none", "renewal")
SORTS: dict[str, Callable[[Member], Any]] = {
    "name": lambda member: fold(member.name),
    "job": lambda member: str(JOB_ROLES[member.job_role]),
    "level": lambda member: member.rank,
    "studies": lambda member: member.minutes_done,
    "sat": lambda member: member.sat.at if member.sat else None,
}


def team() -> str:
    """A page of the members that were asked for."""
    organisation = own_organisation()
    with reading() as at:
        everybody = team_of(organisation.id, at)
        return render_template(
            "partner/team.html",
            organisation=organisation,
            size=len(everybody),
            trained=trained(organisation.id, participations_of(organisation.id), at),
            page=page_of_rows(chosen(everybody)),
            sort=asked_sort(SORTS, "name"),
            at=at,
        )


def team_export() -> Response:
    """The same members, all of them, as CSV."""
    organisation = own_organisation()
    with reading() as at:
        members = chosen(team_of(organisation.id, at))
        until = [_("%(level)s until", level=name) for name in LEVEL_NAMES.values()]
        header = [_("Name"), _("E-mail"), _("Job"), _("Region"), *until, _("Courses finished"), _("Courses")]
        header += [_("Last exam"), _("Result"), _("Sat on"), _("Next step")]
        return csv_response(f"team-{organisation.slug}-{at:%Y-%m-%d}", header, [csv_row(member) for member in members])


def own_organisation() -> Employer:
    """The organisation that the visitor works for; there is no way to name another."""
    organisation = visitor().organisation
    if organisation is None:
        raise NotFound
    return organisation


def chosen(members: Sequence[Member]) -> list[Member]:
    """The members that fit the address, in its order."""
    text, job, level = asked_text(), asked_choice("job", JOB_ROLES), asked_choice("level", (*LEVEL_NAMES, *NEEDS))
    fitting = [
        member
        for member in members
        if matches(text, member.name, member.email) and job in ("", member.job_role) and _fits(member, level)
    ]
    sort = asked_sort(SORTS, "name")
    return ordered(fitting, SORTS[sort.removeprefix("-")], sort)


def _fits(member: Member, level: str) -> bool:
    if level == "renewal":
        return member.needs_renewal
    if level == "none":
        return member.level is None
    return level in ("", member.level)


def csv_row(member: Member) -> list[object]:
    """A member's line of the file."""
    until = {held.level: held.expires_at for held in member.credentials}
    cells: list[object] = [member.name, member.email, JOB_ROLES[member.job_role], member.region or ""]
    cells += [_day(until.get(level)) for level in LEVEL_NAMES]
    if not member.agreed:
        return [*cells, *[""] * 6]
    cells += [member.courses_done, member.courses, *_sat(member), member.step]
    return cells


def _sat(member: Member) -> list[object]:
    if member.sat is None:
        return [""] * 3
    result = _("Passed") if member.sat.passed else _("Not passed")
    return [LEVEL_NAMES[member.sat.level], result, _day(member.sat.at)]


def _day(instant: datetime | None) -> str:
    return instant.date().isoformat() if instant else ""
