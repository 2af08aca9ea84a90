"""Cases and sections in a browser: a folded case stays folded, and a finished section leads to the next one."""

import dataclasses
from itertools import count

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from app.exams.attempts import Attempt
from app.exams.bank import read_exams
from app.journeys.demo_cast import DEMO_PASSWORD
from app.journeys.publishing import publish_content, read_content
from app.transaction import writing
from tests.browser.conftest import ROOT, Server, sign_in
from tests.factories import both, make_person, start, write_exam

pytestmark = pytest.mark.once
numbers = count(1)
ITEMS = """\
## How many trains are there? {#alone}
- [x] one
- [ ] two

# Case: The late train {#train}
A train leaves at nine and stops for ten minutes in every town.

| Town | Minutes |
|---|---|
| First | 20 |
| Second | 40 |

## When does it reach the second town? {#train-1}
- [x] At ten past ten
- [ ] At ten

## Is it late there? {#train-2}
= true
"""
SECTIONS = [
    {"title": both("Warm-up"), "duration_min": 10, "blueprint": [{"domain": "all", "items": 1}]},
    {"title": both("The case"), "blueprint": [{"domain": "all", "items": 2, "cases": 1}]},
]


@pytest.fixture(scope="module")
def parts(server: Server, tmp_path_factory: pytest.TempPathFactory) -> None:
    """An exam of two sections, published beside the demo's."""
    root = tmp_path_factory.mktemp("parts")
    write_exam(root, "parts", copies=1, items=ITEMS, blueprint=None, sections=SECTIONS)
    exams, complaints = read_exams(root)
    assert complaints == []
    content = read_content(ROOT)
    with server.app.app_context(), writing() as at:
        publish_content(dataclasses.replace(content, exams=[*content.exams, *exams]), at=at)


@pytest.fixture
def attempt(server: Server, parts: None) -> Attempt:
    """An attempt of someone new of the exam of two sections."""
    name = f"divided-{next(numbers)}"
    with server.app.app_context():
        person = make_person(email=f"{name}@demo.example", name=name, password=DEMO_PASSWORD, language="en")
        return start(person, "parts", language="en")


@pytest.fixture
def window(page: Page, attempt: Attempt) -> Page:
    """The first item of the attempt."""
    sign_in(page, attempt.legal_name)
    page.goto(f"/attempts/{attempt.id}")
    return page


def test_from_section_to_section(window: Page, attempt: Attempt) -> None:
    expect(window.locator(".exam-name")).to_contain_text("Item 1 of 3")
    expect(window.locator(".navigator button")).to_have_count(1)
    window.get_by_label("one").check()
    expect(window.locator("[data-saved]")).to_contain_text("Saved at")
    window.get_by_role("button", name="Next").click()
    window.get_by_role("button", name="Finish the section").click()
    expect(window.locator(".exam-name")).to_contain_text("Item 2 of 3")
    expect(window.locator(".navigator button")).to_have_count(2)
    expect(window.locator("[data-case]")).to_contain_text("stops for ten minutes")
    assert Axe().run(window).violations_count == 0
    window.goto(f"/attempts/{attempt.id}?item=1")
    expect(window.locator(".exam-name")).to_contain_text("Item 2 of 3")


def test_a_case_that_was_folded_away_stays_so(window: Page, attempt: Attempt) -> None:
    window.goto(f"/attempts/{attempt.id}/review")
    window.get_by_role("button", name="Finish the section").click()
    expect(window.locator(".exam-name")).to_contain_text("Item 2 of 3")
    window.reload(wait_until="networkidle")  # the other items are here: from now on they are shown in place
    window.locator("[data-case] summary").click()
    expect(window.get_by_text("stops for ten minutes")).to_be_hidden()
    window.get_by_role("button", name="Next").click()
    expect(window.locator(".exam-name")).to_contain_text("Item 3 of 3")
    expect(window.locator("[data-case] summary")).to_be_visible()
    expect(window.get_by_text("stops for ten minutes")).to_be_hidden()


def test_a_section_that_was_finished_elsewhere_is_left(window: Page, attempt: Attempt) -> None:
    window.clock.install()
    window.reload()
    other = window.context.new_page()
    other.goto(f"/attempts/{attempt.id}/review")
    other.get_by_role("button", name="Finish the section").click()
    expect(other.locator(".exam-name")).to_contain_text("Item 2 of 3")
    window.clock.fast_forward(16_000)
    expect(window.locator(".exam-name")).to_contain_text("Item 2 of 3")


def test_an_answer_that_comes_after_its_section_is_given_up_and_said_so(window: Page, attempt: Attempt) -> None:
    window.context.set_offline(True)
    window.get_by_label("one").check()
    expect(window.locator("[data-saved]")).to_contain_text("Not saved yet")
    with window.context.browser.new_context(storage_state=window.context.storage_state()) as elsewhere:
        other = elsewhere.new_page()
        other.goto(window.url.partition("/attempts")[0] + f"/attempts/{attempt.id}/review")
        other.get_by_role("button", name="Finish the section").click()
        expect(other.locator(".exam-name")).to_contain_text("Item 2 of 3")
    window.context.set_offline(False)
    expect(window.locator(".flashes")).to_contain_text("That section is closed")
    expect(window.locator(".exam-name")).to_contain_text("Item 2 of 3")
    window.goto(f"/attempts/{attempt.id}")
    window.get_by_label("At ten", exact=True).check()
    expect(window.locator("[data-saved]")).to_contain_text("Saved at")
