"""The page of a person: accommodations and minutes are granted, ended and refused there, and candidates see them."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from app.exams.attempts import attempt_of
from app.people.organisations import PartnerRole, membership_of
from app.people.persons import Person, PersonRole
from app.transaction import now, reading
from app.web.pulse import Pulse
from tests.factories import make_exam, make_membership, make_organisation, make_person, make_staff, sign_in, start

GIVEN = {"extra_time_percent": "50", "break_min": "10", "reason": "request 12"}


@pytest.fixture
def ana(app: Flask, tmp_path: Path) -> Person:
    make_exam(tmp_path)
    return make_person(name="Ana Ruiz", language="en")


def page(client: FlaskClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return " ".join(response.text.split())


def test_granting_and_ending_an_accommodation(admin: FlaskClient, ana: Person) -> None:
    path = f"/admin/people/{ana.id}"
    assert "None: every exam gives this person what it gives everyone." in page(admin, path)
    done = admin.post(f"{path}/accommodation", data=GIVEN, follow_redirects=True)
    assert "The accommodation is granted." in done.text
    assert "Adriana Luna granted Ana Ruiz an accommodation" in page(admin, path)
    mine = sign_in(admin.application.test_client(), ana)
    shown = page(mine, "/exams/fundamentals")
    assert "You have 50% more time: 45 minutes." in shown
    assert "You may take 10 minutes of breaks" in shown
    ended = admin.post(f"{path}/accommodation/end", follow_redirects=True)
    assert "The accommodation has ended." in ended.text
    assert "more time" not in page(mine, "/exams/fundamentals")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reason": ""}, "Say why"),
        ({"extra_time_percent": "301"}, "Write a whole number within the limits"),
        ({"extra_time_percent": "much"}, "Not a valid integer value"),
        ({"extra_time_percent": "", "break_min": "0"}, "Say what is granted"),
        ({"last_day": "2020-01-01"}, "The last day is over already."),
    ],
)
def test_what_cannot_be_granted_is_said_and_nothing_changes(
    admin: FlaskClient, ana: Person, change: dict[str, str], message: str
) -> None:
    refused = admin.post(f"/admin/people/{ana.id}/accommodation", data=GIVEN | change)
    assert refused.status_code == 422
    assert message in refused.text
    assert "None: every exam gives" in page(admin, f"/admin/people/{ana.id}")


def test_minutes_for_an_open_attempt(admin: FlaskClient, ana: Person) -> None:
    attempt = start(ana)
    path = f"/admin/people/{ana.id}/attempts/{attempt.id}/grants"
    asked = {"minutes": "7", "reason": "the fire bell", "seen": "0"}
    assert "The time is granted." in admin.post(path, data=asked, follow_redirects=True).text
    twice = admin.post(path, data=asked)
    assert (twice.status_code, "Time was granted meanwhile" in twice.text) == (409, True)
    assert admin.post(path, data=asked | {"minutes": "0", "seen": "1"}).status_code == 422
    assert admin.post(path, data=asked | {"seen": "nonsense"}).status_code == 409
    with reading():
        moved = attempt_of(attempt.id, ana.id).deadline_at - attempt.deadline_at
    assert moved == timedelta(minutes=7)
    assert "+7 min" in page(admin, f"/admin/people/{ana.id}")
    assert admin.get(path).status_code == 302


def test_who_is_not_there_and_who_may_not(admin: FlaskClient, ana: Person, client: FlaskClient) -> None:
    assert admin.get("/admin/people/999").status_code == 404
    assert admin.post("/admin/people/999/accommodation", data=GIVEN).status_code == 404
    assert admin.post(f"/admin/people/{ana.id}/attempts/999/grants", data={}).status_code == 422
    viewer = sign_in(admin.application.test_client(), make_staff(PersonRole.VIEWER, language="en"))
    assert "Grant it" not in page(viewer, f"/admin/people/{ana.id}")
    assert viewer.post(f"/admin/people/{ana.id}/accommodation", data=GIVEN).status_code == 403


def test_a_break_hides_the_items(app: Flask, admin: FlaskClient, ana: Person) -> None:
    admin.post(f"/admin/people/{ana.id}/accommodation", data=GIVEN)
    attempt = start(ana, language="en")
    mine = sign_in(app.test_client(), ana)
    assert "Take a break" in page(mine, f"/attempts/{attempt.id}/review")
    paused = mine.post(f"/attempts/{attempt.id}/break", follow_redirects=True)
    assert "The clock stands still" in paused.text
    other = mine.post(f"/attempts/{attempt.id}/language", data={"language": "es"}, follow_redirects=True)
    assert "El reloj está detenido" in other.text
    assert "Leer en:" in other.text
    mine.post(f"/attempts/{attempt.id}/language", data={"language": "en"})
    for path in ("", "/review", "?item=all"):
        assert "data-item" not in page(mine, f"/attempts/{attempt.id}{path}")
    assert "stem" not in mine.get(f"/api/v1/attempts/{attempt.id}").json["items"][0]
    assert mine.post(f"/attempts/{attempt.id}/items/0", data={"revision": "0", "go": "2"}).status_code in {303, 422}
    resumed = mine.post(f"/attempts/{attempt.id}/resume", follow_redirects=True)
    assert "data-item" in resumed.text


def test_an_exam_outside_its_window(app: Flask, tmp_path: Path) -> None:
    person = make_person(language="en")
    make_exam(tmp_path, slug="later", window={"opens": "2126-01-01T09:00:00Z"})
    make_exam(tmp_path, slug="over", window={"closes": "2020-01-01T09:00:00Z"})
    mine = sign_in(app.test_client(), person)
    assert "This exam opens" in page(mine, "/exams/later")
    assert "could be started until" in page(mine, "/exams/over")
    form = {"legal_name": "Ana Ruiz", "language": "en", "agreement": "y"}
    assert [mine.post(f"/exams/{slug}/start", data=form).status_code for slug in ("later", "over")] == [409, 409]


def test_the_pulse_beats_and_survives_a_store_that_does_not_answer(
    app: Flask, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulse = Pulse(app)
    pulse.beat()
    before = pulse.last
    assert before is not None

    def away(*_: object) -> None:
        raise OperationalError("UPDATE", None, OSError("the store is away"))

    with monkeypatch.context() as patched:
        patched.setattr("app.web.pulse.beat", away)
        pulse.beat()
    assert pulse.last == before
    pulse.beat()
    assert pulse.last[0] > before[0]


def test_the_vendor_ends_a_membership_with_a_reason(admin: FlaskClient, ana: Person) -> None:
    firm = make_organisation(slug="andes", name="Andes")
    path = f"/admin/people/{ana.id}"
    assert "End the membership" not in page(admin, path)
    make_membership(ana, firm)
    assert "End the membership" in page(admin, path)
    end = f"{path}/membership/end"
    for sent, says in (
        ({"confirmed": "y"}, "Say why"),
        ({"confirmed": "y", "reason": " "}, "Say why"),
        ({"reason": "Went away"}, "Confirm that it is to end"),
        ({"confirmed": "y", "reason": "Went away", "last_day": "2020-01-01"}, "Choose a day from today on"),
    ):
        refused = admin.post(end, data=sent)
        assert (refused.status_code, says in refused.text) == (422, True)
    last = (now() + timedelta(days=9)).date()
    sent = {"confirmed": "y", "reason": "Went  away", "last_day": last.isoformat()}
    shown = admin.post(end, data=sent, follow_redirects=True).text
    assert "The end is set." in shown and "Another end" in shown
    shown = admin.post(end, data=sent | {"last_day": ""}, follow_redirects=True).text
    assert "The membership has ended." in shown
    text = page(admin, path)
    assert "Adriana Luna ended the membership of Ana Ruiz in Andes: Went away" in text
    assert re.search("Adriana Luna ended the membership of Ana Ruiz in Andes on .*: Went away", text)
    assert admin.post(end, data=sent).status_code == 404
    assert admin.get(end).status_code == 302


def test_the_last_who_manages_a_team_stays_for_the_vendor_too(admin: FlaskClient, ana: Person) -> None:
    make_membership(ana, make_organisation(slug="andes"), partner_role=PartnerRole.ADMIN)
    refused = admin.post(f"/admin/people/{ana.id}/membership/end", data={"confirmed": "y", "reason": "Went away"})
    assert (refused.status_code, "Nobody else manages the team" in refused.text) == (409, True)
    with reading():
        assert membership_of(ana.id, now())


def test_whoever_only_looks_is_not_offered_the_end(client: FlaskClient, ana: Person) -> None:
    make_membership(ana, make_organisation(slug="andes"))
    viewer = sign_in(client, make_staff(PersonRole.VIEWER, language="en"))
    assert "End the membership" not in page(viewer, f"/admin/people/{ana.id}")
    assert viewer.post(f"/admin/people/{ana.id}/membership/end", data={"confirmed": "y"}).status_code == 403
