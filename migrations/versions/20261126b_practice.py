"""Results of practice, which decide nothing."""

from alembic import op

revision = "20261126b"
down_revision = "20261126a"
branch_labels = None
depends_on = None

BEFORE = ("provisional", "final", "void")
REFUSES = "BEGIN SELECT RAISE(ABORT, 'results is append-only'); END"


def upgrade() -> None:
    _allow((*BEFORE, "practice"))


def downgrade() -> None:
    """What was practised would count from then on; as void it counts as little as it can."""
    _allow(BEFORE, "CASE state WHEN 'practice' THEN 'void' ELSE state END")


def _allow(states: tuple[str, ...], kept: str = "state") -> None:
    """Change the rule of the column. SQLite changes none of a table that is there: the column is made anew."""
    listed = ", ".join(f"'{state}'" for state in states)
    rule = f"{{}} IN ({listed}) AND ({{}} = 'final' OR NOT passed)"
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute("DROP TRIGGER results_no_update" + ("" if on_sqlite else " ON results"))
    if on_sqlite:
        op.execute(
            "ALTER TABLE results ADD COLUMN states VARCHAR(20) DEFAULT 'final' NOT NULL "
            f"CONSTRAINT ck_results_state CHECK ({rule.format('states', 'states')})"
        )
        op.execute(f"UPDATE results SET states = {kept}")
        op.execute("ALTER TABLE results DROP COLUMN state")
        op.execute("ALTER TABLE results RENAME COLUMN states TO state")
        op.execute(f"CREATE TRIGGER results_no_update BEFORE UPDATE ON results {REFUSES}")
        return
    op.execute("ALTER TABLE results DROP CONSTRAINT ck_results_state")
    op.execute(f"UPDATE results SET state = {kept} WHERE state <> {kept}")
    op.execute(f"ALTER TABLE results ADD CONSTRAINT ck_results_state CHECK ({rule.format('state', 'state')})")
    op.execute(
        "CREATE TRIGGER results_no_update BEFORE UPDATE ON results FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
