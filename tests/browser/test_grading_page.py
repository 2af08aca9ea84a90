"""Rating an answer in a browser: by the keyboard alone, with the total that runs along."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.people.persons import PersonRole
from tests.browser.conftest import Server, serving
from tests.factories import make_person, make_staff
from tests.rating import hand_in, make_rated_exam, ratings

PASSWORD = "a password of a grader"


@pytest.fixture
def graded(tmp_path: Path) -> Iterator[Server]:
    """A service of its own with one answer that waits."""

    def fill() -> None:
        make_rated_exam(tmp_path / "content")
        hand_in(make_person())
        make_staff(PersonRole.TRAINER, email="grader@test.example", password=PASSWORD, language="en")

    with serving(tmp_path, fill) as served:
        yield served


def test_an_answer_is_rated_by_the_keyboard(browser: Browser, graded: Server) -> None:
    page: Page = browser.new_context(base_url=graded.url, locale="en").new_page()
    page.goto("/sign-in")
    page.locator("input[name=email]").fill("grader@test.example")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto("/studio/grading")
    page.get_by_role("button", name="Take the next answer").press("Enter")
    total = page.locator("[data-total] output")
    expect(total).to_have_text("0")
    page.locator(".rubric-line input").first.focus()
    page.keyboard.press("2")
    page.keyboard.press("7")  # the line has no such mark
    page.keyboard.press("1")
    expect(total).to_have_text("3")
    page.keyboard.type("Well said 9")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your marks are kept.")).to_be_visible()
    with graded.app.app_context():
        [rating] = ratings()
        assert (rating.marks, rating.comment) == ([2, 1], "Well said 9")
    page.context.close()
