"""Essays and practical tasks in a browser: saved while typed, files sent and left out, without scripts, on a phone."""

import re
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FilePayload, Page, expect

from app.exams.attempts import Attempt
from app.exams.responses import responses_of
from app.exams.uploads import uploads_at
from app.journeys.demo_cast import DEMO_PASSWORD
from app.people.persons import PersonRole
from app.transaction import reading
from tests.browser.conftest import Server, serving, sign_in
from tests.browser.test_exam_page import expect_saved, open_item, place_of
from tests.factories import make_exam, make_person, start

pytestmark = pytest.mark.once
ITEMS = """\
## Compare two ways of answering a complaint {#compare-%(n)s type=essay words=10}

Say which one you would choose, and why:

- by mail;
- by telephone.

- (3) Names an advantage of **each**
- (2) Chooses one and says why

> Why: A good answer speaks of the customer.

## Hand in the plan of the campaign {#plan-%(n)s type=practical files=2 types=pdf,txt size=1}

The plan covers four weeks.

- (4) Has a goal that can be measured
- (1) Names who does what

## Who is it for? {#who-%(n)s}
- [x] Customers
- [ ] Nobody
"""
THREE = [{"domain": "all", "items": 3}]
PDF = b"%PDF-1.7\n"
numbers = count(1)


