"""The scorecard: the standing in a sentence, the ladder, what is missing with names, the risk and the history."""

import html
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.journeys.moving import leave, revoke_credential
from app.partners.evaluating import reevaluate_organisation
from app.partners.facts import add_fact
from app.partners.programmes import join_programme, participation_in, programme_by_slug
from app.people.organisations import JobRole, Organisation, PartnerRole, add_membership
from app.people.persons import Person
from app.transaction import now, writing
from tests import factories
from tests.factories import (
    both,
    finish_courses,
    make_member,
    make_membership,
    make_organisation,
    make_person,
    sign_in,
    sit,
)

COUNTED = {"kind": "metric", "metric": "customers", "name": both("Customers")}
AGREED = {"id": "deal", "kind": "agreement", "metric": "deal", "name": both("Deal")}
EARNED = {"kind": "money", "metric": "revenue", "window_months": 12, "currency": "USD", "name": both("Revenue")}


@pytest.fixture
def content(app: Flask, tmp_path: Path) -> Path:
    """An exam and a programme of two tiers, of one and two certified people."""
    return factories.make_programme(tmp_path / "content")


def read(client: FlaskClient, path: str = "/scorecard") -> str:
    """The text of a page, in one line."""
    response = client.get(path)
    assert response.status_code == 200
    body = re.search("<main.*</main>", response.text, re.DOTALL)
    assert body
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", body.group())).split())


def partner(client: FlaskClient, organisation: Organisation, **more: Any) -> Person:
    """A member who looks at the page, in English."""
    given = {"language": "en", "name": "Ana Ruiz"} | more
    person = make_member(organisation, partner_role=PartnerRole.ADMIN, **given)
    sign_in(client, person)
    return person


