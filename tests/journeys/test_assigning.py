"""Assigning courses: who may be asked for what, what counts as done, and the letters before and after the day."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.journeys.assigning import (
    NoSuchMember,
    NoteTooLong,
    NothingToAssign,
    SameDay,
    restore_assignment,
    withdraw_assignment,
)
from app.journeys.moving import leave
from app.learning.assigning import AlreadyAssigned, AssignmentChanged
from app.learning.assignments import NoSuchAssignment, assigned_to, assignments_in
from app.learning.catalogue import NoSuchCourse, live_course
from app.learning.enrolling import reopen_lesson
from app.ledger.deeds import deeds_on
from app.people.membership_changes import BadDay
from app.people.organisations import ENTERED, Organisation, PartnerRole
from app.people.persons import Person
from app.transaction import reading, writing
from tests.assigning import DAY, DUE, NOON, OVER, ask, completion, letters, lines, member, move, study, withdrawn
from tests.factories import (
    make_membership,
    make_organisation,
    make_person,
    publish,
    write_course,
)


@pytest.fixture(autouse=True)
def content(app: Flask, tmp_path: Path) -> Path:
    write_course(tmp_path)
    write_course(tmp_path, slug="more")
    write_course(tmp_path, slug="aside", required=False)
    publish(tmp_path)
    return tmp_path


@pytest.fixture
def andes() -> Organisation:
    return make_organisation(at=NOON - 99 * DAY)


@pytest.fixture
def boss(andes: Organisation) -> Person:
    return member(andes, partner_role=PartnerRole.ADMIN)


@pytest.fixture
def eva(andes: Organisation) -> Person:
    return member(andes, name="Eva Sol", language="en")


def test_a_course_is_assigned_once_told_and_kept_in_the_ledger(andes: Organisation, boss: Person, eva: Person) -> None:
    ask(andes, boss, eva, note="  Before \n the fair ")
    [line] = lines(andes)
    assert (line.person, line.slug, line.due_at, line.note) == ("Eva Sol", "basics", OVER, "Before the fair")
    assert (line.lessons_done, line.lessons, line.state(NOON)) == (0, 2, "open")
    with pytest.raises(NothingToAssign):
        ask(andes, boss, eva)
    assert letters() == [("assigned", [line.id])]
    with reading():
        deed = deeds_on(f"person:{eva.id}")[0]
    assert (deed.deed, deed.person_id, deed.detail["assignments"]) == ("courses_assigned", boss.id, [line.id])
    assert "fair" not in str(deed.detail)


def test_a_track_is_its_required_courses_and_only_what_is_left_of_them(
    andes: Organisation, boss: Person, eva: Person
) -> None:
    leo = member(andes)
    study(leo, "more")
    ask(andes, boss, eva)
    ask(andes, boss, eva, leo, what="track:fundamentals")
    assert {(one.person_id, one.slug) for one in lines(andes)} == {
        (eva.id, "basics"),
        (eva.id, "more"),
        (leo.id, "basics"),
    }


@pytest.mark.parametrize("what", ["nothing", "track:master", "track:", "track:nothing", "", "track:basics"])
def test_what_is_not_there_cannot_be_assigned(andes: Organisation, boss: Person, eva: Person, what: str) -> None:
    with pytest.raises(NoSuchCourse):
        ask(andes, boss, eva, what=what)


def test_only_who_works_there_now_and_has_agreed(andes: Organisation, boss: Person, eva: Person) -> None:
    silent, stranger = make_person(), member(make_organisation())
    make_membership(silent, andes, terms=ENTERED, at=NOON - DAY)
    for other in (silent, stranger):
        with pytest.raises(NoSuchMember):
            ask(andes, boss, eva, other)
    with writing():
        leave(eva.id, by=boss.id, at=NOON - DAY)
    with pytest.raises(NoSuchMember):
        ask(andes, boss, eva)
    assert letters() == []


@pytest.mark.parametrize("days", [-1, 366])
def test_the_day_lies_ahead_and_within_a_year(andes: Organisation, boss: Person, eva: Person, days: int) -> None:
    with pytest.raises(BadDay):
        ask(andes, boss, eva, last_day=(NOON + days * DAY).date())
    with pytest.raises(NoteTooLong):
        ask(andes, boss, eva, note="x" * 201)


def test_it_is_done_when_the_last_lesson_is_and_no_longer_when_one_is_taken_back(
    andes: Organisation, boss: Person, eva: Person
) -> None:
    ask(andes, boss, eva)
    assert completion(andes) == (0, 1)
    study(eva, "basics", at=NOON + 2 * DAY)
    [line] = lines(andes)
    assert (line.state(NOON), line.done_at) == ("done", NOON + 2 * DAY)
    assert completion(andes) == (1, 1)
    with writing():
        reopen_lesson(eva.id, live_course("basics").live_lessons[0])
    [line] = lines(andes)
    assert (line.state(OVER - DAY), line.state(OVER), line.done_at) == ("open", "late", None)
    assert completion(andes) == (0, 1)


def test_completion_counts_what_stands_for_who_is_there(andes: Organisation, boss: Person, eva: Person) -> None:
    other = make_organisation(at=NOON - 99 * DAY)
    ines, gone, taken = member(other), member(andes), member(andes)
    ask(andes, boss, eva, gone, taken, what="track:fundamentals")
    ask(other, boss, ines)
    study(ines, "basics")
    study(eva, "basics")
    study(gone, "basics")
    assert [completion(andes), completion(other), completion(andes, other), completion()] == [
        (2, 6),
        (1, 1),
        (3, 7),
        (0, 0),
    ]
    with writing():
        leave(gone.id, by=None, at=NOON)
        for line in [one for one in assignments_in(andes.id, NOON) if one.person_id == taken.id]:
            withdraw_assignment(andes.id, line.id, by=boss.id, at=NOON)
    assert completion(andes) == (1, 2)


def test_a_course_that_is_published_no_longer_is_asked_of_nobody(
    andes: Organisation, boss: Person, eva: Person, content: Path
) -> None:
    ask(andes, boss, eva)
    (content / "courses/fundamentals/basics/course.yml").rename(content / "away.yml")
    for path in (content / "courses/fundamentals/basics").rglob("*.md"):
        path.unlink()
    for folder in ("es", "en", ""):
        (content / "courses/fundamentals/basics" / folder).rmdir()
    publish(content)
    assert (lines(andes), completion(andes)) == ([], (0, 0))


def test_who_leaves_is_asked_no_more_and_who_comes_back_finds_it_again(
    andes: Organisation, boss: Person, eva: Person
) -> None:
    ask(andes, boss, eva)
    [line] = lines(andes)
    with writing():
        leave(eva.id, by=boss.id, at=NOON + DAY)
    later = NOON + 2 * DAY
    assert lines(andes, later) == []
    with pytest.raises(NoSuchAssignment), writing():
        withdraw_assignment(andes.id, line.id, by=boss.id, at=later)
    make_membership(eva, andes, at=later)
    with reading():
        assert [one.id for one in assigned_to(eva.id, andes.id, later)] == [line.id]


def test_another_day_is_told_and_counts_anew(andes: Organisation, boss: Person, eva: Person) -> None:
    ask(andes, boss, eva)
    [line] = lines(andes)
    move(andes, boss, line.id, (NOON + 40 * DAY).date(), seen=OVER)
    assert lines(andes)[0].due_at == OVER + 20 * DAY
    with pytest.raises(AssignmentChanged):
        move(andes, boss, line.id, (NOON + 50 * DAY).date(), seen=OVER)
    with pytest.raises(SameDay):
        move(andes, boss, line.id, (NOON + 40 * DAY).date(), seen=OVER + 20 * DAY)
    with pytest.raises(NoSuchAssignment):
        move(make_organisation(), boss, line.id, DUE, seen=OVER + 20 * DAY)
    assert [kind for kind, _ in letters()] == ["assigned", "moved"]


def test_what_is_withdrawn_can_be_restored_unless_it_was_assigned_again(
    andes: Organisation, boss: Person, eva: Person
) -> None:
    ask(andes, boss, eva)
    [line] = lines(andes)
    withdrawn(andes, boss, line.id)
    with pytest.raises(AssignmentChanged):
        withdrawn(andes, boss, line.id)
    with reading():
        assert assigned_to(eva.id, andes.id, NOON) == []
    with writing():
        restore_assignment(andes.id, line.id, by=boss.id, at=NOON)
    assert lines(andes)[0].state(NOON) == "open"
    with pytest.raises(AssignmentChanged), writing():
        restore_assignment(andes.id, line.id, by=boss.id, at=NOON)
    withdrawn(andes, boss, line.id)
    ask(andes, boss, eva)
    with pytest.raises(AlreadyAssigned), writing():
        restore_assignment(andes.id, line.id, by=boss.id, at=NOON)


@pytest.mark.parametrize(
    "change",
    [
        "due_at = assigned_at",
        "note = ''",
        "withdrawn_at = assigned_at",
        "withdrawn_by = assigned_by",
        "withdrawn_by = assigned_by, withdrawn_at = '2020-01-01 00:00:00+00'",
        "reminded_at = due_at",
        "told_late_at = assigned_at",
    ],
)
def test_the_database_refuses_what_cannot_be(andes: Organisation, boss: Person, eva: Person, change: str) -> None:
    ask(andes, boss, eva)
    with pytest.raises(IntegrityError, match=r"(?i)check"), db.engine.begin() as connection:
        connection.execute(text(f"UPDATE assignments SET {change}"))


def test_the_database_refuses_a_second_one_that_stands(andes: Organisation, boss: Person, eva: Person) -> None:
    ask(andes, boss, eva)
    fields = "organisation_id, person_id, course_id, assigned_at, assigned_by, due_at"
    copy = text(f"INSERT INTO assignments ({fields}) SELECT {fields} FROM assignments")
    with pytest.raises(IntegrityError, match=r"(?i)unique"), db.engine.begin() as connection:
        connection.execute(copy)
    withdrawn(andes, boss, lines(andes)[0].id)
    with db.engine.begin() as connection:
        connection.execute(copy)
