"""What becomes of results when the state of practice comes, goes and comes again."""

from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.exams.results import Result
from app.extensions import db
from app.transaction import reading, writing
from tests.factories import make_person, publish, sit, write_course, write_exam
from tests.practising import write_practice


def states() -> list[tuple[str, bool]]:
    with reading():
        rows = db.session.execute(text("SELECT state, passed FROM results ORDER BY attempt_id"))
        return [(state, bool(passed)) for state, passed in rows]


def test_practice_would_count_for_as_little_as_it_can(bare_app: Flask, tmp_path: Path) -> None:
    with bare_app.app_context():
        upgrade()
        write_course(tmp_path)
        write_exam(tmp_path)
        write_practice(tmp_path)
        publish(tmp_path)
        person = make_person()
        sit(person)
        sit(person, "practice")
        downgrade(revision="20261126b-1")
        assert states() == [("final", True), ("void", False)]
        upgrade(revision="20261126b")
        assert states() == [("final", True), ("void", False)]
        with pytest.raises(IntegrityError), writing():
            db.session.execute(text("UPDATE results SET scaled = 1000"))
        with pytest.raises(IntegrityError), writing():
            db.session.execute(Result.__table__.delete())
