"""Membership: what it rests on, region and consent; the organisations' domains; invitations; verified addresses."""

import sqlalchemy as sa
from alembic import op

revision = "20261124c"
down_revision = "20261124b"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TEXT, CODE = sa.String(length=200), sa.String(length=40)
COLUMNS: dict[str, sa.types.TypeEngine] = {
    "region": CODE,
    "domain": TEXT,
    "approved_reason": TEXT,
    "approved_by": KEY,
    "consent_at": INSTANT,
    "consent_version": CODE,
}
RULES = {
    "grounds": "domain IS NOT NULL OR approved_reason IS NOT NULL",
    "approval": "approved_by IS NULL OR approved_reason IS NOT NULL",
    "consent": "(consent_at IS NULL) = (consent_version IS NULL)",
    "region": "length(region) BETWEEN 2 AND 10",
}
REFERENCES = {"approved_by": "persons"}
VALUES = {"approved_reason": "'Entered by the administration'"}  # until now nobody else let people in


def upgrade() -> None:
    op.add_column("persons", sa.Column("email_verified_at", INSTANT, nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(_widened, VALUES)
    else:
        _widen()
    _domains()
    _invitations()


def downgrade() -> None:
    op.drop_table("invitations")
    op.drop_table("organisation_domains")
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(_narrowed, {})
    else:
        for rule in RULES:
            op.drop_constraint(op.f(f"ck_memberships_{rule}"), "memberships")
        for column in COLUMNS:
            op.drop_column("memberships", column)
    op.drop_column("persons", "email_verified_at")


def _widen() -> None:
    for column, kind in COLUMNS.items():
        op.add_column("memberships", sa.Column(column, kind, nullable=True))
    op.execute(f"UPDATE memberships SET approved_reason = {VALUES['approved_reason']}")
    for rule, condition in RULES.items():
        op.create_check_constraint(op.f(f"ck_memberships_{rule}"), "memberships", condition)
    for column, table in REFERENCES.items():
        op.create_foreign_key(op.f(f"fk_memberships_{column}"), "memberships", table, [column], ["id"])


def _rebuild(change: object, values: dict[str, str]) -> None:
    """SQLite adds no constraint to a table that is there: make it anew, whatever else has come to it meanwhile."""
    bind = op.get_bind()
    made = "SELECT sql FROM sqlite_master WHERE tbl_name = 'memberships' AND sql IS NOT NULL AND type = :type"
    table = bind.execute(sa.text(made), {"type": "table"}).scalar_one()
    others = [sql for kind in ("index", "trigger") for sql in bind.execute(sa.text(made), {"type": kind}).scalars()]
    before = _columns("memberships")
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TABLE memberships_before AS SELECT * FROM memberships")
    op.execute("DROP TABLE memberships")
    op.execute(change(table))  # type: ignore[operator]
    kept = [column for column in _columns("memberships") if column in before or column in values]
    source = ", ".join(values.get(column, column) for column in kept)
    op.execute(f"INSERT INTO memberships ({', '.join(kept)}) SELECT {source} FROM memberships_before")
    op.execute("DROP TABLE memberships_before")
    for sql in others:
        op.execute(sql)


def _columns(table: str) -> list[str]:
    return [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)]


def _widened(table: str) -> str:
    head, _, rest = table.partition("(")
    return f"{head}({_new_columns()}{rest.rpartition(')')[0]}{_new_rules()})"


def _narrowed(table: str) -> str:
    return table.replace(_new_columns(), "").replace(_new_rules(), "")


def _new_columns() -> str:
    dialect = op.get_bind().dialect
    return "".join(f"{column} {kind.compile(dialect=dialect)}, " for column, kind in COLUMNS.items())


def _new_rules() -> str:
    rules = [f"CONSTRAINT ck_memberships_{rule} CHECK ({condition})" for rule, condition in RULES.items()]
    for column, table in REFERENCES.items():
        rules.append(f"CONSTRAINT fk_memberships_{column} FOREIGN KEY({column}) REFERENCES {table} (id)")
    return "".join(f", {rule}" for rule in rules)


def _domains() -> None:
    op.create_table(
        "organisation_domains",
        sa.Column("domain", TEXT, nullable=False),
        sa.Column("organisation_id", KEY, nullable=False),
        sa.Column("verified_at", INSTANT, nullable=False),
        sa.Column("verified_by", KEY, nullable=True),
        *_checks("organisation_domains", {"domain": "domain = lower(domain) AND domain <> ''"}),
        _key("organisation_domains", "organisation_id", "organisations"),
        _key("organisation_domains", "verified_by", "persons"),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_organisation_domains")),
    )
    op.create_index(op.f("ix_organisation_domains_organisation_id"), "organisation_domains", ["organisation_id"])


def _invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", KEY, nullable=False),
        sa.Column("organisation_id", KEY, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("job_role", _one_of("jobrole", "sales", "technical", "marketing", "management"), nullable=False),
        sa.Column("partner_role", _one_of("partnerrole", "user", "admin"), nullable=False),
        sa.Column("region", CODE, nullable=True),
        sa.Column("language", CODE, nullable=False),
        sa.Column("approved_reason", TEXT, nullable=True),
        sa.Column("nonce", CODE, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("invited_by", KEY, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("accepted_at", INSTANT, nullable=True),
        sa.Column("accepted_by", KEY, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("revoked_by", KEY, nullable=True),
        *_checks(
            "invitations",
            {
                "life": "expires_at > sent_at",
                "acceptance": "(accepted_at IS NULL) = (accepted_by IS NULL)",
                "revocation": "(revoked_at IS NULL) = (revoked_by IS NULL)",
                "one_end": "accepted_at IS NULL OR revoked_at IS NULL",
                "region": RULES["region"],
            },
        ),
        _key("invitations", "organisation_id", "organisations"),
        *(_key("invitations", column, "persons") for column in ("invited_by", "accepted_by", "revoked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    still_open = sa.text("accepted_at IS NULL AND revoked_at IS NULL")
    op.create_index(
        "uq_invitations_open",
        "invitations",
        ["organisation_id", "email"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def _checks(table: str, rules: dict[str, str]) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items()]


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))
