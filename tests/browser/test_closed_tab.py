"""A tab that is closed while the network is cut: when the exam is opened again, what was answered is sent."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from app.exams.attempts import Attempt
from app.exams.responses import responses_of
from app.journeys.demo_cast import DEMO_PASSWORD
from app.transaction import reading
from tests.browser.conftest import Server, sign_in
from tests.browser.test_exam_page import choose, expect_saved, open_item, place_of
from tests.factories import finish_courses, make_person, start

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def _context(server: Server) -> Iterator[None]:
    with server.app.app_context():
        yield


@pytest.fixture
def attempt() -> Attempt:
    """An attempt that someone new has just begun."""
    person = make_person(email="closer@demo.example", name="closer", password=DEMO_PASSWORD, language="en")
    finish_courses(person)
    return start(person, language="en")


def test_answers_given_without_network_survive_the_closing_of_the_tab(page: Page, attempt: Attempt) -> None:
    one, other, third = (
        place_of(attempt, "single_choice"),
        place_of(attempt, "numeric"),
        place_of(attempt, "true_false"),
    )
    sign_in(page, attempt.legal_name)
    open_item(page, attempt, third)
    choose(page, 0)
    expect_saved(page)
    go_to(page, one)
    page.context.set_offline(True)
    choose(page, 2)
    go_to(page, other)
    page.locator("input[name=answer]").fill("12,50")
    go_to(page, third)
    choose(page, 1)
    expect(page.locator("[data-saved]")).to_contain_text("Not saved yet")
    page.close()
    assert kept(attempt) == {third: True}
    context = page.context
    context.set_offline(False)
    reopened = context.new_page()
    reopened.goto(f"/attempts/{attempt.id}")
    expect_saved(reopened)
    assert kept(attempt) == {one: 2, other: "12.5", third: False}
    go_to(reopened, other)
    expect(reopened.locator("input[name=answer]")).to_have_value("12,50")


def go_to(page: Page, position: int) -> None:
    page.locator(".navigator .cell").nth(position).click()
    expect(page.locator(".cell[aria-current]")).to_contain_text(str(position + 1))


def kept(attempt: Attempt) -> dict[int, object]:
    """What the server holds, by position."""
    with reading():
        return {position: saved.answer for position, saved in responses_of(attempt.id).items()}
