"""Onboarding from the pages: ticked by the vendor, read by the partner, the late ones first, a letter once."""

import html
import re
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import worker
from app.extensions import db
from app.mail.outbox import Task
from app.partners.onboarding import OnboardingRecord, onboarding_days
from app.partners.programmes import programme_by_slug
from app.people.organisations import Organisation, PartnerRole
from app.people.persons import Person, PersonRole
from app.transaction import now, reading
from tests.factories import both, make_member, make_organisation, make_staff, publish, sign_in, write_programme

HOME = "/admin/organisations/andes/onboarding"
PHASES = [
    {"name": both("Joining"), "weeks": [1, 1], "steps": [{"id": "call", "name": both("Welcome call")}]},
    {"name": both("Launch"), "weeks": [2, 4], "steps": [{"id": "launch", "name": both("First customer")}]},
]
ONBOARDING = {"below_days": 28, "phases": PHASES}
TODAY = now().date()


@pytest.fixture
def company(app: Flask, tmp_path: Path) -> Organisation:
    write_programme(tmp_path, at_least=(0, 1), onboarding=ONBOARDING)
    write_programme(tmp_path, "plain")
    publish(tmp_path)
    return joined("andes", 10)


@pytest.fixture
def admin(client: FlaskClient, company: Organisation) -> Person:
    person = make_staff(PersonRole.ADMIN, language="en")
    sign_in(client, person)
    return person


def joined(slug: str, days: int) -> Organisation:
    return make_organisation("small", slug=slug, name=slug.title(), at=now() - timedelta(days=days))


def text_of(page: str) -> str:
    body = re.search("<main.*</main>", page, re.DOTALL)
    assert body
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", body.group())).split())


def tick(client: FlaskClient, step: str = "call", seen: int = 0, **changes: str) -> int:
    given = {"done_on": now().date().isoformat(), "note": "", "seen": str(seen)} | changes
    data = {f"{step}-{name}": value for name, value in given.items()}
    return client.post(f"{HOME}/{step}/tick", data=data).status_code


def take_back(client: FlaskClient, reason: str, seen: int = 1, step: str = "call") -> int:
    return client.post(
        f"{HOME}/{step}/take-back", data={f"{step}-reason": reason, f"{step}-seen": str(seen)}
    ).status_code


def recorded() -> int:
    with reading():
        return db.session.scalar(select(func.count(OnboardingRecord.id))) or 0


def taken() -> list[int]:
    with reading() as at:
        return onboarding_days(programme_by_slug("small").id, at)


def test_the_vendor_ticks_and_the_partner_reads(client: FlaskClient, company: Organisation, admin: Person) -> None:
    assert tick(client, done_on=(TODAY - timedelta(days=4)).isoformat(), note="With <b>Ana</b>") == 303
    page = client.get(HOME).text
    assert "With &lt;b&gt;Ana&lt;/b&gt;" in page
    assert admin.name in text_of(page)
    partner = make_member(company, language="en")
    sign_in(client, partner)
    read = text_of(client.get("/scorecard/onboarding").text)
    assert "Day 11 of 28" in read
    assert "1 of 2" in read
    assert "Next step: First customer" in text_of(client.get("/scorecard").text)
    assert "/tick" not in client.get("/scorecard/onboarding").text
    assert taken() == []
    sign_in(client, admin)
    assert tick(client, "launch") == 303
    assert taken() == [10]
    assert "Finished in 10 days" in text_of(client.get(HOME).text)
    sign_in(client, partner)
    assert "Onboarding" not in text_of(client.get("/scorecard").text)


def test_a_step_is_taken_back_with_a_reason_and_nothing_is_overwritten(client: FlaskClient, admin: Person) -> None:
    assert tick(client) == 303
    assert [take_back(client, reason) for reason in ("", "  ", "x" * 501)] == [422, 422, 422]
    assert take_back(client, "It was another company") == 303
    assert tick(client, seen=2) == 303
    assert recorded() == 3
    assert "It was another company" in text_of(client.get(HOME).text)


