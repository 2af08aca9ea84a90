"""Proofs: what anyone may ask of the log, with all that is needed to check the answer elsewhere."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select

from app.extensions import db
from app.ledger.log import Leaf
from app.ledger.merkle import OutOfTree
from app.ledger.trees import LOG, Proof, checkpoint_of, consistency_proof, inclusion_proof, latest_checkpoint
from app.refusal import NotFound, Refusal

MOST_LEAVES = 1000


class NoSuchLeaf(NotFound):
    """The log has no leaf of that number yet, or nothing at all."""

    title = _l("The log has no such entry")
    detail = _l("Ask for the newest checkpoint: its second line says how many entries there are.")


class BadSizes(Refusal):
    """No proof is of these sizes."""

    status = 422
    title = _l("There is no proof for these numbers")
    detail = _l("Sizes are whole numbers above zero, up to the size of the newest checkpoint, the first no larger.")


@dataclass(frozen=True)
class Inclusion:
    """That the log of a size holds a leaf: `leaf` is its exact bytes, `checkpoint` the signed note of this size."""

    leaf: bytes
    index: int
    proof: Proof
    checkpoint: str | None

    def as_json(self) -> dict[str, Any]:
        """For programs: hashes in Base64, the leaf as the text whose UTF-8 is hashed."""
        return {"leaf": self.leaf.decode(), "index": self.index} | _as_json(self.proof, self.checkpoint)


_LEAF = select(Leaf.data).where(Leaf.number == bindparam("of_number"))
_LEAVES = (
    select(Leaf.data)
    .where(Leaf.number >= bindparam("start"), Leaf.number < bindparam("end"))
    .order_by(Leaf.number)
    .limit(MOST_LEAVES)
)


def inclusion(index: int, size: int | None = None) -> Inclusion:
    """The proof that the log of a size, of the newest checkpoint unless given, holds the leaf of this number.

    Three statements. Raises NoSuchLeaf, BadSizes.
    """
    checkpoint, reached = _reached(size)
    data = db.session.connection().execute(_LEAF, {"of_number": index}).scalar()
    if data is None:
        raise NoSuchLeaf
    try:
        proof = inclusion_proof(LOG, index, reached)
    except OutOfTree as error:
        raise BadSizes from error
    return Inclusion(bytes(data), index, proof, checkpoint)


def growth(first: int, second: int | None = None) -> dict[str, Any]:
    """The proof, for programs, that the log of the second size begins with that of the first. Raises BadSizes."""
    checkpoint, reached = _reached(second)
    try:
        proof = consistency_proof(LOG, first, reached)
    except OutOfTree as error:
        raise BadSizes from error
    return {"first": first} | _as_json(proof, checkpoint)


def leaves(start: int, count: int) -> Sequence[str]:
    """The leaves from a number on, as text; fewer where the log or the patience ends. Raises BadSizes."""
    if start < 0 or not 0 < count <= MOST_LEAVES:
        raise BadSizes
    rows = db.session.connection().execute(_LEAVES, {"start": start, "end": start + count})
    return [bytes(row.data).decode() for row in rows]


def _reached(size: int | None) -> tuple[str | None, int]:
    """The note of a size, if one was signed, and the size; both of the newest checkpoint where none is given."""
    latest = latest_checkpoint(LOG)
    if latest is None:
        raise NoSuchLeaf
    if size is None or size == latest.size:
        return latest.note, latest.size
    if not 0 < size < latest.size:
        raise BadSizes
    checkpoint = checkpoint_of(LOG, size)
    return checkpoint.note if checkpoint else None, size


def _as_json(proof: Proof, checkpoint: str | None) -> dict[str, Any]:
    hashes = [b64encode(one).decode() for one in proof.hashes]
    root = b64encode(proof.root).decode()
    return {"size": proof.size, "root": root, "hashes": hashes, "checkpoint": checkpoint}
