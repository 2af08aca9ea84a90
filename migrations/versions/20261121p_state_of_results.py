"""Results that are provisional, final or void."""

from alembic import op

revision = "20261121p"
down_revision = "20261121f"
branch_labels = None
depends_on = None

RULE = "state IN ('provisional', 'final', 'void') AND (state = 'final' OR NOT passed)"


def upgrade() -> None:
    """By hand: SQLite adds no constraint to a table that is there but with a column."""
    op.execute(
        "ALTER TABLE results ADD COLUMN state VARCHAR(20) DEFAULT 'final' NOT NULL "
        f"CONSTRAINT ck_results_state CHECK ({RULE})"
    )


def downgrade() -> None:
    op.drop_column("results", "state")
