"""The pages of the programmes: everything held is shown, the vendor's plan to the office alone, in both languages."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from app.extensions import db
from app.journeys.publishing import publish_content, read_content
from app.learning.catalogue import Course
from app.partners.rules import Programme
from app.people.persons import PersonRole
from app.transaction import writing
from app.web.programmes.requirement_words import Line, lines
from tests.factories import make_person, make_staff, publish, sign_in, write_course, write_programme
from tests.partners.making import ROOT, ladder, published

SLUGS = ["ia-bulk", "education-partners", "email-reengagement", "marketing-mastery", "expansion-suprema"]


@pytest.fixture
def office(client: FlaskClient, app: Flask) -> FlaskClient:
    publish_sample()
    return sign_in(client, make_staff(PersonRole.VIEWER))


def publish_sample() -> None:
    content = read_content(ROOT)
    with writing() as at:
        publish_content(content, at=at)


def texts_of(held: object, language: str) -> set[str]:
    """Every text of a part of a programme, however deep."""
    if isinstance(held, dict):
        if held.keys() == {"es", "en"}:
            return {held[language]}
        return set().union(*(texts_of(part, language) for part in held.values()))
    return set().union(*(texts_of(part, language) for part in held)) if isinstance(held, list | tuple) else set()


def words(page: str) -> str:
    """The text of a page, without its marks and runs of spaces."""
    bare = re.sub(r"<[^>]+>", " ", page)
    for mark, letter in (("&#39;", "'"), ("&#34;", '"'), ("&amp;", "&"), ("&gt;", ">"), ("&lt;", "<")):
        bare = bare.replace(mark, letter)
    return re.sub(r"\s+", " ", bare)


@pytest.mark.parametrize("language", ["es", "en"])
def test_everything_a_programme_holds_is_shown(office: FlaskClient, language: str) -> None:
    with office.session_transaction() as session:
        session["language"] = language
    for slug in SLUGS:
        rules = published(slug)
        shown = words(office.get(f"/programmes/{slug}").text)
        held = rules.model_dump(exclude={"ladders": {"__all__": {"tiers": {"__all__": {"requirements"}}}}})
        held["tiers"] = [{name: tier[name] for name in ("name", "benefits")} for tier in held["tiers"]]
        missing = {text for text in texts_of(held, language) if re.sub(r"\s+", " ", text).strip() not in shown}
        assert missing == set(), slug


def test_the_plan_of_the_vendor_is_for_the_office_alone(client: FlaskClient, app: Flask) -> None:
    publish_sample()
    sign_in(client, make_person())
    page = client.get("/programmes/ia-bulk").text
    assert "certificados" in page
    assert 'id="plan"' not in page
    assert "2.300.000" not in page
    viewer = sign_in(app.test_client(), make_staff(PersonRole.VIEWER))
    page = viewer.get("/programmes/ia-bulk").text
    assert 'id="plan"' in page
    assert "2.300.000" in page
    assert "2,2 a 1" in page


def test_the_figures_of_the_sources_are_shown_in_words(office: FlaskClient) -> None:
    page = words(office.get("/programmes/expansion-suprema").text)
    assert "Desde 50.000 US$ hasta menos de 200.000 US$ · en los últimos 12 meses" in page
    assert "Comisión del 25 %" in page
    assert "En menos de 30 días" in page
    assert "Se paga 30 días después de que paga el cliente" in page
    assert "más de 95 %" in page
    page = words(office.get("/programmes/marketing-mastery").text)
    assert "Más de 100.000 US$" in page
    assert "de 15 a 25" in page


def test_the_courses_of_a_training_are_led_to(client: FlaskClient, app: Flask, tmp_path: Path) -> None:
    write_course(tmp_path)
    name = {"es": "Formación de producto", "en": "Product training"}
    write_programme(tmp_path, training=[{"name": name, "area": "product", "hours": 1, "courses": ["basics"]}])
    publish(tmp_path)
    sign_in(client, make_staff(PersonRole.VIEWER))
    assert '<p><a href="/courses/basics">Course basics</a></p>' in client.get("/programmes/small").text
    with writing():
        db.session.execute(update(Course).values(live=False))
    assert "/courses/basics" not in client.get("/programmes/small").text


def test_the_list_leads_to_each(office: FlaskClient) -> None:
    page = office.get("/programmes").text
    assert all(f'href="/programmes/{slug}"' in page for slug in SLUGS)


def test_one_that_is_not_published_is_not_found(office: FlaskClient) -> None:
    assert office.get("/programmes/nothing").status_code == 404


def test_a_guest_signs_in_first(client: FlaskClient, app: Flask) -> None:
    assert client.get("/programmes").status_code == 302


EVERY_KIND = [
    ({"kind": "persons", "at_least": 1}, "At least 1 person · with a valid certificate of any level"),
    (
        {"kind": "persons", "level": "expert", "exactly": True, "at_least": 2, "job_role": "sales", "region": "mx"},
        "At least 2 people · with a valid certificate of exactly Expert · Sales · region mx",
    ),
    ({"kind": "metric", "metric": "customers", "at_least": 5, "at_most": 9}, "5 to 9"),
    ({"kind": "metric", "metric": "customers", "more_than": 5, "below": 9}, "More than 5 and less than 9"),
    ({"kind": "metric", "metric": "customers", "more_than": 5, "at_most": 9}, "More than 5, up to 9"),
    ({"kind": "metric", "metric": "customers", "at_most": 9}, "At most 9"),
    (
        {"kind": "money", "metric": "revenue", "window_months": 12, "currency": "USD", "below": "25000.00"},
        "Less than $25,000 · over the last 12 months",
    ),
    ({"kind": "training", "track": "expert", "at_least": 2}, "At least 2 people · having completed the track Expert"),
    (
        {"kind": "training", "track": "expert", "course": "one", "share_percent": "50"},
        "At least 50% of the people · having completed the course one",
    ),
    (
        {"kind": "training", "track": "expert", "more_than_percent": "95"},
        "More than 95% of the people · having completed the track Expert",
    ),
    ({"kind": "agreement", "metric": "contract"}, "In force"),
    ({"kind": "tenure", "months": 6}, "At least 6 months in the programme"),
    ({"kind": "previous", "tier": "t1"}, "All that Tier 1 asks for"),
    ({"kind": "some_of", "at_least": 1, "requirements": [{"kind": "tenure", "months": 6}]}, "At least 1 of these"),
    (
        {"kind": "team", "requirements": [{"kind": "persons", "at_least": 1}]},
        "All of these at once, each person for one of them",
    ),
]


@pytest.mark.parametrize(("requirement", "text"), EVERY_KIND, ids=lambda value: value if isinstance(value, str) else "")
def test_every_kind_of_requirement_has_its_words(app: Flask, requirement: dict[str, object], text: str) -> None:
    rules = ladder([], [requirement])
    assert [line.text for line in in_english(app, rules)] == [text]


def test_the_parts_of_points_have_theirs(app: Flask) -> None:
    rules = ladder(
        [
            {
                "kind": "points",
                "at_least": 10,
                "parts": [
                    {"id": "a", "name": {"es": "A", "en": "A"}, "of": {"kind": "persons"}, "per": 1, "points": 2,
                     "at_most": 6, "minimum": 2},
                    {"id": "b", "name": {"es": "B", "en": "B"}, "per": "1000.00", "points": 1,
                     "of": {"kind": "money", "metric": "revenue", "window_months": 12, "currency": "USD"}},
                ],
            }
        ],
    )  # fmt: skip
    [line] = in_english(app, rules, tier=0)
    assert line.text == "At least 10 points"
    assert [part.text for part in line.parts] == [
        "2 points for every 1 person · with a valid certificate of any level · at most 6 · at least 2",
        "1 point for every $1,000",
    ]


def in_english(app: Flask, rules: Programme, tier: int = 1) -> list[Line]:
    with app.test_request_context(headers={"Cookie": "language=en", "Accept-Language": "en"}):
        return lines(rules.tiers[tier].requirements, rules)
