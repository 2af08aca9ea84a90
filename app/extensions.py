"""The Flask extensions, the base of all models, and the named column types."""

import enum
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_compress import Compress
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Enum,
    Insert,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    event,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, mapped_column, registry
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An instant in UTC. SQLite keeps no zone, so it is taken off on the way in and put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value and value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """SQLite's text is read at once, not digit by digit first: a page reads hundreds of them."""
        if dialect.name != "sqlite":
            return super().result_processor(dialect, coltype)
        return lambda kept: kept and datetime.fromisoformat(f"{kept}+00:00")


Key = Annotated[int, mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)]
Name = Annotated[str, mapped_column(String(200))]
Slug = Annotated[str, mapped_column(String(80))]
Code = Annotated[str, mapped_column(String(40))]
LongText = Annotated[str, mapped_column(Text)]
Sha256 = Annotated[str, mapped_column(String(64))]
Big = Annotated[int, mapped_column(BigInteger)]

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def one_of(kind: type[enum.Enum], *, constraint: bool = True) -> Enum:
    """The column type of an enumeration, kept by value."""
    return Enum(kind, native_enum=False, create_constraint=constraint, length=20, values_callable=_enum_values)


def _enum_values(kind: type[enum.Enum]) -> list[str]:
    return [member.value for member in kind]


class Base(DeclarativeBase):
    """The root of every model: names for constraints, and which column a Python type becomes."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={
            datetime: UtcDateTime(),
            bytes: LargeBinary(),
            dict[str, Any]: JSON(),
            list[int]: JSON(),
            list[list[int]]: JSON(),
            enum.Enum: one_of(enum.Enum),
        },
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
compress = Compress()
migrate = Migrate()
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()
bootstrap = Bootstrap5()

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model

APPEND_ONLY_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
_FUNCTION = DDL(APPEND_ONLY_FUNCTION)  # type: ignore[no-untyped-call]
NUMBERING_FUNCTION = """
CREATE OR REPLACE FUNCTION number_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE unnumbered record;
BEGIN
  unnumbered := NEW;
  unnumbered.number := NULL;
  IF NEW.number IS NULL OR NOT unnumbered *= OLD THEN
    RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$
"""
WAITS = text("number IS NULL")  # no parameters: only so do queries find the index of what waits for its number
_NUMBERING = DDL(NUMBERING_FUNCTION)  # type: ignore[no-untyped-call]


def insert_or_ignore(model: type[Base], **values: object) -> bool:
    """Add a row unless a unique constraint has it already; whether it was added."""
    statement = _insert_or_ignore(model, db.engine.dialect.name)
    return bool(db.session.connection().execute(statement, values).rowcount == 1)


@cache
def _insert_or_ignore(model: type[Base], dialect: str) -> Insert:
    """Made once for each model: building it takes longer than running it."""
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    # Without the option no count of an INSERT is kept: -1 on PostgreSQL.
    return insert(model).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


def on_create(table: Table, dialect: str, statement: str) -> None:
    """Run a statement after the table is made, on one dialect: what no portable construct can say."""
    event.listen(table, "after_create", DDL(statement).execute_if(dialect=dialect))  # type: ignore[no-untyped-call]


def append_only(table: Table) -> None:
    """Let the database itself refuse to change or delete a row of the table."""
    event.listen(table, "before_create", _FUNCTION.execute_if(dialect="postgresql"))
    _refuse(table, "UPDATE")
    _refuse_removal(table)


def forgettable(table: Table, **left: str) -> None:
    """Append-only, but that the columns named may be emptied: the erasure of a person leaves the rest of the row.

    Each is left as its SQL expression says, all of them together: `forgettable(table, pdf="NULL")`.
    """
    event.listen(table, "before_create", _FUNCTION.execute_if(dialect="postgresql"))
    condition = f"WHEN (NOT ({_forgets(table, left)})) "
    _refuse(table, "UPDATE", condition=condition, postgresql_condition=condition)
    _refuse_removal(table)


def numbered_once(table: Table) -> None:
    """Append-only, but that a row without `number` gets one, once; nothing else of it changes."""
    event.listen(table, "before_create", _FUNCTION.execute_if(dialect="postgresql"))
    event.listen(table, "before_create", _NUMBERING.execute_if(dialect="postgresql"))
    same = " AND ".join(
        f"NEW.{column.name} IS OLD.{column.name}" for column in table.columns if column.name != "number"
    )
    fills = f"OLD.number IS NULL AND NEW.number IS NOT NULL AND {same}"
    _refuse(table, "UPDATE", condition=f"WHEN NOT ({fills}) ", function="number_once")
    _refuse_removal(table)


def numbered_and_forgettable(table: Table, **left: str) -> None:
    """Append-only, but that a row gets its number, once, and that the columns named may be emptied, all together."""
    event.listen(table, "before_create", _FUNCTION.execute_if(dialect="postgresql"))
    fills = f"OLD.number IS NULL AND NEW.number IS NOT NULL AND {_same(table, {'number'})}"
    condition = f"WHEN (NOT ({fills} OR {_forgets(table, left)})) "
    _refuse(table, "UPDATE", condition=condition, postgresql_condition=condition)
    _refuse_removal(table)


def _forgets(table: Table, left: Mapping[str, str]) -> str:
    """The condition that an update empties these columns and changes nothing else."""
    return " AND ".join([*(_left(table, name, value) for name, value in left.items()), _same(table, left)])


def _left(table: Table, name: str, value: str) -> str:
    """Never unknown, or a trigger would not fire: NULL is not equal to anything."""
    return f"{_compared(table, 'NEW', name)} {'IS' if value == 'NULL' else 'IS NOT DISTINCT FROM'} {value}"


def _same(table: Table, but: Collection[str]) -> str:
    kept = [column.name for column in table.columns if column.name not in but]
    return " AND ".join(
        f"{_compared(table, 'NEW', name)} IS NOT DISTINCT FROM {_compared(table, 'OLD', name)}" for name in kept
    )


def _compared(table: Table, row: str, name: str) -> str:
    """A column of a row of a trigger; PostgreSQL compares JSON as text alone."""
    return f"CAST({row}.{name} AS TEXT)" if isinstance(table.columns[name].type, JSON) else f"{row}.{name}"


def _refuse_removal(table: Table) -> None:
    _refuse(table, "DELETE")
    on_create(
        table,
        "postgresql",
        f"CREATE TRIGGER {table.name}_no_truncate BEFORE TRUNCATE ON {table.name} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    )


def _refuse(
    table: Table, deed: str, *, condition: str = "", postgresql_condition: str = "", function: str = "refuse_change"
) -> None:
    trigger = f"{table.name}_no_{deed.lower()}"
    on_create(
        table,
        "sqlite",
        f"CREATE TRIGGER {trigger} BEFORE {deed} ON {table.name} "
        f"{condition}BEGIN SELECT RAISE(ABORT, '{table.name} is append-only'); END",
    )
    on_create(
        table,
        "postgresql",
        f"CREATE TRIGGER {trigger} BEFORE {deed} ON {table.name} FOR EACH ROW "
        f"{postgresql_condition}EXECUTE FUNCTION {function}()",
    )
