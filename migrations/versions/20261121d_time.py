"""Accommodations, grants of time, the heartbeat and its outages, breaks, and the keys of repeated requests."""

import sqlalchemy as sa
from alembic import op

revision = "20261121d"
down_revision = "20261121c"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
APPEND_ONLY = ("grants", "outages")
def upgrade() -> None:
    op.add_column("attempts", sa.Column("time_percent", sa.Integer(), nullable=False, server_default="100"))
    op.add_column("attempts", sa.Column("break_s", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("attempts", sa.Column("break_until", INSTANT, nullable=True))
    op.add_column("attempts", sa.Column("start_key", sa.BigInteger(), nullable=True))
    op.add_column("responses", sa.Column("key", sa.BigInteger(), nullable=True))
    _accommodations()
    _grants()
    _heartbeat()
    _guard()


def downgrade() -> None:
    for table in ("outages", "heartbeats", "grants", "accommodations"):
        op.drop_table(table)
    op.drop_column("responses", "key")
    for column in ("start_key", "break_until", "break_s", "time_percent"):
        op.drop_column("attempts", column)


def _accommodations() -> None:
    op.create_table(
        "accommodations",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("extra_time_percent", sa.Integer(), nullable=False),
        sa.Column("extra_attempts", sa.Integer(), nullable=False),
        sa.Column("fewer_options", sa.Boolean(), nullable=False),
        sa.Column("break_min", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("granted_by", KEY, nullable=False),
        sa.Column("granted_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.CheckConstraint("break_min BETWEEN 0 AND 240", name=op.f("ck_accommodations_breaks")),
        sa.CheckConstraint("extra_attempts BETWEEN 0 AND 20", name=op.f("ck_accommodations_extra_attempts")),
        sa.CheckConstraint("extra_time_percent BETWEEN 0 AND 300", name=op.f("ck_accommodations_extra_time")),
        sa.CheckConstraint(
            "extra_time_percent + extra_attempts + break_min > 0 OR fewer_options",
            name=op.f("ck_accommodations_something"),
        ),
        sa.CheckConstraint("granted_by <> person_id", name=op.f("ck_accommodations_by_another")),
        sa.ForeignKeyConstraint(["granted_by"], ["persons.id"], name=op.f("fk_accommodations_granted_by")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_accommodations_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accommodations")),
    )
    present = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_accommodations_one_present",
        "accommodations",
        ["person_id"],
        unique=True,
        sqlite_where=present,
        postgresql_where=present,
    )


def _grants() -> None:
    causes = sa.Enum(
        *("accommodation", "minutes", "outage", "break"),
        name="cause",
        native_enum=False,
        create_constraint=True,
        length=20,
    )
    op.create_table(
        "grants",
        sa.Column("attempt_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("cause", causes, nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("granted_by", KEY, nullable=True),
        sa.Column("granted_at", INSTANT, nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_grants_number")),
        sa.CheckConstraint("(cause = 'minutes') = (granted_by IS NOT NULL)", name=op.f("ck_grants_giver")),
        sa.CheckConstraint("seconds > 0 OR (seconds < 0 AND cause = 'break')", name=op.f("ck_grants_seconds")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_grants_attempt_id")),
        sa.ForeignKeyConstraint(["granted_by"], ["persons.id"], name=op.f("fk_grants_granted_by")),
        sa.PrimaryKeyConstraint("attempt_id", "number", name=op.f("pk_grants")),
    )


def _heartbeat() -> None:
    op.create_table(
        "heartbeats",
        sa.Column("id", KEY, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_heartbeats_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "outages",
        sa.Column("id", KEY, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.CheckConstraint("since < until", name=op.f("ck_outages_interval")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outages")),
    )


def _guard() -> None:
    """Neither changed nor deleted."""
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for table in APPEND_ONLY:
        for deed in ("UPDATE", "DELETE"):
            act = (
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
                if on_postgresql
                else f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
            op.execute(f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} {act}")
        if on_postgresql:
            op.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
