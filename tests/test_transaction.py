"""reading() and writing(): the queue of the writers, and that nobody is left standing in it."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, OperationalError

from app import transaction
from app.extensions import db
from app.people.persons import Person
from app.transaction import reading, writing


@pytest.fixture
def on_sqlite(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """An application on SQLite, whatever the others run on, whose writers wait a moment only."""
    monkeypatch.setattr(transaction, "BUSY_TIMEOUT_S", 0.05)
    assert db.engine.dialect.name == "sqlite"


@pytest.mark.once
def test_a_writer_that_finds_no_turn_is_refused_and_the_queue_moves_on(on_sqlite: None) -> None:
    with writing(), pytest.raises(OperationalError), writing():
        pass
    with writing():
        pass


def test_a_deed_that_fails_leaves_nothing_and_gives_up_its_turn(app: Flask) -> None:
    with pytest.raises(IntegrityError), writing():
        _add_ana(twice=True)
    with writing():
        _add_ana()
    with reading():
        assert db.session.scalar(select(func.count(Person.id))) == 1


def test_a_reader_does_not_notice_that_the_database_has_closed_its_connections(app: Flask) -> None:
    if db.engine.dialect.name == "postgresql":  # a file closes nothing
        with db.engine.connect() as one, db.engine.connect() as another:
            another.execute(select(func.pg_terminate_backend(one.scalar(select(func.pg_backend_pid())))))
    for _ in range(5):  # each takes the next one of the pool
        with reading():
            assert db.session.scalar(select(func.count(Person.id))) == 0


def _add_ana(*, twice: bool = False) -> None:
    for _ in range(1 + twice):
        db.session.add(Person(email="ana@x.example", name="Ana", created_at=transaction.now()))
    db.session.flush()
