"""What becomes of credentials: by whom and why, what replaces what, revocations taken back; reminders; recognitions."""

import sqlalchemy as sa
from alembic import op

revision = "20261122a"
down_revision = "20261121y"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TEXT = sa.String(length=200)
COLUMNS: dict[str, sa.types.TypeEngine] = {
    "reissues_id": KEY,
    "reissued_at": INSTANT,
    "hidden_at": INSTANT,
    "superseded_reason": TEXT,
    "superseded_by": KEY,
    "withdrawn_reason": TEXT,
    "withdrawn_by": KEY,
}
RULES = {
    "revoked_by": "(revoked_at IS NULL) = (revoked_by IS NULL)",
    "supersession": "(superseded_at IS NULL) = (superseded_reason IS NULL)",
    "superseded_by": "(superseded_at IS NULL) = (superseded_by IS NULL)",
    "withdrawal": "(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)",
    "withdrawn_by": "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)",
    "reissue": "(reissues_id IS NULL) = (reissued_at IS NULL)",
    "reissues_another": "reissues_id <> id",
}
REFERENCES = {"reissues_id": "credentials", "superseded_by": "persons", "withdrawn_by": "persons"}

# Until now a credential gave way in two cases: an appeal restored its result, or a correction changed it again.
APPEAL = "appeals.attempt_id = credentials.attempt_id AND appeals.answered_at = credentials.superseded_at"
LINE = (
    "regrade_lines.attempt_id = credentials.attempt_id AND regrade_lines.at = credentials.superseded_at "
    "AND regrade_lines.done AND regrade_lines.effect = 'issue'"
)
REASON = (
    f"CASE WHEN superseded_at IS NULL THEN NULL WHEN EXISTS (SELECT 1 FROM appeals WHERE {APPEAL}) "
    "THEN 'An appeal restored the result of the exam' ELSE 'The result of the exam was corrected' END"
)
BY = (
    f"CASE WHEN superseded_at IS NULL THEN NULL ELSE COALESCE((SELECT answered_by FROM appeals WHERE {APPEAL}), "
    "(SELECT approved_by FROM regrades JOIN regrade_lines ON regrade_lines.regrade_id = regrades.id "
    f"WHERE {LINE}), revoked_by) END"
)

