"""Reporting, voiding and appealing by the pages, from the candidate to the trainer and the administrator and back."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.exams.attempts import Attempt
from app.exams.reports import reports_of
from app.exams.responses import responses_of
from app.people.persons import Person, PersonRole
from app.transaction import reading
from tests.factories import bearer, make_exam, make_person, make_staff, sign_in, sit, start
from tests.regrading import answered, submit


@pytest.fixture
def person(app: Flask, tmp_path: Path) -> Person:
    make_exam(tmp_path, copies=1)
    return make_person(language="en", name="Lucía Ferrer")


def browser(app: Flask, _: FlaskClient, role: PersonRole | None, person: Person | None = None) -> FlaskClient:
    """Another browser, of a new member of the staff or of the person."""
    return sign_in(app.test_client(), person or make_staff(role, language="en"))


def test_a_report_from_the_page_saves_the_answer_along(client: FlaskClient, person: Person) -> None:
    attempt = start(person, language="en")
    sign_in(client, person)
    assert "Report this item" in client.get(f"/attempts/{attempt.id}?item=1").text
    sent = {"answer": answer_of(attempt), "revision": "0", "report": "1", "fault": "answers", "report_text": "Two"}
    reply = client.post(f"/attempts/{attempt.id}/items/0", data=sent)
    assert (reply.status_code, reply.location) == (303, f"/attempts/{attempt.id}?item=1")
    page = client.get(reply.location).text
    assert "Your report is kept" in page and "You have reported this item." in page
    with reading():
        assert [(one.fault, one.text) for one in reports_of(attempt.id)] == [("answers", "Two")]
        assert responses_of(attempt.id)[0].revision == 1
    client.post(f"/attempts/{attempt.id}/items/0", data=sent | {"revision": "1"})
    assert "You have reported this item before" in client.get(f"/attempts/{attempt.id}?item=1").text


def test_a_program_reports_an_item_once(client: FlaskClient, person: Person) -> None:
    attempt, by = start(person), bearer(person)
    path, body = f"/api/v1/attempts/{attempt.id}/reports", {"position": 2, "fault": "unclear"}
    assert client.post(path, json=body, headers=by).status_code == 201
    again = client.post(path, json=body, headers=by)
    assert (again.status_code, again.json["code"]) == (409, "AlreadyReported")
    assert client.post(path, json=body | {"position": 9}, headers=by).status_code == 409
    assert client.post(path, json=body | {"fault": "boring"}, headers=by).status_code == 422
    assert client.post(path, json=body, headers=bearer(make_person())).status_code == 404


def test_the_answer_to_a_report_reaches_the_candidate(app: Flask, client: FlaskClient, person: Person) -> None:
    attempt = answered(person, ["pick-1", "all-1"])
    place = [item["id"] for item in attempt.items].index("pick-1")
    body = {"position": place, "fault": "unclear", "text": "What is asked?"}
    client.post(f"/api/v1/attempts/{attempt.id}/reports", json=body, headers=bearer(person))
    submit(attempt)
    candidate, trainer = browser(app, client, None, person), browser(app, client, PersonRole.TRAINER)
    waiting = candidate.get(f"/attempts/{attempt.id}/result").text
    assert "Your result is not final yet" in waiting and "Not answered yet" in waiting
    assert "pick-1" in trainer.get("/studio/reviews").text
    assert "What is asked?" in trainer.get("/studio/reports/1").text
    assert trainer.post("/studio/reports/1/resolve", data={"verdict": "at_fault"}).status_code == 422
    sent = {"verdict": "at_fault", "note": "It was not clear."}
    assert trainer.post("/studio/reports/1/resolve", data=sent).status_code == 303
    page = trainer.get("/studio/reports/1").text
    assert "/studio/exams/fundamentals/items/pick-1/correct" in page
    assert trainer.post("/studio/reports/1/resolve", data=sent).status_code == 409
    final = candidate.get(f"/attempts/{attempt.id}/result").text
    assert "It was not clear." in final and "You did not pass this time" in final
    viewer = browser(app, client, PersonRole.VIEWER)
    assert viewer.post("/studio/reports/1/resolve", data=sent).status_code == 403
    assert 'name="verdict"' not in viewer.get("/studio/reports/1").text


def test_a_void_goes_from_hand_to_hand_and_back_by_an_appeal(app: Flask, client: FlaskClient, person: Person) -> None:
    attempt = sit(person).attempt
    first, second, third = (browser(app, client, PersonRole.ADMIN) for _ in range(3))
    here, result = f"/admin/attempts/{attempt.id}", f"/attempts/{attempt.id}/result"
    assert first.post(f"{here}/void", data={"reason": ""}).status_code == 422
    assert first.post(f"{here}/void", data={"reason": "Somebody else answered"}).status_code == 303
    assert "Another administrator has to decide" in first.get(here).text
    assert first.post("/admin/voids/1/approve").status_code == 403
    assert "Approve: void the result" in second.get(here).text
    assert second.post("/admin/voids/1/approve").status_code == 303
    assert second.post("/admin/voids/1/approve").status_code == 409
    candidate = browser(app, client, None, person)
    page = candidate.get(result).text
    assert "This result does not count" in page and "Somebody else answered" in page
    assert candidate.post(f"/attempts/{attempt.id}/appeal", data={"item": "result", "text": ""}).status_code == 422
    said = {"item": "result", "text": "I answered alone."}
    assert candidate.post(f"/attempts/{attempt.id}/appeal", data=said).status_code == 303
    assert "I answered alone." in candidate.get(result).text
    answer = {"verdict": "upheld", "answer": "The camera shows it."}
    assert 'name="verdict"' not in second.get("/studio/appeals/1").text
    assert second.post("/studio/appeals/1/answer", data=answer).status_code == 403
    assert 'name="verdict"' in third.get("/studio/appeals/1").text
    assert third.post("/studio/appeals/1/answer", data=answer).status_code == 303
    page = candidate.get(result).text
    assert "You passed" in page and "The camera shows it." in page
    history = third.get(here).text
    for sentence in ("proposed to void the result of Lucía", "voided the result of Lucía", "Lucía Ferrer appealed"):
        assert sentence in history
    assert "voids" not in third.get("/admin").text


def test_an_item_can_be_appealed_against_and_leads_to_its_correction(
    app: Flask, client: FlaskClient, person: Person
) -> None:
    attempt = sit(person, passes=False).attempt
    candidate, trainer = browser(app, client, None, person), browser(app, client, PersonRole.TRAINER)
    path = f"/attempts/{attempt.id}/appeal"
    assert candidate.post(path, data={"item": "99", "text": "No"}).status_code == 422
    assert candidate.post(path, data={"item": "0", "text": "Both are right."}).status_code == 303
    trainer.post("/studio/appeals/1/answer", data={"verdict": "upheld", "answer": "They are."})
    assert f"/items/{attempt.items[0]['id']}/correct" in trainer.get("/studio/appeals/1").text
    other = browser(app, client, None, make_person())
    assert other.post(path, data={"item": "0", "text": "Mine?"}).status_code == 404


def answer_of(attempt: Attempt) -> str:
    """Any answer that the first item takes."""
    public = attempt.public_item(0)
    return {"radio": "0", "checkbox": "0", "boolean": "true"}.get(public["shape"]["input"], "1")