def tier(rank: int, *requirements: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A tier of a programme's file."""
    return {"id": f"t{rank}", "rank": rank, "name": both(f"Tier {rank}"), "requirements": list(requirements)} | more


def enter(root: Path, *tiers: dict[str, Any]) -> Organisation:
    """An organisation in a programme of these tiers."""
    factories.write_programme(root, tiers=list(tiers))
    factories.publish(root)
    return make_organisation("small")


def tell(organisation: Organisation, metric: str, value: int, currency: str | None = None) -> None:
    """A fact that is valid from now on, and what follows from it."""
    with writing() as at:
        part = participation_in(organisation.id, "small")
        given = {"metric": metric, "value": value, "currency": currency, "valid_from": at, "source": "CRM"}
        add_fact(organisation_id=organisation.id, programme_id=part.programme_id, at=at, **given)
        reevaluate_organisation(organisation.id, at=at)


def test_somebody_without_an_organisation_is_told_so(client: FlaskClient) -> None:
    sign_in(client, make_person(language="en"))
    assert "You work for no organisation here" in read(client)


def test_an_organisation_without_a_programme_is_told_so(client: FlaskClient) -> None:
    partner(client, make_organisation(name="Andes"))
    assert "Andes takes part in no programme yet" in read(client)


def test_the_way_to_the_first_tier(client: FlaskClient, content: Path) -> None:
    partner(client, make_organisation("small"))
    text = read(client)
    assert "No tier yet, and one step from Tier 1" in text
    assert "To reach Tier 1" in text
    assert "1 person Could close it: Ana Ruiz" in text


def test_the_way_to_the_next_tier_names_who_counts_and_who_could(client: FlaskClient, content: Path) -> None:
    organisation = make_organisation("small")
    partner(client, organisation)
    sit(make_member(organisation, name="Elena Vidal"))
    text = read(client)
    assert "Tier 1, and one step from Tier 2" in text
    assert re.search(r"People Elena Vidal Elena Vidal Fundamentals until \w+ \d+, \d+ 1 2 1 person", text)
    assert "Could close it: Ana Ruiz" in text


def test_the_highest_tier_shows_what_it_rests_on(client: FlaskClient, content: Path) -> None:
    organisation = make_organisation("small")
    for person in (partner(client, organisation), make_member(organisation)):
        sit(person)
    text = read(client)
    assert "Tier 2, the highest tier" in text
    assert "What Tier 2 rests on" in text
    assert "To reach" not in text


def test_several_steps_are_counted(client: FlaskClient, content: Path) -> None:
    asked = [COUNTED | {"id": f"c{n}", "at_least": 5 * n} for n in (1, 2, 3)]
    organisation = enter(content, tier(1, *asked))
    partner(client, organisation)
    assert "No tier yet, and 3 steps from Tier 1" in read(client)
    tell(organisation, "customers", 7)
    assert "No tier yet, and 2 steps from Tier 1" in read(client)


@pytest.mark.parametrize(
    ("language", "have", "gap"), [("en", "$120,000.50", "$79,999.50"), ("es", "120.000,50 US$", "79.999,50 US$")]
)
def test_money_speaks_the_language_of_the_page(
    client: FlaskClient, content: Path, language: str, have: str, gap: str
) -> None:
    organisation = enter(content, tier(1, EARNED | {"id": "revenue", "at_least": 200_000}))
    partner(client, organisation, language=language)
    tell(organisation, "revenue", 12_000_050, "USD")
    text = read(client).replace("\xa0", " ")
    assert f"{have} {'$200,000' if language == 'en' else '200.000 US$'}" in text
    assert gap in text


def test_a_group_is_shown_with_its_parts(client: FlaskClient, content: Path) -> None:
    parts = [COUNTED | {"id": "some", "at_least": 5}, AGREED]
    either = {"id": "either", "kind": "any_of", "name": both("One of these"), "requirements": parts}
    organisation = enter(content, tier(1, either))
    partner(client, organisation)
    assert "One of these 0 1 One of these parts Customers 0 5 5 more Deal None In force The agreement" in read(client)
    tell(organisation, "deal", 1)
    assert "Tier 1, the highest tier" in read(client)


def test_benefits_say_what_the_next_tier_adds(client: FlaskClient, content: Path) -> None:
    first = tier(1, benefits=[both("Support")], commission_percent=10)
    second = tier(
        2, COUNTED | {"id": "c", "at_least": 1}, benefits=[both("Support"), both("Leads")], commission_percent=12.5
    )
    partner(client, enter(content, first, second))
    text = read(client)
    assert "What Tier 1 brings Support Commission of 10%" in text
    assert "What Tier 2 adds Leads Commission of 12.5% instead of 10%" in text


def test_a_revoked_certificate_puts_the_tier_at_risk(client: FlaskClient, content: Path) -> None:
    organisation = make_organisation("small")
    reader = partner(client, organisation)
    credential = sit(make_member(organisation, name="Mateo Flores")).credential
    with writing() as at:
        revoke_credential(db.session.merge(credential), reason="Not the same person", by=reader.id, at=at)
    text = read(client)
    assert "Tier 1, at risk" in text
    assert re.search(r"Tier 1 at risk since \w+ \d+, \d+ People : 0 of 1", text)
    assert "The Fundamentals certificate of Mateo Flores was revoked on" in text
    assert "Not the same person" not in text
    assert re.search(r"Tier 1 is kept until the review of .* and its grace, which ends on", text)
    assert "If nothing changes, there is no tier from then on." in text
    assert "To keep Tier 1" in text


def test_whoever_leaves_takes_the_certificate_along(client: FlaskClient, content: Path) -> None:
    organisation = make_organisation("small")
    partner(client, organisation)
    leaver = make_member(organisation, name="Hugo Serrano")
    sit(leaver)
    with writing() as at:
        leave(leaver.id, by=None, at=at)
    assert "Hugo Serrano left on" in read(client)


def test_an_expired_certificate_is_named_with_its_day(client: FlaskClient, content: Path) -> None:
    start = now() - timedelta(days=760)
    organisation = make_organisation("small", at=start)
    holder = make_person(name="Óscar Delgado")
    make_membership(holder, organisation, at=start)
    sit(holder, at=start)
    partner(client, organisation)
    assert "The Fundamentals certificate of Óscar Delgado expired on" in read(client)


def test_who_renewed_is_no_loss_and_who_comes_later_is_none_yet(client: FlaskClient, content: Path) -> None:
    start = now() - timedelta(days=760)
    organisation = make_organisation("small", at=start)
    renewer, leaver, newcomer = (make_person(name=name) for name in ("Beatriz Luque", "Hugo Serrano", "Noa Fuentes"))
    for person in (renewer, leaver):
        make_membership(person, organisation, at=start)
    sit(renewer, at=start)
    sit(leaver, at=start + timedelta(days=300))
    sit(renewer, at=start + timedelta(days=650))
    with writing() as at:
        leave(leaver.id, by=None, at=at)
    sit(newcomer)
    with writing() as at:
        given = {"job_role": JobRole.SALES, "at": at + timedelta(days=9)}
        add_membership(newcomer.id, organisation.id, **given)
    partner(client, organisation)
    text = read(client)
    assert "Tier 2 at risk" in text
    assert "Hugo Serrano left on" in text
    assert "certificate of" not in text


def test_the_nearest_to_the_exam_comes_first(client: FlaskClient, content: Path) -> None:
    factories.write_course(content)
    factories.publish(content)
    organisation = make_organisation("small")
    partner(client, organisation, name="Ana Ruiz")
    finish_courses(make_member(organisation, name="Zoe Zamora"))
    assert "Could close it: Zoe Zamora courses finished Ana Ruiz 1 h of study" in read(client)


def test_after_the_review_the_grace_is_named(client: FlaskClient, content: Path) -> None:
    organisation = make_organisation("small")
    partner(client, organisation)
    leaver = make_member(organisation)
    sit(leaver)
    with writing() as at:
        leave(leaver.id, by=None, at=at)
        reevaluate_organisation(organisation.id, at=at + timedelta(days=370))
    assert "The review found it unearned. The grace ends on" in read(client)


def test_the_job_decides_who_could_close_a_gap(client: FlaskClient, content: Path) -> None:
    sellers = {"id": "p", "kind": "persons", "level": "fundamentals", "job_role": "sales", "at_least": 1}
    organisation = enter(content, tier(1, sellers | {"name": both("Sellers")}))
    partner(client, organisation, name="Sara Ventas")
    make_membership(make_person(name="Tomás Taller"), organisation, job_role=JobRole.TECHNICAL)
    text = read(client)
    assert "Sara Ventas" in text
    assert "Tomás Taller" not in text


def test_several_programmes_are_tabs(client: FlaskClient, content: Path) -> None:
    factories.write_programme(content, "other", at_least=(3,))
    factories.publish(content)
    partner(client, make_organisation("small", "other"))
    assert "and one step from Tier 1" in read(client)
    text = read(client, "/scorecard?programme=small")
    assert "Programme other Programme small" in text
    assert 'href="/scorecard?programme=other"' in client.get("/scorecard").text


@pytest.mark.parametrize("slug", ["other", "nothing", "small'"])
def test_a_programme_of_others_is_not_found(client: FlaskClient, content: Path, slug: str) -> None:
    factories.write_programme(content, "other")
    factories.publish(content)
    make_organisation("other")
    partner(client, make_organisation("small"))
    assert client.get("/scorecard", query_string={"programme": slug}).status_code == 404


def test_nothing_of_another_organisation_is_shown(client: FlaskClient, content: Path) -> None:
    stranger = make_organisation("small", name="Norte Digital")
    sit(make_member(stranger, name="Julia Navarro"))
    partner(client, make_organisation("small"))
    page = client.get("/scorecard").text
    assert "Julia Navarro" not in page
    assert "Norte Digital" not in page


def test_the_history_is_kept(client: FlaskClient, content: Path) -> None:
    organisation = make_organisation("small", at=now() - timedelta(days=100))
    sit(partner(client, organisation))
    text = read(client)
    assert re.search(r"How it came to this .* Tier 1 \w+ \d+, \d+ Today .* No tier yet \w+ \d+, \d+ \w+ \d+, \d+", text)


def test_a_standing_not_yet_worked_out_says_so(client: FlaskClient, content: Path) -> None:
    organisation = make_organisation()
    partner(client, organisation)
    with writing() as at:
        join_programme(organisation.id, programme_by_slug("small"), at=at)
    assert "Your standing is not worked out yet" in read(client)
