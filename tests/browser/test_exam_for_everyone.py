"""An attempt for everyone: by keyboard alone, at four times the size, heard and not seen, in either language."""

import re
from collections.abc import Iterator
from itertools import count

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from app.exams.accommodations import Allowance
from app.exams.attempts import Attempt
from app.exams.breaks import take_break
from app.exams.grants import accommodate
from app.exams.kinds import KINDS
from app.exams.responses import responses_of
from app.journeys.demo_cast import DEMO_PASSWORD
from app.people.persons import PersonRole
from app.transaction import now, reading, writing
from tests.browser.conftest import ROOT, Server, serving, sign_in
from tests.browser.test_exam_page import API, cut, open_item, place_of
from tests.browser.test_item_kinds import ITEMS, picture
from tests.factories import both, make_exam, make_person, make_staff, start

pytestmark = pytest.mark.once
SIMPLE = """\
## Pick one {#one-%(n)s}

    a_line_of_code_that_is_far_too_long_for_the_screen_of_any_telephone_and_goes_on_for_a_while = 1

- [x] right
- [ ] wrong, and a-word-that-is-much-longer-than-any-word-of-a-language-has-a-right-to-be
- [ ] as wrong

## Pick all {#all-%(n)s}

| A table | with | many | columns | of | words |
| --- | --- | --- | --- | --- | --- |
| Documents | Integrations | Reconciliation | Administration | Responsibilities | Acknowledgements |

- [x] good
- [x] good too
- [ ] bad

## It is so {#true-%(n)s}
= true

## Name it {#name-%(n)s}
= key

## Advise the client {#advise-%(n)s type=essay words=50}
- (2) Names the risk

## Hand in the plan {#plan-%(n)s type=practical}
- (2) Names the owner

"""
SECTIONS = [
    {"title": both("One"), "blueprint": [{"domain": "all", "items": 5}]},
    {"title": both("Two"), "back": True, "blueprint": [{"domain": "all", "items": 6}]},
]
THEMES, LANGUAGES = ("light", "dark"), ("es", "en")
numbers = count(1)
# What is too small to be hit: a radio counts with the label around it, and links in sentences are left out.
SMALL = """
() => [...document.querySelectorAll("a, button, input, select, summary")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.matches("[type=hidden], p a, .skip-link"))
  .map((one) => [one, (one.closest(".option") ?? one).getBoundingClientRect()])
  .filter(([, { width, height }]) => Math.min(width, height) < 24)
  .map(([one]) => one.outerHTML.slice(0, 120))
"""
# Whether the element that has the focus, or the option around it, has an outline of two pixels or more.
OUTLINED = """
() => {
  const place = document.activeElement.closest(".option") ?? document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(place);
  return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
}
"""


# Counts how often the page says something about the time.
LISTEN = """
() => {
  window.said = 0;
  const what = { childList: true, characterData: true, subtree: true };
  new MutationObserver(() => window.said++).observe(document.querySelector("[data-announce]"), what);
}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An exam of two sections with an item of every kind."""
    folder = tmp_path_factory.mktemp("everyone")

    def fill() -> None:
        media = folder / "content" / "exams" / "fundamentals" / "media"
        media.mkdir(parents=True)
        (media / "plan.png").write_bytes(picture())
        make_exam(folder / "content", items=SIMPLE + ITEMS, copies=1, blueprint=None, sections=SECTIONS)

    with serving(folder, fill) as served:
        yield served


@pytest.fixture(autouse=True)
def _context(server: Server) -> Iterator[None]:
    with server.app.app_context():
        yield


@pytest.fixture
def attempt(server: Server) -> Attempt:
    """An attempt that someone new, who may take a break, has just begun in English."""
    name = f"everyone-{next(numbers)}"
    person = make_person(email=f"{name}@demo.example", name=name, password=DEMO_PASSWORD, language="en")
    admin = make_staff(PersonRole.ADMIN)
    with writing() as at:
        accommodate(person.id, Allowance(break_min=5), reason="12", by=admin.id, at=at, expires_at=None)
    return start(person, language="en")


