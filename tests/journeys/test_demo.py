"""The demo: the same history wherever it is filled, sound in every invariant, and with something to see."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.credentials.issuing import Credential
from app.credentials.register import held_exactly
from app.credentials.validity import State
from app.exams.catalogue import live_exam
from app.exams.rating_queue import waiting_of
from app.exams.ratings import Rating
from app.exams.results import Result
from app.extensions import db
from app.factory import create_app
from app.journeys.demo import fill_demo
from app.journeys.demo_cast import DEMO_SIGN_INS
from app.journeys.gates import gate_of
from app.journeys.invariants import verify_all
from app.journeys.publishing import Content, publish_content, read_content
from app.partners.programmes import all_participations, participation_in
from app.partners.standing import Standing, standing_in
from app.people.organisations import organisation_by_slug
from app.people.persons import person_by_email
from app.transaction import snapshot, writing
from tests.conftest import settings_for

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Flask]:
    """A second application, on SQLite."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    app = create_app(settings_for(f"sqlite:///{folder / 'acredita.db'}", folder))
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


def test_the_demo_is_the_same_everywhere_and_sound(app: Flask, elsewhere: Flask) -> None:
    content = read_content(ROOT)
    seen = []
    for one in (app, elsewhere):
        with one.app_context():
            seen.append(filled(content))
    assert seen[0] == seen[1]
    standings, states = seen[0]
    assert {None} < {tier for _, _, tier, *_ in standings}
    assert any(at_risk for *_, at_risk in standings)
    assert {state for *_, state in states} >= {State.VALID, State.EXPIRED, State.REVOKED}


def filled(content: Content) -> tuple[list[Any], list[Any]]:
    """Fill the demo; every standing there ever was, and every credential with its state."""
    with writing():
        publish_content(content, at=AT)
    with writing():
        fill_demo("no password", at=AT)
    with snapshot():
        assert list(verify_all(AT)) == []
        assert all(person_by_email(f"{name}@demo.example") for name in DEMO_SIGN_INS)
        assert gate_of(live_exam("fundamentals"), person_by_email("candidate@demo.example").id, AT).allowed
        assert Counter(db.session.scalars(select(Result.passed)))[False] > 3
        assert [waiting.first for waiting in waiting_of(person_by_email("trainer@demo.example").id, AT)] == [1]
        master = held_exactly(person_by_email("paula.mendez@demo.example").id, "master", AT)
        assert master and Counter(db.session.scalars(select(Rating.round))) == {1: 1}
        explained = standing_in(participation_in(organisation_by_slug("norte-digital").id, "marketing-mastery"))
        assert explained and (explained.tier, explained.at_risk_since) == ("preferred", None)
        assert "Revisión del partner" in explained.explanation.decode()
        return standings(), states()


def standings() -> list[Any]:
    names = {
        (part.organisation_id, part.programme_id): (part.organisation.slug, part.programme.slug)
        for part in all_participations()
    }
    rows = db.session.scalars(select(Standing).order_by(Standing.id)).all()
    return [(*names[row.organisation_id, row.programme_id], row.tier, row.since, row.at_risk_since) for row in rows]


def states() -> list[Any]:
    rows = db.session.scalars(select(Credential).order_by(Credential.id)).all()
    return [(row.holder, row.level, row.issued_at, row.state(AT)) for row in rows]
