"""What the database itself refuses about parts of courses: another kind, and what nobody confirmed."""

from pathlib import Path

import pytest
from flask import Flask

from app.journeys.confirming import confirm_practical
from app.learning.catalogue import PartStaysWhatItIs, live_course
from app.people.persons import Person, PersonRole
from app.transaction import writing
from tests.factories import make_person, make_staff
from tests.parts import handed, publish_parts, read_lessons
from tests.test_constraints import refused


@pytest.fixture
def person(app: Flask, tmp_path: Path) -> Person:
    """Somebody who has read the lessons of a course with a practical and a session."""
    publish_parts(tmp_path)
    person = make_person()
    read_lessons(person)
    return person


@pytest.fixture
def trainer(app: Flask) -> Person:
    return make_staff(PersonRole.TRAINER)


def test_a_part_stays_what_it_is(person: Person, tmp_path: Path) -> None:
    with pytest.raises(PartStaysWhatItIs):
        publish_parts(tmp_path, duration_min=90, practicals=[], sessions=[], lessons=["01-one", "02-two", "task"])
    refused("UPDATE lessons SET kind = 'lesson' WHERE slug = 'task'", "a part of a course stays what it is")


def test_the_database_itself_refuses(person: Person, trainer: Person) -> None:
    found = handed(person)
    with writing() as at:
        shown = {"version_id": live_course("basics").version_id, "revision": found.revision}
        confirm_practical(found.id, [3, 1], "", **shown, by=trainer.id, at=at)
    done = "INSERT INTO progress (person_id, lesson_id, done_at, confirmed_by, held_on) SELECT"
    part = "INSERT INTO lessons (course_id, slug, position, duration_min, live, kind) SELECT"
    other, by = make_person().id, trainer.id
    moment = "CURRENT_TIMESTAMP"
    rows = {
        f"{done} {other}, id, {moment}, NULL, NULL FROM lessons WHERE slug = 'task'": "a trainer confirms",
        f"{done} {other}, id, {moment}, {by}, NULL FROM lessons WHERE slug = '01-one'": "a trainer confirms",
        f"{done} {other}, id, {moment}, {other}, NULL FROM lessons WHERE slug = 'task'": "(?i)check",
        "UPDATE progress SET confirmed_by = NULL WHERE confirmed_by IS NOT NULL": "a trainer confirms",
        "UPDATE hand_ins SET decided_by = person_id": "(?i)check",
        "UPDATE hand_ins SET decided_by = NULL": "(?i)check",
        "UPDATE hand_ins SET earned = 1": "(?i)check",
        "UPDATE hand_ins SET version_id = NULL": "(?i)check",
        "UPDATE hand_ins SET text = ''": "(?i)check",
        "UPDATE hand_ins SET state = 'nonsense'": "(?i)check",
        f"{part} course_id, 'other', 9, 1, live, 'nonsense' FROM lessons WHERE slug = 'task'": "(?i)check",
        "UPDATE hand_ins SET link = 'http://example.org'": "(?i)check",
        "UPDATE hand_ins SET state = 'sent_back'": "(?i)check",
    }
    for statement, why in rows.items():
        refused(statement, why)
