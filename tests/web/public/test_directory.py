"""The public directory: nobody is in it who does not want to be, and nothing stands there that is not true today."""

import html
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.journeys.listing import publish_listing, save_listing, withdraw_listing
from app.journeys.moving import leave, revoke_credential
from app.partners.programmes import Programme
from app.people.listings import Entry
from app.people.organisations import Organisation, PartnerRole
from app.people.persons import Person, PersonRole
from app.transaction import now, writing
from tests.factories import (
    make_member,
    make_organisation,
    make_staff,
    publish,
    sign_in,
    sit,
    write_exam,
    write_programme,
)

HOME = "/scorecard/listing"
WORDS = {
    "text_es": "Hacemos <b>todo</b>",
    "text_en": "We do <script>all</script>\nof it",
    "country": "MX",
    "region": "Nuevo  León",
    "website": "https://WWW.Example.com/a?b=1",
}


@pytest.fixture
def company(app: Flask, tmp_path: Path) -> Organisation:
    write_exam(tmp_path)
    write_programme(tmp_path, at_least=(1, 2))
    write_programme(tmp_path, "other", at_least=(0,))
    publish(tmp_path)
    return make_organisation("small", slug="andes", name="Andes & Co", at=now() - timedelta(days=60))


@pytest.fixture
def boss(client: FlaskClient, company: Organisation) -> Person:
    """The administrator, who holds the certificate that the tier asks for."""
    person = make_member(company, partner_role=PartnerRole.ADMIN, language="en")
    sit(person)
    sign_in(client, person)
    return person


def text_of(page: str) -> str:
    body = re.search("<main.*</main>", page, re.DOTALL)
    assert body
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", body.group())).split())


def save(client: FlaskClient, seen: int = 0, **changes: str) -> int:
    return client.post(HOME, data=WORDS | {"seen": str(seen)} | changes).status_code


def show(client: FlaskClient) -> int:
    return client.post(f"{HOME}/publish", data={"confirmed": "y"}).status_code


def listed(organisation: Organisation) -> None:
    admin = make_staff(PersonRole.ADMIN)
    with writing() as at:
        save_listing(organisation.id, Entry({}), 0, by=admin.id, at=at)
        publish_listing(organisation.id, by=admin.id, at=at)


def guest(app: Flask) -> FlaskClient:
    browser = app.test_client()
    browser.get("/language/en")
    return browser


def slugs(browser: FlaskClient, query: str = "") -> list[str]:
    return [one["slug"] for one in browser.get(f"/api/v1/partners{query}").json["partners"]]


def test_nobody_is_listed_until_the_administrator_confirms_it(app: Flask, client: FlaskClient, boss: Person) -> None:
    assert slugs(client) == []
    assert save(client) == 303
    assert client.get("/partners/andes").status_code == client.get("/api/v1/partners/andes").status_code == 404
    assert client.post(f"{HOME}/publish").status_code == 422
    assert slugs(client) == []
    assert show(client) == 303
    assert slugs(client) == ["andes"]
    page = guest(app).get("/partners/andes", headers={"Accept-Language": "en"})
    assert "We do &lt;script&gt;all&lt;/script&gt;\nof it" in page.text
    assert '<a href="https://www.example.com/a?b=1" rel="nofollow noopener">' in page.text
    read = text_of(page.text)
    assert "Andes & Co" in read
    assert "Nuevo León, Mexico" in read
    assert "Tier 1" in read
    assert "1 person" in read
    assert boss.name not in page.text
    assert client.post(f"{HOME}/take-down").status_code == 303
    assert slugs(client) == []
    assert client.get("/partners/andes").status_code == 404
    assert client.post(f"{HOME}/take-down").status_code == 303
    assert "Hacemos" in client.get(HOME).text


