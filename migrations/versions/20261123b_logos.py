"""Keep logos by their hash, for the labels of organisations; the Latin form of names that certificates cannot print."""

import sqlalchemy as sa
from alembic import op

revision = "20261123b"
down_revision = "20261123a"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAMED = ("persons", "attempts")


def upgrade() -> None:
    op.create_table(
        "logos",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_logos_sha256")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_logos")),
    )
    _refuse_changes("logos")
    logo = sa.Column("logo", sa.String(64), nullable=True)
    _make_brands_anew(logo, sa.ForeignKeyConstraint(["logo"], ["logos.sha256"], name=op.f("fk_brands_logo")))
    for table in NAMED:
        rule = f"CONSTRAINT ck_{table}_latin_name CHECK (latin_name <> '')"
        op.execute(f"ALTER TABLE {table} ADD COLUMN latin_name VARCHAR(200) {rule}")


def downgrade() -> None:
    for table in NAMED:
        op.execute(f"ALTER TABLE {table} DROP COLUMN latin_name")
    _make_brands_anew()
    op.drop_table("logos")


def _make_brands_anew(*more: sa.schema.SchemaItem) -> None:
    """The table with its rows: SQLite adds no reference to one that is there, and nothing points to this one."""
    op.execute("CREATE TABLE brands_before AS SELECT organisation_id, name, colour FROM brands")
    op.drop_table("brands")
    op.create_table(
        "brands",
        sa.Column("organisation_id", KEY, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("colour", sa.String(40), nullable=False),
        sa.CheckConstraint("length(colour) = 7", name=op.f("ck_brands_colour")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_brands_name")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_brands_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_brands")),
        *more,
    )
    op.execute("INSERT INTO brands (organisation_id, name, colour) SELECT * FROM brands_before")
    op.drop_table("brands_before")


def _refuse_changes(table: str) -> None:
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
