"""Items with several fields in a browser: by mouse, by keyboard and without scripts, in both themes, on a phone."""

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from app.exams.attempts import Attempt
from app.exams.kinds import KINDS
from app.exams.responses import responses_of
from app.journeys.demo_cast import DEMO_PASSWORD
from app.people.persons import PersonRole
from app.transaction import reading
from tests.browser.conftest import Server, serving, sign_in
from tests.browser.test_exam_page import expect_saved, open_item, place_of
from tests.factories import make_exam, make_person, start

pytestmark = pytest.mark.once
MOST_KINDS = ("matching", "ordering", "blanks", "hotspot", "numeric")
ITEMS = """\
## Match each protocol with its port {#pairs-%(n)s scoring=partial}
- HTTP -> `80`
- SSH -> 22
- -> 25

## Put the steps of a TCP connection in order {#order-%(n)s scoring=partial}
1. The client sends SYN
2. The server answers SYN-ACK
3. The client sends ACK
4. Data flows

## Complete the sentences {#gaps-%(n)s}

The client asks a [= resolver] for an address.

| Code | Meaning |
| --- | --- |
| 404 | Not [= found] |

## Where does the dark square stand? {#where-%(n)s}

Look at the plan.

![A light plan with one dark square](../../media/plan.png)

= rect 500,500 750,1000

## How fast does it fall? {#speed-%(n)s}
= 9.81 m/s² +- 0.05
"""
numbers = count(1)


