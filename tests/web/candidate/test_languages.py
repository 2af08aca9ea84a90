"""An attempt in two languages: switching loses no answer, moves no option, and leaves the record as it was."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.exams.attempts import Attempt
from app.exams.responses import responses_of
from app.extensions import db
from app.people.persons import Person
from app.transaction import reading
from tests import factories
from tests.factories import finish_courses, make_person, publish, sign_in, start
from tests.web.candidate.conftest import STUDY
from tests.web.candidate.pages import read

ITEMS = """\
## Pick one {#pick-%(n)s}
- [x] first choice
- [ ] second choice
- [ ] third choice

## Name it {#name-%(n)s}
= word
"""
SPANISH = {"Pick one": "Elige una", "choice": "opción", "Name it": "Nómbralo"}


@pytest.fixture
def attempt(page: FlaskClient, person: Person, content: Path) -> Attempt:
    """An attempt begun in Spanish by somebody who reads English; its second item is a choice."""
    sections = [
        {"title": factories.both("One"), "back": True, "blueprint": [{"domain": "all", "items": 2}]},
        {"title": factories.both("Two"), "back": False, "blueprint": [{"domain": "all", "items": 2}]},
    ]
    factories.write_exam(content, items=ITEMS, copies=2, gate=STUDY, sections=sections, blueprint=None)
    file = content / "exams" / "fundamentals" / "items" / "es" / "all.md"
    text = file.read_text()
    for english, spanish in SPANISH.items():
        text = text.replace(english, spanish)
    file.write_text(text)
    publish(content)
    finish_courses(person)
    return start(person, language="es")


@pytest.fixture
def choice(attempt: Attempt) -> int:
    """The position of an item of the first section with options."""
    return next(place for place, order in enumerate(attempt.option_orders[:2]) if order)


def options(page: FlaskClient, path: str) -> list[str]:
    return re.findall(r"<span>(\w+) (?:choice|opción)</span>", page.get(path).text)


def test_the_page_of_an_item_goes_on_in_the_other_language_with_what_was_just_answered(
    page: FlaskClient, attempt: Attempt, choice: int
) -> None:
    path = f"/attempts/{attempt.id}?item={choice + 1}"
    before = page.get(path)
    assert '<html lang="es"' in before.text
    assert f'lang="es" method="post" action="/attempts/{attempt.id}/items/{choice}"' in before.text
    order = options(page, path)
    answer = page.post(
        f"/attempts/{attempt.id}/items/{choice}", data={"answer": "1", "revision": "0", "language": "en"}
    )
    assert (answer.status_code, answer.location) == (303, path)
    text = page.get(path).text
    assert '<html lang="en"' in text
    assert f'lang="en" method="post" action="/attempts/{attempt.id}/items/{choice}"' in text
    assert "Pick one" in text
    assert options(page, path) == order
    assert re.search(r'value="1" checked', text)
    with reading():
        assert responses_of(attempt.id)[choice].answer == 1
        kept = db.session.get_one(Attempt, attempt.id)
        assert (kept.language, kept.shown_language) == ("es", "en")
        assert kept.option_orders == attempt.option_orders


def test_what_was_typed_and_refused_stays_in_the_other_language(
    page: FlaskClient, attempt: Attempt, choice: int
) -> None:
    other = 1 - choice
    wrong = page.post(
        f"/attempts/{attempt.id}/items/{other}", data={"answer": "x" * 999, "revision": "0", "language": "en"}
    )
    assert wrong.status_code == 422
    assert '<html lang="en"' in wrong.text
    assert "x" * 999 in wrong.text


def test_review_and_sections_keep_their_rules(page: FlaskClient, attempt: Attempt) -> None:
    switched = page.post(f"/attempts/{attempt.id}/language", data={"language": "en"})
    assert (switched.status_code, switched.location) == (303, f"/attempts/{attempt.id}/review")
    text = read(page, switched.location)
    assert "Review before you finish the section" in text
    assert "Leer en:" not in text
    assert "Español" in text
    page.post(f"/attempts/{attempt.id}/sections/1/finish")
    closed = page.post(f"/attempts/{attempt.id}/items/0", data={"answer": "1", "revision": "0", "language": "es"})
    assert closed.status_code == 303
    with reading():
        assert responses_of(attempt.id) == {}


def test_a_program_asks_for_a_language_once_or_for_good(page: FlaskClient, attempt: Attempt, choice: int) -> None:
    path = f"/api/v1/attempts/{attempt.id}"
    assert stem(page, path, choice) == ("es", "Elige una")
    assert stem(page, f"{path}?language=en", choice) == ("en", "Pick one")
    assert stem(page, path, choice) == ("es", "Elige una")
    for sent in ("fr", "", None):
        assert page.put(f"{path}/language", json={"language": sent}).status_code == 422
    refused = page.get(f"{path}?language=fr")
    assert (refused.status_code, refused.json["code"]) == (422, "LanguageNotOffered")
    said = page.put(f"{path}/language", json={"language": "en"})
    assert said.json == {"language": "es", "shown_language": "en"}
    assert stem(page, path, choice) == ("en", "Pick one")
    page.post(f"{path}/submit", json={})
    assert page.put(f"{path}/language", json={"language": "es"}).status_code == 409


def test_nobody_switches_the_attempt_of_another(page: FlaskClient, attempt: Attempt) -> None:
    sign_in(page, make_person())
    assert page.put(f"/api/v1/attempts/{attempt.id}/language", json={"language": "en"}).status_code == 404
    assert page.post(f"/attempts/{attempt.id}/language", data={"language": "en"}).status_code == 404


def test_an_exam_in_one_language_offers_no_other(page: FlaskClient, person: Person, content: Path) -> None:
    one = {key: {"es": "Uno"} for key in ("title", "summary", "credential", "agreement")}
    factories.write_exam(content, languages=["es"], domains={"all": {"es": "Todo"}}, gate=STUDY, **one)
    (content / "exams/fundamentals/items/en/all.md").unlink()
    (content / "exams/fundamentals/items/en").rmdir()
    publish(content)
    finish_courses(person)
    assert "You can read the items in the other language at any time." not in read(page, "/exams/fundamentals")
    attempt = start(person)
    assert 'name="language"' not in page.get(f"/attempts/{attempt.id}").text
    assert page.put(f"/api/v1/attempts/{attempt.id}/language", json={"language": "en"}).status_code == 422


def stem(page: FlaskClient, path: str, position: int) -> tuple[str, str]:
    """The language that the answer says its items are in, and the stem of one."""
    view = page.get(path).json
    assert view["language"] == "es"
    return view["shown_language"], re.sub("<.*?>", "", view["items"][position]["stem"])
