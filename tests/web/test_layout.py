"""The layout: the navigation of each role, on each page, one after another in the same process."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.people.organisations import PartnerRole
from app.people.persons import PersonRole
from app.web.layout import MENU
from tests.factories import make_exam, make_member, make_organisation, make_person, make_staff, sign_in

STUDENT = ["/", "/courses", "/exams", "/certificates"]


def menu(client: FlaskClient, path: str) -> tuple[list[str], list[str]]:
    """Where the side bar leads, and which of it is marked as here."""
    page = client.get(path).text
    bar = page.partition("<nav")[2].partition("</nav>")[0]
    return (
        re.findall(r'class="nav-item" href="([^"]+)"', bar),
        re.findall(r'href="([^"]+)" aria-current="page"', bar),
    )


def test_each_role_is_shown_its_pages_whoever_came_before(client: FlaskClient, app: Flask) -> None:
    organisation = make_organisation()
    people = [
        (make_person(), [*STUDENT, "/scorecard", "/programmes"]),
        (make_member(organisation, partner_role=PartnerRole.ADMIN), [*STUDENT, "/scorecard", "/team", "/programmes"]),
        (make_staff(PersonRole.TRAINER), [*STUDENT, "/programmes", "/studio"]),
        (make_staff(PersonRole.VIEWER), ["/", "/courses", "/programmes", "/studio", "/admin"]),
        (make_staff(PersonRole.ADMIN), [*STUDENT, "/programmes", "/studio", "/admin"]),
    ]
    browsers = [(sign_in(app.test_client(), person), expected) for person, expected in people]
    for browser, expected in browsers + browsers[::-1]:
        assert menu(browser, "/") == (expected, ["/"])


@pytest.mark.parametrize(
    ("path", "here"),
    [("/", ["/"]), ("/courses", ["/courses"]), ("/exams", ["/exams"]), ("/exams/fundamentals", ["/exams"]),
     ("/studio", ["/studio"]), ("/studio/exams/fundamentals", ["/studio"]), ("/admin/people", ["/admin"]),
     ("/programmes", ["/programmes"]), ("/account", [])],
)  # fmt: skip
def test_the_mark_is_where_the_page_is(
    client: FlaskClient, app: Flask, tmp_path: Path, path: str, here: list[str]
) -> None:
    make_exam(tmp_path)
    sign_in(client, make_staff(PersonRole.ADMIN))
    assert menu(client, "/courses")[1] == ["/courses"]
    assert menu(client, path)[1] == here


def test_every_page_of_the_menu_is_open_to_somebody(app: Flask) -> None:
    with app.test_request_context():
        assert {endpoint for endpoint, _label, _icon in MENU} <= set(app.view_functions)


def test_one_reader_has_one_name_in_both_bars(client: FlaskClient, app: Flask) -> None:
    for name in ("Ana Ruiz", "Luis Mora"):
        page = sign_in(app.test_client(), make_person(name=name)).get("/courses").text
        assert page.count(f"<span>{name}") == 2
        assert page.count('action="/language"') == page.count('action="/sign-out"') == 2
