"""Confirming: what people hand in and attend is done when a trainer says so, and not before."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.exams.marking import BadMarks
from app.extensions import db
from app.journeys.confirming import (
    DayAhead,
    NotConfirmed,
    NotTheirs,
    OwnPart,
    TooFewPoints,
    confirm_practical,
    confirm_session,
    hand_in,
    send_back,
    take_back_session,
)
from app.journeys.erasing import erase
from app.journeys.invariants import verify_all
from app.journeys.part_letters import news_stands, part_letter
from app.learning.catalogue import NoSuchLesson, live_course
from app.learning.enrolling import Progress, TrainerConfirms, finish_lesson, reopen_lesson
from app.learning.hand_ins import (
    UNSEEN,
    HandIn,
    HandInChanged,
    HandInConfirmed,
    LinkInvalid,
    NoSuchHandIn,
    NothingHandedIn,
    Seen,
    TextTooLong,
    WordsMissing,
    waiting_hand_ins,
)
from app.ledger.deeds import Deed, deeds_on
from app.mail.outbox import Task
from app.people.persons import Person, PersonRole
from app.refusal import Refusal
from app.transaction import reading, snapshot, writing
from tests.factories import make_person, make_staff
from tests.parts import PRACTICAL, handed, how_far, publish_parts, read_lessons

DAY = timedelta(days=1)


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


def test_a_course_is_done_with_its_practical_and_its_session(person: Person, trainer: Person) -> None:
    seen = [how_far(person)]
    found = handed(person)
    seen.append(how_far(person))
    decide(found, trainer)
    seen.append(how_far(person))
    attend(trainer, person)
    seen.append(how_far(person))
    assert seen == [(2, 4, False), (2, 4, False), (3, 4, False), (4, 4, True)]
    with snapshot() as at:
        assert list(verify_all(at)) == []


def test_nobody_says_it_of_themselves(person: Person, trainer: Person) -> None:
    with reading():
        parts = live_course("basics").parts
    for part in parts[2:]:
        for deed in (finish_lesson, lambda who, what, at: reopen_lesson(who, what)):
            with pytest.raises(TrainerConfirms), writing() as at:
                deed(person.id, part, at=at)
    mine = handed(trainer)
    with pytest.raises(OwnPart):
        decide(mine, trainer)
    with pytest.raises(OwnPart), writing() as at:
        send_back(mine.id, "No", revision=1, by=trainer.id, at=at)
    with pytest.raises(OwnPart):
        attend(trainer, person, trainer)
    assert how_far(person) == (2, 4, False)


def test_half_of_the_points_are_enough_and_fewer_are_not(person: Person, trainer: Person) -> None:
    found = handed(person)
    for marks in ([1, 0], [0, 1]):
        with pytest.raises(TooFewPoints):
            decide(found, trainer, marks)
    for marks in ([4, 0], [3], [3, 1, 0], [True, 1], [-1, 1], ["3", 1], None):
        with pytest.raises(BadMarks):
            decide(found, trainer, marks)
    decide(found, trainer, [2, 0])
    assert latest(person).earned == 2 and latest(person).possible == 4


def test_what_is_sent_back_is_handed_in_again(person: Person, trainer: Person) -> None:
    found = handed(person)
    with pytest.raises(WordsMissing), writing() as at:
        send_back(found.id, " \0 ", revision=1, by=trainer.id, at=at)
    give_back(found, trainer)
    with pytest.raises(HandInChanged):
        give_back(latest(person), trainer)
    again = handed(person, "Better", "https://docs.example.org/a?b=c#d")
    assert (again.number, again.state, again.link) == (2, "waiting", "https://docs.example.org/a?b=c#d")
    with reading():
        assert [(line.HandIn.id, line.part) for line in waiting_hand_ins()] == [(again.id, "task")]
    decide(again, trainer)
    with pytest.raises(HandInConfirmed):
        handed(person)


def test_a_confirmation_is_taken_back_and_the_ledger_says_so(person: Person, trainer: Person) -> None:
    decide(handed(person), trainer)
    attend(trainer, person)
    assert how_far(person)[2]
    give_back(latest(person), trainer, "It was copied")
    with writing() as at:
        take_back_session("basics", "meeting", person.id, "Was not there", by=trainer.id, at=at)
    with pytest.raises(NotConfirmed), writing() as at:
        take_back_session("basics", "meeting", person.id, "Was not there", by=trainer.id, at=at)
    assert how_far(person) == (2, 4, False)
    assert (latest(person).state, latest(person).earned, latest(person).marks) == ("sent_back", None, [])
    with reading():
        told = {deed.deed: deed.detail.get("reason") for deed in deeds_on(f"person:{person.id}")}
    assert told["practical_taken_back"] == "It was copied"
    assert told["session_taken_back"] == "Was not there"
    with snapshot() as at:
        assert list(verify_all(at)) == []


def test_of_two_tabs_one_is_refused(person: Person, trainer: Person) -> None:
    first = handed(person)
    for seen in (UNSEEN, Seen(1, 2), Seen(2, 1), Seen(-1, -1)):
        with pytest.raises(HandInChanged):
            change(person, seen)
    change(person, Seen(1, 1))
    with pytest.raises(HandInChanged):
        decide(first, trainer)  # it was changed since the trainer looked
    with pytest.raises(HandInChanged):
        give_back(first, trainer)
    found = latest(person)
    assert (found.text, found.number, found.revision) == ("Changed", 1, 2)
    give_back(found, trainer)
    with pytest.raises(HandInChanged):
        change(person, Seen(1, 2))  # it was sent back since the person looked


def test_another_version_of_the_rubric_asks_for_another_look(person: Person, trainer: Person, tmp_path: Path) -> None:
    found = handed(person)
    with reading():
        version_id = live_course("basics").version_id
    publish_parts(tmp_path, practicals=[PRACTICAL | {"rubric": PRACTICAL["rubric"][:1]}])
    with pytest.raises(HandInChanged), writing() as at:
        confirm_practical(found.id, [3, 1], "", version_id=version_id, revision=1, by=trainer.id, at=at)
    decide(found, trainer, [3])
    with snapshot() as at:
        assert list(verify_all(at)) == []


@pytest.mark.parametrize(
    ("said", "link", "refusal"),
    [
        (" \0\r\n", "  ", NothingHandedIn),
        ("x" * 20_001, "", TextTooLong),
        ("", "http://example.org", LinkInvalid),
        ("", "javascript:alert(1)", LinkInvalid),
        ("x", "https://", LinkInvalid),
        ("x", "https://localhost", LinkInvalid),
        ("x", "https://bank.example@evil.example/", LinkInvalid),
        ("x", "https://example.org/a b", LinkInvalid),
        ("x", 'https://example.org/"><script>', LinkInvalid),
        ("x", "https://example.org/" + "a" * 500, LinkInvalid),
    ],
)
def test_what_cannot_be_handed_in(person: Person, said: str, link: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        handed(person, said, link)
    with reading():
        assert db.session.scalar(select(func.count(HandIn.id))) == 0


def test_only_practicals_are_handed_in_and_only_sessions_attended(person: Person, trainer: Person) -> None:
    for slug in ("meeting", "01-one", "nothing"):
        with pytest.raises(NoSuchLesson), writing() as at:
            hand_in(person.id, "basics", slug, said="x", link="", seen=UNSEEN, at=at)
    for slug in ("task", "01-one", "nothing"):
        with pytest.raises(NoSuchLesson), writing() as at:
            confirm_session("basics", slug, [person.id], held_on=at.date(), by=trainer.id, at=at)


def test_a_session_is_confirmed_for_all_or_for_nobody(person: Person, trainer: Person) -> None:
    other, closed, staff = make_person(), make_person(), make_staff(PersonRole.VIEWER)
    with writing() as at:
        db.session.get_one(Person, closed.id).disabled_at = at
    for stranger in (closed.id, staff.id, 10**9, -1):
        with pytest.raises(NotTheirs), writing() as at:
            confirm_session("basics", "meeting", [person.id, stranger], held_on=at.date(), by=trainer.id, at=at)
    with pytest.raises(NotTheirs):
        attend(trainer)
    with pytest.raises(DayAhead), writing() as at:
        confirm_session("basics", "meeting", [person.id], held_on=at.date() + DAY, by=trainer.id, at=at)
    assert how_far(person)[0] == 2
    assert (attend(trainer, person, other), attend(trainer, person, other)) == (2, 0)
    assert (how_far(person)[0], how_far(other)[0]) == (3, 1)


def test_letters_say_what_is_so_when_they_are_sent(person: Person, trainer: Person) -> None:
    found = handed(person)
    give_back(found, trainer)
    decide(handed(person, "Better"), trainer)
    attend(trainer, person)
    with writing() as at:
        take_back_session("basics", "meeting", person.id, "Was <not> there", by=trainer.id, at=at)
    with reading() as at:
        tasks = [task.payload for task in db.session.scalars(select(Task).where(Task.kind == "part_mail"))]
        assert [task["news"] for task in tasks] == ["sent_back", "confirmed", "attended", "taken_back"]
        assert [news_stands(task, at) for task in tasks] == [True, True, False, True]
        letters = [part_letter(task, "https://here.example") for task in tasks]
    assert all(letter.to == person.email and "The " in letter.subject for letter in letters)
    assert "https://here.example/courses/basics/task" in letters[0].text
    assert "Was <not> there" in letters[3].text


def test_erasing_leaves_nothing_of_it(person: Person, trainer: Person) -> None:
    handed(person, "A secret of mine")
    give_back(latest(person), trainer, "Your secret, Persona")
    handed(person, "Another secret")
    attend(trainer, person)
    admin = make_staff(PersonRole.ADMIN)
    with writing() as at:
        erase(person.id, reason="Asked for", by=admin.id, at=at)
    with reading():
        assert db.session.scalars(select(HandIn)).all() == []
        assert db.session.scalars(select(Progress)).all() == []
        assert not [task for task in db.session.scalars(select(Task)) if "Persona" in str(task.payload)]
        details = [deed.detail for deed in db.session.scalars(select(Deed).where(Deed.deed.like("%practical%")))]
    assert details and all(detail == {} for detail in details)
    with snapshot() as at:
        assert list(verify_all(at)) == []


def test_what_is_published_no_longer_waits_for_nobody(person: Person, trainer: Person, tmp_path: Path) -> None:
    found = handed(person)
    publish_parts(tmp_path, duration_min=75, practicals=[])
    with reading():
        assert waiting_hand_ins() == []
    with pytest.raises(NoSuchHandIn):
        give_back(found, trainer)
    assert how_far(person) == (2, 3, False)


def decide(found: HandIn, trainer: Person, marks: object = (3, 1)) -> None:
    given = list(marks) if isinstance(marks, tuple) else marks
    with writing() as at:
        version_id = live_course("basics").version_id
        shown = {"version_id": version_id, "revision": found.revision}
        confirm_practical(found.id, given, "Well done", **shown, by=trainer.id, at=at)


def give_back(found: HandIn, trainer: Person, words: str = "Say more") -> None:
    with writing() as at:
        send_back(found.id, words, revision=found.revision, by=trainer.id, at=at)


def attend(trainer: Person, *people: Person) -> int:
    with writing() as at:
        ids = [one.id for one in people]
        return confirm_session("basics", "meeting", ids, held_on=at.date(), by=trainer.id, at=at)


def change(person: Person, seen: Seen) -> None:
    with writing() as at:
        hand_in(person.id, "basics", "task", said="Changed", link="", seen=seen, at=at)


def latest(person: Person) -> HandIn:
    with reading():
        found = db.session.scalars(select(HandIn).where(HandIn.person_id == person.id).order_by(HandIn.id.desc()))
        return found.first() or pytest.fail("nothing was handed in")