def file(name: str, content: bytes = PDF) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An exam with an essay and a practical task."""
    folder = tmp_path_factory.mktemp("rated")

    def fill() -> None:
        make_exam(folder / "content", items=ITEMS, copies=1, blueprint=THREE)

    with serving(folder, fill) as served:
        yield served


@pytest.fixture(autouse=True)
def _context(server: Server) -> Iterator[None]:
    with server.app.app_context():
        yield


@pytest.fixture
def attempt(server: Server) -> Attempt:
    """An attempt that someone new has just begun."""
    name = f"writer-{next(numbers)}"
    person = make_person(email=f"{name}@demo.example", name=name, password=DEMO_PASSWORD, language="en")
    return start(person, language="en")


@pytest.fixture
def show(page: Page, attempt: Attempt) -> Callable[[str], Page]:
    """Opens the item of a kind."""
    sign_in(page, attempt.legal_name)
    return lambda kind: open_item(page, attempt, place_of(attempt, kind))


def path(attempt: Attempt, kind: str) -> str:
    return f"/attempts/{attempt.id}?item={place_of(attempt, kind) + 1}"


def kept(attempt: Attempt, kind: str) -> object:
    with reading():
        return responses_of(attempt.id)[place_of(attempt, kind)].answer


def named(attempt: Attempt) -> list[str]:
    """The files of the answer that the server holds."""
    answer = kept(attempt, "practical")
    assert isinstance(answer, dict)
    with reading():
        names = {one.id: one.name for one in uploads_at(attempt.id, place_of(attempt, "practical"))}
    return [names[one] for one in answer["files"]]


def test_an_essay_is_saved_while_it_is_typed_and_its_words_are_counted(
    show: Callable[[str], Page], attempt: Attempt
) -> None:
    page = show("essay")
    field = page.get_by_label("Your answer")
    expect(page.locator(".word-count")).to_have_text("Words: 0 of 10")
    field.press_sequentially("By mail.")
    field.press("Enter")
    field.press("Enter")
    field.press_sequentially("It can be read again.")
    expect(page.locator(".word-count")).to_have_text("Words: 7 of 10")
    expect_saved(page)
    assert kept(attempt, "essay") == "By mail.\n\nIt can be read again."
    field.fill("one two three four five six seven eight nine ten eleven twelve")
    expect(page.locator(".word-count")).to_have_text("Words: 12 of 10. Shorten it by 2.")
    expect(page.locator("[data-words-said]")).to_have_text("Words: 12 of 10. Shorten it by 2.")
    expect_saved(page)
    page.reload()
    expect(page.get_by_label("Your answer")).to_have_value(re.compile("^one two .* twelve$"))
    expect(page.locator(".word-count")).to_have_text("Words: 12 of 10. Shorten it by 2.")


def test_a_text_of_the_full_length_is_saved_and_survives_a_cut(show: Callable[[str], Page], attempt: Attempt) -> None:
    page = show("essay")
    text = "ñandú " * 3333
    page.context.set_offline(True)
    page.get_by_label("Your answer").fill(text)
    expect(page.locator("[data-saved]")).to_contain_text("no connection")
    page.context.set_offline(False)
    expect_saved(page)
    assert kept(attempt, "essay") == text.strip()


def test_files_are_sent_handed_in_and_left_out(show: Callable[[str], Page], attempt: Attempt) -> None:
    page = show("practical")
    field = page.get_by_label("Add a file")
    field.set_input_files([file("Plan <b>.pdf")])
    expect(page.get_by_label("Plan _b_.pdf")).to_be_checked()
    expect(page.locator("[data-said]")).to_have_text("Plan <b>.pdf was uploaded")
    page.get_by_label("What you want to say about it").fill("Four weeks.\nTwo people.")
    field.set_input_files([file("notes.txt", "Día 1".encode())])
    expect(page.get_by_label("notes.txt")).to_be_checked()
    expect(page.get_by_text("That is all this item takes.")).to_be_visible()
    expect(field).to_be_hidden()
    expect_saved(page)
    assert named(attempt) == ["Plan _b_.pdf", "notes.txt"]
    page.get_by_label("Plan _b_.pdf").focus()
    page.keyboard.press("Space")
    expect(field).to_be_visible()
    expect_saved(page)
    assert named(attempt) == ["notes.txt"]
    page.reload()
    expect(page.get_by_label("notes.txt")).to_be_checked()
    expect(page.get_by_label("Plan _b_.pdf")).not_to_be_checked()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download notes.txt").click()
    assert Path(download.value.path()).read_text() == "Día 1"


def test_a_file_that_cannot_be_handed_in_is_refused_in_words(show: Callable[[str], Page], attempt: Attempt) -> None:
    page = show("practical")
    field, error = page.get_by_label("Add a file"), page.locator("#file-error")
    for wrong, words in (
        (file("page.html", b"<html>"), "not accepted"),
        (file("plan.pdf", b"<html>"), "not what its name says"),
        (file("plan.pdf", PDF + b" " * 1024 * 1024), "too large"),
        (file("plan.pdf", b""), "empty"),
    ):
        field.set_input_files([wrong])
        expect(error).to_contain_text(words)
    page.context.set_offline(True)
    field.set_input_files([file("plan.pdf")])
    expect(error).to_contain_text("did not arrive")
    page.context.set_offline(False)
    field.set_input_files([file("plan.pdf")])
    expect(page.get_by_label("plan.pdf")).to_be_checked()
    expect(error).to_be_hidden()
    expect_saved(page)
    assert named(attempt) == ["plan.pdf"]


def test_an_upload_can_be_cancelled(show: Callable[[str], Page], attempt: Attempt) -> None:
    page = show("practical")
    page.route("**/files", lambda _route: None)  # it hangs
    page.get_by_label("Add a file").set_input_files([file("plan.pdf")])
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("[data-said]")).to_have_text("The upload of plan.pdf was cancelled")
    expect(page.get_by_label("Add a file")).to_be_enabled()
    expect(page.locator(".file-list li")).to_have_count(0)
    with reading():
        assert list(uploads_at(attempt.id, place_of(attempt, "practical"))) == []


def test_without_scripts_both_kinds_are_answered_by_their_forms(
    browser: Browser, server: Server, attempt: Attempt
) -> None:
    context = browser.new_context(base_url=server.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, attempt.legal_name)
    page.goto(path(attempt, "essay"))
    page.get_by_label("Your answer").fill("One.\n\nTwo.")
    press_next(page)
    assert kept(attempt, "essay") == "One.\n\nTwo."
    page.goto(path(attempt, "practical"))
    page.get_by_label("What you want to say about it").fill("See the plan.")
    page.get_by_label("Add a file").set_input_files([file("plan.pdf")])
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_label("plan.pdf")).to_be_checked()
    expect(page.get_by_label("What you want to say about it")).to_have_value("See the plan.")
    page.get_by_label("Add a file").set_input_files([file("page.pdf", b"<html>")])
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("#answer-error")).to_contain_text("not what its name says")
    assert named(attempt) == ["plan.pdf"]
    page.get_by_label("plan.pdf").uncheck()
    page.get_by_label("Add a file").set_input_files([file("notes.txt", b"Day 1")])
    press_next(page)
    assert named(attempt) == ["notes.txt"]
    context.close()


def press_next(page: Page) -> None:
    """Send the form, and wait for the page it leads to."""
    with page.expect_navigation():
        page.get_by_role("button", name="Next").click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_hold_on_every_screen(
    browser: Browser, server: Server, attempt: Attempt, scheme: str, width: int
) -> None:
    context = browser.new_context(
        base_url=server.url,
        color_scheme=scheme,
        viewport={"width": width, "height": 900},  # type: ignore[arg-type]
    )
    page = context.new_page()
    sign_in(page, attempt.legal_name)
    for kind in ("essay", "practical"):
        open_item(page, attempt, place_of(attempt, kind))
        if kind == "practical":
            page.get_by_label("Add a file").set_input_files([file(f"{'a-very-long-name-' * 6}.pdf")])
            expect(page.locator(".file-list li")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert Axe().run(page).response["violations"] == []
    page.goto(f"/attempts/{attempt.id}/review")
    expect(page.get_by_text("1 file", exact=True)).to_be_visible()
    context.close()


def test_a_trainer_sees_the_rubric(page: Page, server: Server) -> None:
    name = f"trainer-{next(numbers)}"
    make_person(email=f"{name}@demo.example", name=name, password=DEMO_PASSWORD, language="en", role=PersonRole.TRAINER)
    sign_in(page, name)
    page.goto("/studio/exams/fundamentals/items/compare-1")
    expect(page.get_by_text("Chooses one and says why").first).to_be_visible()
    expect(page.get_by_text("3 points").first).to_be_visible()
    assert Axe().run(page).response["violations"] == []
