"""Home: the one next step of a consultant, the path, the organisation's tier, and the tools of staff."""

import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.extensions import db
from app.learning.catalogue import live_course
from app.learning.enrolling import Progress
from app.people.persons import Person, PersonRole
from app.transaction import writing
from tests import factories
from tests.factories import finish_courses, make_member, make_organisation, sign_in, sit, start
from tests.web.candidate.pages import links, months_ago, read


def test_home_begins_with_the_first_course(page: FlaskClient) -> None:
    text = read(page, "/")
    assert "Hello, Lucía" in text
    assert "Start with Course basics" in text
    assert links(page, "/")[0] == "/courses/basics"
    assert "Fundamentals 1 h" in text


def test_home_goes_on_with_the_lesson_last_opened(page: FlaskClient) -> None:
    page.get("/courses/basics/02-two")
    text = read(page, "/")
    assert "Go on with “Lesson 02-two”" in text
    assert "part 2 of 2 · 30 min" in text
    assert links(page, "/")[0] == "/courses/basics/02-two"
    assert "Keep reading" not in text


def test_home_names_the_exam_that_has_opened(page: FlaskClient, person: Person) -> None:
    finish_courses(person)
    text = read(page, "/")
    assert "Exam fundamentals: open to you 5 items in 30 minutes. This is attempt 1 of 5" in text
    assert "1 h of 1 h · exam open" in text
    assert links(page, "/")[0] == "/exams/fundamentals"


def test_home_leads_back_to_an_open_attempt(page: FlaskClient, person: Person) -> None:
    finish_courses(person)
    attempt = start(person)
    assert "Exam fundamentals: the clock is running It ends in" in read(page, "/")
    assert links(page, "/")[0] == f"/attempts/{attempt.id}"


def test_home_says_when_a_failed_exam_opens_again(page: FlaskClient, person: Person) -> None:
    finish_courses(person)
    sit(person, passes=False)
    assert "Exam fundamentals: you can sit it again on" in read(page, "/")


def test_home_asks_to_renew_what_expires_within_six_months(page: FlaskClient, person: Person) -> None:
    finish_courses(person)
    sit(person, at=months_ago(20))
    assert "Your Fundamentals certificate expires on" in read(page, "/")


def test_home_renews_nothing_by_the_exam_of_a_lower_level(page: FlaskClient, person: Person, content: Path) -> None:
    factories.write_exam(content, "advanced", level="advanced")
    factories.publish(content)
    finish_courses(person)
    sit(person, "advanced", at=months_ago(20))
    assert "Your Advanced certificate expires on" in read(page, "/")
    shutil.rmtree(content / "exams" / "advanced")
    factories.publish(content)
    assert "certificate expires on" not in read(page, "/")


def test_home_congratulates_who_has_nothing_left_to_do(page: FlaskClient, person: Person) -> None:
    finish_courses(person)
    sit(person)
    text = read(page, "/")
    assert "You are up to date" in text
    assert "Certified until" in text


def test_home_keeps_the_course_at_hand_beside_a_more_pressing_step(
    page: FlaskClient, person: Person, content: Path
) -> None:
    factories.write_course(content, "more", required=False)
    factories.publish(content)
    with writing() as at:
        for lesson in live_course("basics").live_lessons:
            db.session.add(Progress(person_id=person.id, lesson_id=lesson.id, done_at=at))
    page.get("/courses/more/01-one")
    text = read(page, "/")
    assert "Exam fundamentals: open to you" in text
    assert "Keep reading Course more" in text
    assert "You left off at “Lesson 01-one”." in text


def test_home_tells_what_the_organisation_lacks_for_the_next_tier(client: FlaskClient, content: Path) -> None:
    organisation = make_organisation("small", name="Andes")
    person = make_member(organisation, language="en")
    sign_in(client, person)
    assert "Andes No tier yet Programme small Missing for Tier 1: People 1 person" in read(client, "/")
    finish_courses(person)
    sit(person)
    text = read(client, "/")
    assert "Tier 1 Programme small Missing for Tier 2: People 1 person Your certificate counts." in text


@pytest.mark.parametrize(
    ("role", "tools"),
    [
        (PersonRole.TRAINER, {"/studio"}),
        (PersonRole.VIEWER, {"/studio", "/admin"}),
        (PersonRole.ADMIN, {"/studio", "/admin"}),
    ],
)
def test_home_of_staff_has_their_tools(client: FlaskClient, content: Path, role: PersonRole, tools: set[str]) -> None:
    sign_in(client, factories.make_staff(role, language="en"))
    assert "Your path" not in read(client, "/")
    assert set(links(client, "/")) == tools | {"/courses", "/verify"}
