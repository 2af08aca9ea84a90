"""Erasures, the few columns that they may empty, and a ledger that seals what may be forgotten by its hash alone."""

import hashlib
import json
import secrets

import sqlalchemy as sa
from alembic import op

revision = "20261123a"
down_revision = "20261122a"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
EMPTIED = {
    "responses": (
        {"answer": "IS NOT DISTINCT FROM 'null'"},
        ["attempt_id", "position", "revision", "flagged", "received_at", "key", "device_id"],
    ),
    "uploads": (
        {"name": "IS NOT DISTINCT FROM ''", "content": "IS NULL"},
        ["id", "attempt_id", "position", "size", "sha256", "media_type", "received_at"],
    ),
    "devices": ({"address": "IS NOT DISTINCT FROM ''", "agent": "IS NOT DISTINCT FROM CAST(OLD.id AS TEXT)"}, ["id", "attempt_id", "first_seen_at"]),
    "grants": ({"reason": "IS NOT DISTINCT FROM '-'"}, ["attempt_id", "number", "seconds", "cause", "granted_by", "granted_at"]),
    "ratings": (
        {"comment": "IS NOT DISTINCT FROM ''"},
        ["attempt_id", "position", "grader_id", "round", "marks", "earned", "possible", "rated_at"],
    ),
    "reinstatements": (
        {"revoked_reason": "IS NOT DISTINCT FROM '-'", "reason": "IS NOT DISTINCT FROM '-'"},
        ["id", "credential_id", "revoked_at", "revoked_by", "reinstated_at", "reinstated_by"],
    ),
}
LINE = ["id", "at", "person_id", "deed", "subject"]
FORGOTTEN = {"address": "IS NULL", "detail": "IS NOT DISTINCT FROM '{}'", "salt": "IS NULL"}
OF_JSON = ("marks", "detail")


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("taken_back_at", INSTANT, nullable=True),
        sa.Column("erased_at", INSTANT, nullable=True),
        sa.Column("erased_by", KEY, nullable=True),
        sa.Column("reason", sa.String(200), nullable=True),
        sa.CheckConstraint("taken_back_at IS NULL OR erased_at IS NULL", name=op.f("ck_erasures_one_end")),
        sa.CheckConstraint("(erased_at IS NULL) = (reason IS NULL)", name=op.f("ck_erasures_reason")),
        sa.CheckConstraint("length(reason) BETWEEN 1 AND 200", name=op.f("ck_erasures_reason_text")),
        sa.CheckConstraint("erased_by IS NULL OR erased_at IS NOT NULL", name=op.f("ck_erasures_erased_by")),
        sa.CheckConstraint("erased_by <> person_id", name=op.f("ck_erasures_by_another")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_erasures_person_id")),
        sa.ForeignKeyConstraint(["erased_by"], ["persons.id"], name=op.f("fk_erasures_erased_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    stands = sa.text("taken_back_at IS NULL")
    op.create_index(
        "uq_erasures_one_standing",
        "erasures",
        ["person_id"],
        unique=True,
        sqlite_where=stands,
        postgresql_where=stands,
    )
    _let_uploads_be_empty(True)
    for table, (left, kept) in EMPTIED.items():
        _change_guard(table, f"WHEN (NOT ({_forgets(left, kept)})) ")
    _salt_the_ledger()


def downgrade() -> None:
    _begin_the_seal_anew()
    op.drop_column("ledger", "private")
    op.drop_column("ledger", "salt")
    _number_once()
    for table in EMPTIED:
        _change_guard(table, "")
    op.execute("DROP TRIGGER uploads_no_update" + ("" if _is_sqlite() else " ON uploads"))
    op.execute(f"UPDATE uploads SET content = {'zeroblob(size)' if _is_sqlite() else ZEROS} WHERE content IS NULL")
    _guard("uploads", "")
    _let_uploads_be_empty(False)
    op.drop_table("erasures")


ZEROS = "decode(repeat('00', size), 'hex')"


def _salt_the_ledger() -> None:
    """Each line gets its salt and its hash, and is sealed again with them; the seal of before was in no release."""
    _begin_the_seal_anew()
    op.add_column("ledger", sa.Column("salt", sa.String(40), nullable=True))
    op.add_column("ledger", sa.Column("private", sa.String(64), nullable=False, server_default=""))
    line = sa.table(
        "ledger",
        sa.column("id"),
        sa.column("address"),
        sa.column("detail", sa.JSON()),
        sa.column("salt"),
        sa.column("private"),
    )
    bind = op.get_bind()
    change = line.update().where(line.c.id == sa.bindparam("line_id"))
    change = change.values(salt=sa.bindparam("new_salt"), private=sa.bindparam("new_private"))
    for rows in bind.execute(sa.select(line.c.id, line.c.address, line.c.detail)).partitions(1000):
        bind.execute(change, [_salted(row) for row in rows])
    _forget_default()
    same = _same([*LINE, "address", "detail", "salt", "private"])
    fills = f"OLD.number IS NULL AND NEW.number IS NOT NULL AND {same}"
    _guard("ledger", f"WHEN (NOT ({fills} OR {_forgets(FORGOTTEN, [*LINE, 'private', 'number'])})) ")


def _salted(row: sa.Row) -> dict[str, object]:
    salt = secrets.token_hex(16)
    said = {"salt": salt, "address": row.address, "detail": row.detail}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {"line_id": row.id, "new_salt": salt, "new_private": hashlib.sha256(text.encode()).hexdigest()}


def _begin_the_seal_anew() -> None:
    """No line has its place any more, and the worker gives each one again."""
    op.execute("DROP TRIGGER ledger_no_update" + ("" if _is_sqlite() else " ON ledger"))
    for table in ("nodes", "checkpoints"):
        op.execute(f"DROP TRIGGER {table}_no_delete" + ("" if _is_sqlite() else f" ON {table}"))
        op.execute(f"DELETE FROM {table} WHERE tree = 'deeds'")
        _guard(table, "", "DELETE")
    op.execute("DELETE FROM heads WHERE tree = 'deeds'")
    op.execute("UPDATE ledger SET number = NULL")


def _number_once() -> None:
    """As it was before."""
    names = [*LINE, "address", "detail"]
    if _is_sqlite():
        same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in names)
        _guard("ledger", f"WHEN NOT (OLD.number IS NULL AND NEW.number IS NOT NULL AND {same}) ")
    else:
        op.execute(
            "CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger FOR EACH ROW EXECUTE FUNCTION number_once()"
        )


def _forget_default() -> None:
    """The lines that were there have their hash; SQLite adds a column with a default only, and rebuilds to lose it."""
    if not _is_sqlite():
        op.alter_column("ledger", "private", server_default=None)
        return
    _rebuild("ledger", " DEFAULT ''", "")


def _let_uploads_be_empty(nullable: bool) -> None:
    if not _is_sqlite():
        op.alter_column("uploads", "content", nullable=nullable)
    elif nullable:
        _rebuild("uploads", "content BLOB NOT NULL", "content BLOB")
    else:
        _rebuild("uploads", "content BLOB", "content BLOB NOT NULL")


def _rebuild(table: str, old: str, new: str) -> None:
    """SQLite changes no column of a table that is there: make it anew, with all that belongs to it."""
    bind = op.get_bind()
    made = "SELECT sql FROM sqlite_master WHERE tbl_name = :table AND sql IS NOT NULL AND type = :type"
    sql = bind.execute(sa.text(made), {"table": table, "type": "table"}).scalar_one()
    others = [
        one
        for kind in ("index", "trigger")
        for one in bind.execute(sa.text(made), {"table": table, "type": kind}).scalars()
    ]
    columns = ", ".join(column["name"] for column in sa.inspect(bind).get_columns(table))
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute(f"CREATE TABLE {table}_before AS SELECT * FROM {table}")
    for kind in ("UPDATE", "DELETE"):
        op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{kind.lower()}")
    op.execute(f"DROP TABLE {table}")
    op.execute(sql.replace(old, new))
    op.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}_before")
    op.execute(f"DROP TABLE {table}_before")
    for one in others:
        op.execute(one)


def _change_guard(table: str, condition: str) -> None:
    op.execute(f"DROP TRIGGER {table}_no_update" + ("" if _is_sqlite() else f" ON {table}"))
    _guard(table, condition)


def _guard(table: str, condition: str, deed: str = "UPDATE") -> None:
    trigger = f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} "
    if _is_sqlite():
        op.execute(f"{trigger}{condition}BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END")
    else:
        op.execute(f"{trigger}FOR EACH ROW {condition}EXECUTE FUNCTION refuse_change()")


def _forgets(left: dict[str, str], kept: list[str]) -> str:
    return " AND ".join([*(f"{_column('NEW', name)} {value}" for name, value in left.items()), _same(kept)])


def _same(kept: list[str]) -> str:
    return " AND ".join(f"{_column('NEW', name)} IS NOT DISTINCT FROM {_column('OLD', name)}" for name in kept)


def _column(row: str, name: str) -> str:
    return f"CAST({row}.{name} AS TEXT)" if name in OF_JSON else f"{row}.{name}"


def _is_sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")
