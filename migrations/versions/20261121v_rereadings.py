"""Keep which lessons were studied again, and in which language an open attempt is shown."""

import sqlalchemy as sa
from alembic import op

revision = "20261121v"
down_revision = "20261121t"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("attempts", sa.Column("shown_language", sa.String(40), nullable=True))
    op.create_table(
        "rereadings",
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lesson_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("at > since", name=op.f("ck_rereadings_order")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lessons.id"], name=op.f("fk_rereadings_lesson_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_rereadings_person_id")),
        sa.PrimaryKeyConstraint("person_id", "since", name=op.f("pk_rereadings")),
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for deed in ("UPDATE", "DELETE"):
        act = (
            "BEGIN SELECT RAISE(ABORT, 'rereadings is append-only'); END"
            if is_sqlite
            else "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(f"CREATE TRIGGER rereadings_no_{deed.lower()} BEFORE {deed} ON rereadings {act}")
    if not is_sqlite:
        op.execute(
            "CREATE TRIGGER rereadings_no_truncate BEFORE TRUNCATE ON rereadings "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.drop_table("rereadings")
    op.drop_column("attempts", "shown_language")
