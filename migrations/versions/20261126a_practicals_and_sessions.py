"""Practicals and sessions: parts of courses that a trainer confirms, and what people hand in for them."""

import re

import sqlalchemy as sa
from alembic import op

revision = "20261126a"
down_revision = "20261125d"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
CODE = sa.String(length=20)
STAYS = "a part of a course stays what it is"
CONFIRMS = "a trainer confirms practicals and sessions, and nobody lessons"
IS_LESSON = "(SELECT kind = 'lesson' FROM lessons WHERE id = NEW.lesson_id)"
KINDS = {"lessons": {"partkind": "kind IN ('lesson', 'practical', 'session')"}}
PROGRESS = {
    "another_person": "confirmed_by <> person_id",
    "held": "held_on IS NULL OR confirmed_by IS NOT NULL",
}
HAND_INS = {
    "counts": "number >= 1 AND revision >= 1",
    "content": "length(text) <= 20000 AND (length(text) > 0 OR link IS NOT NULL)",
    "link": "substr(link, 1, 8) = 'https://' AND length(link) <= 500",
    "changed_later": "changed_at >= handed_in_at",
    "decision": "(state = 'waiting') = (decided_by IS NULL)",
    "decided_at": "(decided_by IS NULL) = (decided_at IS NULL)",
    "another_person": "decided_by <> person_id",
    "words": "length(words) <= 2000",
    "reason": "state <> 'sent_back' OR length(words) > 0",
    "version": "(state = 'confirmed') = (version_id IS NOT NULL)",
    "earned": "(version_id IS NULL) = (earned IS NULL)",
    "possible": "(earned IS NULL) = (possible IS NULL)",
    "enough": "earned <= possible AND 2 * earned >= possible AND possible > 0",
}
STANDS, WAITS = sa.text("state <> 'sent_back'"), sa.text("state = 'waiting'")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild("lessons", _widened("kind VARCHAR(20) NOT NULL", KINDS["lessons"]), {"kind": "'lesson'"})
        columns = "confirmed_by INTEGER, held_on DATE"
        key = "CONSTRAINT fk_progress_confirmed_by FOREIGN KEY(confirmed_by) REFERENCES persons (id)"
        _rebuild("progress", _widened(columns, PROGRESS, key), {})
    else:
        _widen()
    _guard()
    _hand_ins()


def downgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    where = ("", "", "") if on_sqlite else (" ON lessons", " ON progress", " ON progress")
    names = ("lessons_keep_kind", "progress_confirmed_insert", "progress_confirmed_update")
    for name, table in zip(names, where, strict=True):
        op.execute(f"DROP TRIGGER {name}{table}")
    op.drop_table("hand_ins")
    op.execute("DELETE FROM enrolments WHERE lesson_id IN (SELECT id FROM lessons WHERE kind <> 'lesson')")
    op.execute("DELETE FROM progress WHERE lesson_id IN (SELECT id FROM lessons WHERE kind <> 'lesson')")
    op.execute("DELETE FROM lessons WHERE kind <> 'lesson'")
    if on_sqlite:
        _rebuild("progress", _narrowed("progress", ("confirmed_by", "held_on"), (*PROGRESS, "confirmed_by")), {})
        _rebuild("lessons", _narrowed("lessons", ("kind",), ("partkind",)), {})
    else:
        for name in ("refuse_another_kind", "refuse_unconfirmed"):
            op.execute(f"DROP FUNCTION {name}()")
        op.drop_column("progress", "held_on")
        op.drop_column("progress", "confirmed_by")
        op.drop_column("lessons", "kind")


def _widen() -> None:
    op.add_column("lessons", sa.Column("kind", CODE, nullable=True))
    op.execute("UPDATE lessons SET kind = 'lesson'")
    op.alter_column("lessons", "kind", nullable=False)
    op.add_column("progress", sa.Column("confirmed_by", KEY, nullable=True))
    op.add_column("progress", sa.Column("held_on", sa.Date(), nullable=True))
    op.create_foreign_key(op.f("fk_progress_confirmed_by"), "progress", "persons", ["confirmed_by"], ["id"])
    for table, rules in (("lessons", KINDS["lessons"]), ("progress", PROGRESS)):
        for name, rule in rules.items():
            op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)


def _guard() -> None:
    """Let the database refuse another kind of part, and what nobody confirmed."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER lessons_keep_kind BEFORE UPDATE OF kind ON lessons WHEN NEW.kind <> OLD.kind "
            f"BEGIN SELECT RAISE(ABORT, '{STAYS}'); END"
        )
        for deed in ("INSERT", "UPDATE"):
            op.execute(
                f"CREATE TRIGGER progress_confirmed_{deed.lower()} BEFORE {deed} ON progress "
                f"WHEN {IS_LESSON} <> (NEW.confirmed_by IS NULL) BEGIN SELECT RAISE(ABORT, '{CONFIRMS}'); END"
            )
        return
    op.execute(
        f"""