@pytest.fixture
def window(page: Page, attempt: Attempt) -> Page:
    """Signed in, before the first page of the attempt."""
    sign_in(page, attempt.legal_name)
    return page


def tab_to(page: Page, place: Locator) -> None:
    """Press the tabulator until the element has the focus; each stop on the way has to be seen."""
    expect(place).to_be_visible()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement !== document.body"):
            assert page.evaluate(OUTLINED), page.evaluate("document.activeElement.outerHTML")
        if place.evaluate("(one) => one === document.activeElement"):
            return
    raise AssertionError("the tabulator does not lead there")


def answer_by_keyboard(page: Page, kind: str) -> None:
    """An answer of any kind, by keys only."""
    fields = page.locator("form#item [name=answer]")
    tab_to(page, fields.first)
    if kind in ("single_choice", "true_false"):
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
    elif kind == "multiple_response":
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
    elif kind == "ordering":
        tab_to(page, page.locator("[data-move='1']").first)
        page.keyboard.press("Enter")
    else:
        for number, field in enumerate(fields.all()):
            if number:
                tab_to(page, field)
            page.keyboard.press("ArrowDown") if kind == "matching" else page.keyboard.type("7")


def test_a_whole_exam_by_keyboard_alone(window: Page, attempt: Attempt) -> None:
    kinds = [item["kind"] for item in attempt.items]
    assert set(kinds) == set(KINDS)
    window.goto(f"/attempts/{attempt.id}")
    for number, kind in enumerate(kinds, start=1):
        expect(window.locator(".exam-name")).to_contain_text(f"Item {number} of {len(kinds)}")
        answer_by_keyboard(window, kind)
        tab_to(window, window.locator(".exam-moves .btn-dark"))
        window.keyboard.press("Enter")
        if number == SECTIONS[0]["blueprint"][0]["items"]:
            tab_to(window, window.get_by_role("button", name="Finish the section"))
            window.keyboard.press("Enter")
    with reading():
        answers = {place: saved.answer for place, saved in responses_of(attempt.id).items()}
    assert [kind for place, kind in enumerate(kinds) if answers.get(place) is None] == []
    tab_to(window, window.get_by_role("button", name="Submit the exam"))
    window.keyboard.press("Enter")
    expect(window.get_by_role("heading", name="Your result is not final yet")).to_be_visible()


def test_every_page_in_both_languages_and_themes_at_four_times_the_size(window: Page, attempt: Attempt) -> None:
    """320 pixels wide is 1280 at 400 %: nothing goes off to the side, is too small to hit, or is a breach."""
    first = attempt.section_lengths[0]
    look_at(window, attempt, [*(f"?item={number + 1}" for number in range(first)), "/review"])
    finish_section(window)
    second = range(first, len(attempt.item_ids))
    look_at(window, attempt, [*(f"?item={number + 1}" for number in second), "/review"])
    with writing() as at:
        take_break(attempt.id, attempt.person_id, at=at)
    look_at(window, attempt, [""])


def finish_section(page: Page) -> None:
    """End the first section from its review, and wait for the second."""
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("Finish the section|Terminar la sección")).click()


def look_at(page: Page, attempt: Attempt, paths: list[str]) -> None:
    for path in paths:
        for language, theme in zip(LANGUAGES, THEMES, strict=True):
            api = f"/api/v1/attempts/{attempt.id}/language"
            page.goto(f"/attempts/{attempt.id}{path}")
            token = page.locator('meta[name="csrf-token"], input[name="csrf_token"]').first
            secret = token.get_attribute("content") or token.get_attribute("value")
            sent = page.request.put(api, data={"language": language}, headers={"X-CSRFToken": str(secret)})
            assert sent.status == 200
            page.set_viewport_size({"width": 320, "height": 640})
            page.goto(f"/attempts/{attempt.id}{path}")
            assert page.locator("html").get_attribute("lang") == language
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
            assert page.evaluate(SMALL) == [], path
            page.set_viewport_size({"width": 1280, "height": 800})
            page.emulate_media(color_scheme=theme)
            page.reload()  # colours that are still on their way to the theme are not to be judged
            breaches = Axe().run(page)
            assert breaches.violations_count == 0, breaches.generate_report()


