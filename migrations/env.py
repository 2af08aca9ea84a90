"""Runs the migrations against the application's own engine, each in a transaction of its own."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from app.extensions import db
from app.transaction import in_transaction


def run(connection: Connection) -> None:
    """Apply what is asked for on one connection."""
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


with current_app.app_context(), db.engine.connect() as _connection:
    run(in_transaction(_connection))
    _connection.commit()
