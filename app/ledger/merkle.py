"""The Merkle tree of RFC 6962 over SHA-256: hashes, proofs that a leaf is in it or that it only grew, their checks.

Only complete subtrees are stored, in the order in which leaves complete them; such a place is an int from 0. Hashes are
32 bytes, sizes and indexes ints.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

Span = tuple[int, int]  # the leaves from the first up to, without it, the second
Edge = list[tuple[int, bytes]]  # level and hash of the complete subtrees that make up a tree, the largest first
EMPTY = hashlib.sha256().digest()


class OutOfTree(ValueError):
    """No such leaf or size: nothing is proved of an empty tree, nor of what is not there."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf's bytes; its prefix keeps a leaf from passing for a node."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def grow(edge: Edge, leaf: bytes) -> list[bytes]:
    """Add the hash of a leaf to the right edge of a tree, which changes; returns the hashes that it completes."""
    level, made = 0, [leaf]
    while edge and edge[-1][0] == level:
        made.append(node_hash(edge.pop()[1], made[-1]))
        level += 1
    edge.append((level, made[-1]))
    return made


def root_of(edge: Edge) -> bytes:
    """The root of the tree with this right edge."""
    return _joined([part for _, part in edge]) if edge else EMPTY


def stored(size: int) -> int:
    """How many hashes a tree has stored, which is the place of the next."""
    return 2 * size - size.bit_count()


def cover(span: Span) -> list[tuple[int, int]]:
    """Level and place of the complete subtrees that make up a span which is a subtree of some tree."""
    start, end = span
    parts = []
    while start < end:
        level = (end - start).bit_length() - 1
        start += 1 << level
        parts.append((level, stored(start - 1) + level))
    return parts


def places(spans: Iterable[Span]) -> list[int]:
    """Where all is stored that the hashes of the spans are made of."""
    return sorted({place for span in spans for _, place in cover(span)})


def span_hash(span: Span, hashes: Mapping[int, bytes]) -> bytes:
    """The hash of a span, from stored hashes by their places."""
    return _joined([hashes[place] for _, place in cover(span)])


def inclusion_spans(index: int, size: int) -> list[Span]:
    """What an inclusion proof is made of, from the leaf up. Raises OutOfTree."""
    if not 0 <= index < size:
        raise OutOfTree
    start, end, spans = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        spans.append((middle, end) if index < middle else (start, middle))
        start, end = (start, middle) if index < middle else (middle, end)
    return spans[::-1]


def consistency_spans(first: int, second: int) -> list[Span]:
    """What the proof is made of that a tree of one size begins one of another. Raises OutOfTree."""
    if not 0 < first <= second:
        raise OutOfTree
    start, end, spans = 0, second, []
    while end != first:
        middle = start + _split(end - start)
        spans.append((middle, end) if first <= middle else (start, middle))
        start, end = (start, middle) if first <= middle else (middle, end)
    if start > 0:  # the first tree itself is known to whoever asks
        spans.append((start, end))
    return spans[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof leads from the hash of a leaf to the root of the tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, found = index, size - 1, leaf
    for part in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(part, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, part)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree of the second size begins with that of the first (RFC 9162, 2.1.4.2)."""
    if not 0 < first <= second or bool(proof) != (first < second):
        return False
    if first == second:
        return first_root == second_root
    parts = [first_root, *proof] if first & (first - 1) == 0 else proof
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    before = after = parts[0]
    for part in parts[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            before, after = node_hash(part, before), node_hash(part, after)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            after = node_hash(after, part)
        node, last = node >> 1, last >> 1
    return last == 0 and before == first_root and after == second_root


def _split(size: int) -> int:
    """The largest power of two below the size."""
    return 1 << ((size - 1).bit_length() - 1)


def _joined(parts: Sequence[bytes]) -> bytes:
    """Complete subtrees from left to right, as one."""
    found = parts[-1]
    for part in reversed(parts[:-1]):
        found = node_hash(part, found)
    return found