def test_the_time_is_said_when_it_is_asked_and_not_every_second(window: Page, attempt: Attempt) -> None:
    window.clock.install(time=now())
    open_item(window, attempt, 0)
    voice = window.locator("[data-announce]")
    expect(voice).to_have_attribute("role", "status")
    window.evaluate(LISTEN)
    window.clock.run_for(5000)
    assert window.evaluate("window.said") == 0
    window.get_by_role("button", name="Time left").press("Enter")
    expect(voice).to_have_text(re.compile(r"^29 min \d+ s left$"))
    assert window.evaluate("window.said") == 1
    window.clock.run_for(5000)
    assert window.evaluate("window.said") == 1


def test_nothing_moves_for_who_asks_for_less_motion(window: Page, attempt: Attempt) -> None:
    for sheet in ("exam", "exam_pages"):
        text = (ROOT / f"app/web/static/css/{sheet}.css").read_text()
        assert "animation" not in text
        assert "@keyframes" not in text
    window.emulate_media(reduced_motion="reduce")
    open_item(window, attempt, 0)
    slow = "(one) => Math.max(...getComputedStyle(one).transitionDuration.split(',').map(parseFloat)) > 0.001"
    assert window.evaluate(f"() => [...document.querySelectorAll('*')].filter({slow}).length") == 0
    window.emulate_media(reduced_motion="no-preference")
    assert window.evaluate(f"() => [...document.querySelectorAll('*')].filter({slow}).length") > 0


def test_the_language_is_switched_without_losing_what_is_not_sent(window: Page, attempt: Attempt) -> None:
    window.on("dialog", lambda dialog: dialog.accept())
    place = go_to(window, attempt, "single_choice")
    order = window.locator(".option").all_inner_texts()
    window.route(API, cut)
    window.locator("input[name=answer]").nth(1).check()
    window.get_by_role("button", name="Read in: Español").click()
    expect(window.get_by_text("Your answers are kept in this browser.")).to_be_visible()
    window.unroute(API)
    window.get_by_role("button", name="Read in: Español").press("Enter")
    expect(window.get_by_role("button", name="Leer en: English")).to_be_visible()
    expect(window.locator("html")).to_have_attribute("lang", "es")
    expect(window.locator("form#item")).to_have_attribute("lang", "es")
    expect(window.locator("input[name=answer]").nth(1)).to_be_checked()
    assert window.locator(".option").all_inner_texts() == order
    expect(window.locator("[data-saved][data-unsent='0']")).to_be_visible()
    with reading():
        assert responses_of(attempt.id)[place].answer == 1


def test_what_was_refused_is_still_there_in_the_other_language(window: Page, attempt: Attempt) -> None:
    go_to(window, attempt, "numeric")
    window.locator("input[name=answer]").fill("many")
    expect(window.locator("input[name=answer]")).to_have_attribute("aria-invalid", "true")
    window.on("dialog", lambda dialog: dialog.accept())
    window.get_by_role("button", name="Read in: Español").click()
    expect(window.get_by_role("button", name="Leer en: English")).to_be_visible()
    expect(window.locator("input[name=answer]")).to_have_value("many")
    window.locator("input[name=answer]").fill("9,81")
    expect(window.locator("[data-saved][data-unsent='0']")).to_have_text(re.compile("Guardado"))


def go_to(page: Page, attempt: Attempt, kind: str) -> int:
    """Opens the item of a kind, in its section; returns its position."""
    place = place_of(attempt, kind)
    if place >= attempt.section_lengths[0]:
        page.goto(f"/attempts/{attempt.id}/review")
        finish_section(page)
    open_item(page, attempt, place)
    return place
