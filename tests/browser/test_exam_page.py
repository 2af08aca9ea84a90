"""The page of an item in a browser: no answer is lost to a network cut, a reload, another window or the clock."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from app.exams import timing
from app.exams.accommodations import Allowance
from app.exams.attempts import Attempt, AttemptState
from app.exams.breaks import take_break
from app.exams.grants import accommodate
from app.exams.responses import responses_of
from app.exams.results import attempts_of
from app.extensions import db
from app.journeys.demo import right_answer
from app.journeys.demo_cast import DEMO_PASSWORD
from app.journeys.sitting import submit_attempt
from app.people.persons import PersonRole
from app.transaction import now, reading, writing
from tests.browser.conftest import Server, fill_in, sign_in
from tests.factories import finish_courses, make_person, start

pytestmark = pytest.mark.once
RESPONSES = "**/api/v1/attempts/*/responses/*"
API = "**/api/v1/**"
numbers = count(1)


@pytest.fixture
def attempt(server: Server) -> Attempt:
    """An attempt that someone new has just begun."""
    with server.app.app_context():
        name = f"sitter-{next(numbers)}"
        person = make_person(email=f"{name}@demo.example", name=name, password=DEMO_PASSWORD, language="en")
        finish_courses(person)
        return start(person, language="en")


@pytest.fixture
def window(page: Page, attempt: Attempt) -> Page:
    """The attempt at its first item with one choice."""
    sign_in(page, attempt.legal_name)
    return open_item(page, attempt, place_of(attempt, "single_choice"))


@pytest.fixture
def answer_of(server: Server, attempt: Attempt) -> Callable[[int], object]:
    """What the server holds at a position."""

    def answer(position: int) -> object:
        with server.app.app_context(), reading():
            response = responses_of(attempt.id).get(position)
            return response and response.answer

    return answer


@pytest.fixture(autouse=True)
def _context(server: Server) -> Iterator[None]:
    with server.app.app_context():
        yield


def place_of(attempt: Attempt, kind: str, nth: int = 0) -> int:
    """The position of an item of the kind."""
    with reading():
        return [place for place, item in enumerate(attempt.items) if item["kind"] == kind][nth]


def open_item(page: Page, attempt: Attempt, position: int) -> Page:
    """Load the page of an item and wait until it holds all of them."""
    with page.expect_response("**?item=all"):
        page.goto(f"/attempts/{attempt.id}?item={position + 1}")
    return page


def choose(page: Page, option: int) -> None:
    page.locator("input[name=answer]").nth(option).check()


def expect_saved(page: Page) -> None:
    """Nothing is left to send, and the page says so."""
    expect(page.locator("[data-saved][data-unsent='0']")).to_have_text(re.compile(r"Saved at \d\d:\d\d"))
    page.wait_for_function("() => window.kept.then((store) => store.rows()).then((rows) => rows.length === 0)")


def cut(route: Route) -> None:
    route.abort()


def test_a_choice_is_saved_at_once(window: Page, attempt: Attempt, answer_of: Callable[[int], object]) -> None:
    place = place_of(attempt, "single_choice")
    choose(window, 2)
    expect_saved(window)
    assert answer_of(place) == 2
    expect(window.locator(".cell[aria-current]")).to_have_text(f"{place + 1}, answered")
    window.get_by_role("button", name="Clear answer").click()
    expect(window.locator(".cell[aria-current]")).to_have_text(f"{place + 1}, not answered")
    expect_saved(window)
    window.get_by_role("button", name="Flag", exact=True).press("Enter")
    expect(window.locator(".cell[aria-current]")).to_have_text(f"{place + 1}, not answered, flagged")
    assert answer_of(place) is None


def test_moving_keeps_the_place_the_title_and_the_focus(window: Page, attempt: Attempt) -> None:
    open_item(window, attempt, 0)
    window.get_by_role("button", name="Next").click()
    expect(window).to_have_title(re.compile("^Item 2 of 30"))
    expect(window.locator("form h1")).to_be_focused()
    window.locator(".navigator .cell").nth(29).click()
    expect(window).to_have_url(re.compile(r"item=30$"))
    window.go_back()
    expect(window.locator(".exam-name")).to_contain_text("Item 2 of 30")


def test_a_network_cut_loses_nothing(window: Page, attempt: Attempt, answer_of: Callable[[int], object]) -> None:
    one, other = place_of(attempt, "single_choice"), place_of(attempt, "numeric")
    window.context.set_offline(True)
    choose(window, 1)
    expect(window.locator("[data-saved]")).to_contain_text("Not saved yet")
    window.locator(".navigator .cell").nth(other).click()
    window.locator("input[name=answer]").fill("12,50")
    window.get_by_role("button", name="Review and submit").click()
    expect(window.get_by_text("Wait for the connection")).to_be_visible()
    assert answer_of(one) is None
    window.context.set_offline(False)
    expect_saved(window)
    assert (answer_of(one), answer_of(other)) == (1, "12.5")


def test_a_reload_brings_back_what_was_not_sent(
    window: Page, attempt: Attempt, answer_of: Callable[[int], object]
) -> None:
    place = place_of(attempt, "numeric")
    window.on("dialog", lambda dialog: dialog.accept())
    window.route(API, cut)
    open_item(window, attempt, place)
    window.locator("input[name=answer]").fill("77")
    window.reload()
    expect(window.locator("input[name=answer]")).to_have_value("77")
    expect(window.locator("[data-saved]")).to_contain_text("Not saved yet")
    window.unroute(API)
    expect_saved(window)
    assert answer_of(place) == "77"


def test_the_review_sends_what_a_crash_left_behind(window: Page, attempt: Attempt) -> None:
    place = place_of(attempt, "numeric")
    window.route(API, cut)
    window.goto(f"/attempts/{attempt.id}/review")
    left = {"attempt": attempt.id, "position": place, "answer": "4", "flagged": False, "revision": 0, "key": "one"}
    window.evaluate("(row) => window.kept.then((store) => store.put(row))", left)
    window.reload()
    window.get_by_role("button", name="Submit the exam").click()
    expect(window.get_by_text("An answer that had not been saved is being sent.")).to_be_visible()
    window.unroute(API)
    expect(window.get_by_text("You answered 1 of 30 items.")).to_be_visible()


def test_another_window_is_never_overwritten(
    window: Page, attempt: Attempt, answer_of: Callable[[int], object]
) -> None:
    place = place_of(attempt, "single_choice")
    other = open_item(window.context.new_page(), attempt, place)
    choose(other, 0)
    expect_saved(other)
    choose(window, 3)
    expect(window.get_by_text("This answer was changed in another window")).to_be_visible()
    assert answer_of(place) == 0
    window.get_by_role("button", name="The one shown here").click()
    expect_saved(window)
    assert answer_of(place) == 3
    choose(other, 1)
    other.get_by_role("button", name="The one saved there").click()
    expect_saved(other)
    expect(other.locator("input[name=answer]").nth(3)).to_be_checked()
    assert answer_of(place) == 3


def test_a_lost_acknowledgement_is_no_conflict(
    window: Page, attempt: Attempt, answer_of: Callable[[int], object]
) -> None:
    place = place_of(attempt, "numeric")
    open_item(window, attempt, place)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    window.route(RESPONSES, lose, times=1)
    window.locator("input[name=answer]").fill("007,50")
    expect_saved(window)
    expect(window.locator("[data-keep]")).to_have_count(0)
    assert answer_of(place) == "7.5"


def test_what_does_not_fit_is_said_and_holds_back_the_review(window: Page, attempt: Attempt) -> None:
    place = place_of(attempt, "numeric")
    open_item(window, attempt, place)
    window.locator("input[name=answer]").fill("many")
    expect(window.locator("[data-saved]")).to_have_text(
        f"Item {place + 1} could not be saved. Go to it and correct it."
    )
    expect(window.locator("input[name=answer]")).to_have_attribute("aria-invalid", "true")
    window.locator(".navigator .cell").nth(place - 1).click()
    window.get_by_role("button", name="Review and submit").click()
    expect(window).to_have_url(re.compile(rf"item={place + 1}$"))
    window.locator("input[name=answer]").fill("5")
    expect_saved(window)
    expect(window.locator("[data-advice]")).to_be_hidden()


def test_what_is_typed_at_the_last_moment_counts(
    window: Page, attempt: Attempt, answer_of: Callable[[int], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timing, "GRACE", timedelta(seconds=4))
    place = place_of(attempt, "numeric")
    with writing():
        db.session.get_one(Attempt, attempt.id).deadline_at = now() + timedelta(seconds=3)
    open_item(window, attempt, place)
    window.locator("input[name=answer]").press_sequentially("9" * 40, delay=100)
    window.wait_for_url(re.compile("/result$"))
    assert re.fullmatch("9+", str(answer_of(place)))
    with reading():
        closed = attempts_of(attempt.person_id)[0][0]
    assert closed.state is AttemptState.CLOSED


def test_the_clock_speaks_and_granted_minutes_arrive(window: Page, attempt: Attempt) -> None:
    window.clock.install(time=now())
    window.route(API, cut)
    open_item(window, attempt, 0)
    left = (attempt.deadline_at - now()).total_seconds()
    window.clock.fast_forward(int(left - 9.5 * 60) * 1000)
    expect(window.locator("[data-announce]")).to_have_text("10 minutes left")
    expect(window.locator("[data-clock]")).to_have_text(re.compile(r"^9:\d\d$"))
    window.unroute(API)
    with writing():
        db.session.get_one(Attempt, attempt.id).deadline_at += timedelta(minutes=30)
    window.clock.fast_forward(16_000)
    expect(window.locator("[data-clock]")).to_have_text(re.compile(r"^1:1\d:\d\d$"))


def test_a_whole_attempt_without_scripts(browser: Browser, server: Server, attempt: Attempt) -> None:
    context = browser.new_context(base_url=server.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, attempt.legal_name)
    page.goto(f"/attempts/{attempt.id}")
    for item, order in zip(attempt.items, attempt.option_orders, strict=True):
        fill_in(page.locator("form#item"), item["kind"], right_answer(item, order))
        with page.expect_navigation():
            page.locator(".exam-moves .btn-dark").click()
    expect(page.get_by_text("You answered 30 of 30 items.")).to_be_visible()
    page.get_by_role("button", name="Submit the exam").click()
    expect(page.get_by_role("heading", name="Your score")).to_be_visible()
    context.close()


def test_axe_finds_nothing_in_an_attempt(window: Page, attempt: Attempt) -> None:
    kinds = ("single_choice", "multiple_response", "true_false", "numeric", "short_text")
    items = [f"?item={place_of(attempt, kind) + 1}" for kind in kinds]
    for path in (*items, "/review", "/result"):
        if path == "/result":
            with writing() as at:
                submit_attempt(attempt.id, attempt.person_id, at=at)
        for theme in ("light", "dark"):
            window.emulate_media(color_scheme=theme)
            window.goto(f"/attempts/{attempt.id}{path}")
            breaches = Axe().run(window)
            assert breaches.violations_count == 0, breaches.generate_report()
        window.set_viewport_size({"width": 320, "height": 640})
        assert window.evaluate("document.documentElement.scrollWidth") <= 320
        window.set_viewport_size({"width": 1280, "height": 800})


def test_a_break_taken_elsewhere_keeps_what_is_not_sent(
    window: Page, attempt: Attempt, answer_of: Callable[[int], object]
) -> None:
    place = place_of(attempt, "single_choice")
    admin = make_person(role=PersonRole.ADMIN)
    with writing() as at:
        accommodate(attempt.person_id, Allowance(break_min=5), reason="12", by=admin.id, at=at, expires_at=None)
    with writing() as at:
        take_break(attempt.id, attempt.person_id, at=at)
    window.locator("input[name=answer]").nth(2).click()  # the page may be gone before it could be seen checked
    expect(window.get_by_role("heading", name="The clock stands still")).to_be_visible()
    assert answer_of(place) is None
    window.get_by_role("button", name="Go on with the exam").click()
    expect_saved(window)
    assert answer_of(place) == 2
