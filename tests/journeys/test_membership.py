"""Memberships that change: an end today or later, taken back, other roles from a day on, consent, the last admin."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.journeys.invariants import verify_all
from app.journeys.moving import change_roles, consent, join, keep, leave, send_off
from app.ledger.deeds import deeds_on
from app.partners.evaluating import reevaluate_organisation
from app.partners.losses import losses
from app.partners.programmes import participation_in
from app.partners.standing import Standing, standing_in
from app.people.consent import CURRENT
from app.people.membership_changes import (
    BadDay,
    BadRegion,
    LastPartnerAdmin,
    MembershipChanged,
    NoEndSet,
    clean_region,
    end_of,
    story_of,
)
from app.people.organisations import JobRole, Membership, Organisation, PartnerRole, membership_of
from app.people.persons import Person
from app.refusal import NotFound
from app.transaction import reading, snapshot, writing
from tests.factories import make_organisation, make_person, publish, sit, write_exam, write_programme

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def firm(app: Flask, tmp_path: Path) -> Organisation:
    """An organisation in a programme that counts certified salespeople."""
    people = {"id": "people", "kind": "persons", "level": "fundamentals", "job_role": "sales", "at_least": 1}
    tier = {"id": "t1", "rank": 1, "name": {"es": "Uno", "en": "One"}}
    names = {"name": {"es": "Ventas", "en": "Sales"}}
    write_programme(tmp_path, tiers=[tier | {"requirements": [people | names]}])
    write_exam(tmp_path)
    publish(tmp_path)
    return make_organisation("small", at=NOON - 30 * DAY)


@pytest.fixture
def seller(firm: Organisation) -> Person:
    """Who carries the tier, since noon."""
    person = make_person(name="Eva Sol")
    with writing():
        join(person.id, firm.id, job_role=JobRole.SALES, by=None, at=NOON)
    sit(person, at=NOON + timedelta(hours=1))
    return person


@pytest.fixture
def boss(firm: Organisation) -> Person:
    person = make_person()
    with writing():
        given = {"job_role": JobRole.MANAGEMENT, "partner_role": PartnerRole.ADMIN}
        join(person.id, firm.id, by=None, at=NOON, **given)
    return person


def test_who_leaves_on_a_later_day_counts_until_then_and_no_longer(
    firm: Organisation, seller: Person, boss: Person
) -> None:
    ends = NOON + 10 * DAY
    with writing():
        send_off(seller.id, firm.id, by=boss.id, at=NOON + DAY, ends_at=ends)
    assert (standing(firm).at_risk_since, standing(firm).next_change_at) == (None, ends)
    with writing():
        reevaluate_organisation(firm.id, at=ends + DAY)
    assert standing(firm).at_risk_since == ends
    with snapshot():
        assert list(verify_all(ends + DAY)) == []
        [line, _] = deeds_on(f"person:{seller.id}")[:2]
        assert membership_of(seller.id, ends - DAY).organisation_id == firm.id
        assert membership_of(seller.id, ends) is None
    said = {"organisation": firm.id, "ends_at": ends.isoformat()}
    assert (line.deed, line.person_id, line.detail) == ("membership_ends", boss.id, said)


def test_an_end_can_be_moved_and_taken_back_before_it_comes(firm: Organisation, seller: Person, boss: Person) -> None:
    for ends in (NOON + 10 * DAY, NOON + 5 * DAY):
        with writing():
            leave(seller.id, by=seller.id, at=NOON + DAY, ends_at=ends)
        assert standing(firm).next_change_at == ends
    with writing():
        keep(seller.id, firm.id, by=boss.id, at=NOON + 2 * DAY)
    with reading():
        assert membership_of(seller.id, NOON + 6 * DAY).ends_at is None
    with pytest.raises(NoEndSet), writing():
        keep(seller.id, firm.id, by=boss.id, at=NOON + 2 * DAY)
    with writing():
        leave(seller.id, by=seller.id, at=NOON + 3 * DAY)
    with pytest.raises(NotFound), writing():
        keep(seller.id, firm.id, by=boss.id, at=NOON + 4 * DAY)


def test_another_job_counts_from_then_on_and_the_past_stays(firm: Organisation, seller: Person, boss: Person) -> None:
    changed = NOON + 3 * DAY
    change(seller, firm, boss, changed, job_role=JobRole.TECHNICAL, region="MX")
    assert standing(firm).at_risk_since == changed
    with snapshot():
        assert list(verify_all(changed)) == []
        first, second = story_of(seller.id, firm.id)
        [loss] = losses(firm.id, [(requirement(firm), ())], NOON, changed)
    assert (first.job_role, first.region, first.ends_at) == (JobRole.SALES, None, changed)
    assert (second.job_role, second.region, second.starts_at, second.ends_at) == (
        JobRole.TECHNICAL, "MX", changed, None,
    )  # fmt: skip
    assert (second.approved_reason, second.consent_at) == (first.approved_reason, first.consent_at)
    assert (loss.name, loss.reason, loss.at) == ("Eva Sol", "changed", changed)
    change(seller, firm, boss, changed + DAY)
    assert (standing(firm).tier, standing(firm).at_risk_since) == ("t1", None)


def test_a_change_that_changes_nothing_leaves_no_trace(firm: Organisation, seller: Person, boss: Person) -> None:
    change(seller, firm, boss, NOON + DAY)
    with reading():
        assert len(story_of(seller.id, firm.id)) == 1
        assert [line.deed for line in deeds_on(f"person:{seller.id}")].count("membership_changed") == 0


def test_of_two_changes_of_what_was_seen_one_is_refused(firm: Organisation, seller: Person, boss: Person) -> None:
    with reading():
        seen = membership_of(seller.id, NOON + DAY).id
    change(seller, firm, boss, NOON + DAY, job_role=JobRole.MARKETING)
    with pytest.raises(MembershipChanged):
        change(seller, firm, boss, NOON + 2 * DAY, job_role=JobRole.TECHNICAL, seen=seen)


def test_a_set_end_holds_through_a_change(firm: Organisation, seller: Person, boss: Person) -> None:
    with writing():
        leave(seller.id, by=seller.id, at=NOON + DAY, ends_at=NOON + 9 * DAY)
    change(seller, firm, boss, NOON + 2 * DAY, region="EMEA")
    with reading():
        assert membership_of(seller.id, NOON + 3 * DAY).ends_at == NOON + 9 * DAY


def test_one_who_manages_the_team_always_stays(firm: Organisation, seller: Person, boss: Person) -> None:
    with pytest.raises(LastPartnerAdmin), writing():
        send_off(boss.id, firm.id, by=boss.id, at=NOON + DAY)
    with pytest.raises(LastPartnerAdmin):
        change(boss, firm, boss, NOON + DAY, job_role=JobRole.MANAGEMENT)
    change(seller, firm, boss, NOON + DAY, partner_role=PartnerRole.ADMIN)
    with writing():
        send_off(seller.id, firm.id, by=boss.id, at=NOON + 2 * DAY, ends_at=NOON + 9 * DAY)
    with pytest.raises(LastPartnerAdmin), writing():  # the other one goes too
        send_off(boss.id, firm.id, by=boss.id, at=NOON + 3 * DAY)
    with writing():
        leave(boss.id, by=boss.id, at=NOON + 3 * DAY)  # nobody is kept against their will


def test_another_organisations_members_are_not_there(firm: Organisation, seller: Person, boss: Person) -> None:
    other = make_organisation().id
    for deed in (
        lambda at: send_off(seller.id, other, by=boss.id, at=at),
        lambda at: keep(seller.id, other, by=boss.id, at=at),
        lambda at: change_roles(
            seller.id, other, job_role=JobRole.SALES, partner_role=PartnerRole.ADMIN, region=None, seen=1, by=1, at=at
        ),
    ):
        with pytest.raises(NotFound), writing():
            deed(NOON + DAY)
    with pytest.raises(NotFound), reading():
        story_of(seller.id, other)


def test_consent_is_given_once_and_says_to_what(firm: Organisation, seller: Person) -> None:
    for at in (NOON + DAY, NOON + 2 * DAY):
        with writing():
            consent(seller.id, at=at)
    with reading():
        kept: Membership = membership_of(seller.id, NOON + DAY)
        lines = [line for line in deeds_on(f"person:{seller.id}") if line.deed == "consent_given"]
    assert (kept.consent_at, kept.consent_version) == (NOON + DAY, CURRENT)
    assert [(line.at, line.detail["version"]) for line in lines] == [(NOON + DAY, CURRENT)]
    nobody = make_person()
    with pytest.raises(NotFound), writing():
        consent(nobody.id, at=NOON)


@pytest.mark.once
@pytest.mark.parametrize(
    ("text", "code"),
    [("", None), ("  ", None), ("mx", "MX"), ("mx-jal", "MX-JAL"), ("LATAM", "LATAM"), ("ES-B", "ES-B")],
)
def test_regions(text: str, code: str | None) -> None:
    assert clean_region(text) == code


@pytest.mark.once
@pytest.mark.parametrize("text", ["M", "MX-", "MX JAL", "<b>", "ÑX", "LATAMERICA", "MX-JALIS", "MX\nUS", "1234"])
def test_what_is_no_region(text: str) -> None:
    with pytest.raises(BadRegion):
        clean_region(text)


@pytest.mark.once
def test_the_last_day_is_whole_and_neither_past_nor_far_away() -> None:
    assert end_of(date(2026, 3, 2), NOON) == datetime(2026, 3, 3, tzinfo=UTC)
    for day in (date(2026, 3, 1), date(2027, 3, 3), date(9999, 12, 31)):
        with pytest.raises(BadDay):
            end_of(day, NOON)


def change(person: Person, firm: Organisation, by: Person, at: datetime, **changes: object) -> None:
    """Other roles; what is not said is as of a plain salesperson."""
    with reading():
        present = membership_of(person.id, at)
    given = {"job_role": JobRole.SALES, "partner_role": PartnerRole.USER, "region": None, "seen": present.id} | changes
    with writing():
        change_roles(person.id, firm.id, by=by.id, at=at, **given)


def requirement(firm: Organisation):  # type: ignore[no-untyped-def]
    return participation_in(firm.id, "small").programme.rules.tiers[0].requirements[0]


def standing(firm: Organisation) -> Standing:
    with reading():
        found = standing_in(participation_in(firm.id, "small"))
    assert found is not None
    return found
