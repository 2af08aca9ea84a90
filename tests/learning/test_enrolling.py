"""Enrolling: which courses are missing, which lessons are done, and where a person left off."""

from pathlib import Path

import pytest
from flask import Flask

from app.learning.catalogue import live_course, live_courses
from app.learning.enrolling import (
    finish_lesson,
    lessons_done,
    missing_courses,
    open_lesson,
    place_in,
    progress_in,
    where_left_off,
)
from app.people.persons import Person
from app.transaction import reading, writing
from tests.factories import finish_courses, make_person, publish, write_course


@pytest.fixture
def person(app: Flask, tmp_path: Path) -> Person:
    """Somebody before three courses of two lessons, one of them not required and one of another track."""
    write_course(tmp_path)
    write_course(tmp_path, slug="for-fun", required=False)
    write_course(tmp_path, slug="higher", track="advanced")
    publish(tmp_path)
    return make_person()


def test_a_course_is_missing_until_it_is_complete(person: Person) -> None:
    other = make_person()
    finish_courses(other)
    seen = [missing(person)]
    for slug in ("basics", "higher"):
        for position in range(2):
            finish(person, slug, position)
            seen.append(missing(person))
    assert seen == [["basics", "higher"], ["basics", "higher"], ["higher"], ["higher"], []]


def test_a_new_lesson_makes_a_course_missing_again_and_one_taken_away_does_not(person: Person, tmp_path: Path) -> None:
    finish_courses(person)
    write_course(tmp_path, lessons=["01-one", "02-two", "03-three"])
    publish(tmp_path)
    assert missing(person) == ["basics", "higher"]
    for language in ("es", "en"):
        (tmp_path / f"courses/fundamentals/basics/{language}/03-three.md").unlink()
    write_course(tmp_path)
    publish(tmp_path)
    assert missing(person) == ["higher"]


def test_one_is_sent_to_where_one_was_last_or_to_the_next_lesson(person: Person) -> None:
    assert left_off(person) is None
    finish(person, "basics", 0)
    assert left_off(person) == ("basics", "02-two")
    with writing() as at:
        second = live_course("higher").live_lessons[1]
        open_lesson(person.id, second, at=at)
    assert left_off(person) == ("higher", "02-two")
    with reading():
        assert place_in(person.id, live_course("higher")) == second.id
        assert place_in(person.id, live_course("for-fun")) is None


def missing(person: Person) -> list[str]:
    """The slugs of the missing courses, which progress agrees with."""
    with reading():
        slugs = [course.slug for course in missing_courses(person.id)]
        progress = progress_in(live_courses(), lessons_done(person.id))
        assert slugs == [one.slug for one in live_courses() if one.required and not progress[one.id].complete]
        return slugs


def finish(person: Person, slug: str, position: int) -> None:
    with writing() as at:
        finish_lesson(person.id, live_course(slug).live_lessons[position], at=at)


def left_off(person: Person) -> tuple[str, str] | None:
    with reading():
        resume = where_left_off(person.id, live_courses(), lessons_done(person.id))
        return (resume.course.slug, resume.lesson.slug) if resume else None
