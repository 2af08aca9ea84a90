"""The studio: courses, exams and items with their keys, for those who work on them and for nobody else."""

import html
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.exams.blueprint import BankItem
from app.exams.catalogue import live_exam
from app.exams.item_statistics import add_usage
from app.exams.kinds import KINDS
from app.exams.offers import Usage
from app.people.organisations import PartnerRole
from app.people.persons import PersonRole
from app.transaction import reading, writing
from app.web.item_texts import numeric_answer
from app.web.naming import KINDS as KIND_NAMES
from app.web.trainer.coverage import Cell, coverage
from tests import factories
from tests.factories import CANARY, make_member, make_organisation, make_person, make_staff, sign_in

PATHS = ["/studio", "/studio/courses/basics", "/studio/exams/fundamentals", "/studio/exams/fundamentals/items/pick-1"]
STAFF = [PersonRole.TRAINER, PersonRole.VIEWER, PersonRole.ADMIN]


@pytest.fixture
def trainer(client: FlaskClient, content: Path) -> FlaskClient:
    """The browser of a trainer who reads English."""
    return sign_in(client, make_staff(PersonRole.TRAINER, language="en"))


def text_of(client: FlaskClient, path: str, **query: Any) -> str:
    """The text of a page, in one line."""
    response = client.get(path, query_string=query)
    assert response.status_code == 200
    body = re.search("<main.*</main>", response.text, re.DOTALL)
    assert body
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", body.group())).split())


def items(client: FlaskClient, **query: Any) -> list[str]:
    """The ids of the items shown, in order."""
    page = client.get("/studio/exams/fundamentals", query_string=query).text
    return re.findall(r"/studio/exams/fundamentals/items/([a-z0-9-]+)\"", page)


@pytest.mark.parametrize("path", PATHS)
def test_who_is_examined_never_sees_a_key(client: FlaskClient, content: Path, path: str) -> None:
    organisation = make_organisation()
    people = (make_person(), make_member(organisation), make_member(organisation, partner_role=PartnerRole.ADMIN))
    for person in people:
        response = sign_in(client, person).get(path)
        assert response.status_code == 403
        assert CANARY not in response.text
    assert client.application.test_client().get(path).status_code == 302


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("role", STAFF)
def test_the_vendors_people_see_all_of_it(client: FlaskClient, content: Path, path: str, role: PersonRole) -> None:
    sign_in(client, make_staff(role))
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "path", ["/studio/courses/none", "/studio/exams/none", "/studio/exams/none/items/pick-1",
             "/studio/exams/fundamentals/items/none"]
)  # fmt: skip
def test_what_is_not_published_is_not_found(trainer: FlaskClient, path: str) -> None:
    assert trainer.get(path).status_code == 404


def test_an_empty_studio_says_how_to_begin(client: FlaskClient) -> None:
    sign_in(client, make_staff(PersonRole.TRAINER, language="en"))
    assert "Nothing is published yet" in text_of(client, "/studio")


def test_the_studio_counts_what_stands(trainer: FlaskClient) -> None:
    text = text_of(trainer, "/studio")
    assert re.search(r"Course basics basics Fundamentals 2 60 Español, English 1 \w+ \d+, \d+", text)
    assert re.search(r"Exam fundamentals fundamentals Fundamentals 10 30 Español, English 1 \w+ \d+, \d+", text)


def test_the_studio_is_filtered_and_sorted(trainer: FlaskClient, content: Path) -> None:
    factories.write_course(content, "advice", track="advanced")
    factories.publish(content)
    assert re.findall(r"/studio/courses/(\w+)", trainer.get("/studio").text) == ["basics", "advice"]
    assert re.findall(r"/studio/courses/(\w+)", trainer.get("/studio?sort=title").text) == ["advice", "basics"]
    assert re.findall(r"/studio/courses/(\w+)", trainer.get("/studio?level=advanced").text) == ["advice"]
    assert re.findall(r"/studio/courses/(\w+)", trainer.get("/studio?q=BASIC").text) == ["basics"]
    assert "Nothing fits this filter" in text_of(trainer, "/studio", q="zzz")


def test_a_course_shows_its_lessons_in_every_language(trainer: FlaskClient) -> None:
    text = text_of(trainer, "/studio/courses/basics")
    assert "1 Lesson 01-one 01-one Lesson 01-one None 30" in text
    assert "all.of-it Know all of it Know all of it" in text


def test_an_exam_in_one_language_is_shown_in_it(trainer: FlaskClient, content: Path) -> None:
    spanish = {key: {"es": "Solo español"} for key in ("title", "summary", "credential", "agreement")}
    factories.write_exam(content, "solo", languages=["es"], domains={"all": {"es": "Todo"}}, **spanish)
    factories.publish(content)
    assert "Solo español solo" in text_of(trainer, "/studio")
    assert "Todo" in text_of(trainer, "/studio/exams/solo")
    assert "right 1" in text_of(trainer, "/studio/exams/solo/items/pick-1")


def test_versions_are_counted(trainer: FlaskClient, content: Path) -> None:
    changed = factories.ITEMS.replace("## Pick one", "## Choose one")
    factories.write_exam(content, items=changed)
    factories.publish(content)
    exam = text_of(trainer, "/studio/exams/fundamentals")
    assert re.search(r"Choose one pick-1 All of it Single choice Medium None 1 2", exam)
    assert re.search(r"Pick all all-1 All of it Multiple response Medium None 1 1", exam)
    assert re.search(r"2 \w+ \d+, \d+ \w{12} Stands now 1 \w+ \d+, \d+ \w{12} Earlier", exam)
    item = text_of(trainer, "/studio/exams/fundamentals/items/pick-1")
    assert re.search(r"2 \w+ \d+, \d+ \w{12} Stands now 1 \w+ \d+, \d+ \w{12} Earlier", item)


