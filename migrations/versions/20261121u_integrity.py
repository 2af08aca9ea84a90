"""What keeps an exam fair: the agreement that was accepted, and the devices of an attempt."""

import sqlalchemy as sa
from alembic import op

revision = "20261121u"
down_revision = "20261121p"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
OF_ATTEMPTS = {"agreement_hash": 64, "address": 40, "agent": 200}
APPEND_ONLY = ("devices",)
TABLES = ("devices",)


def upgrade() -> None:
    for column, length in OF_ATTEMPTS.items():
        op.add_column("attempts", sa.Column(column, sa.String(length=length), nullable=True))
    op.add_column("responses", sa.Column("device_id", sa.Integer(), nullable=True))
    _devices()
    for table in APPEND_ONLY:
        _guard(table)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.drop_column("responses", "device_id")
    for column in OF_ATTEMPTS:
        op.drop_column("attempts", column)


def _devices() -> None:
    op.create_table(
        "devices",
        sa.Column("id", KEY, nullable=False),
        sa.Column("attempt_id", KEY, nullable=False),
        sa.Column("address", sa.String(length=40), nullable=False),
        sa.Column("agent", sa.String(length=200), nullable=False),
        sa.Column("first_seen_at", INSTANT, nullable=False),
        _key("devices", "attempt_id", "attempts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint(
            "attempt_id", "address", "agent", name=op.f("uq_devices_attempt_id_address_agent")
        ),
    )


def _guard(table: str) -> None:
    """Let the database refuse to change what was written."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for deed in ("UPDATE", "DELETE"):
        what = (
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            if on_sqlite
            else "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} {what}")
    if not on_sqlite:
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))