def test_the_same_for_programs(client: FlaskClient, boss: Person, company: Organisation) -> None:
    assert save(client) == 303
    assert show(client) == 303
    answer = client.get("/api/v1/partners/andes")
    seen = answer.json
    assert datetime.fromisoformat(seen["tiers"][0].pop("since")) <= now()
    assert (answer.headers["Cache-Control"], answer.headers["Access-Control-Allow-Origin"]) == (
        "public, max-age=5",
        "*",
    )
    assert seen == {
        "slug": "andes",
        "name": "Andes & Co",
        "url": "http://localhost:8000/partners/andes",
        "logo": None,
        "country": "MX",
        "region": "Nuevo León",
        "website": "https://www.example.com/a?b=1",
        "description": {"es": "Hacemos <b>todo</b>", "en": "We do <script>all</script>\nof it"},
        "tiers": [{"programme": "small", "ladder": "tiers", "tier": "t1"}],
        "certified": {"fundamentals": 1, "advanced": 0, "expert": 0, "master": 0},
    }
    with writing() as at:
        withdraw_listing(company.id, by=boss.id, at=at)
    gone, unknown = client.get("/api/v1/partners/andes"), client.get("/api/v1/partners/nowhere")
    assert (gone.status_code, gone.json) == (404, unknown.json)


def test_only_who_holds_a_tier_is_listed(app: Flask, boss: Person, company: Organisation) -> None:
    empty, open_to_all = make_organisation("small", slug="empty"), make_organisation("other", slug="free")
    alone = make_organisation(slug="alone")
    for organisation in (empty, open_to_all, alone, company):
        listed(organisation)
    browser = guest(app)
    assert slugs(browser) == ["andes", "free"]
    assert browser.get("/partners/empty").status_code == 404
    with writing():
        db.session.query(Programme).filter_by(slug="other").update({"live": False})
    assert slugs(browser) == ["andes"]


def test_searching(app: Flask, boss: Person, company: Organisation) -> None:
    listed(company)
    listed(make_organisation("other", slug="free", name="100% Norte"))
    browser = guest(app)
    found = {
        "?q=andes": ["andes"],
        "?q=0%25": ["free"],
        "?q=_": [],
        "?programme=other": ["free"],
        "?programme=nonsense": ["free", "andes"],
        "?tier=t1": ["free", "andes"],
        "?tier=t2": [],
        "?programme=small&tier=t1": ["andes"],
        "?level=fundamentals": ["andes"],
        "?level=advanced": [],
        "?q=%00&page=99999999999&level=%F0": ["free", "andes"],
    }
    assert {query: slugs(browser, query) for query in found} == found
    for query in found:
        assert browser.get(f"/partners{query}").status_code == 200


def test_people_who_left_and_certificates_that_were_revoked_do_not_count(app: Flask, company: Organisation) -> None:
    free = make_organisation("other", slug="free")
    listed(free)
    people = [make_member(free) for _ in range(3)]
    credentials = [sit(person).credential for person in people]
    assert certified(app) == 3
    with writing() as at:
        leave(people[0].id, by=None, at=at)
        revoke_credential(db.session.merge(credentials[1]), reason="Copied", by=people[2].id, at=at)
    assert certified(app) == 1


def test_a_level_includes_those_above_it(app: Flask, tmp_path: Path) -> None:
    write_exam(tmp_path, slug="advanced", level="advanced")
    write_programme(tmp_path, "other", at_least=(0,))
    publish(tmp_path)
    free = make_organisation("other", slug="free")
    listed(free)
    sit(make_member(free), exam="advanced")
    browser = guest(app)
    assert [slugs(browser, f"?level={level}") for level in ("fundamentals", "expert")] == [["free"], []]
    assert browser.get("/api/v1/partners/free").json["certified"]["advanced"] == 1
    assert certified(app) == 0


def certified(app: Flask) -> int:
    return int(guest(app).get("/api/v1/partners/free").json["certified"]["fundamentals"])