def test_the_bank_is_filtered(trainer: FlaskClient) -> None:
    assert len(items(trainer)) == 10
    assert items(trainer, kind="numeric") == ["count-1", "count-2"]
    assert items(trainer, q="PICK all") == ["all-1", "all-2"]
    assert items(trainer, q="name-2") == ["name-2"]
    assert items(trainer, difficulty=1) == []
    assert items(trainer, domain="all", kind="nonsense") == items(trainer)
    assert "No item fits this filter" in text_of(trainer, "/studio/exams/fundamentals", q="zzz")


def test_the_bank_is_sorted_and_paged(trainer: FlaskClient, content: Path) -> None:
    assert items(trainer, sort="id")[:3] == ["all-1", "all-2", "count-1"]
    assert items(trainer, sort="-id")[0] == "true-2"
    assert items(trainer, sort="-place")[0] == "name-2"
    factories.write_exam(content, copies=6)
    factories.publish(content)
    assert len(items(trainer)) == 25
    assert len(items(trainer, page=2)) == 5


def test_the_blueprint_stands_beside_the_bank(trainer: FlaskClient) -> None:
    assert "All of it 0 of 0 0 of 10 0 of 0 5 of 10 5 of 10" in text_of(trainer, "/studio/exams/fundamentals")


def test_coverage_adds_up_rows_of_one_domain() -> None:
    bank = [BankItem(n, f"i{n}", "a" if n < 5 else "b", 1 + n % 3) for n in range(8)]
    rows = [
        {"domain": "a", "difficulty": 1, "objective": None, "items": 1},
        {"domain": "a", "difficulty": None, "objective": "x", "items": 2},
        {"domain": "a", "difficulty": 1, "objective": "y", "items": 1},
    ]
    first, second = coverage(["a", "b"], bank, rows)
    assert first.cells == {1: Cell(2, 2), 2: Cell(0, 2), 3: Cell(0, 1), None: Cell(2, 5)}
    assert (first.total, first.any_drawn) == (Cell(4, 5), True)
    assert (second.total, second.any_drawn) == (Cell(0, 3), False)


@pytest.mark.parametrize(
    ("item", "shown"),
    [
        ("pick-1", f"Right right 1 {CANARY} feedback Wrong wrong 1 Wrong as wrong 1 Why {CANARY} why"),
        ("all-2", f"Right good 2 Right good too 2 Wrong bad 2 {CANARY} feedback Why {CANARY} why"),
        ("true-1", f"It is so Right True Why {CANARY} why"),
        ("count-1", "How many Right 987,654 ± 1 Why"),
        ("name-2", f"Name it Right {CANARY} key 2 Capitals and accents do not count. Why"),
    ],
)
def test_an_item_shows_its_key_in_both_languages(trainer: FlaskClient, item: str, shown: str) -> None:
    text = text_of(trainer, f"/studio/exams/fundamentals/items/{item}")
    assert text.count(shown) == 2
    assert text.index("Español") < text.index("English")


def test_an_item_knows_its_neighbours(trainer: FlaskClient) -> None:
    page = trainer.get("/studio/exams/fundamentals/items/all-1").text
    assert "/items/pick-1" in page
    assert "/items/true-1" in page
    assert "Previous" not in text_of(trainer, "/studio/exams/fundamentals/items/pick-1")


@pytest.mark.parametrize(
    ("value", "tolerance", "shown"),
    [("600", "0", "600"), ("12.5", "1/4", "12.5 ± 0.25"), ("-0.000001", "0", "-0.000001"), ("7", "1", "7 ± 1")],
)
def test_a_number_keeps_all_its_digits(app: Flask, value: str, tolerance: str, shown: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert numeric_answer({"value": value, "tolerance": tolerance}) == shown


@pytest.mark.once
def test_every_kind_of_item_has_a_name() -> None:
    assert set(KIND_NAMES) == set(KINDS)


def test_a_pilot_a_case_and_what_became_of_an_item_are_shown(trainer: FlaskClient, content: Path) -> None:
    items = (
        "## Tried {#tried pilot}\n= 1\n\n# Case: A port {#port}\nThe *firewall*.\n\n"
        "## One {#one}\n= 1\n\n## Two {#two}\n= 2\n"
    )
    blueprint = [{"domain": "all", "items": 2, "cases": 1}]
    factories.write_exam(content, copies=1, items=items, blueprint=blueprint, pilots=1)
    factories.publish(content)
    with reading():
        exam_id = live_exam("fundamentals").id
    with writing():
        add_usage(exam_id, {"one": Usage(given=300, answered=200, earned=50_000), "two": Usage(3, 2, 1000)})
    exam = text_of(trainer, "/studio/exams/fundamentals")
    assert "Tried tried Pilot" in exam
    assert "2 of 2" in exam
    one, two, tried = (text_of(trainer, f"/studio/exams/fundamentals/items/{name}") for name in ("one", "two", "tried"))
    assert "Case: A port The firewall" in one
    assert "Counts Yes Given on 300 closed attempts Answered 200 times Facility 25%" in one
    assert "Given on 3 closed attempts Answered 2 times Facility Known from 100 answers on" in two
    assert "Counts No: it is being tried out Given on 0 closed attempts" in tried
