"""Sealing: whether both trees are what their rows say, found by computing them again from the first leaf on."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, func, select

from app.extensions import db
from app.ledger.deeds import Deed, emptied_in_silence, is_as_sealed
from app.ledger.log import Leaf
from app.ledger.merkle import Edge, grow, leaf_hash, root_of
from app.ledger.notes import NotANote, is_signed, read_note
from app.ledger.numbering import SOURCES
from app.ledger.trees import DEEDS, LOG, TREES, Checkpoint, Head, Node, log_keys

MODELS: dict[str, type[Leaf] | type[Deed]] = {LOG: Leaf, DEEDS: Deed}
STREAM = {"yield_per": 1000}


def seal_breaches() -> Iterator[str]:
    """Every row, hash or checkpoint that does not fit the others, in plain words. Ask in a snapshot."""
    for tree in TREES:
        yield from _tree_breaches(tree)
    if silent := emptied_in_silence():
        yield f"{DEEDS}: {silent} lines more are empty than erasures have emptied"


def _tree_breaches(tree: str) -> Iterator[str]:
    """Leaf by leaf: its number, the hashes that it completes, and the checkpoint signed there."""
    edge: Edge = []
    size = 0
    nodes = _nodes(tree)
    checkpoints = {row.size: row for row in db.session.scalars(select(Checkpoint).where(Checkpoint.tree == tree))}
    for size, row in enumerate(_rows(tree), start=1):
        if row.number != size - 1:
            yield f"{tree}: leaf {size - 1} is missing"
            return
        made = grow(edge, leaf_hash(SOURCES[tree].data(row)))
        if made != [next(nodes, None) for _ in made] or (tree == DEEDS and not is_as_sealed(row)):
            yield f"{tree}: leaf {size - 1} is not what was sealed"
            return
        if size in checkpoints and not _fits(checkpoints.pop(size), root_of(edge)):
            yield f"{tree}: the checkpoint of {size} does not fit"
    yield from _ending_breaches(tree, size, leftover=next(nodes, None) is not None or bool(checkpoints))


def _ending_breaches(tree: str, size: int, *, leftover: bool) -> Iterator[str]:
    """Nothing was cut off at the end, and what has numbers was signed."""
    head = db.session.scalar(select(Head.size).where(Head.tree == tree)) or 0
    signed = db.session.scalar(select(func.max(Checkpoint.size)).where(Checkpoint.tree == tree)) or 0
    if leftover or head != size or signed != size:
        yield f"{tree}: has {size} leaves, a head of {head} and a checkpoint of {signed}, and hashes that do not fit"


def _fits(checkpoint: Checkpoint, root: bytes) -> bool:
    """It is signed, and says what the rows say."""
    try:
        note = read_note(checkpoint.note)
    except NotANote:
        return False
    says = (note.size, note.root, checkpoint.root) == (checkpoint.size, root, root)
    return says and note.origin.endswith(f"/{checkpoint.tree}") and is_signed(note, log_keys())


def _rows(tree: str) -> Iterator[Row[Any]]:
    table = MODELS[tree].__table__
    numbered = select(*table.columns).where(table.c.number.is_not(None)).order_by(table.c.number)
    yield from db.session.execute(numbered.execution_options(**STREAM))


def _nodes(tree: str) -> Iterator[bytes]:
    """The stored hashes in the order of their places; one that is missing shifts all that come after."""
    stored = select(Node.hash).where(Node.tree == tree).order_by(Node.place)
    yield from db.session.scalars(stored.execution_options(**STREAM))