def test_of_two_tabs_the_second_is_told(client: FlaskClient, boss: Person) -> None:
    assert save(client) == 303
    assert save(client, seen=0, text_es="Otra") == 409
    assert save(client, seen=1, text_es="Otra") == 303
    assert save(client, seen=1, text_es="Tercera") == 409
    assert "Otra" in client.get(HOME).text


def test_the_vendor_hides_what_was_written_and_shows_it_again(app: Flask, client: FlaskClient, boss: Person) -> None:
    assert save(client) == 303
    assert show(client) == 303
    admin = make_staff(PersonRole.ADMIN, language="en")
    sign_in(client, admin)
    page = "/admin/organisations/andes/listing"
    assert "Hacemos &lt;b&gt;" in client.get(page).text
    assert client.post(f"{page}/hide", data={"reason": " "}).status_code == 422
    assert client.post(f"{page}/hide", data={"reason": "It insults <others>"}).status_code == 303
    assert client.post(f"{page}/hide", data={"reason": "Again"}).status_code == 409
    seen = guest(app).get("/api/v1/partners/andes").json
    assert (seen["website"], seen["description"], seen["region"], seen["country"]) == (None, {}, None, None)
    assert "Hacemos" not in guest(app).get("/partners/andes").text
    sign_in(client, boss)
    assert "It insults &lt;others&gt;" in client.get(HOME).text
    assert save(client, seen=2) == 409
    assert save(client, seen=1) == 303
    assert guest(app).get("/api/v1/partners/andes").json["description"] == {}
    sign_in(client, admin)
    assert client.post(f"{page}/show").status_code == 303
    assert client.post(f"{page}/show").status_code == 409
    assert guest(app).get("/api/v1/partners/andes").json["website"]


def test_only_its_own_administrators_decide(client: FlaskClient, company: Organisation, boss: Person) -> None:
    assert save(client) == 303
    assert show(client) == 303
    foreign = make_member(make_organisation("small", slug="norte"), partner_role=PartnerRole.ADMIN, language="en")
    sign_in(client, foreign)
    assert client.post(f"{HOME}/take-down").status_code == 303
    assert slugs(client) == ["andes"]
    assert "Hacemos" not in client.get(HOME).text
    for person in (make_member(company), make_staff(PersonRole.VIEWER), make_staff(PersonRole.ADMIN)):
        sign_in(client, person)
        assert (client.get(HOME).status_code, save(client), show(client)) == (403, 403, 403)
    for person in (foreign, make_staff(PersonRole.VIEWER)):
        sign_in(client, person)
        assert client.post("/admin/organisations/andes/listing/hide", data={"reason": "x"}).status_code == 403


def test_guests_do_not_get_to_the_entry(app: Flask, company: Organisation) -> None:
    browser = guest(app)
    assert browser.get(HOME).status_code == 302
    assert browser.post(f"{HOME}/publish", data={"confirmed": "y"}).status_code == 401


def test_unknown_names_are_counted_by_address(app: Flask, boss: Person, company: Organisation) -> None:
    listed(company)
    browser = guest(app)
    answers = [browser.get(f"/partners/none-{n}").status_code for n in range(62)]
    assert (answers[0], answers[-1]) == (404, 429)
    assert browser.get("/partners/andes").status_code == 200


def test_a_page_for_guests_names_the_directory(app: Flask, company: Organisation) -> None:
    for page in ("/verify", "/sign-in"):
        assert 'href="/partners"' in guest(app).get(page).text


def test_many_are_paged(app: Flask, company: Organisation) -> None:
    many: list[Any] = [make_organisation("other", slug=f"o{n}", name=f"O {n:02}") for n in range(27)]
    admin = make_staff(PersonRole.ADMIN)
    with writing() as at:
        for organisation in many:
            publish_listing(organisation.id, by=admin.id, at=at)
    browser = guest(app)
    assert (len(slugs(browser)), slugs(browser, "?page=2")) == (25, ["o25", "o26"])
