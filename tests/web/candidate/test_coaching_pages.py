"""A coached wait on the pages: what the result names, the button of the lesson, and the exam that opens."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.extensions import db
from app.learning.rereading import Rereading
from app.people.persons import Person, PersonRole
from app.transaction import now, reading
from tests import factories
from tests.factories import finish_courses, make_staff, sign_in, sit
from tests.web.candidate.conftest import STUDY
from tests.web.candidate.pages import links, read

HOUR = timedelta(hours=1)
TEACHES = {"01-one": "net.tls", "02-two": "net.dns"}
ITEMS = "\n".join(
    f"## Canary {number} {{#pick-{number}-%(n)s objective={objective}}}\n- [x] right\n- [ ] wrong\n"
    for number, objective in enumerate(["net.tls", "net.tls", "net.dns", "net.dns", "net.dns"])
)
FIRST, SECOND = "/courses/basics/01-one", "/courses/basics/02-two"


@pytest.fixture
def result(page: FlaskClient, person: Person, content: Path) -> str:
    """The page of an attempt that was failed five hours ago, of an exam that offers a coached wait of four."""
    factories.write_course(content, teaches=TEACHES, lessons=("01-one", "02-two", "03-three"))
    factories.write_exam(content, items=ITEMS, gate=STUDY, retakes={"coached_wait_hours": 4})
    factories.publish(content)
    finish_courses(person)
    return f"/attempts/{sit(person, passes=False, at=now() - 5 * HOUR).attempt.id}/result"


def test_the_result_and_the_exam_name_the_lessons_and_never_an_item(page: FlaskClient, result: str) -> None:
    for path in (result, "/exams/fundamentals"):
        text = read(page, path)
        assert "Study again and wait less 2 lessons are left. As soon as all are studied again, the exam opens." in text
        assert "Lesson 01-one Course basics · 30 min" in text
        assert "Canary" not in text
        assert {FIRST, SECOND} <= set(links(page, path))
        assert "/courses/basics/03-three" not in links(page, path)
        assert page.get(path).text.count('aria-label="To study again"') == 2
    assert "The wait can be shortened to 4 hours" in read(page, "/exams/fundamentals")


def test_a_lesson_that_is_asked_for_has_a_button_and_others_have_none(page: FlaskClient, result: str) -> None:
    assert "I have studied this again" in read(page, FIRST)
    assert "I have studied this again" not in read(page, "/courses/basics/03-three")


def test_studying_all_of_them_again_opens_the_exam(page: FlaskClient, result: str) -> None:
    answer = page.post(f"{FIRST}/reread")
    assert (answer.status_code, answer.location) == (303, FIRST)
    text = read(page, FIRST)
    assert "This lesson counts as studied again." in text
    assert "You studied this lesson again on" in text
    assert "I have studied this again" not in text
    assert "1 lesson is left." in read(page, result)
    assert page.get(result).text.count('aria-label="Studied again"') == 1
    assert api_lessons(page) == [True, False]
    text = read(page, SECOND)
    assert "It counts from" in text
    page.post(f"{SECOND}/reread")
    assert "This lesson does not count as studied again yet." in read(page, SECOND)
    with reading():
        assert db.session.query(Rereading).count() == 1


def test_before_its_hours_the_page_says_when_the_exam_would_open(page: FlaskClient, result: str, content: Path) -> None:
    factories.write_exam(content, items=ITEMS, gate=STUDY, retakes={"coached_wait_hours": 12})
    factories.publish(content)
    assert "When all are studied again, the exam opens on" in read(page, result)


def test_what_nobody_asked_for_is_refused_politely(page: FlaskClient, result: str) -> None:
    page.post("/courses/basics/03-three/reread")
    assert "No exam asks you to study this lesson again." in read(page, "/courses/basics/03-three")


def test_staff_marks_nothing(client: FlaskClient, result: str) -> None:
    sign_in(client, make_staff(PersonRole.TRAINER))
    assert client.post(f"{FIRST}/reread").status_code == 403


def api_lessons(page: FlaskClient) -> list[bool]:
    exam = page.get("/api/v1/exams").json["exams"][0]
    return [lesson["done"] for lesson in exam["study_again"]["lessons"]]
