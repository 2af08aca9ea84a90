"""The migrations go up and down on the database at hand, and make exactly what the models say."""

import re

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.extensions import db

SQLITE = "SELECT type || ' ' || name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND sql IS NOT NULL"
POSTGRESQL = """
SELECT 'column ' || table_name || '.' || column_name,
       concat_ws(' ', data_type, character_maximum_length, is_nullable, column_default)
  FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'constraint ' || conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'index ' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'trigger ' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'function ' || proname, pg_get_functiondef(oid)
  FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""


def catalogue(engine: Engine) -> dict[str, str]:
    """Everything the database knows of its schema, by name; Alembic's own table left out."""
    with engine.connect() as connection:
        rows = connection.execute(text(SQLITE if engine.dialect.name == "sqlite" else POSTGRESQL))
        return {name: _normal(sql) for name, sql in rows if "alembic" not in name}


def test_the_migrations_make_what_the_models_say(bare_app: Flask) -> None:
    with bare_app.app_context():
        upgrade()
        migrated = catalogue(db.engine)
        downgrade(revision="base")
        assert catalogue(db.engine) == {}
        db.create_all()
        assert migrated == catalogue(db.engine)


def test_the_migrations_go_up_twice_without_harm(bare_app: Flask) -> None:
    with bare_app.app_context():
        upgrade()
        once = catalogue(db.engine)
        upgrade()
        assert catalogue(db.engine) == once


def test_a_migration_that_fails_half_way_leaves_nothing(bare_app: Flask) -> None:
    with bare_app.app_context():
        upgrade(revision="20261121b")
        with db.engine.begin() as connection:
            connection.execute(text("CREATE INDEX ix_outbox_dead ON outbox (id)"))
        before = catalogue(db.engine)
        with pytest.raises((OperationalError, ProgrammingError), match="ix_outbox_dead"):
            upgrade()
        assert catalogue(db.engine) == before


def test_the_database_is_set_to_survive_a_power_cut(bare_app: Flask) -> None:
    with bare_app.app_context():
        if db.engine.dialect.name == "sqlite":
            assert db.session.execute(text("PRAGMA synchronous")).scalar() == 2
            assert db.session.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        else:
            assert db.session.execute(text("SHOW synchronous_commit")).scalar() == "on"


def _normal(sql: str) -> str:
    """White space, quotes and the order of a table's columns and constraints say nothing."""
    flat = re.sub(r"\s*([(),])\s*", r"\1", " ".join(sql.replace('"', "").split()))
    if not flat.startswith("CREATE TABLE"):
        return flat
    head, _, rest = flat.partition("(")
    body, _, tail = rest.rpartition(")")
    parts = re.split(r",(?![^(]*\))", body)  # commas inside parentheses part nothing
    return f"{head}({','.join(sorted(parts))}){tail}"
