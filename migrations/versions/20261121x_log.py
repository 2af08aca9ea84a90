"""Two trees: leaves about credentials, of which those issued before get their first, and the lines of the ledger."""

import hashlib
import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "20261121x"
down_revision = "20261121w"
branch_labels = None
depends_on = None

KINDS = ("issue", "reissue", "renew", "revoke", "reinstate", "supersede", "withdraw", "pdf", "key")
NUMBER_ONCE = """
CREATE OR REPLACE FUNCTION number_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE unnumbered record;
BEGIN
  unnumbered := NEW;
  unnumbered.number := NULL;
  IF NEW.number IS NULL OR NOT unnumbered *= OLD THEN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$
"""
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITS = sa.text("number IS NULL")
BEGINS = sa.text("kind IN ('issue', 'reissue', 'renew')")


def upgrade() -> None:
    if not _is_sqlite():
        op.execute(NUMBER_ONCE)
    op.create_table(
        "leaves",
        sa.Column("id", KEY, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="kind", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("about", sa.String(40), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("number >= 0", name=op.f("ck_leaves_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaves")),
        sa.UniqueConstraint("number", name=op.f("uq_leaves_number")),
    )
    op.create_index("ix_leaves_waiting", "leaves", ["id"], sqlite_where=WAITS, postgresql_where=WAITS)
    op.create_index("ix_leaves_about", "leaves", ["about", "kind"])
    op.create_index(
        "uq_leaves_beginning", "leaves", ["about"], unique=True, sqlite_where=BEGINS, postgresql_where=BEGINS
    )
    _enter_credentials()
    _number_once("leaves", ["id", "kind", "about", "data", "at"])
    _refuse("leaves", "DELETE")
    _create_trees()
    op.add_column("ledger", sa.Column("number", sa.BigInteger(), nullable=True))
    op.create_index("ix_ledger_waiting", "ledger", ["id"], sqlite_where=WAITS, postgresql_where=WAITS)
    op.create_index("uq_ledger_number", "ledger", ["number"], unique=True)
    _allow_update("ledger")
    _number_once("ledger", ["id", "at", "person_id", "deed", "subject", "address", "detail"])


def downgrade() -> None:
    _allow_update("ledger")
    op.drop_index("uq_ledger_number", table_name="ledger")
    op.drop_index("ix_ledger_waiting", table_name="ledger")
    op.drop_column("ledger", "number")
    _refuse("ledger", "UPDATE")
    for table in ("checkpoints", "nodes", "heads", "leaves"):
        op.drop_table(table)
    if not _is_sqlite():
        op.execute("DROP FUNCTION number_once()")


def _create_trees() -> None:
    """What both trees have: how far each is, its hashes, and the checkpoints that were signed."""
    op.create_table(
        "heads",
        sa.Column("tree", sa.String(40), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_heads_size")),
        sa.PrimaryKeyConstraint("tree", name=op.f("pk_heads")),
    )
    op.create_table(
        "nodes",
        sa.Column("tree", sa.String(40), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_nodes_hash")),
        sa.PrimaryKeyConstraint("tree", "place", name=op.f("pk_nodes")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "checkpoints",
        sa.Column("tree", sa.String(40), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_checkpoints_size")),
        sa.PrimaryKeyConstraint("tree", "size", name=op.f("pk_checkpoints")),
    )
    for table in ("nodes", "checkpoints"):
        _refuse(table, "UPDATE")
        _refuse(table, "DELETE")


def _allow_update(table: str) -> None:
    op.execute(f"DROP TRIGGER {table}_no_update" if _is_sqlite() else f"DROP TRIGGER {table}_no_update ON {table}")


def _enter_credentials() -> None:
    """Each credential there is begins in the log with the leaf that it would have had, in the order of issue."""
    there = sa.table(
        "credentials",
        sa.column("id"),
        sa.column("public_id"),
        sa.column("record", sa.LargeBinary()),
        sa.column("issued_at", sa.DateTime(timezone=True)),
        sa.column("renews_id"),
    )
    leaves = sa.table(
        "leaves",
        sa.column("kind"),
        sa.column("about"),
        sa.column("data", sa.LargeBinary()),
        sa.column("at", sa.DateTime(timezone=True)),
    )
    found = op.get_bind().execute(sa.select(there).order_by(there.c.id))
    for rows in found.partitions(1000):
        op.get_bind().execute(sa.insert(leaves), [_leaf(row) for row in rows])


def _leaf(row: sa.Row) -> dict[str, object]:
    kind = "renew" if row.renews_id else "issue"
    issued_at: datetime = row.issued_at
    utc = issued_at.astimezone(UTC) if issued_at.tzinfo else issued_at.replace(tzinfo=UTC)
    data = {
        "kind": kind,
        "id": row.public_id,
        "sha256": hashlib.sha256(row.record).hexdigest(),
        "time": utc.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "subject": hashlib.sha256(f"{json.loads(row.record)['name']}{row.public_id}".encode()).hexdigest(),
    }
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {"kind": kind, "about": row.public_id, "data": text.encode(), "at": issued_at}


def _number_once(table: str, others: list[str]) -> None:
    same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in others)
    fills = f"OLD.number IS NULL AND NEW.number IS NOT NULL AND {same}"
    _refuse(table, "UPDATE", condition=f"WHEN NOT ({fills}) ", function="number_once")


def _refuse(table: str, deed: str, *, condition: str = "", function: str = "refuse_change") -> None:
    """By the database itself, on either dialect."""
    trigger = f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} "
    if _is_sqlite():
        op.execute(f"{trigger}{condition}BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END")
        return
    op.execute(f"{trigger}FOR EACH ROW EXECUTE FUNCTION {function}()")
    if deed == "DELETE":
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _is_sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")
