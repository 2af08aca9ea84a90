"""Standings and programmes from before versions had dates and ladders had standings: nothing of them is lost."""

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import bindparam, select, text

from app.canonical import canonical, fingerprint
from app.extensions import UtcDateTime, db
from app.partners.rule_versions import ProgrammeVersion
from app.partners.standing import Standing
from app.partners.timeline import start_of
from app.transaction import now, reading

BEFORE, AFTER = "20261122a", "20261124b"
BODIES = [canonical({"id": "small", "effective_from": f"202{n}-01-01"}) for n in (4, 5)]
AT = bindparam("at", type_=UtcDateTime())


@pytest.fixture
def old(bare_app: Flask) -> Flask:
    """An organisation with two standings, of a programme whose first version stands again after a second one."""
    with bare_app.app_context():
        upgrade(revision=BEFORE)
        with db.engine.begin() as connection:
            for number, body in enumerate(BODIES, 1):
                row = {"id": number, "hash": fingerprint(body), "body": body, "at": now()}
                columns = "id, kind, name, hash, body, published_at"
                values = ":id, 'programme', 'small', :hash, :body, :at"
                connection.execute(text(f"INSERT INTO versions ({columns}) VALUES ({values})").bindparams(AT), row)
            say(connection, "INSERT INTO organisations (id, slug, name, created_at) VALUES (1, 'andes', 'Andes', :at)")
            say(
                connection, "INSERT INTO programmes (id, slug, live, version_id) VALUES (1, 'small', :yes, 1)", yes=True
            )
            for number, until in ((1, ":at"), (2, "NULL")):
                say(
                    connection,
                    "INSERT INTO standings (id, organisation_id, programme_id, programme_version_id, tier, since, "
                    f"until, evaluated_at, explanation) VALUES ({number}, 1, 1, 1, 't{number}', :at, {until}, :at, :x)",
                    x=b"{}",
                )
        db.engine.dispose()
        yield bare_app


def say(connection: object, statement: str, **values: object) -> None:
    at = {"at": now()} if ":at" in statement else {}
    made = text(statement)
    connection.execute(made.bindparams(AT) if at else made, at | values)  # type: ignore[attr-defined]


def test_versions_get_their_dates_and_standings_their_ladder(old: Flask) -> None:
    upgrade(revision=AFTER)
    with reading():
        versions = db.session.scalars(select(ProgrammeVersion).order_by(ProgrammeVersion.id)).all()
        assert [one.version_id for one in versions] == [2, 1]  # the one that stands was published last
        assert [one.effective_from.year for one in versions] == [2025, 2024]
        assert versions[0].effective_from == start_of(versions[0].effective_from.date())
        standings = db.session.scalars(select(Standing).order_by(Standing.id)).all()
        assert [(one.ladder, one.tier, one.base_tier) for one in standings] == [
            ("tiers", "t1", "t1"),
            ("tiers", "t2", "t2"),
        ]
        assert all(one.base_since == one.since and one.recorded_at is None for one in standings)
    columns = "organisation_id, programme_id, programme_version_id, ladder, since, base_since, evaluated_at"
    with db.engine.begin() as connection:  # numbers go on where they were
        values = "1, 1, 1, 'levels', :at, :at, :at, :x"
        say(connection, f"INSERT INTO standings ({columns}, explanation) VALUES ({values})", x=b"{}")
        assert connection.execute(text("SELECT max(id) FROM standings")).scalar() == 3


def test_down_again_the_main_ladder_is_left(old: Flask) -> None:
    upgrade(revision=AFTER)
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE standings SET ladder = 'levels' WHERE id = 1"))
    db.session.remove()
    downgrade(revision=BEFORE)
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT id, tier FROM standings")).all() == [(2, "t2")]
