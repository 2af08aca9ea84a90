"""Add the corrections of items, what each would change and what it has changed."""

import sqlalchemy as sa
from alembic import op

revision = "20261121r"
down_revision = "20261121d"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("regrade_lines", "regrade_tiers")
TABLES = (*APPEND_ONLY, "regrades")


def upgrade() -> None:
    _regrades()
    _lines()
    _tiers()
    for table in APPEND_ONLY:
        _guard(table)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _regrades() -> None:
    approved = sa.text("state = 'approved'")
    rules = {
        "key": "(kind IN ('new_key', 'also_accept')) = (key IS NOT NULL)",
        "approval": "(state IN ('approved', 'done')) = (approved_by IS NOT NULL)",
        "approved_at": "(approved_by IS NULL) = (approved_at IS NULL)",
        "second_person": "approved_by <> proposed_by",
        "surveyed": "approved_at IS NULL OR surveyed_at IS NOT NULL",
        "withdrawal": "(state = 'withdrawn') = (withdrawn_by IS NOT NULL)",
        "end": "(state IN ('done', 'withdrawn')) = (ended_at IS NOT NULL)",
    }
    op.create_table(
        "regrades",
        sa.Column("id", KEY, nullable=False),
        sa.Column("exam_id", KEY, nullable=False),
        sa.Column("item_id", sa.String(length=80), nullable=False),
        sa.Column("version_ids", sa.JSON(), nullable=False),
        sa.Column(
            "kind", _one_of("correctionkind", "new_key", "also_accept", "full_credit", "drop"), nullable=False
        ),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("no_harm", sa.Boolean(), nullable=False),
        sa.Column("state", _one_of("regradestate", "proposed", "approved", "done", "withdrawn"), nullable=False),
        sa.Column("proposed_by", KEY, nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("surveyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", KEY, nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", KEY, nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("organisations_cursor", sa.BigInteger(), nullable=False),
        sa.Column("looked", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_regrades_{name}")) for name, rule in rules.items()),
        _key("regrades", "exam_id", "exams"),
        _key("regrades", "proposed_by", "persons"),
        _key("regrades", "approved_by", "persons"),
        _key("regrades", "withdrawn_by", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regrades")),
    )
    op.create_index(
        "uq_regrades_one_at_a_time",
        "regrades",
        ["exam_id"],
        unique=True,
        sqlite_where=approved,
        postgresql_where=approved,
    )
    op.create_index("ix_regrades_exam", "regrades", ["exam_id", "approved_at"])


def _lines() -> None:
    rules = {
        "number": "(number IS NOT NULL) = (done AND effect <> 'keep')",
        "credential": "credential_id IS NULL OR (done AND effect IN ('issue', 'revoke'))",
    }
    op.create_table(
        "regrade_lines",
        sa.Column("regrade_id", KEY, nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("attempt_id", KEY, nullable=False),
        sa.Column("effect", _one_of("effect", "score", "issue", "revoke", "keep"), nullable=False),
        sa.Column("scaled_before", sa.Integer(), nullable=False),
        sa.Column("passed_before", sa.Boolean(), nullable=False),
        sa.Column("scaled_after", sa.Integer(), nullable=False),
        sa.Column("passed_after", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("credential_id", KEY, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_regrade_lines_{name}")) for name, rule in rules.items()),
        _key("regrade_lines", "regrade_id", "regrades"),
        _key("regrade_lines", "attempt_id", "attempts"),
        _key("regrade_lines", "credential_id", "credentials"),
        sa.ForeignKeyConstraint(
            ["attempt_id", "number"],
            ["results.attempt_id", "results.number"],
            name=op.f("fk_regrade_lines_attempt_id_number"),
        ),
        sa.PrimaryKeyConstraint("regrade_id", "done", "attempt_id", name=op.f("pk_regrade_lines")),
    )
    op.create_index("ix_regrade_lines_credential_id", "regrade_lines", ["credential_id"])


def _tiers() -> None:
    keys = {"regrade_id": "regrades", "organisation_id": "organisations", "programme_id": "programmes"}
    op.create_table(
        "regrade_tiers",
        *(sa.Column(column, KEY, nullable=False) for column in keys),
        sa.Column("tier_before", sa.String(length=80), nullable=True),
        sa.Column("at_risk_before", sa.Boolean(), nullable=False),
        sa.Column("tier_after", sa.String(length=80), nullable=True),
        sa.Column("at_risk_after", sa.Boolean(), nullable=False),
        *(_key("regrade_tiers", column, other) for column, other in keys.items()),
        sa.PrimaryKeyConstraint(*keys, name=op.f("pk_regrade_tiers")),
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


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)