def test_of_two_tabs_the_second_is_told(client: FlaskClient, admin: Person) -> None:
    assert take_back(client, "Early", seen=1) == 409
    assert tick(client) == 303
    assert tick(client) == 409
    assert take_back(client, "No", seen=0) == 409
    assert tick(client, seen=2) == 409
    assert recorded() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"done_on": ""},
        {"done_on": "yesterday"},
        {"done_on": (TODAY + timedelta(days=1)).isoformat()},
        {"note": "x" * 501},
    ],
)
def test_bad_input_is_refused(client: FlaskClient, admin: Person, wrong: dict[str, str]) -> None:
    assert tick(client, **wrong) == 422
    assert recorded() == 0


def test_what_is_not_asked_for_is_not_there(client: FlaskClient, admin: Person) -> None:
    assert tick(client, "nothing") == 404
    assert client.get(f"{HOME}?programme=plain").status_code == 404
    make_organisation(slug="alone")
    assert client.get("/admin/organisations/alone/onboarding").status_code == 404
    assert client.get(f"{HOME}/call/tick?programme=small&slug=x").status_code == 302


def test_only_administrators_tick(client: FlaskClient, company: Organisation) -> None:
    for person, status in (
        (make_staff(PersonRole.VIEWER), 200),
        (make_staff(PersonRole.TRAINER), 403),
        (make_member(company, partner_role=PartnerRole.ADMIN), 403),
    ):
        sign_in(client, person)
        assert (client.get(HOME).status_code, tick(client)) == (status, 403)
    assert recorded() == 0


def test_the_late_ones_come_first(client: FlaskClient, admin: Person) -> None:
    joined("norte", 40)
    joined("sur", 29)
    page = text_of(client.get("/admin/onboarding").text)
    assert page.index("Norte Late by 13 days") < page.index("Sur Late by 2 days") < page.index("Andes Day 11 of 28")
    late = text_of(client.get("/admin/onboarding?state=late&q=nort").text)
    assert "Norte" in late
    assert "Andes" not in late
    file = client.get("/admin/onboarding.csv?state=late&q=nort").text.splitlines()
    assert len(file) == 2
    assert file[1].startswith("norte,small,")
    assert "Nobody fits" in text_of(client.get("/admin/onboarding?state=finished").text)


def test_whoever_administers_a_late_partner_is_written_to_once(company: Organisation, admin: Person) -> None:
    late, later = joined("norte", 29), joined("old", 90)
    boss = make_member(late, partner_role=PartnerRole.ADMIN, language="en", name="Ana")
    make_member(late)
    for organisation in (company, later):
        make_member(organisation, partner_role=PartnerRole.ADMIN)
    for _ in range(2):
        worker.HANDLERS["warn_late"](0, {})
    with reading():
        tasks = db.session.scalars(select(Task).where(Task.kind == "onboarding_mail")).all()
    assert [task.payload["person_id"] for task in tasks] == [boss.id]
    worker.HANDLERS["onboarding_mail"](tasks[0].id, tasks[0].payload)
    [file] = (current_app.config["DATA_DIR"] / "mail").iterdir()
    letter = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert letter["To"] == boss.email
    assert "- Welcome call\n- First customer" in letter.get_content()


def test_a_letter_that_came_too_late_is_not_sent(client: FlaskClient, admin: Person, company: Organisation) -> None:
    boss = make_member(company, partner_role=PartnerRole.ADMIN)
    with reading():
        programme_id = programme_by_slug("small").id
    place = {"organisation_id": company.id, "programme_id": programme_id, "person_id": boss.id}
    worker.HANDLERS["onboarding_mail"](1, place | {"at": now().isoformat()})
    assert not (current_app.config["DATA_DIR"] / "mail").exists()


def test_the_same_for_programs(client: FlaskClient, admin: Person, company: Organisation) -> None:
    assert tick(client, done_on=(TODAY - timedelta(days=4)).isoformat(), note="Went well") == 303
    page = "/api/v1/onboarding/andes/small"
    for person in (admin, make_member(company)):
        sign_in(client, person)
        said = client.get(page).json["onboarding"]
        assert (said["done"], said["total"], said["limit_days"], said["late"]) == (1, 2, 28, False)
        assert said["phases"][0]["steps"][0]["note"] == "Went well"
    sign_in(client, make_member(joined("norte", 1), partner_role=PartnerRole.ADMIN))
    assert client.get(page).status_code == 404
    make_organisation("plain", slug="flat")
    sign_in(client, admin)
    assert client.get("/api/v1/onboarding/flat/plain").json == {"onboarding": None}
