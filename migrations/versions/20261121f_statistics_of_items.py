"""Count what became of each item, mark the attempts that were counted, and divide forms into sections."""

import sqlalchemy as sa
from alembic import op

revision = "20261121f"
down_revision = "20261121r"
branch_labels = None
depends_on = None

UNCOUNTED = sa.text("state = 'closed' AND NOT counted")
BIG = sa.BigInteger()


def upgrade() -> None:
    op.create_table(
        "item_statistics",
        sa.Column("exam_id", BIG.with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.String(80), nullable=False),
        sa.Column("given", BIG, nullable=False),
        sa.Column("answered", BIG, nullable=False),
        sa.Column("earned", BIG, nullable=False),
        sa.CheckConstraint("answered BETWEEN 0 AND given", name=op.f("ck_item_statistics_answered")),
        sa.CheckConstraint("earned BETWEEN 0 AND 1000 * answered", name=op.f("ck_item_statistics_earned")),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_item_statistics_exam_id")),
        sa.PrimaryKeyConstraint("exam_id", "item_id", name=op.f("pk_item_statistics")),
    )
    for name in ("section_lengths", "section_ends", "section_grants"):
        op.add_column("attempts", sa.Column(name, sa.JSON(), server_default="[]", nullable=False))
    op.add_column("attempts", sa.Column("counted", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("ix_attempts_uncounted", "attempts", ["id"], sqlite_where=UNCOUNTED, postgresql_where=UNCOUNTED)


def downgrade() -> None:
    op.drop_index("ix_attempts_uncounted", table_name="attempts")
    for name in ("counted", "section_grants", "section_ends", "section_lengths"):
        op.drop_column("attempts", name)
    op.drop_table("item_statistics")
