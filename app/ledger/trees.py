"""The two trees as they are stored: hashes and checkpoints that never change, and a head that is locked to grow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import BindParameter, CheckConstraint, bindparam, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Big, Code, LongText, Model, append_only, db, insert_or_ignore
from app.keys import LOG as LOG_KEY
from app.keys import public_keys, raw, signing_key
from app.ledger.merkle import (
    Edge,
    Span,
    consistency_spans,
    cover,
    grow,
    inclusion_spans,
    places,
    root_of,
    span_hash,
    stored,
)
from app.ledger.notes import signed_note

LOG, DEEDS = "log", "deeds"
TREES = (LOG, DEEDS)


class Head(Model):
    """How many leaves of a tree have a number. Whoever gives numbers locks it first."""

    __tablename__ = "heads"
    __table_args__ = (CheckConstraint("size >= 0", name="size"),)

    tree: Mapped[Code] = mapped_column(primary_key=True)
    size: Mapped[Big]


class Node(Model):
    """The hash of one complete subtree, at its place in the order in which leaves complete them."""

    __tablename__ = "nodes"
    __table_args__ = (CheckConstraint("length(hash) = 32", name="hash"), {"sqlite_with_rowid": False})

    tree: Mapped[Code] = mapped_column(primary_key=True)
    place: Mapped[Big] = mapped_column(primary_key=True)
    hash: Mapped[bytes]


class Checkpoint(Model):
    """A size at which a tree was signed; `note` is the exact text."""

    __tablename__ = "checkpoints"
    __table_args__ = (CheckConstraint("size > 0", name="size"),)

    tree: Mapped[Code] = mapped_column(primary_key=True)
    size: Mapped[Big] = mapped_column(primary_key=True)
    root: Mapped[bytes]
    note: Mapped[LongText]
    at: Mapped[datetime]


append_only(Node.__table__)  # type: ignore[arg-type]
append_only(Checkpoint.__table__)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Proof:
    """The hashes that lead to the root of a tree of this size."""

    size: int
    root: bytes
    hashes: tuple[bytes, ...]


_OF_TREE: BindParameter[str] = bindparam("of_tree")
_HEAD = select(Head.size).where(Head.tree == _OF_TREE).with_for_update()
_MOVE = update(Head).where(Head.tree == _OF_TREE).values(size=bindparam("new_size"))
_NODES = select(Node.place, Node.hash).where(Node.tree == _OF_TREE, Node.place.in_(bindparam("places", expanding=True)))
_NODE = insert(Node)
_CHECKPOINT = insert(Checkpoint)
_CHECKPOINTS = select(Checkpoint).where(Checkpoint.tree == _OF_TREE)
_LATEST = _CHECKPOINTS.order_by(Checkpoint.size.desc()).limit(1)
_OF_SIZE = _CHECKPOINTS.where(Checkpoint.size == bindparam("of_size"))


def lock_head(tree: str) -> int:
    """The size of a tree, which nobody else changes until this transaction ends."""
    connection = db.session.connection()
    size = connection.execute(_HEAD, {"of_tree": tree}).scalar()
    if size is None:
        insert_or_ignore(Head, tree=tree, size=0)
        size = connection.execute(_HEAD, {"of_tree": tree}).scalar_one()
    return int(size)


def extend(tree: str, size: int, leaves: Sequence[bytes], *, at: datetime) -> None:
    """Add hashes of leaves to a tree whose head is locked at this size, and sign what it is now."""
    edge, made = _edge(tree, size), []
    for leaf in leaves:
        made += grow(edge, leaf)
    connection, grown = db.session.connection(), size + len(leaves)
    first = stored(size)
    connection.execute(_NODE, [{"tree": tree, "place": first + n, "hash": one} for n, one in enumerate(made)])
    connection.execute(_MOVE, {"of_tree": tree, "new_size": grown})
    key, root = signing_key(LOG_KEY), root_of(edge)
    note = signed_note(origin(tree), grown, root, key=raw(key.public_key()), sign=key.sign)
    connection.execute(_CHECKPOINT, {"tree": tree, "size": grown, "root": root, "note": note, "at": at})


def origin(tree: str) -> str:
    """The name of a tree in the world, under which its checkpoints are signed."""
    return f"{urlsplit(current_app.config['BASE_URL']).netloc}/{tree}"


def log_keys() -> list[bytes]:
    """The public keys of checkpoints: the present one, then those before it."""
    return [raw(key) for key in public_keys(LOG_KEY)]


def latest_checkpoint(tree: str) -> Checkpoint | None:
    """The newest checkpoint, None of a tree without leaves."""
    return db.session.scalar(_LATEST, {"of_tree": tree})


def checkpoint_of(tree: str, size: int) -> Checkpoint | None:
    """The checkpoint of exactly this size, if one was signed."""
    return db.session.scalar(_OF_SIZE, {"of_tree": tree, "of_size": size})


def inclusion_proof(tree: str, index: int, size: int) -> Proof:
    """That a leaf is in the tree of this size, which has been reached. One statement. Raises OutOfTree."""
    return _proof(tree, size, inclusion_spans(index, size))


def consistency_proof(tree: str, first: int, second: int) -> Proof:
    """That the tree of the first size begins that of the second. One statement. Raises OutOfTree."""
    return _proof(tree, second, consistency_spans(first, second))


def _proof(tree: str, size: int, spans: list[Span]) -> Proof:
    whole = (0, size)
    hashes = _nodes(tree, places([whole, *spans]))
    return Proof(size, span_hash(whole, hashes), tuple(span_hash(span, hashes) for span in spans))


def _edge(tree: str, size: int) -> Edge:
    parts = cover((0, size))
    hashes = _nodes(tree, [place for _, place in parts])
    return [(level, hashes[place]) for level, place in parts]


def _nodes(tree: str, wanted: Iterable[int]) -> dict[int, bytes]:
    rows = db.session.connection().execute(_NODES, {"of_tree": tree, "places": list(wanted)})
    return {place: bytes(one) for place, one in rows}
