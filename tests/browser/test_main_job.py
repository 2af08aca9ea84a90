"""The main job, walked in a browser: study, be confirmed, sit the exam, pass, and have it checked by a stranger."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from app.exams.attempts import Attempt
from app.extensions import db
from app.journeys.demo import right_answer
from app.people.persons import person_by_email
from app.transaction import reading
from tests.browser.conftest import Server, fill_in, sign_in
from tests.factories import finish_courses

pytestmark = pytest.mark.once
Say = Callable[..., str]
PRACTICAL = "/courses/selling-with-figures/discovery-interview"


def test_from_the_first_lesson_to_the_public_page(page: Page, browser: Browser, server: Server, say: Say) -> None:
    sign_in(page, "consultant")
    assert tier(page) == "Silver"
    finish_the_course(page, say)
    see_what_is_missing(page, say)
    confirm_the_practical(browser, server)
    expect_it_confirmed(page)
    finish_the_track(server)
    start_the_exam(page, say)
    answer_everything(page, server, say)
    page.get_by_role("button", name=say("Submit the exam")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(say("You passed"))
    public_url = check_the_certificate(page, say)
    ask_a_stranger(browser, public_url)
    assert tier(page) == "Gold"
    find_it_as_admin(browser, server, public_url)


def tier(page: Page) -> str:
    """The tier of the scorecard's headline."""
    page.goto("/scorecard?programme=email-reengagement")
    found = re.search("Bronze|Silver|Gold|Platinum", page.get_by_role("heading", level=1).inner_text())
    assert found
    return found.group()


def finish_the_course(page: Page, say: Say) -> None:
    """Two lessons are done in the demo; the other two follow from the resume button."""
    page.goto("/courses/documents-with-ai")
    page.get_by_role("link", name=say("Continue"), exact=True).click()
    page.get_by_role("button", name=say("Mark as done and continue")).click()
    page.get_by_role("button", name=say("Mark as done and finish")).click()
    page.wait_for_url("**/courses/documents-with-ai")
    expect(page.get_by_text(say("%(done)s of %(total)s parts", done=4, total=4))).to_be_visible()


def see_what_is_missing(page: Page, say: Say) -> None:
    """One course is not the track: the exam does not start yet."""
    page.goto("/exams/fundamentals")
    expect(page.get_by_role("button", name=say("Start the exam"))).to_have_count(0)
    expect(page.locator("#start")).to_contain_text("Vender con cifras")


def confirm_the_practical(browser: Browser, server: Server) -> None:
    """The trainer gives what waits since the demo's beginning its points."""
    trainer = browser.new_context(base_url=server.url, locale="es").new_page()
    sign_in(trainer, "trainer")
    trainer.goto("/studio/practicals")
    trainer.get_by_role("row").filter(has_text="Lucía Ferrer Ibáñez").get_by_role("link").click()
    for field in trainer.locator("input[type=number]").all():
        field.fill(field.get_attribute("max") or "")
    trainer.locator("form[action$='/confirm'] button").click()
    trainer.wait_for_url("**/studio/practicals")
    trainer.context.close()


def expect_it_confirmed(page: Page) -> None:
    """Whoever handed it in reads that it counts."""
    page.goto(PRACTICAL)
    expect(page.locator("main")).to_contain_text("Teresa Quintana")


def finish_the_track(server: Server) -> None:
    """What is left of the track's courses, sessions included, without the browser."""
    with server.app.app_context():
        person = person_by_email("consultant@demo.example")
        assert person is not None
        finish_courses(person)


def start_the_exam(page: Page, say: Say) -> None:
    """Read the outline, accept the agreement, confirm the name, start."""
    page.goto("/exams/fundamentals")
    expect(page.locator("input[name=legal_name]")).to_have_value("Lucía Ferrer Ibáñez")
    page.locator("input[name=agreement]").check()
    page.get_by_role("button", name=say("Start the exam")).click()
    page.wait_for_url(re.compile("/attempts/"))


def answer_everything(page: Page, server: Server, say: Say) -> None:
    """Answer each item rightly, as the database says, and wait until it is saved."""
    attempt_id = int(re.findall(r"/attempts/(\d+)", page.url)[0])
    with server.app.app_context(), reading():
        attempt = db.session.get_one(Attempt, attempt_id)
        answers = [
            (item["kind"], right_answer(item, order))
            for item, order in zip(attempt.items, attempt.option_orders, strict=True)
        ]
    for place, (kind, answer) in enumerate(answers):
        form = page.locator(f"form[data-item='{place}']")
        expect(form).to_be_visible()
        fill_in(form, kind, answer)
        page.get_by_role("button", name=say("Next")).click()
    page.wait_for_url(f"**/attempts/{attempt_id}/review")


def check_the_certificate(page: Page, say: Say) -> str:
    """Download the PDF; its link leads to the public page."""
    address = page.get_by_role("link", name=say("Download the PDF")).get_attribute("href")
    answer = page.request.get(address or "")
    assert answer.headers["content-type"] == "application/pdf"
    pdf = PdfReader(BytesIO(answer.body()))
    assert "Lucía Ferrer Ibáñez" in pdf.pages[0].extract_text()
    notes = [note.get_object() for note in pdf.pages[0]["/Annots"]]
    links = [str(note["/A"]["/URI"]) for note in notes if note["/Subtype"] == "/Link"]
    return next(link for link in links if "/c/" in link)


def ask_a_stranger(browser: Browser, url: str) -> None:
    """The page behind the QR code needs no sign-in."""
    stranger = browser.new_context(locale="en").new_page()
    stranger.goto(url)
    expect(stranger.get_by_role("heading", level=1)).to_contain_text("Lucía Ferrer Ibáñez")
    expect(stranger.locator("body")).to_contain_text("Andes Consultores")


def find_it_as_admin(browser: Browser, server: Server, url: str) -> None:
    """The admin finds the certificate by name."""
    admin = browser.new_context(base_url=server.url, locale="en").new_page()
    sign_in(admin, "admin")
    admin.goto("/admin/credentials?q=Ferrer")
    expect(admin.locator("table")).to_contain_text("Lucía Ferrer Ibáñez")
    assert url.rpartition("/")[2] in admin.content()
