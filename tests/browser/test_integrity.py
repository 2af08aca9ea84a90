"""The exam page of a browser: an item is reported without leaving it, and events are noted without a word of them."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.exams.events import AttemptEvent
from app.exams.reports import Report
from app.extensions import db
from app.transaction import reading
from tests.browser.conftest import Server, sign_in

PASTE = """() => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text", "not to be kept");
  document.querySelector("[data-sitting]").dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
  Object.defineProperty(document, "hidden", { value: true, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_an_item_is_reported_in_place_and_what_happens_is_noted(
    page: Page, server: Server, say: Callable[..., str]
) -> None:
    sign_in(page, "candidate")
    page.goto("/exams/fundamentals")
    page.locator("input[name=agreement]").check()
    page.get_by_role("button", name=say("Start the exam")).click()
    page.wait_for_url("**/attempts/*")
    expect(page.locator("[data-saved]")).to_be_visible()
    page.locator("details.report-item summary").click()
    page.locator("#report_text").fill("Falta la imagen")
    with page.expect_response("**/reports") as answered:
        page.get_by_role("button", name=say("Send the report")).click()
    assert answered.value.status == 201
    done = say("You have reported this item. People look at it; you see the answer with your result.")
    expect(page.locator("[data-report-done]")).to_have_text(done)
    expect(page.locator("[data-report-fields]")).to_be_hidden()
    page.locator(".navigator button.cell").nth(1).click()
    expect(page.locator("form[data-item='1']")).to_be_visible()
    page.locator("details.report-item summary").click()
    expect(page.locator("[data-report-fields]")).to_be_visible()
    with page.expect_response("**/events") as noted:
        page.evaluate(PASTE)
    assert noted.value.status == 200
    with server.app.app_context(), reading():
        assert db.session.scalars(select(Report.text)).all() == ["Falta la imagen"]
        events = db.session.scalars(select(AttemptEvent)).all()
        assert ("paste", 1, len("not to be kept")) in [(one.kind, one.position, one.amount) for one in events]
