"""The minimum of a domain on the candidate's pages: told before the start, and on the bar that was short of it."""

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.exams.responses import save_response
from app.journeys.demo import right_answer
from app.journeys.sitting import submit_attempt
from app.people.persons import Person
from app.transaction import writing
from tests.factories import make_person, publish, sign_in, start, write_exam
from tests.rating import breaches, domains, make_rated_exam
from tests.web.trainer.test_correction_pages import seen

BLUEPRINT = [{"domain": "all", "items": 5}, {"domain": "sales", "items": 2}]
SALES = "## It is so {#sale-1}\n= true\n\n## It is so too {#sale-2}\n= true\n"


@pytest.fixture
def person(client: FlaskClient, tmp_path: Path) -> Person:
    """The candidate, signed in; the exam asks for half of the points, and for all of those of one domain."""
    write_exam(tmp_path, copies=1, domains=domains("all", "sales"), blueprint=BLUEPRINT, cut_score=0.5)
    add(tmp_path, minimums={"sales": 1})
    for language in ("es", "en"):
        file = tmp_path / "exams/fundamentals/items" / language / "sales.md"
        file.write_text(f"---\ndomain: sales\nlang: {language}\n---\n{SALES}")
    publish(tmp_path)
    candidate = make_person(language="en")
    sign_in(client, candidate)
    return candidate


def add(root: Path, **rules: object) -> None:
    """More rules in `exam.yml`."""
    file = root / "exams/fundamentals/exam.yml"
    file.write_text(json.dumps(json.loads(file.read_text()) | rules))


def sit_without(person: Person, *missing: str) -> int:
    attempt = start(person)
    with writing() as at:
        for position, (item, order) in enumerate(zip(attempt.items, attempt.option_orders, strict=True)):
            answer = None if item["id"] in missing else right_answer(item, order)
            save_response(attempt.id, person.id, position, answer, revision=0, flagged=None, at=at)
        submit_attempt(attempt.id, person.id, at=at)
    return attempt.id


def test_the_minimum_is_told_before_the_start(client: FlaskClient, person: Person) -> None:
    text = seen(client, "/exams/fundamentals")
    assert "you also need a minimum of the points in some domains, whatever the whole score is: Sales 100%." in text
    assert "how you did in each domain, at once" in text


def test_who_is_short_in_one_domain_alone_has_not_passed(client: FlaskClient, person: Person) -> None:
    attempt_id = sit_without(person, "sale-2")
    text = seen(client, f"/attempts/{attempt_id}/result")
    assert "You did not pass this time" in text
    assert "You reached 699 of 1000" in text
    assert "You stayed below the minimum in: Sales." in text
    assert "Sales at least 100% · not reached 50%" in text
    assert "Study these domains again, the weakest first: Sales" in text
    result = client.get(f"/api/v1/attempts/{attempt_id}").json["result"]
    assert (result["passed"], result["scaled"], result["domain_percent"]["sales"]) == (False, 699, 50)
    assert result["short_domains"] == ["sales"]
    assert breaches() == []


def test_who_reaches_it_passes_by_the_whole(client: FlaskClient, person: Person) -> None:
    attempt_id = sit_without(person, "pick-1", "all-1")
    text = seen(client, f"/attempts/{attempt_id}/result")
    assert "You passed" in text
    assert "Sales at least 100% 100%" in text
    assert "not reached" not in text


def test_an_exam_with_essays_says_who_grades(client: FlaskClient, tmp_path: Path) -> None:
    make_rated_exam(tmp_path)
    sign_in(client, make_person(language="en"))
    text = seen(client, "/exams/fundamentals")
    assert "People grade a part of it" in text
    assert "at once" not in text
