"""The exam pages without JavaScript: the gate, the start, every answer by a form, the review, the result."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.exams.attempts import Attempt, AttemptState, Closing
from app.exams.responses import Saved, responses_of
from app.exams.results import attempts_of
from app.journeys.demo import right_answer
from app.people.persons import Person
from app.transaction import now, reading
from tests.factories import (
    CANARY,
    answer_all,
    finish_courses,
    make_exam,
    make_person,
    publish,
    sign_in,
    sit,
    start,
    write_course,
    write_exam,
)

START = {"legal_name": "Lucía Ferrer Ibáñez", "language": "en", "agreement": "y"}


@pytest.fixture
def person(client: FlaskClient) -> Person:
    """The candidate, signed in, who reads English."""
    candidate = make_person(name="Lucía Ferrer", language="en")
    sign_in(client, candidate)
    return candidate


class Fields(HTMLParser):
    """The inputs of a page that a browser would send, by name, with what is typed or checked."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag != "input" or (found.get("type") in ("radio", "checkbox") and "checked" not in found):
            return
        self.values.setdefault(found["name"] or "", []).append(found.get("value") or "")


def fields(page: TestResponse) -> dict[str, list[str]]:
    return Fields(page.text).values


def attempts(person: Person) -> list[Attempt]:
    with reading():
        return [attempt for attempt, _ in attempts_of(person.id)]


def saved(attempt: Attempt) -> dict[int, Saved]:
    with reading():
        return responses_of(attempt.id)


def position_of(attempt: Attempt, kind: str) -> int:
    with reading():
        return next(place for place, item in enumerate(attempt.items) if item["kind"] == kind)


def in_form(answer: object) -> list[str]:
    """An answer as the fields of its item send it."""
    return [str(part).lower() if isinstance(part, bool) else str(part) for part in _parts(answer)]


def _parts(answer: object) -> list[object]:
    return list(answer) if isinstance(answer, list) else [answer]


def post(client: FlaskClient, attempt: Attempt, position: int, **sent: object) -> TestResponse:
    return client.post(f"/attempts/{attempt.id}/items/{position}", data=sent)


def test_looking_at_an_exam_starts_nothing(client: FlaskClient, person: Person, tmp_path: Path) -> None:
    make_exam(tmp_path)
    assert "Open to you" in client.get("/exams").text
    page = client.get("/exams/fundamentals")
    assert fields(page)["legal_name"] == ["Lucía Ferrer"]
    assert fields(page)["language"] == ["en"]
    assert "Own work only." in page.text
    assert attempts(person) == []


@pytest.mark.parametrize(
    ("change", "advice"),
    [
        ({"agreement": ""}, "Accept the agreement to start the exam"),
        ({"legal_name": " "}, "Write your legal name"),
        ({"legal_name": "L"}, "Write your full name"),
        ({"language": "fr"}, "Not a valid choice"),
    ],
)
def test_a_start_needs_agreement_name_and_language(
    client: FlaskClient, person: Person, tmp_path: Path, change: dict[str, str], advice: str
) -> None:
    make_exam(tmp_path)
    page = client.post("/exams/fundamentals/start", data={k: v for k, v in (START | change).items() if v})
    assert page.status_code == 422
    assert advice in page.text
    assert attempts(person) == []


def test_starting_twice_leads_to_the_same_attempt(client: FlaskClient, person: Person, tmp_path: Path) -> None:
    make_exam(tmp_path)
    places = [client.post("/exams/fundamentals/start", data=START).location for _ in range(2)]
    assert len(attempts(person)) == 1
    assert places == [f"/attempts/{attempts(person)[0].id}"] * 2
    assert attempts(person)[0].legal_name == "Lucía Ferrer Ibáñez"
    assert "Continue" in client.get("/exams").text


