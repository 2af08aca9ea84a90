"""Refuse TRUNCATE where UPDATE and DELETE are refused, and find the history of an organisation's standings."""

from alembic import op

revision = "20261121b"
down_revision = "20261121"
branch_labels = None
depends_on = None

APPEND_ONLY = ("facts", "ledger", "media", "responses", "results", "versions")


def upgrade() -> None:
    """For a while the first migration made these itself, so that a database may have them already.

    SQLite has no TRUNCATE.
    """
    columns = ["organisation_id", "programme_id", "since"]
    op.create_index("ix_standings_organisation", "standings", columns, if_not_exists=True)
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(
                f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
    op.drop_index("ix_standings_organisation", table_name="standings")
