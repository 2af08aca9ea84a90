"""Assigning courses: the deeds of those who manage a team, with the letters and the lines of the ledger."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from app.learning.assigning import (
    LONGEST_NOTE,
    add_assignments,
    courses_meant,
    mark_late,
    mark_soon,
    move_due,
    restore,
    withdraw,
)
from app.learning.assignments import Line, assignment_in
from app.ledger.deeds import record
from app.mail.outbox import put_all
from app.people.membership_changes import end_of
from app.people.organisations import lock_organisation, members_of
from app.refusal import NotFound, Refusal

TASK = "assignment_mail"


class NoSuchMember(NotFound):
    """Somebody else's person, one who has left, or one who has not agreed to be seen."""

    title = _l("Somebody of these is not in your team")
    detail = _l("Whoever is assigned a course works for your organisation and has agreed to what it sees.")


class NothingToAssign(Refusal):
    """There is nothing new in it."""

    title = _l("There is nothing left to assign")
    detail = _l("Everyone you chose has been assigned this already, or has finished it.")


class NoteTooLong(Refusal):
    """A note is a line or two."""

    status = 422
    title = _l("The note is too long")
    detail = _l("Say it in up to 200 characters.")


class SameDay(Refusal):
    """Nobody is written to about nothing."""

    status = 422
    title = _l("That is the day it is due already")


def assign(
    organisation_id: int,
    person_ids: Collection[int],
    what: str,
    *,
    last_day: date,
    note: str,
    by: int,
    at: datetime,
) -> Mapping[int, list[int]]:
    """Assign a course, or a track's required ones, to members of the team; returns the new ids by person.

    `last_day` is the last one in time. Raises NoSuchMember, NoSuchCourse, BadDay, NoteTooLong or NothingToAssign.
    """
    due_at, note = end_of(last_day, at), " ".join(note.split())
    if len(note) > LONGEST_NOTE:
        raise NoteTooLong
    lock_organisation(organisation_id)
    if not set(person_ids) <= {one.person_id for one in members_of(organisation_id, at) if one.consent_at}:
        raise NoSuchMember
    courses = courses_meant(what)
    added = add_assignments(organisation_id, person_ids, courses, due_at=due_at, note=note or None, by=by, at=at)
    if not added:
        raise NothingToAssign
    for person_id, ids in added.items():
        told: dict[str, Any] = {"organisation": organisation_id, "what": what, "assignments": ids}
        record("courses_assigned", f"person:{person_id}", by=by, at=at, **told, due_at=due_at.isoformat())
    _write("assigned", added, at)
    return added


def move_assignment(
    organisation_id: int, assignment_id: int, *, last_day: date, seen: datetime, by: int, at: datetime
) -> None:
    """Another last day, which the person is told; `seen` is the instant that the page showed."""
    line, due_at = assignment_in(organisation_id, assignment_id, at), end_of(last_day, at)
    if due_at == line.due_at:
        raise SameDay
    move_due(assignment_id, due_at=due_at, seen=seen, at=at)
    _record("assignment_moved", line, by, at, organisation_id, due_at=due_at.isoformat())
    _write("moved", {line.person_id: [assignment_id]}, at)


def withdraw_assignment(organisation_id: int, assignment_id: int, *, by: int, at: datetime) -> None:
    """It is asked no longer; letters that wait say nothing of it."""
    line = assignment_in(organisation_id, assignment_id, at)
    withdraw(assignment_id, by=by, at=at)
    _record("assignment_withdrawn", line, by, at, organisation_id)


def restore_assignment(organisation_id: int, assignment_id: int, *, by: int, at: datetime) -> None:
    """It is asked after all."""
    lock_organisation(organisation_id)
    line = assignment_in(organisation_id, assignment_id, at)
    restore(assignment_id)
    _record("assignment_restored", line, by, at, organisation_id)


def remind_of_assignments(at: datetime, most: int) -> bool:
    """Write to up to `most` people whose day is near and as many whose day is over; whether there were any."""
    soon, late = mark_soon(at, most), mark_late(at, most)
    _write("soon", soon, at)
    _write("late", late, at)
    return bool(soon or late)


def _record(deed: str, line: Line, by: int, at: datetime, organisation_id: int, **more: str) -> None:
    told: dict[str, Any] = {"organisation": organisation_id, "assignment": line.id, "course": line.slug}
    record(deed, f"person:{line.person_id}", by=by, at=at, **told, **more)


def _write(kind: str, about: Mapping[int, list[int]], at: datetime) -> None:
    """One letter to each person."""
    if about:
        payloads = ({"kind": kind, "person_id": person_id, "assignment_ids": ids} for person_id, ids in about.items())
        put_all([(TASK, payload) for payload in payloads], at=at)
