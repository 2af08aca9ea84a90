"""Throttling: tries counted in the database, so that threads and processes count as one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask

from app.extensions import db
from app.people.persons import Person
from app.people.sign_in import TRIES, WINDOW, SignInFailed, account_for, check_password, note_failed_sign_in, sign_in
from app.people.throttling import (
    Throttle,
    TooManyTries,
    forget_tries,
    note_try,
    refuse_if_spent,
    sweep_throttles,
)
from app.transaction import now, reading, writing
from tests.factories import make_person

KEY, LIMIT, SPAN = "a key", 3, timedelta(minutes=5)
PASSWORD = "a password for tests"


def test_the_limit_holds_until_the_window_ends(app: Flask) -> None:
    start = now()
    for number in range(LIMIT):
        check(start + timedelta(seconds=number))
        note(start + timedelta(seconds=number))
    with pytest.raises(TooManyTries):
        check(start + SPAN - timedelta(seconds=1))
    check(start + SPAN)
    check(start, key="another key")


def test_a_new_window_counts_from_one(app: Flask) -> None:
    start = now()
    for _ in range(LIMIT):
        note(start)
    note(start + SPAN)
    assert tries() == 1
    check(start + SPAN)


def test_forgetting_starts_again(app: Flask) -> None:
    for _ in range(LIMIT):
        note(now())
    with writing():
        forget_tries(KEY)
    check(now())


def test_sweeping_forgets_old_windows(app: Flask) -> None:
    start = now()
    note(start)
    with writing():
        sweep_throttles(start)
    assert tries() == 1
    with writing():
        sweep_throttles(start + timedelta(seconds=1))
    assert tries() == 0


def test_tries_at_once_are_all_counted(app: Flask) -> None:
    barrier = Barrier(12)

    def fail(_: int) -> None:
        with app.app_context():
            barrier.wait()
            note(now())

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(fail, range(12)))
    assert tries() == 12


def test_after_ten_failures_even_the_right_password_waits(app: Flask) -> None:
    person = make_person(password=PASSWORD)
    for _ in range(TRIES):
        fail_to_sign_in(person.email)
    with pytest.raises(TooManyTries):
        attempt(person.email, PASSWORD)
    with pytest.raises(TooManyTries):
        attempt(f" {person.email.upper()} ", PASSWORD)
    assert attempt(person.email, PASSWORD, address="elsewhere").id == person.id
    assert attempt(person.email, PASSWORD, at=now() + WINDOW).id == person.id


def test_a_success_forgets_the_failures(app: Flask) -> None:
    person = make_person(password=PASSWORD)
    for _ in range(TRIES - 1):
        fail_to_sign_in(person.email)
    with writing() as at:
        sign_in(person, "here", at=at)
    fail_to_sign_in(person.email)
    assert attempt(person.email, PASSWORD).id == person.id


def test_unknown_and_disabled_accounts_fail_alike(app: Flask) -> None:
    person = make_person(password=PASSWORD)
    with writing() as at:
        db.session.merge(person).disabled_at = at
    for email in ("nobody@test.example", person.email, "no address at all"):
        with pytest.raises(SignInFailed):
            attempt(email, PASSWORD)


def attempt(email: str, password: str, *, address: str = "here", at: datetime | None = None) -> Person:
    with reading() as present:
        return check_password(account_for(email, address, at or present), password)


def fail_to_sign_in(email: str) -> None:
    with pytest.raises(SignInFailed):
        attempt(email, "not the password")
    with writing() as at:
        note_failed_sign_in(email, "here", at=at)


def check(at: datetime, key: str = KEY) -> None:
    with reading():
        refuse_if_spent(key, limit=LIMIT, window=SPAN, at=at)


def note(at: datetime) -> None:
    with writing():
        note_try(KEY, window=SPAN, at=at)


def tries() -> int:
    with reading():
        throttle = db.session.get(Throttle, KEY)
        return throttle.tries if throttle else 0
