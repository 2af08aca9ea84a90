"""The pages of grading: the queue, the answer in hand, its marks, and that nobody learns whose answer it is."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.exams.responses import save_response
from app.exams.uploading import keep_upload, look_at
from app.extensions import db
from app.journeys.sitting import submit_attempt
from app.ledger.deeds import Deed
from app.people.persons import Person, PersonRole
from app.transaction import reading, writing
from tests.factories import bearer, make_member, make_organisation, make_person, make_staff, sign_in, start
from tests.rating import ESSAY, give, hand_in, make_grader, make_rated_exam, ratings, results, take
from tests.web.trainer.test_correction_pages import seen, text_of

QUEUE, NEXT = "/studio/grading", "/studio/grading/next"
MARKS = {"line_1": "3", "line_2": "0", "comment": "Well <seen>", "confirmed": "y"}


@pytest.fixture
def content(app: Flask, tmp_path: Path) -> Path:
    make_rated_exam(tmp_path, graders=2)
    return tmp_path


@pytest.fixture
def trainer(client: FlaskClient, content: Path) -> FlaskClient:
    return sign_in(client, make_grader(language="en", name="Teresa Prado"))


@pytest.fixture
def candidate(content: Path) -> Person:
    return make_member(
        make_organisation("small", name="Secret Company"), name="Nadia Incógnita", email="nadia@in.test", language="en"
    )


def taken(client: FlaskClient) -> str:
    """The path of the answer that the trainer is given."""
    answer = client.post(NEXT)
    assert answer.status_code == 302
    return str(answer.location)


def test_from_the_queue_to_the_result(app: Flask, trainer: FlaskClient, candidate: Person) -> None:
    assert "No answer waits" in seen(trainer, QUEUE)
    attempt = hand_in(candidate)
    assert "First ratings 1 Further ratings 1 In hand 0" in seen(trainer, QUEUE)
    page = taken(trainer)
    text = seen(trainer, page)
    for part in ("Compare two markets", "I would call them first.", "Then I would <write> it down.", "11 words",
                 "50 were asked for", "Says why", "up to 3 points", "up to 1 point"):  # fmt: skip
        assert part in text
    assert "&lt;write&gt;" in trainer.get(page).text
    assert "You have an answer in hand" in seen(trainer, QUEUE)
    answer = trainer.post(page, data=MARKS, follow_redirects=True)
    assert "Your marks are kept." in answer.text
    assert answer.request.path == QUEUE
    assert trainer.get(page).status_code == 404
    assert "Teresa Prado 1 75% Nothing to compare" in seen(trainer, QUEUE)
    other = sign_in(app.test_client(), make_grader(language="en", name="Otto Berg"))
    other.post(taken(other), data=MARKS | {"line_1": "2", "go": "stop"})
    assert [result.passed for result in results(attempt)] == [False, True]
    text = seen(trainer, QUEUE)
    assert "Otto Berg 1 50% 100%" in text
    assert "Teresa Prado 1 75% 100%" in text
    assert [rating.comment for rating in ratings()] == ["Well <seen>"] * 2


def test_sending_leads_on_to_the_next(trainer: FlaskClient) -> None:
    for _ in range(2):
        hand_in(make_person())
    first = taken(trainer)
    answer = trainer.post(first, data=MARKS | {"go": "next"})
    assert (answer.status_code, answer.location != first) == (302, True)
    assert trainer.get(answer.location).status_code == 200
    assert trainer.post(answer.location, data=MARKS | {"go": "next"}).location == QUEUE


def test_the_grader_does_not_learn_whose_answer_it_is(app: Flask, trainer: FlaskClient, candidate: Person) -> None:
    attempt = hand_in(candidate)
    first = make_grader(name="Primera Persona")
    give(first, 4, comment="a comment of the first")
    page = trainer.get(taken(trainer)).text
    for canary in (candidate.name, "Nadia", candidate.email, "Secret Company", "Primera Persona", "a comment of"):
        assert canary not in page
    assert f"attempts/{attempt.id}" not in page
    assert not re.search(r'value="3"[^>]*checked|checked[^>]*value="3"', page)
    queue = trainer.get(QUEUE).text
    assert "Nadia" not in queue
    assert "Secret Company" not in queue


def test_a_third_sees_nothing_of_the_two(trainer: FlaskClient) -> None:
    hand_in(make_person())
    for points, comment in ((4, "much"), (0, "nothing at all")):
        give(make_grader(), points, comment=comment)
    page = trainer.get(taken(trainer)).text
    assert "nothing at all" not in page
    assert "checked" not in page
    assert "isagree" not in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"line_1": ""}, "Give line 1 its points"),
        ({"line_1": "4"}, "Not a valid choice"),
        ({"line_2": "-1"}, "Not a valid choice"),
        ({"line_2": "one"}, "Not a valid choice"),
        ({"confirmed": ""}, "Confirm the marks"),
        ({"comment": "a" * 2001}, "The comment is too long"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(trainer: FlaskClient, change: dict[str, str], said: str) -> None:
    hand_in(make_person())
    page = taken(trainer)
    sent = {name: value for name, value in (MARKS | change).items() if value}
    answer = trainer.post(page, data=sent)
    assert answer.status_code == 422
    assert said in text_of(answer.text)
    if "comment" not in change:
        assert "Well &lt;seen&gt;" in answer.text
    assert ratings() == []


PRACTICAL = "## Hand it in {#hand-%(n)s type=practical files=2 types=pdf}\n\n- (3) Is a plan\n- (1) Is short\n"


def test_files_are_saved_under_a_name_that_says_nothing(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    make_rated_exam(tmp_path, items=PRACTICAL, blueprint=[{"domain": "all", "items": 1}])
    person = make_person()
    attempt = start(person)
    with writing() as at:
        sent = look_at("Nadia Incógnita.pdf", b"%PDF-1.7\n")
        kept = keep_upload(attempt.id, person.id, 0, sent, at=at)
        answer = {"text": "", "files": [kept.id]}
        save_response(attempt.id, person.id, 0, answer, revision=0, flagged=None, at=at)
    with writing() as at:
        submit_attempt(attempt.id, person.id, at=at)
    grader = make_grader(language="en")
    trainer, by = sign_in(client, grader), bearer(grader)
    page = taken(trainer)
    assert "No text was written. Files File 1" in seen(trainer, page)
    assert "Nadia" not in trainer.get(page).text
    for path in (f"{page}/files/1", page.replace("/studio", "/api/v1") + "/files/1"):
        answer = app.test_client().get(path, headers=by)
        assert (answer.status_code, answer.data) == (200, b"%PDF-1.7\n")
        assert answer.headers["Content-Disposition"] == "attachment; filename=file-1.pdf"
    assert [trainer.get(f"{page}/files/{number}").status_code for number in (0, 2)] == [404, 404]
    other = sign_in(app.test_client(), make_grader())
    assert other.get(f"{page}/files/1").status_code == 404
    give(grader, 4)
    assert trainer.get(f"{page}/files/1").status_code == 404


def test_giving_back(trainer: FlaskClient) -> None:
    hand_in(make_person())
    page = taken(trainer)
    assert trainer.get(f"{page}/give-back").location == QUEUE
    assert trainer.get(page).status_code == 200
    assert "back in the queue" in trainer.post(f"{page}/give-back", follow_redirects=True).text
    assert trainer.get(page).status_code == 404
    assert trainer.post(f"{page}/give-back").status_code == 404
    assert taken(trainer) == page


def test_one_exam_alone(trainer: FlaskClient) -> None:
    hand_in(make_person())
    assert trainer.post(NEXT, data={"exam": "none"}).status_code == 404
    assert trainer.post(NEXT, data={"exam": "fundamentals"}).status_code == 302
    assert trainer.get(NEXT).location == QUEUE


def test_what_is_in_other_hands_is_not_found(app: Flask, trainer: FlaskClient) -> None:
    hand_in(make_person())
    page = taken(trainer)
    other = sign_in(app.test_client(), make_grader())
    assert [other.get(page).status_code, other.post(page, data=MARKS).status_code] == [404, 404]
    assert ratings() == []


def test_a_trainer_never_gets_an_own_answer(client: FlaskClient, content: Path) -> None:
    trainer = make_grader(language="en")
    hand_in(trainer)
    sign_in(client, trainer)
    assert "No answer waits" in seen(client, QUEUE)
    answer = client.post(NEXT, follow_redirects=True)
    assert "No answer waits for you" in answer.text


@pytest.mark.parametrize("role", [PersonRole.CONSULTANT, PersonRole.VIEWER])
def test_who_grades_nothing(app: Flask, content: Path, role: PersonRole) -> None:
    hand_in(make_person())
    turn = take(make_grader())
    client = sign_in(app.test_client(), make_staff(role))
    for path in (QUEUE, f"{QUEUE}/{turn.id}", "/api/v1/grading", f"/api/v1/grading/{turn.id}"):
        assert client.get(path).status_code == 403
    for path in (NEXT, f"{QUEUE}/{turn.id}", f"{QUEUE}/{turn.id}/give-back"):
        assert client.post(path, data=MARKS).status_code == 403
    with reading():
        assert db.session.scalar(select(func.count()).select_from(Deed).filter_by(deed="access_refused")) == 7


def test_the_candidate_is_told_what_waits_and_then_the_result(app: Flask, candidate: Person) -> None:
    attempt = hand_in(candidate)
    page = f"/attempts/{attempt.id}/result"
    client = sign_in(app.test_client(), candidate)
    assert "1 answer waits to be graded by a person" in text_of(client.get(page).text)
    for _ in range(2):
        give(make_grader(), 4)
    text = text_of(client.get(page).text)
    assert "You passed" in text
    assert "This result was corrected" not in text
    assert ESSAY[:20] not in text


def test_the_ledger_names_the_grader_and_not_the_candidate(app: Flask, trainer: FlaskClient, candidate: Person) -> None:
    hand_in(candidate)
    trainer.post(taken(trainer), data=MARKS)
    admin = sign_in(app.test_client(), make_staff(PersonRole.ADMIN, language="en"))
    assert "Teresa Prado rated an answer in the Fundamentals exam" in seen(admin, "/admin")
