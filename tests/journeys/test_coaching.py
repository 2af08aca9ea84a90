"""Coached waits, from the failed attempt over the lessons to the next start."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.exams.attempts import lock_attempt
from app.exams.catalogue import live_exam
from app.exams.grading import Grade
from app.exams.results import ResultState, current_result
from app.extensions import db
from app.journeys.gates import Gate, RetakeRefused, gate_of
from app.journeys.rereading import NotAskedFor, study_again
from app.journeys.sitting import conclude
from app.learning.catalogue import LiveCourse, LivePart, live_course
from app.learning.rereading import ReadTooFast, Rereading
from app.people.persons import Person
from app.transaction import reading, writing
from tests.factories import (
    OPEN_GATE,
    finish_courses,
    make_person,
    publish,
    sit,
    start,
    write_course,
    write_exam,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
QUARTER = 30 * MINUTE / 4  # of a lesson of the factories
LESSONS = ("01-one", "02-two", "03-three")
ITEMS = "\n".join(
    f"## Pick {number} {{#pick-{number}-%(n)s objective={objective}}}\n- [x] right\n- [ ] wrong\n"
    for number, objective in enumerate(["net.tls", "net.tls", "net.dns", "net.dns", "net.nowhere"])
)
TEACHES = {"01-one": "net.tls", "02-two": "net.dns"}


@pytest.fixture
def root(app: Flask, tmp_path: Path) -> Path:
    """A course of three lessons, two of which name what the exam measures."""
    write_course(tmp_path, lessons=LESSONS, teaches=TEACHES)
    return tmp_path


@pytest.fixture
def person(root: Path) -> Person:
    """Somebody who failed the exam at noon."""
    return failed(root, items=ITEMS)


def failed(root: Path, **changes: object) -> Person:
    given = {"gate": OPEN_GATE | {"track": "fundamentals"}, "retakes": {"coached_wait_hours": 4}} | changes
    write_exam(root, **given)
    publish(root)
    person = make_person()
    finish_courses(person)
    sit(person, passes=False, at=NOON)
    return person


def test_the_lessons_of_the_weak_objectives_open_the_exam_early(person: Person) -> None:
    at = NOON + HOUR
    assert asked(person, at) == {"01-one": False, "02-two": False}
    assert gate(person, at).coached_start == NOON + 4 * HOUR
    study(person, "01-one", at)
    assert asked(person, at) == {"01-one": True, "02-two": False}
    assert gate(person, at).retake.from_when == NOON + 24 * HOUR
    study(person, "02-two", at + QUARTER)
    assert gate(person, at + QUARTER).retake.from_when == NOON + 4 * HOUR
    with pytest.raises(RetakeRefused):
        start(person, at=NOON + 4 * HOUR - SECOND)
    assert start(person, at=NOON + 4 * HOUR).started_at == NOON + 4 * HOUR


def test_who_reads_late_starts_when_the_last_lesson_is_done(person: Person) -> None:
    at = NOON + 10 * HOUR
    study(person, "01-one", at)
    assert gate(person, at).coached_start == at
    study(person, "02-two", at + QUARTER)
    assert gate(person, at + QUARTER).allowed


def test_a_lesson_counts_after_a_quarter_of_its_time_since_the_one_before(person: Person) -> None:
    with pytest.raises(ReadTooFast) as refused:
        study(person, "01-one", NOON + QUARTER - SECOND)
    assert refused.value.facts == {"counts_from": NOON + QUARTER}
    study(person, "01-one", NOON + QUARTER)
    with pytest.raises(ReadTooFast):
        study(person, "02-two", NOON + 2 * QUARTER - SECOND)
    study(person, "02-two", NOON + 2 * QUARTER)
    study(person, "02-two", NOON + 2 * QUARTER)  # pressed twice
    assert len(rereadings()) == 2


def test_what_is_not_asked_for_counts_for_nothing(person: Person) -> None:
    with pytest.raises(NotAskedFor):
        study(person, "03-three", NOON + HOUR)
    with pytest.raises(NotAskedFor):
        study(make_person(), "01-one", NOON + HOUR)
    with pytest.raises(NotAskedFor):
        study(person, "01-one", NOON + 24 * HOUR)  # the wait is over
    assert rereadings() == []


def test_a_second_failure_asks_anew(person: Person) -> None:
    for number, slug in enumerate(TEACHES, start=1):
        study(person, slug, NOON + number * QUARTER)
    again = NOON + 4 * HOUR
    sit(person, passes=False, at=again)
    assert asked(person, again) == {"01-one": False, "02-two": False}
    assert gate(person, again).retake.from_when == again + 336 * HOUR
    assert gate(person, again).coached_start == again + 4 * HOUR


def test_reading_moves_the_limit_by_nothing(root: Path) -> None:
    person = failed(root, items=ITEMS, retakes={"coached_wait_hours": 4, "limit": 1})
    assert gate(person, NOON + HOUR).retake.reason == "limit_reached"
    assert gate(person, NOON + HOUR).coaching is None


def test_without_lessons_that_name_them_the_courses_of_the_weak_domain_are_asked_for(root: Path) -> None:
    write_course(root, "selling", lessons=("01-sell",), area="sales")
    person = failed(root, domain="product")
    assert asked(person, NOON + HOUR) == dict.fromkeys(LESSONS, False)


def test_where_nothing_teaches_it_the_wait_stays(root: Path) -> None:
    person = failed(root)
    assert gate(person, NOON + HOUR).coaching is None


def test_a_void_result_is_waited_for_in_full(person: Person) -> None:
    with reading():
        attempt_id = gate(person, NOON).history[0].id
    with writing():
        attempt = lock_attempt(attempt_id)
        result = current_result(attempt_id)
        assert result is not None
        conclude(attempt, Grade.from_json(result.grade), ResultState.VOID, at=NOON)
    assert gate(person, NOON + HOUR).coaching is None
    assert gate(person, NOON + HOUR).retake.from_when == NOON + 24 * HOUR


def test_an_exam_that_does_not_offer_it_and_one_of_before_ask_for_nothing(root: Path) -> None:
    person = failed(root, items=ITEMS, retakes={})
    assert gate(person, NOON + HOUR).coaching is None
    with reading():
        body = live_exam("fundamentals").body
        body["retakes"].pop("coached_wait_hours")
        assert gate(person, NOON + HOUR).coaching is None


def gate(person: Person, at: datetime) -> Gate:
    with reading():
        return gate_of(live_exam("fundamentals"), person.id, at)


def asked(person: Person, at: datetime) -> dict[str, bool]:
    """The lessons asked for, and whether each was studied again."""
    coaching = gate(person, at).coaching
    assert coaching
    return {one.lesson.slug: one.reread_at is not None for one in coaching.lessons}


def study(person: Person, slug: str, at: datetime) -> None:
    with writing():
        course, lesson = lesson_of(slug)
        study_again(person.id, course, lesson, at=at)


def lesson_of(slug: str) -> tuple[LiveCourse, LivePart]:
    course = live_course("basics")
    return course, next(lesson for lesson in course.live_lessons if lesson.slug == slug)


def rereadings() -> list[Rereading]:
    with reading():
        return db.session.query(Rereading).all()
