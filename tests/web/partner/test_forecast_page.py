"""The page of a forecast against the clock moved forward; who may see it; as JSON and by the command."""

import html
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app.exams.retakes import add_months
from app.partners.ahead import ahead_json, look_ahead
from app.partners.evaluating import reevaluate_organisation
from app.partners.facts import add_fact
from app.partners.programmes import participation_in
from app.partners.standing import standings_in
from app.people.organisations import Organisation, PartnerRole
from app.people.persons import Person, PersonRole
from app.transaction import reading, writing
from tests.factories import (
    bearer,
    both,
    make_member,
    make_membership,
    make_organisation,
    make_person,
    make_staff,
    publish,
    sign_in,
    sit,
    write_course,
    write_exam,
    write_programme,
)

START = datetime(2027, 1, 10, 9, tzinfo=UTC)
LATER = START + timedelta(days=40)
PEOPLE = {"id": "people", "kind": "persons", "level": "fundamentals", "at_least": 1, "name": both("People")}
CUSTOMERS = {"id": "customers", "kind": "metric", "metric": "customers", "at_least": 10, "name": both("Customers")}
BRONZE = {"id": "bronze", "rank": 1, "name": both("Bronze"), "requirements": [CUSTOMERS]}
SILVER = {"id": "silver", "rank": 2, "name": both("Silver"), "requirements": [PEOPLE]}
LEVELS = {"id": "levels", "name": both("Levels"), "tiers": [SILVER | {"id": "certified", "name": both("Certified")}]}


@pytest.fixture
def organisation(app: Flask, tmp_path: Path) -> Iterator[Organisation]:
    """One that holds silver by one consultant, who passed at the start, and would have bronze by its customers.

    The test happens forty days later.
    """
    write_course(tmp_path)
    write_exam(tmp_path)
    write_programme(tmp_path, tiers=[BRONZE, SILVER], ladders=[LEVELS])
    publish(tmp_path)
    found = make_organisation("small", at=START, name="Andes Sur")
    ana = make_person(name="Ana Ruiz")
    make_membership(ana, found, at=START, partner_role=PartnerRole.ADMIN)
    sit(ana, at=START)
    record(found, 12)
    with time_machine.travel(LATER):
        yield found


def record(organisation: Organisation, value: int, valid_to: datetime | None = None) -> None:
    with writing():
        part = participation_in(organisation.id, "small")
        place = {"organisation_id": organisation.id, "programme_id": part.programme_id, "metric": "customers"}
        add_fact(**place, value=value, valid_from=START, valid_to=valid_to, source="CRM", at=START)
        reevaluate_organisation(organisation.id, at=START)


def foretold(organisation: Organisation, at: datetime = START) -> list[dict[str, Any]]:
    with reading():
        return [ahead_json(one) for one in look_ahead(participation_in(organisation.id, "small"), at=at)]


