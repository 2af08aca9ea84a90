"""Standings by ladder and with exceptions; the versions of programmes with their dates; the rollout of new rules."""

import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "20261124b"
down_revision = "20261124a"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
SLUG = sa.String(length=80)
PRESENT = sa.text("until IS NULL")
PROPOSED = sa.text("state = 'proposed'")
EXCEPTION_STATE = sa.Enum(
    "proposed", "approved", "rejected", name="exceptionstate", native_enum=False, create_constraint=True, length=20
)
EXCEPTION_RULES = {
    "reason": "length(reason) BETWEEN 1 AND 500",
    "decision": "(state = 'proposed') = (decided_by IS NULL)",
    "decided_at": "(decided_by IS NULL) = (decided_at IS NULL)",
    "second_person": "decided_by <> proposed_by",
    "future": "expires_at > proposed_at",
    "interval": "state <> 'approved' OR expires_at > decided_at",
    "revocation": "revoked_at IS NULL OR (state = 'approved' AND revoked_at >= decided_at)",
    "revoked_by": "(revoked_at IS NULL) = (revoked_by IS NULL)",
    "revoked_reason": "(revoked_at IS NULL) = (revoked_reason IS NULL)",
}
BEFORE = (
    *("id", "organisation_id", "programme_id", "programme_version_id", "tier", "since", "until", "at_risk_since"),
    *("review_at", "grace_until", "evaluated_at", "next_change_at", "explanation"),
)
ADDED = {"ladder": "'tiers'", "base_tier": "tier", "base_since": "since"}


def upgrade() -> None:
    _versions()
    _rollouts()
    _exceptions()
    _remake(_wide(), ADDED, ["organisation_id", "programme_id", "ladder"])


def downgrade() -> None:
    # What older versions cannot say is left out: further ladders, and the tiers that an exception held.
    op.execute("DELETE FROM standings WHERE ladder <> 'tiers'")
    op.execute("UPDATE standings SET tier = base_tier, since = base_since WHERE exception_id IS NOT NULL")
    _remake([], {}, ["organisation_id", "programme_id"])
    for table in ("tier_exceptions", "rollouts", "programme_versions"):
        op.drop_table(table)


def _versions() -> None:
    """The version that stands is the only one whose publication is known to be one of a programme's."""
    op.create_table(
        "programme_versions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("programme_id", KEY, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("effective_from", INSTANT, nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
        _key("programme_versions", "programme_id", "programmes"),
        _key("programme_versions", "version_id", "versions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_versions")),
    )
    op.create_index("ix_programme_versions_programme", "programme_versions", ["programme_id", "id"])
    _fill()
    _guard("programme_versions")


def _fill() -> None:
    """Every version that was published, in that order; the one that stands comes last, whenever it was first there."""
    bind = op.get_bind()
    rows = bind.execute(
        sa.text(
            "SELECT programmes.id, programmes.version_id, versions.id, versions.body, versions.published_at "
            "FROM programmes JOIN versions ON versions.kind = 'programme' AND versions.name = programmes.slug "
            "ORDER BY programmes.id, versions.id = programmes.version_id, versions.published_at, versions.id"
        ).columns(published_at=INSTANT)
    ).all()
    for programme_id, _, version_id, body, published_at in rows:
        day = datetime.fromisoformat(json.loads(bytes(body))["effective_from"]).replace(tzinfo=UTC)
        table = sa.table(
            "programme_versions",
            sa.column("programme_id", KEY),
            sa.column("version_id", KEY),
            sa.column("effective_from", INSTANT),
            sa.column("published_at", INSTANT),
        )
        row = {"programme_id": programme_id, "version_id": version_id, "effective_from": day}
        bind.execute(table.insert().values(row | {"published_at": published_at}))


def _rollouts() -> None:
    op.create_table(
        "rollouts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("programmes", sa.JSON(), nullable=False),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.CheckConstraint("done BETWEEN 0 AND total", name=op.f("ck_rollouts_done")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollouts")),
    )


def _exceptions() -> None:
    people = ("proposed_by", "decided_by", "revoked_by")
    op.create_table(
        "tier_exceptions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("programme_id", sa.BigInteger(), nullable=False),
        sa.Column("ladder", SLUG, nullable=False),
        sa.Column("tier", SLUG, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("proposed_by", KEY, nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("state", EXCEPTION_STATE, nullable=False),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("revoked_by", KEY, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("revoked_reason", sa.Text(), nullable=True),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_tier_exceptions_{name}"))
            for name, rule in EXCEPTION_RULES.items()
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["participations.organisation_id", "participations.programme_id"],
            name=op.f("fk_tier_exceptions_participation"),
        ),
        *(_key("tier_exceptions", column, "persons") for column in people),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_exceptions")),
    )
    place = ["organisation_id", "programme_id"]
    op.create_index("ix_tier_exceptions_participation", "tier_exceptions", place)
    op.create_index(
        "uq_tier_exceptions_one_proposed",
        "tier_exceptions",
        [*place, "ladder"],
        unique=True,
        sqlite_where=PROPOSED,
        postgresql_where=PROPOSED,
    )


def _wide() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("ladder", SLUG, nullable=False),
        sa.Column("base_tier", SLUG, nullable=True),
        sa.Column("base_since", INSTANT, nullable=False),
        sa.Column("exception_id", KEY, nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=True),
        _key("standings", "exception_id", "tier_exceptions"),
    ]


def _remake(added: list[sa.schema.SchemaItem], values: dict[str, str], present: list[str]) -> None:
    """Make the table anew with what is in it: SQLite adds no column to it that has to hold something."""
    op.execute("CREATE TABLE standings_before AS SELECT * FROM standings")
    op.drop_table("standings")
    op.create_table(
        "standings",
        sa.Column("id", KEY, nullable=False),
        *(sa.Column(name, KEY, nullable=False) for name in ("organisation_id", "programme_id", "programme_version_id")),
        sa.Column("tier", SLUG, nullable=True),
        sa.Column("since", INSTANT, nullable=False),
        *(sa.Column(name, INSTANT, nullable=True) for name in ("until", "at_risk_since", "review_at", "grace_until")),
        sa.Column("evaluated_at", INSTANT, nullable=False),
        sa.Column("next_change_at", INSTANT, nullable=True),
        sa.Column("explanation", sa.LargeBinary(), nullable=False),
        _key("standings", "organisation_id", "organisations"),
        _key("standings", "programme_id", "programmes"),
        _key("standings", "programme_version_id", "versions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standings")),
        *added,
    )
    columns = ", ".join([*BEFORE, *values])
    source = ", ".join([*BEFORE, *values.values()])
    op.execute(f"INSERT INTO standings ({columns}) SELECT {source} FROM standings_before")
    op.drop_table("standings_before")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT setval('standings_id_seq', (SELECT max(id) FROM standings)) WHERE EXISTS (SELECT 1 FROM standings)")
    op.create_index("ix_standings_due", "standings", ["until", "next_change_at"])
    op.create_index("ix_standings_organisation", "standings", ["organisation_id", "programme_id", "since"])
    op.create_index(
        "uq_standings_one_present", "standings", present, unique=True, sqlite_where=PRESENT, postgresql_where=PRESENT
    )


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