CREATE OR REPLACE FUNCTION refuse_another_kind() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{STAYS}' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
    )
    op.execute(
        "CREATE TRIGGER lessons_keep_kind BEFORE UPDATE OF kind ON lessons FOR EACH ROW WHEN (NEW.kind <> OLD.kind) "
        "EXECUTE FUNCTION refuse_another_kind()"
    )
    op.execute(
        f"""
CREATE OR REPLACE FUNCTION refuse_unconfirmed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {IS_LESSON} <> (NEW.confirmed_by IS NULL) THEN
    RAISE EXCEPTION '{CONFIRMS}' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$
"""
    )
    for deed in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER progress_confirmed_{deed.lower()} BEFORE {deed} ON progress "
            "FOR EACH ROW EXECUTE FUNCTION refuse_unconfirmed()"
        )


def _hand_ins() -> None:
    op.create_table(
        "hand_ins",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("lesson_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("handed_in_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column(
            "state",
            sa.Enum("waiting", "confirmed", "sent_back", name="handinstate", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("version_id", KEY, nullable=True),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("earned", sa.Integer(), nullable=True),
        sa.Column("possible", sa.Integer(), nullable=True),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_hand_ins_{name}")) for name, rule in HAND_INS.items()),
        _key("person_id", "persons"),
        _key("lesson_id", "lessons"),
        _key("decided_by", "persons"),
        _key("version_id", "versions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_ins")),
        sa.UniqueConstraint("person_id", "lesson_id", "number", name=op.f("uq_hand_ins_person_id_lesson_id_number")),
    )
    standing = {"sqlite_where": STANDS, "postgresql_where": STANDS}
    op.create_index("uq_hand_ins_standing", "hand_ins", ["person_id", "lesson_id"], unique=True, **standing)
    waiting = {"sqlite_where": WAITS, "postgresql_where": WAITS}
    op.create_index("ix_hand_ins_waiting", "hand_ins", ["handed_in_at"], **waiting)


def _key(column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_hand_ins_{column}"))


def _rebuild(name: str, change: object, values: dict[str, str]) -> None:
    """SQLite adds no constraint to a table that is there: make it anew, whatever else has come to it meanwhile."""
    bind = op.get_bind()
    made = "SELECT sql FROM sqlite_master WHERE tbl_name = :name AND sql IS NOT NULL AND type = :type"
    table = bind.execute(sa.text(made), {"name": name, "type": "table"}).scalar_one()
    others = [
        sql for kind in ("index", "trigger") for sql in bind.execute(sa.text(made), {"name": name, "type": kind}).scalars()
    ]
    before = _columns(name)
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute(f"CREATE TABLE {name}_before AS SELECT * FROM {name}")
    op.execute(f"DROP TABLE {name}")
    op.execute(change(table))  # type: ignore[operator]
    kept = [column for column in _columns(name) if column in before or column in values]
    source = ", ".join(values.get(column, column) for column in kept)
    op.execute(f"INSERT INTO {name} ({', '.join(kept)}) SELECT {source} FROM {name}_before")
    op.execute(f"DROP TABLE {name}_before")
    for sql in others:
        op.execute(sql)


def _columns(table: str) -> list[str]:
    return [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)]


def _widened(columns: str, rules: dict[str, str], *others: str) -> object:
    def change(table: str) -> str:
        head, _, rest = table.partition("(")
        name = head.split()[2].strip('"')
        added = [f"CONSTRAINT ck_{name}_{rule} CHECK ({condition})" for rule, condition in rules.items()]
        return f"{head}({columns}, {rest.rpartition(')')[0]}, {', '.join([*added, *others])})"

    return change


def _narrowed(name: str, columns: tuple[str, ...], rules: tuple[str, ...]) -> object:
    """Without these columns, and without the rules and keys that were added with them."""

    def change(table: str) -> str:
        head, _, rest = table.partition("(")
        parts = [part.strip() for part in re.split(r",(?![^(]*\))", rest.rpartition(")")[0])]
        gone = {f"ck_{name}_{rule}" for rule in rules} | {f"fk_{name}_{rule}" for rule in rules}
        left = [part for part in parts if part.split()[0] not in columns and not gone & set(part.split())]
        return f"{head}({', '.join(left)})"

    return change