def read(client: FlaskClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    body = re.search("<main.*</main>", response.text, re.DOTALL)
    assert body
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", body.group())).split())


def reader(organisation: Organisation, **more: Any) -> Person:
    return make_member(organisation, partner_role=PartnerRole.ADMIN, language="en", **more)


def test_every_event_is_what_a_moved_clock_brings(app: Flask, organisation: Organisation, tmp_path: Path) -> None:
    """With rules announced, a member whose end is set, a figure that ends: look at each event, and a tick before it."""
    leaver = make_person(name="Luis Paz")
    make_membership(leaver, organisation, at=START)
    sit(leaver, at=START + timedelta(days=30))
    record(organisation, 3, valid_to=START + timedelta(days=200))
    with time_machine.travel(START):
        harder = [BRONZE, SILVER | {"requirements": [PEOPLE | {"at_least": 2}]}]
        write_programme(tmp_path, tiers=harder, ladders=[LEVELS], effective_from="2027-09-01")
        publish(tmp_path)
    at = START + timedelta(days=31)
    with writing():
        reevaluate_organisation(organisation.id, at=at)
    ladders = {one["ladder"]: one for one in foretold(organisation, at)}
    with reading():
        standings = standings_in(participation_in(organisation.id, "small"))
        for ladder, one in ladders.items():
            assert one["events"][0]["at"] == standings[ladder].next_change_at.isoformat()
    assert [event["causes"][0]["kind"] for event in ladders["tiers"]["events"]][:2] == ["fact_ends", "rules"]
    assert "lost" in [news for event in ladders["tiers"]["events"] for news in event["news"]]
    instants = sorted({event["at"] for one in ladders.values() for event in one["events"]})
    assert len(instants) > 5
    for instant in map(datetime.fromisoformat, instants):
        for look in (instant - timedelta(microseconds=1), instant):
            with writing():
                reevaluate_organisation(organisation.id, at=look)
            with reading():
                for ladder, standing in standings_in(participation_in(organisation.id, "small")).items():
                    assert seen(standing) == expected(ladders[ladder], look), (ladder, look)


def seen(standing: Any) -> tuple[Any, ...]:
    instants = (standing.at_risk_since, standing.review_at, standing.grace_until)
    return (standing.tier, *(one and one.isoformat() for one in instants))


def expected(ladder: dict[str, Any], look: datetime) -> tuple[Any, ...]:
    passed = [event for event in ladder["events"] if datetime.fromisoformat(event["at"]) <= look]
    last = passed[-1] if passed else ladder
    return (last["held"], last["at_risk_since"], last["review_at"], last["grace_until"])


def test_the_page_says_when_why_and_what_keeps_it(client: FlaskClient, organisation: Organisation) -> None:
    sign_in(client, reader(organisation, name="Marta Gil"))
    page = read(client, "/scorecard/forecast")
    assert 'href="/scorecard/forecast?programme=small"' in client.get("/scorecard").text
    assert "At risk from January 10, 2029: the Fundamentals certificate of Ana Ruiz expires." in page
    assert "Silver is kept until the review of January 10, 2029" not in page
    assert "Silver is kept until the review of January 10, 2030 and its grace, which ends on April 10, 2030." in page
    assert "From April 10, 2030 the tier is Bronze." in page
    assert "1 person can keep Silver by April 10, 2030: " in page
    assert "Missing then: People: 0 of 1" in page
    assert "Silver is earned today, and depends on one person." in page
    assert re.search("On whom it depends .* Ana Ruiz Bronze People: 0 of 1", page)
    assert "Levels" in page


def test_without_a_risk_nothing_is_to_be_done(client: FlaskClient, organisation: Organisation) -> None:
    other = make_organisation("small")
    for _ in range(2):
        sit(make_member(other))
    sign_in(client, reader(other))
    page = read(client, "/scorecard/forecast")
    assert "On nobody alone: whoever left today, Silver would be earned still." in page
    sign_in(client, reader(make_organisation("small")))
    page = read(client, "/scorecard/forecast")
    assert "Nothing changes by itself until" in page
    assert "No tier is earned today." in page


def test_who_may_see_it(client: FlaskClient, app: Flask, organisation: Organisation) -> None:
    sign_in(client, make_member(organisation))
    assert client.get("/scorecard/forecast").status_code == 403
    other = app.test_client()
    stranger = reader(make_organisation("small"))
    sign_in(other, stranger)
    assert other.get(f"/admin/organisations/{organisation.slug}/forecast").status_code == 403
    assert other.get(f"/api/v1/standings/{organisation.slug}/small/forecast").status_code == 404
    assert "Ana Ruiz" not in other.get("/scorecard/forecast").text
    assert other.get("/scorecard/forecast?programme=nothing").status_code == 404
    homeless = app.test_client()
    sign_in(homeless, reader(make_organisation()))
    assert homeless.get("/scorecard/forecast").status_code == 404
    viewer = app.test_client()
    sign_in(viewer, make_staff(PersonRole.VIEWER, language="en"))
    assert "Ana Ruiz" in read(viewer, f"/admin/organisations/{organisation.slug}/forecast?programme=small")
    for wrong in (f"{organisation.slug}/forecast?programme=other", "nobody/forecast"):
        assert viewer.get(f"/admin/organisations/{wrong}").status_code == 404


def test_it_is_there_as_json(client: FlaskClient, organisation: Organisation) -> None:
    path = f"/api/v1/standings/{organisation.slug}/small/forecast"
    told = client.get(path, headers=bearer(make_staff(PersonRole.ADMIN)))
    assert told.status_code == 200
    main, levels = told.json["forecast"]
    assert (main["held"], main["loss"]["tier"], main["loss"]["then"]) == ("silver", "silver", "bronze")
    assert main["remedy"]["people"][0]["exams"] == ["fundamentals"]
    assert [(one["name"], one["earned"]) for one in main["without"]] == [("Ana Ruiz", "bronze")]
    assert main["depends_on"] == [main["without"][0]["person"]]
    assert levels["ladder"] == "levels"
    assert client.get(path, headers=bearer(make_member(organisation))).status_code == 403
    assert (
        client.get(
            f"/api/v1/standings/{organisation.slug}/no/forecast", headers=bearer(reader(organisation))
        ).status_code
        == 404
    )


def test_the_command_says_it_in_both_languages(app: Flask, organisation: Organisation) -> None:
    def run(*words: str) -> Any:
        return app.test_cli_runner().invoke(args=["tiers", "forecast", *words])

    told = run(organisation.slug, "--programme", "small")
    assert told.exit_code == 0
    assert "the Fundamentals certificate of Ana Ruiz expires" in told.output
    assert "Silver depends on Ana Ruiz: without them, Bronze" in told.output
    assert "Ana Ruiz" in run(organisation.slug, "--programme", "small", "--language", "es").output
    data = json.loads(run(organisation.slug, "--programme", "small", "--json").output)
    assert data[0]["until"][:10] == add_months(LATER, 24).date().isoformat()
    for wrong in ((organisation.slug, "--programme", "other"), ("nobody", "--programme", "small")):
        assert run(*wrong).exit_code == 1