RECOGNITION_STATE = sa.Enum(
    *("proposed", "approved", "rejected", "revoked"),
    name="recognitionstate",
    native_enum=False,
    create_constraint=True,
    length=20,
)
RECOGNITION_RULES = {
    "accepted_for": "(level IS NULL) <> (exam IS NULL)",
    "level": "level IN ('fundamentals', 'advanced', 'expert', 'master')",
    "dates": "expires_on IS NULL OR expires_on > issued_on",
    "evidence": "link IS NOT NULL OR file IS NOT NULL",
    "file_name": "(file IS NULL) = (file_name IS NULL)",
    "decision": "(state = 'proposed') = (decided_at IS NULL)",
    "decided_by": "(decided_at IS NULL) = (decided_by IS NULL)",
    "decision_reason": "(decided_at IS NULL) = (decision_reason IS NULL)",
    "another_person": "decided_by <> person_id AND decided_by <> proposed_by",
    "accepted_until": "(state IN ('approved', 'revoked')) = (accepted_until IS NOT NULL)",
    "future": "accepted_until > decided_at",
    "revocation": "(state = 'revoked') = (revoked_at IS NOT NULL)",
    "revoked_by": "(revoked_at IS NULL) = (revoked_by IS NULL)",
    "revoked_reason": "(revoked_at IS NULL) = (revoked_reason IS NULL)",
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(_widened, {"superseded_reason": REASON, "superseded_by": BY})
    else:
        _widen()
    op.create_index("uq_credentials_reissues", "credentials", ["reissues_id"], unique=True)
    _reinstatements()
    _reminders()
    _recognitions()
    _bulk()


def downgrade() -> None:
    for table in ("bulk_lines", "bulk_revocations", "recognitions", "reminders", "reinstatements"):
        op.drop_table(table)
    op.drop_index("uq_credentials_reissues", table_name="credentials")
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(_narrowed, {})
        return
    for rule in RULES:
        op.drop_constraint(op.f(f"ck_credentials_{rule}"), "credentials")
    for column in COLUMNS:
        op.drop_column("credentials", column)


def _widen() -> None:
    for column, kind in COLUMNS.items():
        op.add_column("credentials", sa.Column(column, kind, nullable=True))
    op.execute(f"UPDATE credentials SET superseded_reason = {REASON}, superseded_by = {BY}")
    for rule, condition in RULES.items():
        op.create_check_constraint(op.f(f"ck_credentials_{rule}"), "credentials", condition)
    for column, table in REFERENCES.items():
        op.create_foreign_key(op.f(f"fk_credentials_{column}"), "credentials", table, [column], ["id"])


def _rebuild(change: object, values: dict[str, str]) -> None:
    """SQLite adds no constraint to a table that is there: make it anew, whatever else has come to it meanwhile.

    The rows that point to credentials are without them for a moment, and are looked at when the transaction ends.
    """
    bind = op.get_bind()
    made = "SELECT sql FROM sqlite_master WHERE tbl_name = 'credentials' AND sql IS NOT NULL AND type = :type"
    table = bind.execute(sa.text(made), {"type": "table"}).scalar_one()
    others = [sql for kind in ("index", "trigger") for sql in bind.execute(sa.text(made), {"type": kind}).scalars()]
    before = _columns("credentials")
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TABLE credentials_before AS SELECT * FROM credentials")
    op.execute("DROP TABLE credentials")
    op.execute(change(table))  # type: ignore[operator]
    kept = [column for column in _columns("credentials") if column in before or column in values]
    source = ", ".join(values.get(column, column) for column in kept)
    source = source.replace("credentials.", "credentials_before.")
    op.execute(f"INSERT INTO credentials ({', '.join(kept)}) SELECT {source} FROM credentials_before")
    op.execute("DROP TABLE credentials_before")
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
    rules = [f"CONSTRAINT ck_credentials_{rule} CHECK ({condition})" for rule, condition in RULES.items()]
    for column, table in REFERENCES.items():
        rules.append(f"CONSTRAINT fk_credentials_{column} FOREIGN KEY({column}) REFERENCES {table} (id)")
    return "".join(f", {rule}" for rule in rules)


def _reinstatements() -> None:
    op.create_table(
        "reinstatements",
        sa.Column("id", KEY, nullable=False),
        sa.Column("credential_id", KEY, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=False),
        sa.Column("revoked_reason", TEXT, nullable=False),
        sa.Column("revoked_by", KEY, nullable=False),
        sa.Column("reinstated_at", INSTANT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("reinstated_by", KEY, nullable=False),
        *_checks(
            "reinstatements",
            {"interval": "reinstated_at > revoked_at", "reason": "length(reason) BETWEEN 1 AND 200"},
        ),
        _key("reinstatements", "credential_id", "credentials"),
        _key("reinstatements", "revoked_by", "persons"),
        _key("reinstatements", "reinstated_by", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reinstatements")),
        sa.UniqueConstraint(
            "credential_id", "revoked_at", name=op.f("uq_reinstatements_credential_id_revoked_at")
        ),
    )
    _guard("reinstatements")


def _reminders() -> None:
    op.create_table(
        "reminders",
        sa.Column("credential_id", KEY, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("noted_at", INSTANT, nullable=False),
        *_checks("reminders", {"days": "days IN (90, 60, 30)"}),
        _key("reminders", "credential_id", "credentials"),
        sa.PrimaryKeyConstraint("credential_id", "days", name=op.f("pk_reminders")),
    )
    _guard("reminders")


def _recognitions() -> None:
    op.create_table(
        "recognitions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("issuer", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("number", TEXT, nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("link", TEXT, nullable=True),
        sa.Column("file", sa.LargeBinary(), nullable=True),
        sa.Column("file_name", TEXT, nullable=True),
        sa.Column("level", sa.String(length=40), nullable=True),
        sa.Column("exam", sa.String(length=80), nullable=True),
        sa.Column("proposed_by", KEY, nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("state", RECOGNITION_STATE, nullable=False),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decision_reason", TEXT, nullable=True),
        sa.Column("accepted_until", INSTANT, nullable=True),
        sa.Column("revoked_by", KEY, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("revoked_reason", TEXT, nullable=True),
        *_checks("recognitions", RECOGNITION_RULES),
        *(
            _key("recognitions", column, "persons")
            for column in ("person_id", "proposed_by", "decided_by", "revoked_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognitions")),
    )
    op.create_index("ix_recognitions_person", "recognitions", ["person_id"])
    op.create_index("ix_recognitions_state", "recognitions", ["state", "proposed_at"])


def _bulk() -> None:
    op.create_table(
        "bulk_revocations",
        sa.Column("id", KEY, nullable=False),
        sa.Column("made_by", KEY, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        *_checks(
            "bulk_revocations",
            {
                "confirmation": "(confirmed_at IS NULL) = (reason IS NULL)",
                "end": "ended_at IS NULL OR confirmed_at IS NOT NULL",
                "unknown": "unknown >= 0",
            },
        ),
        _key("bulk_revocations", "made_by", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_revocations")),
    )
    outcome = sa.Enum("revoked", "left", name="outcome", native_enum=False, create_constraint=True, length=20)
    op.create_table(
        "bulk_lines",
        sa.Column("bulk_id", KEY, nullable=False),
        sa.Column("credential_id", KEY, nullable=False),
        sa.Column("outcome", outcome, nullable=True),
        _key("bulk_lines", "bulk_id", "bulk_revocations"),
        _key("bulk_lines", "credential_id", "credentials"),
        sa.PrimaryKeyConstraint("bulk_id", "credential_id", name=op.f("pk_bulk_lines")),
    )
    left = sa.text("outcome IS NULL")
    op.create_index(
        "ix_bulk_lines_left", "bulk_lines", ["bulk_id", "credential_id"], sqlite_where=left, postgresql_where=left
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
