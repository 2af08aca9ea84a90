"""Letters about assigned courses: one before the day and one after it, about what is still so."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import worker
from app.extensions import db
from app.journeys.assigning import (
    assign,
)
from app.journeys.assignment_letters import assignment_letter
from app.journeys.moving import leave
from app.learning.assignments import Assignment, assignments_in
from app.people.organisations import Organisation, PartnerRole
from app.people.persons import Person
from app.transaction import reading, writing
from tests.assigning import DAY, DUE, NOON, OVER, ask, lines, member, move, night, study, told, withdrawn
from tests.factories import (
    finish_courses,
    make_member,
    make_organisation,
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


def test_each_night_brings_one_reminder_and_one_word_when_it_is_late(
    andes: Organisation, boss: Person, eva: Person
) -> None:
    ask(andes, boss, eva, what="track:fundamentals")
    ids = [line.id for line in lines(andes)]
    nights = {days: night(NOON + days * DAY) for days in range(30)}
    assert {days: told for days, told in nights.items() if told} == {14: [("soon", ids)], 21: [("late", ids)]}


def test_a_day_that_is_near_has_no_reminder_and_a_later_one_has(andes: Organisation, boss: Person, eva: Person) -> None:
    ask(andes, boss, eva, last_day=(NOON + 3 * DAY).date())
    [line] = lines(andes)
    assert night(NOON + DAY) == []
    move(andes, boss, line.id, DUE, seen=line.due_at)
    assert night(NOON + DAY) == []
    assert night(OVER - 2 * DAY) == [("soon", [line.id])]


def test_nobody_is_reminded_of_what_is_done_withdrawn_or_left_behind(
    andes: Organisation, boss: Person, eva: Person
) -> None:
    done, taken, gone, out = (member(andes) for _ in range(4))
    ask(andes, boss, done, taken, gone, out)
    study(done, "basics")
    [line] = [one for one in lines(andes) if one.person_id == taken.id]
    withdrawn(andes, boss, line.id)
    with writing():
        leave(gone.id, by=None, at=NOON + DAY)
        db.session.get_one(Person, out.id).disabled_at = NOON
    assert night(OVER - DAY) == night(OVER + DAY) == []


def test_a_letter_on_its_way_says_only_what_is_still_so(andes: Organisation, boss: Person, eva: Person) -> None:
    ask(andes, boss, eva, what="track:fundamentals", note="Before the fair")
    first, second = (line.id for line in lines(andes))
    withdrawn(andes, boss, second)
    payload = {"kind": "assigned", "person_id": eva.id, "assignment_ids": [first, second]}
    assert [line.id for line in told(payload, NOON)] == [first]
    study(eva, "basics")
    assert told(payload, NOON) == told(payload | {"kind": "late"}, OVER) == []


def test_the_letters_are_in_the_language_of_the_reader(andes: Organisation, boss: Person, eva: Person) -> None:
    ask(andes, boss, eva, note="Before the fair")
    with reading():
        line = assignments_in(andes.id, NOON)
        letter = assignment_letter("assigned", line, "https://host.example")
        late = assignment_letter("late", line * 2, "https://host.example")
    assert (letter.to, letter.subject) == (eva.email, "A course was assigned to you")
    assert "- Course basics, by March 22, 2026" in letter.text
    assert "Before the fair" in letter.text and "https://host.example/courses/basics" in letter.text
    assert late.subject == "2 assigned courses are late" and "Before the fair" not in late.text
    with writing():
        db.session.get_one(Person, eva.id).language = "es"
    with reading():
        assert "22 de marzo de 2026" in assignment_letter("soon", line, "https://host.example").text


def test_the_worker_sends_them(app: Flask, andes: Organisation, boss: Person) -> None:
    with writing() as at:
        near = at.date()
    leo, mia = (make_member(andes, language="en") for _ in range(2))
    for person in (leo, mia):
        with writing() as at:
            assign(andes.id, [person.id], "basics", last_day=near, note="", by=boss.id, at=at)
    finish_courses(mia)
    worker.run(once=True)
    sent = [path.read_text() for path in (Path(app.config["DATA_DIR"]) / "mail").iterdir()]
    assert [f"To: {leo.email}" in letter for letter in sent if "assigned to you" in letter] == [True]


def test_marks_are_for_one_worker_alone(andes: Organisation, boss: Person, eva: Person) -> None:
    ask(andes, boss, eva)
    assert len(night(OVER - DAY)) == 1
    assert night(OVER - DAY) == []
    with reading():
        [kept] = db.session.scalars(select(Assignment)).all()
    assert (kept.reminded_at, kept.told_late_at) == (OVER - DAY, None)
