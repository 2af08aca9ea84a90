"""Assignments: courses that an organisation asks of its people by a day."""

import sqlalchemy as sa
from alembic import op

revision = "20261125a"
down_revision = "20261124c"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
STANDS = sa.text("withdrawn_at IS NULL")
RULES = {
    "due": "due_at > assigned_at",
    "note": "length(note) > 0",
    "withdrawal": "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)",
    "withdrawn_later": "withdrawn_at >= assigned_at",
    "reminder": "reminded_at >= assigned_at AND reminded_at < due_at",
    "late": "told_late_at >= due_at",
}
REFERENCES = {
    "organisation_id": "organisations",
    "person_id": "persons",
    "course_id": "courses",
    "assigned_by": "persons",
    "withdrawn_by": "persons",
}


def upgrade() -> None:
    op.create_table(
        "assignments",
        sa.Column("id", KEY, nullable=False),
        sa.Column("organisation_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("course_id", KEY, nullable=False),
        sa.Column("assigned_at", INSTANT, nullable=False),
        sa.Column("assigned_by", KEY, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("withdrawn_by", KEY, nullable=True),
        sa.Column("reminded_at", INSTANT, nullable=True),
        sa.Column("told_late_at", INSTANT, nullable=True),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_assignments_{name}")) for name, rule in RULES.items()),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_assignments_{column}"))
            for column, table in REFERENCES.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
    )
    op.create_index(
        "uq_assignments_standing",
        "assignments",
        ["organisation_id", "person_id", "course_id"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )
    op.create_index("ix_assignments_person", "assignments", ["person_id"])
    op.create_index("ix_assignments_due", "assignments", ["due_at"], sqlite_where=STANDS, postgresql_where=STANDS)


def downgrade() -> None:
    op.drop_table("assignments")