def picture(width: int = 400, height: int = 200) -> bytes:
    """A PNG: grey, with a dark rectangle in the third quarter of its lower half."""
    rows = [
        b"\0" + bytes(40 if y >= height // 2 and width // 2 <= x < width * 3 // 4 else 220 for x in range(width))
        for y in range(height)
    ]
    parts = {b"IHDR": struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0), b"IDAT": zlib.compress(b"".join(rows))}
    chunks = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in (parts | {b"IEND": b""}).items()
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An exam of the kinds that have several fields, or a unit."""
    folder = tmp_path_factory.mktemp("kinds")

    def fill() -> None:
        media = folder / "content" / "exams" / "fundamentals" / "media"
        media.mkdir(parents=True)
        (media / "plan.png").write_bytes(picture())
        make_exam(folder / "content", items=ITEMS, copies=1)

    with serving(folder, fill) as served:
        yield served


@pytest.fixture(autouse=True)
def _context(server: Server) -> Iterator[None]:
    with server.app.app_context():
        yield


@pytest.fixture
def attempt(server: Server) -> Attempt:
    """An attempt that someone new has just begun."""
    name = f"sitter-{next(numbers)}"
    person = make_person(email=f"{name}@demo.example", name=name, password=DEMO_PASSWORD, language="en")
    return start(person, language="en")


@pytest.fixture
def show(page: Page, attempt: Attempt) -> Callable[[str], Page]:
    """Opens the item of a kind."""
    sign_in(page, attempt.legal_name)
    return lambda kind: open_item(page, attempt, place_of(attempt, kind))


def kept(attempt: Attempt, kind: str) -> object:
    """What the server holds, and the share that it earns."""
    place = place_of(attempt, kind)
    with reading():
        answer = responses_of(attempt.id)[place].answer
    return KINDS[kind].grade(attempt.items[place], answer, attempt.option_orders[place])


def arrange(page: Page) -> None:
    """Press the buttons of an ordering, by the keyboard, until its elements stand as they should."""
    steps = ["The client sends SYN", "The server answers SYN-ACK", "The client sends ACK", "Data flows"]
    for place, step in enumerate(steps):
        up = page.get_by_role("button", name=f"Move up: {step}", exact=True)
        while page.locator(".ordering label").all_inner_texts().index(step) > place:
            up.focus()
            page.keyboard.press("Enter")
            expect(up).to_be_focused()


def test_pairs_are_chosen_saved_and_shown_after_a_reload(show: Callable[[str], Page], attempt: Attempt) -> None:
    page = show("matching")
    page.get_by_label("HTTP").select_option(label="80")
    expect_saved(page)
    page.get_by_label("SSH").select_option(label="22")
    expect_saved(page)
    assert kept(attempt, "matching") == 1
    page.reload()
    expect(page.get_by_label("SSH").locator("option:checked")).to_have_text("22")


def test_elements_are_moved_by_the_keyboard(show: Callable[[str], Page], attempt: Attempt) -> None:
    page = show("ordering")
    arrange(page)
    expect(page.locator("[data-moved-to]")).to_contain_text("of 4:")
    expect_saved(page)
    assert kept(attempt, "ordering") == 1
    open_item(page, attempt, place_of(attempt, "ordering"))
    expect(page.locator(".ordering label").first).to_have_text("The client sends SYN")
    page.get_by_label("Data flows", exact=True).select_option("1")
    expect(page.locator(".ordering label").first).to_have_text("Data flows")
    expect_saved(page)
    assert kept(attempt, "ordering") != 1
    page.get_by_label("Data flows", exact=True).select_option("–")
    expect(page.locator(".cell[aria-current]")).not_to_have_class("answered")


def test_gaps_are_typed_into_the_text(show: Callable[[str], Page], attempt: Attempt) -> None:
    page = show("blanks")
    page.get_by_label("Gap 1 of 2").fill("Resolver")
    page.get_by_label("Gap 2 of 2").fill("found")
    page.get_by_label("Gap 2 of 2").blur()
    expect_saved(page)
    assert kept(attempt, "blanks") == 1


def test_a_point_is_pressed_or_typed(show: Callable[[str], Page], attempt: Attempt) -> None:
    page = show("hotspot")
    mark = page.locator("[data-mark]")
    expect(mark).to_be_hidden()
    box = page.locator("[data-spot] img").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.8)
    expect(page.get_by_label("From the left")).to_have_value(re.compile("599|60[01]"))
    expect(page.get_by_label("From the top")).to_have_value(re.compile("79[89]|80[012]"))
    expect(mark).to_be_visible()
    expect_saved(page)
    assert kept(attempt, "hotspot") == 1
    page.get_by_label("From the top").focus()
    for _ in range(31):
        page.keyboard.press("ArrowDown")
    page.get_by_label("From the top").blur()
    expect_saved(page)
    assert kept(attempt, "hotspot") == 0


def test_a_wrong_number_of_a_point_is_refused_beside_its_field(show: Callable[[str], Page]) -> None:
    page = show("hotspot")
    page.get_by_label("From the left").fill("5000")
    page.get_by_label("From the left").blur()
    expect(page.get_by_text("Give two whole numbers from 0 to 1000.")).to_be_visible()
    expect(page.get_by_label("From the left")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("From the left").fill("500")
    page.get_by_label("From the left").blur()
    expect_saved(page)
    expect(page.get_by_text("Give two whole numbers from 0 to 1000.")).to_be_hidden()


def test_two_windows_say_what_the_other_saved(show: Callable[[str], Page], attempt: Attempt) -> None:
    page = show("matching")
    other = open_item(page.context.new_page(), attempt, place_of(attempt, "matching"))
    other.get_by_label("HTTP").select_option(label="22")
    expect_saved(other)
    page.get_by_label("HTTP").select_option(label="80")
    expect(page.locator("[data-theirs]")).to_have_text("HTTP: 22; SSH: Choose…")
    page.get_by_role("button", name="The one shown here").click()
    expect_saved(page)
    expect(page.get_by_label("HTTP").locator("option:checked")).to_have_text("80")


def test_every_kind_is_answered_without_scripts(browser: Browser, server: Server, attempt: Attempt) -> None:
    context = browser.new_context(base_url=server.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, attempt.legal_name)
    given = {
        "matching": {"HTTP": "80", "SSH": "22"},
        "ordering": {
            "The client sends SYN": "1", "The server answers SYN-ACK": "2",
            "The client sends ACK": "3", "Data flows": "4",
        },
        "blanks": {"Gap 1 of 2": "resolver", "Gap 2 of 2": "found"},
        "hotspot": {"From the left": "600", "From the top": "800"},
        "numeric": {"Your answer": "9,8 m/s²"},
    }  # fmt: skip
    for kind, fields in given.items():
        page.goto(f"/attempts/{attempt.id}?item={place_of(attempt, kind) + 1}")
        assert page.get_by_role("button", name="Move up").count() == 0
        for label, value in fields.items():
            field = page.get_by_label(label, exact=True)
            field.select_option(label=value) if kind in ("matching", "ordering") else field.fill(value)
        page.locator(".exam-moves .btn-dark").click()
        assert kept(attempt, kind) == 1
    context.close()


def test_axe_finds_nothing_and_a_phone_shows_it_all(show: Callable[[str], Page]) -> None:
    for kind in MOST_KINDS:
        for theme in ("light", "dark"):
            show(kind).emulate_media(color_scheme=theme)
            page = show(kind)  # again: colours that are still on their way to the theme are not to be judged
            breaches = Axe().run(page)
            assert breaches.violations_count == 0, breaches.generate_report()
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        page.set_viewport_size({"width": 1280, "height": 800})


def test_axe_finds_nothing_where_a_trainer_sees_the_keys(page: Page) -> None:
    make_person(email="keys@demo.example", name="Keys", password=DEMO_PASSWORD, language="en", role=PersonRole.TRAINER)
    sign_in(page, "keys")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        for item in ("pairs-1", "order-1", "gaps-1", "where-1", "speed-1"):
            page.goto(f"/studio/exams/fundamentals/items/{item}")
            breaches = Axe().run(page)
            assert breaches.violations_count == 0, breaches.generate_report()
