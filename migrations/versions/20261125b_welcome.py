"""Records of the steps of onboarding, and the entries of the public directory of partners."""

import sqlalchemy as sa
from alembic import op

revision = "20261125b"
down_revision = "20261124c"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BIG = sa.BigInteger()
INSTANT = sa.DateTime(timezone=True)
RECORDS = {
    "number": "number >= 1",
    "turns": "(number - number / 2 * 2 = 1) = (done_at IS NOT NULL)",
    "past": "done_at <= recorded_at",
    "reason": "done_at IS NOT NULL OR note IS NOT NULL",
    "note": "length(note) BETWEEN 1 AND 500",
}
LISTINGS = {
    "country": "length(country) = 2",
    "region": "length(region) BETWEEN 1 AND 80",
    "website": "substr(website, 1, 8) = 'https://' AND length(website) > 8",
    "listed_by": "(listed_at IS NULL) = (listed_by IS NULL)",
    "hidden_by": "(hidden_at IS NULL) = (hidden_by IS NULL)",
    "hidden_reason": "(hidden_at IS NULL) = (hidden_reason IS NULL)",
    "hidden_reason_text": "length(hidden_reason) BETWEEN 1 AND 500",
    "revision": "revision >= 1",
}
TEXTS = {"language": "language IN ('es', 'en')", "text": "length(text) BETWEEN 1 AND 600"}


def upgrade() -> None:
    _records()
    _warnings()
    _listings()


def downgrade() -> None:
    for table in ("listing_texts", "listings", "onboarding_warnings", "onboarding_records"):
        op.drop_table(table)


def _records() -> None:
    op.create_table(
        "onboarding_records",
        sa.Column("id", KEY, nullable=False),
        sa.Column("organisation_id", BIG, nullable=False),
        sa.Column("programme_id", BIG, nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_by", KEY, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        *_checks("onboarding_records", RECORDS),
        _participation("onboarding_records"),
        _key("onboarding_records", "recorded_by", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_onboarding_records")),
    )
    numbered = ["programme_id", "organisation_id", "step", "number"]
    op.create_index("uq_onboarding_records_number", "onboarding_records", numbered, unique=True)
    _guard("onboarding_records")


def _warnings() -> None:
    op.create_table(
        "onboarding_warnings",
        sa.Column("organisation_id", BIG, nullable=False),
        sa.Column("programme_id", BIG, nullable=False),
        sa.Column("noted_at", INSTANT, nullable=False),
        _participation("onboarding_warnings"),
        sa.PrimaryKeyConstraint("organisation_id", "programme_id", name=op.f("pk_onboarding_warnings")),
    )
    _guard("onboarding_warnings")


def _listings() -> None:
    op.create_table(
        "listings",
        sa.Column("organisation_id", KEY, autoincrement=False, nullable=False),
        sa.Column("country", sa.String(length=40), nullable=True),
        sa.Column("region", sa.String(length=200), nullable=True),
        sa.Column("website", sa.String(length=200), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("listed_at", INSTANT, nullable=True),
        sa.Column("listed_by", KEY, nullable=True),
        sa.Column("hidden_at", INSTANT, nullable=True),
        sa.Column("hidden_by", KEY, nullable=True),
        sa.Column("hidden_reason", sa.Text(), nullable=True),
        *_checks("listings", LISTINGS),
        _key("listings", "organisation_id", "organisations"),
        *(_key("listings", column, "persons") for column in ("listed_by", "hidden_by")),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_listings")),
    )
    op.create_table(
        "listing_texts",
        sa.Column("organisation_id", KEY, autoincrement=False, nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        *_checks("listing_texts", TEXTS),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["listings.organisation_id"], name=op.f("fk_listing_texts_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "language", name=op.f("pk_listing_texts")),
    )


def _participation(table: str) -> sa.ForeignKeyConstraint:
    place = ["organisation_id", "programme_id"]
    return sa.ForeignKeyConstraint(
        place, [f"participations.{column}" for column in place], name=op.f(f"fk_{table}_participation")
    )


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
