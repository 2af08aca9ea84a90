"""Lanes of the outbox: what somebody waits for comes before a batch, and a batch before what it leaves to do."""

import sqlalchemy as sa
from alembic import op

revision = "20261124d"
down_revision = "20261124c"
branch_labels = None
depends_on = None

INDEX, WAITING = "ix_outbox_waiting", sa.text("state = 'waiting'")


def upgrade() -> None:
    op.drop_index(INDEX, table_name="outbox")
    with op.batch_alter_table("outbox") as table:
        table.add_column(sa.Column("lane", sa.Integer(), nullable=False, server_default="0"))
        table.create_check_constraint("lane", "lane BETWEEN 0 AND 2")
    with op.batch_alter_table("outbox") as table:
        table.alter_column("lane", server_default=None)
    _index(["lane", "due_at", "id"])


def downgrade() -> None:
    op.drop_index(INDEX, table_name="outbox")
    with op.batch_alter_table("outbox") as table:
        table.drop_constraint("lane", type_="check")
        table.drop_column("lane")
    _index(["due_at", "id"])


def _index(columns: list[str]) -> None:
    op.create_index(INDEX, "outbox", columns, sqlite_where=WAITING, postgresql_where=WAITING)
