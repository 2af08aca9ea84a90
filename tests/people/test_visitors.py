"""Visitors: the role that a person's account and present membership make of whoever asks."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from app.extensions import db
from app.journeys.moving import join, leave
from app.people.organisations import JobRole, PartnerRole
from app.people.persons import Person, PersonRole
from app.people.sessions import open_session, visitor_of_session
from app.people.visitors import Guest, Role, Visitor
from app.transaction import now, reading, writing
from tests.factories import make_member, make_membership, make_organisation, make_person


def test_the_roles_of_the_vendor(app: Flask) -> None:
    for role in (PersonRole.TRAINER, PersonRole.VIEWER, PersonRole.ADMIN):
        assert visitor(make_person(role=role)).role == Role(role.value)


def test_a_membership_makes_a_partner_admin(app: Flask) -> None:
    company = make_organisation()
    assert visitor(make_person()).role is Role.CONSULTANT
    assert visitor(make_member(company)).role is Role.CONSULTANT
    assert visitor(make_member(company, partner_role=PartnerRole.ADMIN)).role is Role.PARTNER_ADMIN


def test_a_membership_takes_nothing_from_a_role_of_the_vendor(app: Flask) -> None:
    trainer = make_member(make_organisation(), partner_role=PartnerRole.ADMIN, role=PersonRole.TRAINER)
    assert visitor(trainer).role is Role.TRAINER


def test_only_the_present_membership_counts(app: Flask) -> None:
    old, new = make_organisation(), make_organisation()
    person = make_person()
    moved = now() - timedelta(days=10)
    make_membership(person, old, at=moved - timedelta(days=10), partner_role=PartnerRole.ADMIN)
    with writing():
        leave(person.id, by=None, at=moved)
        join(person.id, new.id, job_role=JobRole.SALES, by=None, at=moved)
    assert (visitor(person).role, visitor(person).organisation.slug) == (Role.CONSULTANT, new.slug)
    just_before = moved - timedelta(microseconds=1)
    assert (visitor(person, just_before).role, visitor(person, just_before).organisation.slug) == (
        Role.PARTNER_ADMIN,
        old.slug,
    )
    assert visitor(person, moved).organisation.slug == new.slug


def test_a_demotion_is_seen_at_once(app: Flask) -> None:
    person = make_person(role=PersonRole.ADMIN)
    token = session_of(person)
    with writing():
        db.session.get_one(Person, person.id).role = PersonRole.CONSULTANT
    with reading() as at:
        assert visitor_of_session(token, at).role is Role.CONSULTANT


@pytest.mark.once
def test_a_guest_is_nobody() -> None:
    guest = Guest()
    assert guest.role is Role.GUEST
    assert not guest.is_authenticated
    assert guest.get_id() is None
    assert (guest.person, guest.organisation) == (None, None)


def session_of(person: Person) -> str:
    with writing():
        return open_session(person.id, at=now())


def visitor(person: Person, at: datetime | None = None) -> Visitor:
    token = session_of(person)
    with reading() as present:
        found = visitor_of_session(token, at or present)
    assert found is not None
    return found
