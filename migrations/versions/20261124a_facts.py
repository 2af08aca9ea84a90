"""Facts: evidence, corrections, records of the source; accounts of organisations; imports with their mappings."""

import sqlalchemy as sa
from alembic import op

revision = "20261124a"
down_revision = "20261123b"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TEXT = sa.String(length=200)
BEFORE = (
    "id, organisation_id, programme_id, metric, value, currency, valid_from, valid_to, recorded_at, source"
)
COLUMNS: dict[str, sa.types.TypeEngine] = {
    "evidence": sa.Text(),
    "external_id": TEXT,
    "corrects_id": sa.BigInteger(),
    "withdrawn": sa.Boolean(),
    "reason": TEXT,
    "recorded_by": KEY,
}
RULES = {
    "withdrawal": "NOT withdrawn OR corrects_id IS NOT NULL",
    "corrects_another": "corrects_id <> id",
    "evidence": "length(evidence) BETWEEN 1 AND 2000",
}
PLACE = ["organisation_id", "programme_id", "metric"]
FIRST = sa.text("corrects_id IS NULL AND external_id IS NOT NULL")
NAMED = sa.text("external_id IS NOT NULL")
# The tables of before cannot say that a fact is replaced: whoever goes back keeps what counts.
NO_LONGER_COUNTS = "withdrawn OR EXISTS (SELECT 1 FROM facts AS later WHERE later.corrects_id = facts.id)"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(widened=True)
    else:
        _widen()
    op.create_index("uq_facts_corrects", "facts", ["corrects_id"], unique=True)
    op.create_index("ix_facts_external", "facts", ["external_id"], sqlite_where=NAMED, postgresql_where=NAMED)
    op.create_index(
        "uq_facts_record",
        "facts",
        ["external_id", "source", "programme_id", "metric", "organisation_id"],
        unique=True,
        sqlite_where=FIRST,
        postgresql_where=FIRST,
    )
    _accounts()
    _imports()


def downgrade() -> None:
    for table in ("fact_mappings", "fact_imports", "organisation_accounts"):
        op.drop_table(table)
    for index in ("uq_facts_record", "ix_facts_external", "uq_facts_corrects"):
        op.drop_index(index, table_name="facts")
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(widened=False)
        return
    op.drop_constraint("fk_facts_corrects", "facts")
    op.execute("ALTER TABLE facts DISABLE TRIGGER facts_no_delete")
    op.execute(f"DELETE FROM facts WHERE {NO_LONGER_COUNTS}")
    op.execute("ALTER TABLE facts ENABLE TRIGGER facts_no_delete")
    op.drop_constraint("uq_facts_place", "facts")
    for rule in RULES:
        op.drop_constraint(op.f(f"ck_facts_{rule}"), "facts")
    for column in reversed(COLUMNS):
        op.drop_column("facts", column)


def _widen() -> None:
    for column, kind in COLUMNS.items():
        needed = {"nullable": False, "server_default": sa.false()} if column == "withdrawn" else {"nullable": True}
        op.add_column("facts", sa.Column(column, kind, **needed))
    op.alter_column("facts", "withdrawn", server_default=None)
    for rule, condition in RULES.items():
        op.create_check_constraint(op.f(f"ck_facts_{rule}"), "facts", condition)
    op.create_unique_constraint("uq_facts_place", "facts", ["id", *PLACE])
    op.create_foreign_key("fk_facts_corrects", "facts", "facts", ["corrects_id", *PLACE], ["id", *PLACE])
    op.create_foreign_key(op.f("fk_facts_recorded_by"), "facts", "persons", ["recorded_by"], ["id"])


def _rebuild(*, widened: bool) -> None:
    """SQLite adds no constraint to a table that is there: make it anew; nothing points to a fact but a fact."""
    bind = op.get_bind()
    made = sa.text("SELECT sql FROM sqlite_master WHERE tbl_name = 'facts' AND sql IS NOT NULL AND type <> 'table'")
    others = list(bind.execute(made).scalars())
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TABLE facts_before AS SELECT * FROM facts")
    op.execute("DROP TABLE facts")
    op.create_table("facts", *_columns(), *(_new_columns() if widened else ()))
    target, source = (f"{BEFORE}, withdrawn", f"{BEFORE}, 0") if widened else (BEFORE, BEFORE)
    kept = "" if widened else f" WHERE NOT ({NO_LONGER_COUNTS.replace('facts', 'facts_before')})"
    op.execute(f"INSERT INTO facts ({target}) SELECT {source} FROM facts_before{kept}")
    op.execute("DROP TABLE facts_before")
    for sql in others:
        op.execute(sql)


def _columns() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", KEY, nullable=False),
        sa.Column("organisation_id", KEY, nullable=False),
        sa.Column("programme_id", KEY, nullable=False),
        sa.Column("metric", sa.String(length=40), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=40), nullable=True),
        sa.Column("valid_from", INSTANT, nullable=False),
        sa.Column("valid_to", INSTANT, nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_facts_interval")),
        _key("facts", "organisation_id", "organisations"),
        _key("facts", "programme_id", "programmes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facts")),
    ]


def _new_columns() -> list[sa.schema.SchemaItem]:
    return [
        *(sa.Column(column, kind, nullable=column != "withdrawn") for column, kind in COLUMNS.items()),
        *_checks("facts", RULES),
        sa.UniqueConstraint("id", *PLACE, name="uq_facts_place"),
        sa.ForeignKeyConstraint(
            ["corrects_id", *PLACE], [f"facts.{column}" for column in ("id", *PLACE)], name="fk_facts_corrects"
        ),
        _key("facts", "recorded_by", "persons"),
    ]


def _accounts() -> None:
    op.create_table(
        "organisation_accounts",
        sa.Column("system", TEXT, nullable=False),
        sa.Column("external_id", TEXT, nullable=False),
        sa.Column("organisation_id", KEY, nullable=False),
        *_checks("organisation_accounts", {"named": "length(system) > 0 AND length(external_id) > 0"}),
        _key("organisation_accounts", "organisation_id", "organisations"),
        sa.PrimaryKeyConstraint("system", "external_id", name=op.f("pk_organisation_accounts")),
    )
    op.create_index("ix_organisation_accounts_organisation_id", "organisation_accounts", ["organisation_id"])


def _imports() -> None:
    op.create_table(
        "fact_imports",
        sa.Column("id", KEY, nullable=False),
        sa.Column("made_by", KEY, nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("mapping", sa.JSON(), nullable=True),
        sa.Column("summary", sa.JSON(), nullable=True),
        sa.Column("waiting", sa.JSON(), nullable=False),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        *_checks(
            "fact_imports",
            {
                "confirmation": "confirmed_at IS NULL OR mapping IS NOT NULL",
                "recording": "recorded_at IS NULL OR confirmed_at IS NOT NULL",
                "content": "(recorded_at IS NULL) = (content IS NOT NULL)",
                "end": "ended_at IS NULL OR recorded_at IS NOT NULL",
                "sha256": "length(sha256) = 64",
            },
        ),
        _key("fact_imports", "made_by", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_imports")),
    )
    op.create_table(
        "fact_mappings",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("saved_by", KEY, nullable=False),
        sa.Column("saved_at", INSTANT, nullable=False),
        _key("fact_mappings", "saved_by", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_mappings")),
        sa.UniqueConstraint("name", name=op.f("uq_fact_mappings_name")),
    )


def _checks(table: str, rules: dict[str, str]) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items()]


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))
