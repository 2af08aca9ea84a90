"""Tokens: each speaks for its person, within its scope, until it is revoked."""

from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.people.persons import Person
from app.people.tokens import Scope, Token, create_token, visitor_of_token
from app.people.visitors import Visitor
from app.transaction import reading, writing
from tests.factories import make_person


def test_a_token_speaks_for_its_person(app: Flask) -> None:
    person = make_person()
    assert whose(make_token(person)).id == person.id
    assert whose("acr_unknown") is None
    assert whose("") is None


def test_only_the_hash_is_kept(app: Flask) -> None:
    text = make_token(make_person())
    with reading():
        kept = db.session.scalars(select(Token)).one().token_hash
    assert kept not in text
    assert whose(kept) is None


def test_the_scope_says_whether_it_may_write(app: Flask) -> None:
    person = make_person()
    assert whose(make_token(person, Scope.READ)).may_write is False
    assert whose(make_token(person, Scope.WRITE)).may_write is True


def test_a_revoked_token_speaks_for_nobody(app: Flask) -> None:
    person = make_person()
    text, other = make_token(person), make_token(person)
    with writing() as at:
        db.session.scalars(select(Token).order_by(Token.id)).first().revoked_at = at
    assert whose(text) is None
    assert whose(other).id == person.id


def test_the_token_of_a_disabled_person_speaks_for_nobody(app: Flask) -> None:
    person = make_person()
    text = make_token(person)
    with writing() as at:
        db.session.get_one(Person, person.id).disabled_at = at
    assert whose(text) is None


def make_token(person: Person, scope: Scope = Scope.READ) -> str:
    with writing() as at:
        return create_token(person.id, scope, at=at)


def whose(text: str) -> Visitor | None:
    with reading() as at:
        return visitor_of_token(text, at)
