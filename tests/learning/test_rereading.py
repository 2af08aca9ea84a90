"""What the database itself refuses about rereadings."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.extensions import db
from app.learning.catalogue import live_course
from app.learning.rereading import ReadTooFast, Rereading, reread_lesson, rereadings_after
from app.people.persons import Person
from app.transaction import now, reading, writing
from tests.factories import make_person, publish, write_course
from tests.test_constraints import refused, refused_copy

HOUR = timedelta(hours=1)


@pytest.fixture
def person(app: Flask, tmp_path: Path) -> Person:
    """Somebody who has just studied a lesson again."""
    write_course(tmp_path)
    publish(tmp_path)
    person = make_person()
    with writing() as at:
        reread_lesson(person.id, live_course("basics").live_lessons[0], since=at - HOUR, at=at)
    return person


def test_a_rereading_is_never_changed(person: Person) -> None:
    for deed in ("UPDATE rereadings SET at = at", "DELETE FROM rereadings"):
        refused(deed, "rereadings is append-only")
    if db.engine.dialect.name == "postgresql":
        refused("TRUNCATE rereadings", "is append-only")


def test_two_at_once_are_one(person: Person) -> None:
    refused_copy("rereadings", "person_id = person_id", "(?i)unique")
    with reading():
        [kept] = db.session.query(Rereading).all()
    with pytest.raises(ReadTooFast), writing():
        reread_lesson(person.id, live_course("basics").live_lessons[1], since=kept.since, at=kept.at)
    with reading():
        assert rereadings_after(person.id, kept.since) == [(kept.lesson_id, kept.at)]
        assert rereadings_after(person.id, kept.at) == []


def test_it_comes_after_what_it_is_counted_from(person: Person) -> None:
    moment = now()
    refused_copy("rereadings", "person_id = person_id", "(?i)check", since=moment, at=moment)
