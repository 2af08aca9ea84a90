"""What keeps an exam fair: the agreement that was accepted, devices, events, reports, voids and appeals."""

import sqlalchemy as sa
from alembic import op

revision = "20261121u"
down_revision = "20261121v"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
OF_ATTEMPTS = {"agreement_hash": 64, "address": 40, "agent": 200}
APPEND_ONLY = ("devices", "attempt_events")
TABLES = ("devices", "attempt_events", "event_counts", "appeals", "voids", "reports")


def upgrade() -> None:
    for column, length in OF_ATTEMPTS.items():
        op.add_column("attempts", sa.Column(column, sa.String(length=length), nullable=True))
    op.add_column("responses", sa.Column("device_id", sa.Integer(), nullable=True))
    _devices()
    _events()
    _reports()
    _voids()
    _appeals()
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


def _events() -> None:
    op.create_table(
        "attempt_events",
        sa.Column("attempt_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", _one_of("eventkind", "hidden", "unfocused", "paste", "copy"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.CheckConstraint("number BETWEEN 1 AND 200", name=op.f("ck_attempt_events_number")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_attempt_events_amount")),
        _key("attempt_events", "attempt_id", "attempts"),
        sa.PrimaryKeyConstraint("attempt_id", "number", name=op.f("pk_attempt_events")),
    )
    op.create_table(
        "event_counts",
        sa.Column("attempt_id", KEY, nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.CheckConstraint("seen >= 0", name=op.f("ck_event_counts_seen")),
        _key("event_counts", "attempt_id", "attempts"),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_event_counts")),
    )


def _reports() -> None:
    rules = {
        "text": "length(text) <= 500",
        "resolver": "(verdict IS NULL) = (resolved_by IS NULL)",
        "resolution": "(verdict IS NULL) = (resolved_at IS NULL)",
        "note": "(verdict IS NULL) = (note IS NULL) AND length(note) BETWEEN 1 AND 500",
    }
    op.create_table(
        "reports",
        sa.Column("id", KEY, nullable=False),
        sa.Column("attempt_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(length=80), nullable=False),
        sa.Column("fault", _one_of("fault", "unclear", "answers", "broken", "other"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reported_at", INSTANT, nullable=False),
        sa.Column("verdict", _one_of("finding", "nothing_wrong", "at_fault"), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("resolved_by", KEY, nullable=True),
        sa.Column("resolved_at", INSTANT, nullable=True),
        *_checks("reports", rules),
        _key("reports", "attempt_id", "attempts"),
        _key("reports", "resolved_by", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("attempt_id", "position", name=op.f("uq_reports_attempt_id_position")),
    )
    waiting = sa.text("verdict IS NULL")
    op.create_index("ix_reports_waiting", "reports", ["id"], sqlite_where=waiting, postgresql_where=waiting)


def _voids() -> None:
    rules = {
        "reason": "length(reason) BETWEEN 1 AND 500",
        "decision": "(state = 'proposed') = (decided_by IS NULL)",
        "decided_at": "(decided_by IS NULL) = (decided_at IS NULL)",
        "second_person": "decided_by <> proposed_by",
    }
    op.create_table(
        "voids",
        sa.Column("id", KEY, nullable=False),
        sa.Column("attempt_id", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", KEY, nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("state", _one_of("voidstate", "proposed", "approved", "rejected"), nullable=False),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        *_checks("voids", rules),
        _key("voids", "attempt_id", "attempts"),
        _key("voids", "proposed_by", "persons"),
        _key("voids", "decided_by", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voids")),
    )
    _one_at_a_time("voids", "uq_voids_one_proposed", "state = 'proposed'")


def _appeals() -> None:
    rules = {
        "text": "length(text) BETWEEN 1 AND 2000",
        "position": "position >= 0",
        "answer": "(state = 'open') = (answered_by IS NULL)",
        "answered_at": "(answered_by IS NULL) = (answered_at IS NULL)",
        "answer_text": "(answered_by IS NULL) = (answer IS NULL) AND length(answer) BETWEEN 1 AND 2000",
        "another_person": "answered_by <> against",
    }
    op.create_table(
        "appeals",
        sa.Column("id", KEY, nullable=False),
        sa.Column("attempt_id", KEY, nullable=False),
        sa.Column("result_number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("filed_at", INSTANT, nullable=False),
        sa.Column("against", KEY, nullable=True),
        sa.Column("state", _one_of("appealstate", "open", "upheld", "dismissed"), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", KEY, nullable=True),
        sa.Column("answered_at", INSTANT, nullable=True),
        *_checks("appeals", rules),
        _key("appeals", "attempt_id", "attempts"),
        _key("appeals", "against", "persons"),
        _key("appeals", "answered_by", "persons"),
        sa.ForeignKeyConstraint(
            ["attempt_id", "result_number"],
            ["results.attempt_id", "results.number"],
            name=op.f("fk_appeals_attempt_id_result_number"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
    )
    _one_at_a_time("appeals", "uq_appeals_one_open", "state = 'open'")


def _checks(table: str, rules: dict[str, str]) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items()]


def _one_at_a_time(table: str, name: str, present: str) -> None:
    where = sa.text(present)
    op.create_index(name, table, ["attempt_id"], unique=True, sqlite_where=where, postgresql_where=where)
    op.create_index(f"ix_{table}_attempt", table, ["attempt_id"])


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
