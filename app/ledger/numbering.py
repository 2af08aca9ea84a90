"""Numbering: leaves and deeds that wait get their places in the trees, without a gap, in batches that are signed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, Update, bindparam, select, update

from app.extensions import WAITS, db
from app.ledger.deeds import Deed, sealed_bytes
from app.ledger.log import Leaf
from app.ledger.merkle import leaf_hash
from app.ledger.trees import DEEDS, LOG, extend, lock_head

BATCH = 1000


@dataclass(frozen=True)
class Source:
    """Where the leaves of a tree come from: rows that wait, oldest first, how one gets its number, and its bytes."""

    waiting: Select[Any]
    number: Update
    data: Callable[[Row[Any]], bytes]


def _source(model: type[Leaf] | type[Deed], data: Callable[[Row[Any]], bytes]) -> Source:
    """By id among those that can be seen: one that was written before and commits later comes after."""
    return Source(
        select(*model.__table__.columns).where(WAITS).order_by(model.id).limit(BATCH),
        update(model).where(model.id == bindparam("row_id")).values(number=bindparam("new_number")),
        data,
    )


SOURCES = {LOG: _source(Leaf, lambda leaf: bytes(leaf.data)), DEEDS: _source(Deed, sealed_bytes)}


def number_leaves(*, at: datetime) -> bool:
    """Number what waits, up to a batch for each tree, and sign what the trees are now; whether more is left.

    Any number of workers may call it at once, as often as they like: a leaf that has its number keeps it.
    """
    left = [_number(tree, source, at) for tree, source in SOURCES.items()]
    return any(left)


def _number(tree: str, source: Source, at: datetime) -> bool:
    connection = db.session.connection()
    if connection.execute(source.waiting.limit(1)).first() is None:
        return False
    size = lock_head(tree)
    rows = connection.execute(source.waiting).all()  # those that waited for the lock see what was numbered meanwhile
    if rows:
        numbers = [{"row_id": row.id, "new_number": size + n} for n, row in enumerate(rows)]
        connection.execute(source.number, numbers)
        extend(tree, size, [leaf_hash(source.data(row)) for row in rows], at=at)
    return len(rows) == BATCH
