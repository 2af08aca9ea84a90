"""Add the ratings that people give answers, and the queue of those that are still needed."""

import sqlalchemy as sa
from alembic import op

revision = "20261121t"
down_revision = "20261121s"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OWN = "nobody rates an own attempt"
OWN_FUNCTION = f"""
CREATE OR REPLACE FUNCTION refuse_own_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM attempts WHERE id = NEW.attempt_id AND person_id = NEW.grader_id) THEN
    RAISE EXCEPTION '{OWN}' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    _ratings()
    _turns()
    _guard()


def downgrade() -> None:
    op.drop_table("rating_turns")
    op.drop_table("ratings")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_own_attempt()")


def _ratings() -> None:
    rules = {
        "position": "position >= 0",
        "round": "round BETWEEN 1 AND 3",
        "earned": "earned BETWEEN 0 AND possible AND possible > 0",
    }
    op.create_table(
        "ratings",
        sa.Column("attempt_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("grader_id", KEY, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("earned", sa.Integer(), nullable=False),
        sa.Column("possible", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_ratings_{name}")) for name, rule in rules.items()),
        _key("ratings", "attempt_id", "attempts"),
        _key("ratings", "grader_id", "persons"),
        sa.PrimaryKeyConstraint("attempt_id", "position", "grader_id", name=op.f("pk_ratings")),
        sa.UniqueConstraint("attempt_id", "position", "round", name=op.f("uq_ratings_attempt_id_position_round")),
    )
    op.create_index("ix_ratings_grader_id", "ratings", ["grader_id"])


def _turns() -> None:
    rules = {
        "round": "round BETWEEN 1 AND 3",
        "taken": "(grader_id IS NULL) = (taken_until IS NULL)",
    }
    op.create_table(
        "rating_turns",
        sa.Column("id", KEY, nullable=False),
        sa.Column("attempt_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("exam_id", KEY, nullable=False),
        sa.Column("waits_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("grader_id", KEY, nullable=True),
        sa.Column("taken_until", sa.DateTime(timezone=True), nullable=True),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_rating_turns_{name}")) for name, rule in rules.items()),
        _key("rating_turns", "attempt_id", "attempts"),
        _key("rating_turns", "exam_id", "exams"),
        _key("rating_turns", "grader_id", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_turns")),
        sa.UniqueConstraint("attempt_id", "position", "round", name=op.f("uq_rating_turns_attempt_id_position_round")),
        sa.UniqueConstraint("grader_id", name=op.f("uq_rating_turns_grader_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rating_turns_waiting", "rating_turns", ["waits_since", "id"])


def _guard() -> None:
    """Let the database refuse to change a rating, and the rating of an own attempt."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for deed in ("UPDATE", "DELETE"):
        what = (
            "BEGIN SELECT RAISE(ABORT, 'ratings is append-only'); END"
            if on_sqlite
            else "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(f"CREATE TRIGGER ratings_no_{deed.lower()} BEFORE {deed} ON ratings {what}")
    own = "SELECT 1 FROM attempts WHERE id = NEW.attempt_id AND person_id = NEW.grader_id"
    if on_sqlite:
        op.execute(
            "CREATE TRIGGER ratings_not_own BEFORE INSERT ON ratings "
            f"WHEN EXISTS ({own}) BEGIN SELECT RAISE(ABORT, '{OWN}'); END"
        )
        return
    op.execute(
        "CREATE TRIGGER ratings_no_truncate BEFORE TRUNCATE ON ratings "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(OWN_FUNCTION)
    op.execute(
        "CREATE TRIGGER ratings_not_own BEFORE INSERT ON ratings FOR EACH ROW EXECUTE FUNCTION refuse_own_attempt()"
    )


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))
