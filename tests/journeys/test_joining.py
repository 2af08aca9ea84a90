"""Joining: once whatever happens at once, by a verified domain or an approval, and not again and again."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.journeys.inviting import (
    OutsideDomains,
    StillElsewhere,
)
from app.journeys.moving import join, leave
from app.partners.programmes import participation_in
from app.partners.standing import standing_in
from app.people.domains import BadDomain, DomainTaken, PublicDomain, domains_of, verify_domain, withdraw_domain
from app.people.invitations import (
    InvitationUsed,
    Wish,
)
from app.people.membership_changes import PERIOD, TooManyMoves
from app.people.organisations import AlreadyMember, JobRole, Membership, Organisation, PartnerRole, membership_of
from app.people.persons import EmailTaken, Person
from app.refusal import NotFound
from app.transaction import now, reading, writing
from tests.factories import make_member, make_organisation, make_person, make_programme, sit
from tests.inviting import accepted, ask, at_once, counted, founded, joined, newcomer

DAY = timedelta(days=1)


@pytest.fixture
def andes(app: Flask) -> Organisation:
    """An organisation with the domain andes.example."""
    return founded("andes")


@pytest.fixture
def boss(andes: Organisation) -> Person:
    return make_member(andes, partner_role=PartnerRole.ADMIN)


def test_twenty_accept_at_once_and_one_membership_comes_of_it(app: Flask, andes: Organisation, boss: Person) -> None:
    [new], [old] = ask(andes, boss, "new@andes.example"), ask(andes, boss, "old@andes.example")
    person = make_person(email="old@andes.example")
    said = at_once(app, [lambda: newcomer(new)] * 20)
    assert said == Counter({None: 1, InvitationUsed: 19})
    assert at_once(app, [lambda: accepted(old, person)] * 20) == Counter({None: 1, InvitationUsed: 19})
    assert counted(Membership) == 3


def test_two_organisations_invite_one_address_and_both_are_accepted_at_once(app: Flask, andes: Organisation) -> None:
    wish = Wish(JobRole.SALES, approved_reason="asked for by both")
    for number in range(10):
        invitations = [ask(one, make_person(), f"n{number}@x.example", wish=wish)[0] for one in (andes, founded())]
        deeds = [lambda one=one: newcomer(one) for one in invitations]
        assert at_once(app, deeds) == Counter({None: 1, EmailTaken: 1})


def test_two_joins_at_once_end_in_a_named_refusal(app: Flask) -> None:
    organisations = [make_organisation(), make_organisation()]
    for _ in range(10):
        person = make_person()
        deeds = [lambda person=person, one=one: joined(person, one) for one in organisations]
        assert at_once(app, deeds) == Counter({None: 1, AlreadyMember: 1})


def test_people_who_change_places_at_once_do_not_wait_for_each_other(app: Flask, tmp_path: Path) -> None:
    make_programme(tmp_path)
    one, other = founded("one", "small"), founded("other", "small")
    for number in range(10):
        people = [
            make_member(home, email=f"p{number}@{away.slug}.example") for home, away in ((one, other), (other, one))
        ]
        invitations = [ask(away, make_person(), p.email)[0] for p, away in zip(people, (other, one), strict=True)]
        deeds = [lambda i=i, p=p: accepted(i, p, leaves=True) for i, p in zip(invitations, people, strict=True)]
        assert at_once(app, deeds) == Counter({None: 2})


def test_whoever_works_elsewhere_says_that_this_is_to_end(app: Flask, tmp_path: Path) -> None:
    make_programme(tmp_path)
    old, new = founded("old", "small"), founded("new", "small")
    person = make_member(old, email="ana@new.example")
    sit(person)
    [invitation] = ask(new, make_person(), person.email)
    with pytest.raises(StillElsewhere):
        accepted(invitation, person)
    membership = accepted(invitation, person, leaves=True)
    with reading():
        assert membership_of(person.id, membership.starts_at).organisation_id == new.id
        assert standing_in(participation_in(old.id, "small")).at_risk_since == membership.starts_at
        assert standing_in(participation_in(new.id, "small")).tier == "t1"


def test_a_person_changes_organisations_twice_in_a_year_and_then_with_an_approval(app: Flask) -> None:
    one, other = founded("one"), founded("other")
    person = make_person(email="ana@one.example")
    for organisation in (one, other):
        with writing() as at:
            verify_domain(organisation.id, f"all-{organisation.slug}.example", by=None, at=at)
    begin = now() - 100 * DAY
    places = [one, other, one]
    for number, organisation in enumerate(places):
        with writing():
            if number:
                leave(person.id, by=None, at=begin + number * DAY)
            join(person.id, organisation.id, job_role=JobRole.SALES, by=None, at=begin + number * DAY)
    [invitation] = ask(other, make_person(), person.email, wish=Wish(JobRole.SALES, approved_reason="a merger"))
    with writing():
        db.session.execute(text("UPDATE invitations SET approved_reason = NULL"))
    with writing() as at:
        withdraw_domain(one.id, "one.example")
        verify_domain(other.id, "one.example", by=None, at=at)
    with pytest.raises(TooManyMoves):
        accepted(invitation, person, leaves=True)
    with writing():
        leave(person.id, by=None, at=begin + 3 * DAY)
    [back] = ask(one, make_person(), person.email, wish=Wish(JobRole.SALES, approved_reason="comes back"))
    accepted(back, person)  # to come back is no change
    with pytest.raises(TooManyMoves):
        accepted(invitation, person, leaves=True)
    with writing():
        db.session.execute(text("UPDATE invitations SET approved_reason = 'a merger' WHERE accepted_at IS NULL"))
    kept = accepted(invitation, person, leaves=True)
    assert (kept.approved_reason, kept.approved_by) == ("a merger", invitation.invited_by)


def test_changes_of_more_than_a_year_ago_are_forgotten(app: Flask) -> None:
    one, other = founded("one"), founded("other")
    person = make_person(email="ana@one.example")
    begin = now() - PERIOD
    for number, organisation in enumerate((one, other, one, other)):
        moment = begin + timedelta(hours=number - 2)
        with writing():
            if number:
                leave(person.id, by=None, at=moment)
            join(person.id, organisation.id, job_role=JobRole.SALES, by=None, at=moment)
    [invitation] = ask(one, make_person(), person.email)
    assert accepted(invitation, person, leaves=True).organisation_id == one.id


def test_a_domain_withdrawn_meanwhile_lets_nobody_in_and_keeps_who_is_there(
    app: Flask, andes: Organisation, boss: Person
) -> None:
    [first], [second] = ask(andes, boss, "ana@andes.example"), ask(andes, boss, "eva@andes.example")
    ana, _ = newcomer(first)
    with writing():
        withdraw_domain(andes.id, "andes.example")
    with pytest.raises(OutsideDomains):
        newcomer(second)
    with reading() as at:
        assert membership_of(ana.id, at).domain == "andes.example"


def test_a_domain_belongs_to_one_organisation_and_is_not_everybodys(app: Flask, andes: Organisation) -> None:
    other = make_organisation()
    wrong = {"andes.example": DomainTaken, " @ANDES.example ": DomainTaken, "gmail.com": PublicDomain,
             "Hotmail.ES": PublicDomain, "": BadDomain, "a b.example": BadDomain, "x@y.example": BadDomain,
             "nodot": BadDomain, "a\r\nb.example": BadDomain}  # fmt: skip
    for domain, refusal in wrong.items():
        with pytest.raises(refusal), writing() as at:
            verify_domain(other.id, domain, by=None, at=at)
    with pytest.raises(NotFound), writing():
        withdraw_domain(other.id, "andes.example")
    with reading():
        assert [one.domain for one in domains_of(andes.id)] == ["andes.example"]
        assert domains_of(other.id) == []


@pytest.mark.parametrize(
    "change",
    ["approved_reason = NULL, domain = NULL", "consent_version = NULL", "region = 'A'", "region = 'ABCDEFGHIJK'"],
)
def test_what_a_membership_rests_on_is_held_by_the_database(app: Flask, andes: Organisation, change: str) -> None:
    make_member(andes)
    with pytest.raises(IntegrityError), writing():
        db.session.execute(text(f"UPDATE memberships SET {change}"))


@pytest.mark.parametrize(
    "change",
    ["accepted_at = sent_at", "revoked_at = sent_at", "expires_at = sent_at", "token_hash = 'same', email = id || 'x'",
     "email = 'same@andes.example'"],
)  # fmt: skip
def test_what_an_invitation_is_is_held_by_the_database(
    app: Flask, andes: Organisation, boss: Person, change: str
) -> None:
    ask(andes, boss, "ana@andes.example", "eva@andes.example")
    with pytest.raises(IntegrityError), writing():
        db.session.execute(text(f"UPDATE invitations SET {change}"))
