"""Sessions: they live on the server, so that a secret is worth something only while its row says so."""

from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.people.persons import Person
from app.people.sessions import (
    LIFE,
    Session,
    close_session,
    close_sessions_of,
    open_session,
    sweep_sessions,
    visitor_of_session,
)
from app.people.sign_in import change_password
from app.transaction import now, reading, writing
from tests.factories import make_person


def test_a_session_is_worth_its_person_until_it_ends(app: Flask) -> None:
    person = make_person()
    token, opened = begin(person)
    assert whose(token) == person.id
    assert whose(token, opened + LIFE - timedelta(seconds=1)) == person.id
    assert whose(token, opened + LIFE) is None
    assert whose("another") is None
    assert whose("") is None


def test_the_secret_itself_is_not_kept(app: Flask) -> None:
    token, _ = begin(make_person())
    with reading():
        kept = db.session.scalars(select(Session)).one().token_hash
    assert token not in kept
    assert whose(kept) is None


def test_signing_out_ends_one_session_and_no_other(app: Flask) -> None:
    person = make_person()
    here, there = begin(person)[0], begin(person)[0]
    with writing():
        close_session(here)
    assert (whose(here), whose(there)) == (None, person.id)


def test_all_of_a_persons_sessions_can_be_ended(app: Flask) -> None:
    person, other = make_person(), make_person()
    tokens = [begin(person)[0] for _ in range(3)]
    others = begin(other)[0]
    with writing():
        close_sessions_of(person.id)
    assert [whose(token) for token in tokens] == [None] * 3
    assert whose(others) == other.id


def test_a_new_password_ends_every_session(app: Flask) -> None:
    person = make_person()
    token, _ = begin(person)
    with writing() as at:
        change_password(person.id, "a hash", at=at)
    assert whose(token) is None


def test_a_disabled_person_is_out_at_once(app: Flask) -> None:
    person = make_person()
    token, _ = begin(person)
    with writing() as at:
        db.session.get_one(Person, person.id).disabled_at = at
    assert whose(token) is None


def test_sweeping_forgets_what_has_ended(app: Flask) -> None:
    person = make_person()
    old = now() - LIFE
    with writing():
        open_session(person.id, at=old)
    token, _ = begin(person)
    with writing() as at:
        sweep_sessions(at)
    with reading():
        assert db.session.scalar(select(func.count()).select_from(Session)) == 1
    assert whose(token) == person.id


def begin(person: Person) -> tuple[str, datetime]:
    with writing() as at:
        return open_session(person.id, at=at), at


def whose(token: str, at: datetime | None = None) -> int | None:
    with reading() as present:
        visitor = visitor_of_session(token, at or present)
    return visitor.id if visitor else None
