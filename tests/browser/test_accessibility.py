"""Every type of page, in both themes and on a phone: no breach that axe finds, no side scroll, in both languages."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from app.credentials.register import Wanted, search
from app.exams.attempts import Attempt
from app.exams.catalogue import live_exam
from app.exams.correcting import CorrectionKind
from app.exams.regrading import Proposal, like_versions
from app.exams.responses import save_response
from app.extensions import db
from app.journeys.confirming import hand_in
from app.journeys.demo import right_answer
from app.journeys.inviting import invite
from app.journeys.regrading import go_on, propose_correction
from app.journeys.sitting import submit_attempt
from app.learning.hand_ins import UNSEEN, decided_hand_ins, waiting_hand_ins
from app.people.invitations import Wish, secret_of
from app.people.organisations import JobRole, organisation_by_slug
from app.people.persons import person_by_email
from app.transaction import reading, writing
from tests.browser.conftest import Server, sign_in
from tests.factories import start

pytestmark = pytest.mark.once

PAGES = {
    None: ["/sign-in", "/verify", "/c/{credential}", "/c/{revoked}", "/c/unknown", "/achievements/expert",
           "/invitations/{invitation}", "/partners", "/partners/andes-consultores"],
    "consultant": [
        "/", "/courses", "/courses/documents-with-ai", "/courses/documents-with-ai/01-what-ai-does", "/exams",
        "/exams/fundamentals", "/exams/advanced", "/certificates", "/recognitions", "/account",
        "/scorecard", "/nothing-here", "/programmes", "/programmes/marketing-mastery",
        "/account/organisation",
        "/courses/selling-with-figures", "/courses/selling-with-figures/discovery-interview",
        "/courses/selling-with-figures/value-workshop", "/exams/practice-fundamentals",
    ],
    "candidate": [
        "/", "/exams/fundamentals", "/courses/selling-with-figures/discovery-interview",
        "/courses/selling-with-figures/value-workshop", "/attempts/{practised}/result",
    ],
    "partner": [
        "/", "/team", "/scorecard", "/scorecard?programme=ia-bulk", "/scorecard/forecast", "/certificates",
        "/attempts/{partner}/result", "/team/invitations", "/team/{person}", "/scorecard/onboarding",
        "/scorecard/resources", "/scorecard/listing",
        "/team/assignments", "/team/assignments/new", "/team/assignments/1", "/scorecard/money",
    ],
    "trainer": [
        "/", "/studio", "/studio/courses/documents-with-ai", "/studio/exams/fundamentals",
        "/studio/exams/fundamentals/items/prod-001", "/studio/exams/fundamentals/items/prod-001/correct",
        "/studio/corrections", "/studio/corrections/{correction}", "/studio/practicals", "/studio/practicals/{waiting}",
        "/studio/practicals/{confirmed}", "/studio/sessions", "/studio/sessions/selling-with-figures/value-workshop",
    ],
    "viewer": ["/", "/admin"],
    "admin": [
        "/", "/programmes/education-partners", "/admin/what-if", "/admin", "/admin/credentials",
        "/admin/credentials/{credential}",
        "/admin/people",
        "/admin/organisations", "/admin/organisations/andes-consultores", "/admin/bulk-revocations",
        "/admin/organisations/andes-consultores/invitations",
        "/admin/onboarding", "/admin/organisations/atlas-integra/onboarding?programme=email-reengagement",
        "/admin/organisations/andes-consultores/listing",
        "/admin/organisations/andes-consultores/label", "/admin/recognitions", "/admin/people/{person}/recognitions",
    ],
}  # fmt: skip
CASES = [(who, path) for who, paths in PAGES.items() for path in paths]


@pytest.fixture(scope="module")
def places(server: Server) -> dict[str, object]:
    """What the braces in a path stand for."""
    with server.app.app_context():
        correction, invitation, practised = _propose_a_correction(), _invite(), _practise()
        _hand_in()
    with server.app.app_context(), reading() as at:
        found = search(Wanted(), at=at, size=None).credentials
        partner = db.session.query(Attempt).filter(Attempt.legal_name == "Ana Ruiz Salcedo").first()
        assert partner is not None
        return {
            "credential": next(one.public_id for one in found if one.revoked_at is None),
            "revoked": next(one.public_id for one in found if one.revoked_at),
            "partner": partner.id,
            "person": partner.person_id,
            "correction": correction,
            "invitation": invitation,
            "practised": practised,
            "waiting": waiting_hand_ins()[-1].HandIn.id,
            "confirmed": next(row.HandIn.id for row in decided_hand_ins() if row.HandIn.earned),
        }


@pytest.fixture(scope="module")
def windows(browser: Browser, server: Server) -> dict[str | None, Page]:
    """A signed-in window for each role."""
    return {who: _window(browser, server, who) for who in PAGES}


@pytest.mark.parametrize(("who", "path"), CASES, ids=[f"{who}{path}" for who, path in CASES])
def test_page(windows: dict[str | None, Page], places: dict[str, object], who: str | None, path: str) -> None:
    page = windows[who]
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.goto(path.format(**places))
        breaches = Axe().run(page)
        assert breaches.violations_count == 0, breaches.generate_report()
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 1280, "height": 800})


def _invite() -> str:
    """The secret of an invitation that a newcomer may accept."""
    boss = person_by_email("partner@demo.example")
    assert boss is not None
    key = "only for tests"
    with writing() as at:
        organisation = organisation_by_slug("andes-consultores")
        wish = Wish(JobRole.SALES, region="MX")
        [one] = invite(organisation.id, ["nora@andes-consultores.example"], wish, key=key, by=boss.id, at=at)
        return secret_of(one.nonce, key)


def _practise() -> int:
    """A practice attempt with something right, something wrong and something not answered."""
    person = person_by_email("candidate@demo.example")
    assert person is not None
    attempt = start(person, "practice-fundamentals")
    with writing() as at:
        for position, (item, order) in enumerate(zip(attempt.items, attempt.option_orders, strict=True)):
            answer = right_answer(item, order) if position % 3 else None
            save_response(attempt.id, person.id, position, answer, revision=0, flagged=None, at=at)
        submit_attempt(attempt.id, person.id, at=at)
    return attempt.id


def _hand_in() -> None:
    """A practical waits, with a link."""
    person = person_by_email("sofia.prieto@demo.example")
    assert person is not None
    said = {"said": "My work", "link": "https://example.com/work"}
    with writing() as at:
        hand_in(person.id, "selling-with-figures", "discovery-interview", **said, seen=UNSEEN, at=at)


def _propose_a_correction() -> int:
    """Tried out, and waiting for a decision."""
    with writing() as at:
        proposal = Proposal(
            "prod-001", tuple(like_versions("fundamentals", "prod-001")), CorrectionKind.DROP, (), "Why"
        )
        admin = person_by_email("admin@demo.example")
        assert admin is not None
        regrade_id = propose_correction(live_exam("fundamentals"), proposal, by=admin.id, at=at).id
    is_more_left = True
    while is_more_left:
        with writing() as at:
            is_more_left = go_on(regrade_id, at=at)
    return regrade_id


def _window(browser: Browser, server: Server, who: str | None) -> Page:
    page = browser.new_context(base_url=server.url, locale="es").new_page()
    if who:
        sign_in(page, who)
    return page