def test_a_closed_gate_names_what_is_missing(client: FlaskClient, person: Person, tmp_path: Path) -> None:
    write_course(tmp_path, "basics")
    write_exam(tmp_path, "advanced", level="advanced", gate={"track": "fundamentals", "credential": "fundamentals"})
    write_exam(tmp_path)
    publish(tmp_path)
    for page in (client.get("/exams/advanced"), client.post("/exams/advanced/start", data=START)):
        assert 'href="/courses/basics"' in page.text
        assert "Certification fundamentals" in page.text
        assert 'name="agreement"' not in page.text
    assert page.status_code == 409
    assert "Nothing was started." in page.text
    assert attempts(person) == []


def test_after_a_failure_the_page_says_until_when_to_wait(client: FlaskClient, person: Person, tmp_path: Path) -> None:
    make_exam(tmp_path)
    sit(person, passes=False)
    page = client.post("/exams/fundamentals/start", data=START)
    assert page.status_code == 409
    assert "You can try again" in page.text
    assert (now() + timedelta(hours=24)).strftime("%Y-%m-%dT%H") in page.text


def test_a_whole_attempt_by_forms_alone(client: FlaskClient, person: Person, tmp_path: Path) -> None:
    make_exam(tmp_path)
    place = client.post("/exams/fundamentals/start", data=START).location
    attempt = attempts(person)[0]
    with reading():
        right = [right_answer(item, order) for item, order in zip(attempt.items, attempt.option_orders, strict=True)]
    for position, answer in enumerate(right):
        page = client.get(place)
        assert f"Item {position + 1} of 5" in page.text
        revision = fields(page)["revision"][0]
        go = "review" if position == 4 else position + 2
        place = post(client, attempt, position, answer=in_form(answer), revision=revision, go=go).location
    review = client.get(place)
    assert "You answered 5 of 5 items." in review.text
    result = client.post(f"/attempts/{attempt.id}/submit", follow_redirects=True)
    assert "You passed" in result.text
    assert re.search(r'href="/c/[0-9a-z]{26}\.pdf"', result.text)
    assert 'aria-label="Your score is 1000' in result.text


def test_an_answer_comes_back_as_it_was_given(client: FlaskClient, person: Person, tmp_path: Path) -> None:
    make_exam(tmp_path)
    attempt = start(person, language="en")
    answer_all(attempt)
    for position, response in saved(attempt).items():
        page = client.get(f"/attempts/{attempt.id}?item={position + 1}")
        assert fields(page)["answer"] == in_form(response.answer)
        post(client, attempt, position, **dict(fields(page)), go="1")
    assert {response.revision for response in saved(attempt).values()} == {1}, "nothing changed, so nothing is saved"


def test_flagging_and_clearing_stay_on_the_item(client: FlaskClient, person: Person, tmp_path: Path) -> None:
    make_exam(tmp_path)
    attempt = start(person, language="en")
    position = position_of(attempt, "single_choice")
    here = f"/attempts/{attempt.id}?item={position + 1}"
    assert post(client, attempt, position, answer="1", revision="0", flag="1").location == here
    assert (saved(attempt)[position].answer, saved(attempt)[position].flagged) == (1, True)
    assert "1 item is flagged" in client.get(f"/attempts/{attempt.id}/review").text
    post(client, attempt, position, answer="1", revision="1", clear="1")
    assert saved(attempt)[position].answer is None
    assert "answer" not in fields(client.get(here))


def test_a_stale_window_sees_the_newer_answer(client: FlaskClient, person: Person, tmp_path: Path) -> None:
    make_exam(tmp_path)
    attempt = start(person, language="en")
    position = position_of(attempt, "single_choice")
    post(client, attempt, position, answer="2", revision="0", go="1")
    page = post(client, attempt, position, answer="1", revision="0", go="1")
    assert page.status_code == 409
    assert "This answer was changed in another window" in page.text
    assert fields(page)["answer"] == ["2"]
    assert fields(page)["revision"] == ["1"]
    assert saved(attempt)[position].answer == 2


