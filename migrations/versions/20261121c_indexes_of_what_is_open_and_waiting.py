"""Let the indexes of open attempts and of tasks hold those alone that are open, waiting or dead."""

from alembic import op
from sqlalchemy import text

revision = "20261121c"
down_revision = "20261121b"
branch_labels = None
depends_on = None

PARTIAL = (
    ("ix_attempts_open", "attempts", ["deadline_at"], "state = 'open'"),
    ("ix_outbox_waiting", "outbox", ["due_at", "id"], "state = 'waiting'"),
    ("ix_outbox_dead", "outbox", ["id"], "state = 'dead'"),
)
WHOLE = (
    ("ix_attempts_deadline", "attempts", ["state", "deadline_at"]),
    ("ix_outbox_due", "outbox", ["state", "due_at"]),
)


def upgrade() -> None:
    for name, table, columns, rule in PARTIAL:
        op.create_index(name, table, columns, sqlite_where=text(rule), postgresql_where=text(rule))
    for name, table, _ in WHOLE:
        op.drop_index(name, table_name=table)


def downgrade() -> None:
    for name, table, columns in WHOLE:
        op.create_index(name, table, columns)
    for name, table, _, _ in PARTIAL:
        op.drop_index(name, table_name=table)
