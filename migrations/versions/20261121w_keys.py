"""Keep the public halves of the keys that sign no more."""

import sqlalchemy as sa
from alembic import op

revision = "20261121w"
down_revision = "20261121u"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retired_keys",
        sa.Column("key_id", sa.String(40), nullable=False),
        sa.Column("use", sa.String(40), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_retired_keys")),
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for deed in ("UPDATE", "DELETE"):
        act = (
            "BEGIN SELECT RAISE(ABORT, 'retired_keys is append-only'); END"
            if is_sqlite
            else "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(f"CREATE TRIGGER retired_keys_no_{deed.lower()} BEFORE {deed} ON retired_keys {act}")
    if not is_sqlite:
        op.execute(
            "CREATE TRIGGER retired_keys_no_truncate BEFORE TRUNCATE ON retired_keys "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.drop_table("retired_keys")
