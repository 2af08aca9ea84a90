"""What the vendor's pages need: investments, risks that ended, and who gets which report by letter."""

import sqlalchemy as sa
from alembic import op

revision = "20261125d"
down_revision = "20261125b"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BIG = sa.BigInteger()
INSTANT = sa.DateTime(timezone=True)
TEXT, CODE = sa.String(length=200), sa.String(length=40)
INVESTMENTS = {
    "amount": f"amount BETWEEN 1 AND {10**17}",
    "currency": "length(currency) = 3",
    "interval": "ends_at > starts_at",
    "source": "length(source) BETWEEN 1 AND 200",
    "withdrawal": "withdrawn_at >= recorded_at",
    "withdrawn_by": "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)",
    "withdrawn_reason": "(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)",
}
SUBSCRIPTIONS = {"cadence": "cadence IN ('daily', 'weekly', 'monthly', 'quarterly', 'annual')"}
RISKS = {"interval": "ended_at > since AND recorded_at >= ended_at"}


def upgrade() -> None:
    _investments()
    op.create_table(
        "ended_risks",
        sa.Column("standing_id", KEY, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        *_checks("ended_risks", RISKS),
        _key("ended_risks", "standing_id", "standings"),
        sa.PrimaryKeyConstraint("standing_id", "since", name=op.f("pk_ended_risks")),
    )
    _guard("ended_risks")
    op.create_table(
        "report_subscriptions",
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("programme_id", KEY, nullable=False),
        sa.Column("cadence", CODE, nullable=False),
        sa.Column("sent_period", CODE, nullable=False),
        *_checks("report_subscriptions", SUBSCRIPTIONS),
        _key("report_subscriptions", "person_id", "persons"),
        _key("report_subscriptions", "programme_id", "programmes"),
        sa.PrimaryKeyConstraint("person_id", "programme_id", "cadence", name=op.f("pk_report_subscriptions")),
    )


def downgrade() -> None:
    for table in ("report_subscriptions", "ended_risks", "investments"):
        op.drop_table(table)


def _investments() -> None:
    op.create_table(
        "investments",
        sa.Column("id", KEY, nullable=False),
        sa.Column("programme_id", KEY, nullable=False),
        sa.Column("amount", BIG, nullable=False),
        sa.Column("currency", CODE, nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("recorded_by", KEY, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("withdrawn_by", KEY, nullable=True),
        sa.Column("withdrawn_reason", TEXT, nullable=True),
        *_checks("investments", INVESTMENTS),
        _key("investments", "programme_id", "programmes"),
        _key("investments", "recorded_by", "persons"),
        _key("investments", "withdrawn_by", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_investments")),
    )
    op.create_index("ix_investments_programme", "investments", ["programme_id", "starts_at"])


def _checks(table: str, rules: dict[str, str]) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items()]


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


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
