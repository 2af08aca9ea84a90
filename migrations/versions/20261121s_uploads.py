"""Uploads: the files of practical tasks."""

import sqlalchemy as sa
from alembic import op

revision = "20261121s"
down_revision = "20261121p"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TYPES = "'pdf', 'png', 'jpg', 'zip', 'txt', 'md', 'csv', 'docx', 'xlsx', 'pptx'"


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", KEY, nullable=False),
        sa.Column("attempt_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("position >= 0", name=op.f("ck_uploads_position")),
        sa.CheckConstraint("size BETWEEN 1 AND 20971520 AND length(content) = size", name=op.f("ck_uploads_size")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_uploads_sha256")),
        sa.CheckConstraint(f"media_type IN ({TYPES})", name=op.f("ck_uploads_media_type")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_uploads_attempt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("attempt_id", "position", "sha256", name=op.f("uq_uploads_attempt_id_position_sha256")),
    )
    _guard()


def downgrade() -> None:
    op.drop_table("uploads")


def _guard() -> None:
    """Neither changed nor deleted."""
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for deed in ("UPDATE", "DELETE"):
        act = (
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            if on_postgresql
            else "BEGIN SELECT RAISE(ABORT, 'uploads is append-only'); END"
        )
        op.execute(f"CREATE TRIGGER uploads_no_{deed.lower()} BEFORE {deed} ON uploads {act}")
    if on_postgresql:
        op.execute(
            "CREATE TRIGGER uploads_no_truncate BEFORE TRUNCATE ON uploads "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
