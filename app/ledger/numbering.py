"""Numbering: leaves and deeds that wait get their places in the trees, without a gap, in batches that are signed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, UpdateBase, bindparam, func, select, update

from app.extensions import WAITS, db
from app.ledger.deeds import Deed, sealed_bytes
from app.ledger.log import Leaf
from app.ledger.merkle import leaf_hash
from app.ledger.trees import DEEDS, LOG, extend, lock_head

BATCH = 1000


@dataclass(frozen=True)
class Source:
    """Where a tree's leaves come from: a row that waits, the numbering of a batch from `size` on, a row's bytes."""

    waiting: Select[Any]
    number: UpdateBase
    data: Callable[[Row[Any]], bytes]


def _source(model: type[Leaf] | type[Deed], data: Callable[[Row[Any]], bytes]) -> Source:
    """By id among those that can be seen: one that was written before and commits later comes after.

    One statement for a batch: a statement for each row took most of the time on PostgreSQL.
    """
    table = model.__table__
    place = func.row_number().over(order_by=table.c.id) - 1
    batch = select(table.c.id, place.label("place")).where(WAITS).order_by(table.c.id).limit(BATCH).subquery()
    number = update(model).where(table.c.id == batch.c.id).values(number=bindparam("size") + batch.c.place)
    return Source(select(table.c.id).where(WAITS).limit(1), number.returning(*table.columns), data)


SOURCES = {LOG: _source(Leaf, lambda leaf: bytes(leaf.data)), DEEDS: _source(Deed, sealed_bytes)}


def number_leaves(*, at: datetime) -> bool:
    """Number what waits, up to a batch for each tree, and sign what the trees are now; whether more is left.

    Any number of workers may call it at once, as often as they like: a leaf that has its number keeps it.
    """
    left = [_number(tree, source, at) for tree, source in SOURCES.items()]
    return any(left)


def _number(tree: str, source: Source, at: datetime) -> bool:
    connection = db.session.connection()
    if connection.execute(source.waiting).first() is None:
        return False
    size = lock_head(tree)
    numbered = connection.execute(source.number, {"size": size})  # sees what was numbered while it waited for the lock
    rows = sorted(numbered, key=lambda row: row.number)
    if rows:
        extend(tree, size, [leaf_hash(source.data(row)) for row in rows], at=at)
    return len(rows) == BATCH