@pytest.mark.parametrize(("kind", "typed"), [("numeric", "many"), ("short_text", "x" * 201)])
def test_what_does_not_fit_is_kept_in_the_field(
    client: FlaskClient, person: Person, tmp_path: Path, kind: str, typed: str
) -> None:
    make_exam(tmp_path)
    attempt = start(person, language="en")
    position = position_of(attempt, kind)
    page = post(client, attempt, position, answer=typed, revision="0", go="1")
    assert page.status_code == 422
    assert fields(page)["answer"] == [typed]
    assert 'aria-invalid="true"' in page.text
    assert saved(attempt) == {}


def test_nothing_of_a_key_reaches_a_page(client: FlaskClient, person: Person, tmp_path: Path) -> None:
    make_exam(tmp_path)
    attempt = start(person, language="en")
    shown = [f"/attempts/{attempt.id}?item={item}" for item in ("1", "2", "3", "4", "5", "all")]
    for address in [*shown, f"/attempts/{attempt.id}/review"]:
        page = client.get(address)
        assert page.status_code == 200
        assert CANARY not in page.text
        assert "987654" not in page.text
    answer_all(attempt, right=False)
    result = client.post(f"/attempts/{attempt.id}/submit", follow_redirects=True).text
    assert "You did not pass this time" in result
    assert CANARY not in result
    assert "Pick one" not in result


def test_the_attempt_of_another_is_not_found(client: FlaskClient, person: Person, tmp_path: Path) -> None:
    make_exam(tmp_path)
    foreign = start(make_person())
    read = [f"/attempts/{foreign.id}", f"/attempts/{foreign.id}/review", f"/attempts/{foreign.id}/result"]
    written = [f"/attempts/{foreign.id}/items/0", f"/attempts/{foreign.id}/submit"]
    answers = [client.get(address) for address in read] + [client.post(address) for address in written]
    assert {answer.status_code for answer in answers} == {404}
    assert saved(foreign) == {}


def test_a_position_outside_the_form_is_refused(client: FlaskClient, person: Person, tmp_path: Path) -> None:
    make_exam(tmp_path)
    attempt = start(person, language="en")
    assert post(client, attempt, 5, answer="1", revision="0").status_code == 422
    assert "Item 5 of 5" in client.get(f"/attempts/{attempt.id}?item=99").text


def test_an_open_attempt_has_no_result_and_a_closed_one_no_items(
    client: FlaskClient, person: Person, tmp_path: Path
) -> None:
    make_exam(tmp_path)
    attempt = start(person, language="en")
    base = f"/attempts/{attempt.id}"
    assert client.get(f"{base}/result").location == base
    client.post(f"{base}/submit")
    assert [client.get(f"{base}{page}").location for page in ("", "/review")] == [f"{base}/result"] * 2
    assert post(client, attempt, 0, answer="1", revision="0").location == f"{base}/result"
    assert saved(attempt) == {}
    assert "before this answer arrived" in client.get(f"{base}/result").text


def test_looking_at_an_overdue_attempt_closes_it(client: FlaskClient, person: Person, tmp_path: Path) -> None:
    make_exam(tmp_path)
    attempt = start(person, language="en", at=now() - timedelta(minutes=31))
    assert "In progress" not in client.get("/exams").text
    closed = attempts(person)[0]
    assert (closed.state, closed.closing) == (AttemptState.CLOSED, Closing.DEADLINE)
    assert closed.closed_at == attempt.deadline_at
    assert "The time was over" in client.get(f"/attempts/{attempt.id}", follow_redirects=True).text


def test_a_failed_result_names_the_courses_to_study(client: FlaskClient, person: Person) -> None:
    publish(Path(__file__).parents[3])
    finish_courses(person)
    outcome = sit(person, passes=False)
    page = client.get(f"/attempts/{outcome.result.attempt_id}/result").text
    assert re.search(r'<strong>Product</strong>: <a href="/courses/documents-with-ai">', page)
    assert "The dashed line is at 70%" in page
