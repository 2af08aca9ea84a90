"""Keep the certificates as they were signed, the certificates of the keys that sign them, and labels for them."""

import sqlalchemy as sa
from alembic import op

revision = "20261121z"
down_revision = "20261121x"
branch_labels = None
depends_on = None

ERASED = (
    "NEW.pdf IS NULL AND NEW.id IS NOT DISTINCT FROM OLD.id AND NEW.credential_id IS NOT DISTINCT FROM "
    "OLD.credential_id AND NEW.language IS NOT DISTINCT FROM OLD.language AND NEW.sha256 IS NOT DISTINCT FROM "
    "OLD.sha256 AND NEW.made_at IS NOT DISTINCT FROM OLD.made_at"
)


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "key_certificates",
        sa.Column("id", key, nullable=False),
        sa.Column("key_id", sa.String(40), nullable=False),
        sa.Column("authority_id", sa.String(40), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_certificates")),
        sa.UniqueConstraint(
            "key_id", "authority_id", "valid_from", name=op.f("uq_key_certificates_key_id_authority_id_valid_from")
        ),
    )
    op.create_table(
        "certificates",
        sa.Column("id", key, nullable=False),
        sa.Column("credential_id", key, nullable=False),
        sa.Column("language", sa.String(40), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_certificates_sha256")),
        sa.ForeignKeyConstraint(
            ["credential_id"], ["credentials.id"], name=op.f("fk_certificates_credential_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("credential_id", "language", name=op.f("uq_certificates_credential_id_language")),
        sa.UniqueConstraint("sha256", name=op.f("uq_certificates_sha256")),
    )
    op.create_table(
        "brands",
        sa.Column("organisation_id", key, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("colour", sa.String(40), nullable=False),
        sa.CheckConstraint("length(colour) = 7", name=op.f("ck_brands_colour")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_brands_name")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_brands_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_brands")),
    )
    _refuse_changes("key_certificates")
    _refuse_changes("certificates", f"WHEN (NOT ({ERASED})) ")


def downgrade() -> None:
    op.drop_table("brands")
    op.drop_table("certificates")
    op.drop_table("key_certificates")


def _refuse_changes(table: str, when: str = "") -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for deed in ("UPDATE", "DELETE"):
        condition = when if deed == "UPDATE" else ""
        act = (
            f"{condition}BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            if is_sqlite
            else f"FOR EACH ROW {condition}EXECUTE FUNCTION refuse_change()"
        )
        op.execute(f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} {act}")
    if not is_sqlite:
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
