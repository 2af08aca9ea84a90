"""The tree against RFC 6962 as it is written there: every root, every proof, and no proof that was bent."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ledger.merkle import (
    EMPTY,
    Edge,
    OutOfTree,
    consistency_spans,
    grow,
    inclusion_spans,
    leaf_hash,
    places,
    root_of,
    span_hash,
    stored,
    verify_consistency,
    verify_inclusion,
)

pytestmark = pytest.mark.once
SIZES = st.integers(1, 130)
# The inputs that implementations of RFC 6962 have in common; the roots of the first two follow from the definition.
DATA = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                                         "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def power_below(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def mth(leaves: list[bytes]) -> bytes:
    """Section 2.1, word for word."""
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return sha(b"\x00" + leaves[0])
    k = power_below(len(leaves))
    return sha(b"\x01" + mth(leaves[:k]) + mth(leaves[k:]))


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    """Section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = power_below(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: list[bytes], known: bool) -> list[bytes]:
    """Section 2.1.2."""
    if m == len(leaves):
        return [] if known else [mth(leaves)]
    k = power_below(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], known), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def leaves_of(size: int) -> list[bytes]:
    return [b"leaf %d" % n for n in range(size)]


def grown(leaves: list[bytes]) -> tuple[bytes, dict[int, bytes]]:
    """The root and all that is stored, one leaf after the other."""
    edge: Edge = []
    hashes = [one for leaf in leaves for one in grow(edge, leaf_hash(leaf))]
    assert len(hashes) == stored(len(leaves))
    return root_of(edge), dict(enumerate(hashes))


@pytest.mark.parametrize("size", ROOTS)
def test_known_roots(size: int) -> None:
    assert grown(DATA[:size])[0].hex() == mth(DATA[:size]).hex() == ROOTS[size]
    assert EMPTY.hex() == ROOTS[0]


@given(st.lists(st.binary(max_size=40), max_size=70))
def test_a_root_is_that_of_the_definition_and_of_what_is_stored(leaves: list[bytes]) -> None:
    root, hashes = grown(leaves)
    assert root == mth(leaves)
    if leaves:
        assert span_hash((0, len(leaves)), hashes) == root


@given(SIZES, st.data())
def test_an_inclusion_proof_is_that_of_the_definition_and_holds(size: int, data: st.DataObject) -> None:
    index, later = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, 20))
    leaves = leaves_of(size + later)
    _, hashes = grown(leaves)
    spans = inclusion_spans(index, size)
    proof = [span_hash(span, hashes) for span in spans]
    assert proof == path(index, leaves[:size])
    assert set(places(spans)) <= set(range(stored(size)))
    assert verify_inclusion(leaf_hash(leaves[index]), index, size, proof, mth(leaves[:size]))


@given(SIZES, st.data())
def test_a_consistency_proof_is_that_of_the_definition_and_holds(second: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, second))
    leaves = leaves_of(second)
    _, hashes = grown(leaves)
    proof = [span_hash(span, hashes) for span in consistency_spans(first, second)]
    assert proof == subproof(first, leaves, True)
    assert verify_consistency(first, second, mth(leaves[:first]), mth(leaves), proof)


@given(st.integers(2, 100), st.data())
def test_a_bent_inclusion_proof_does_not_hold(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves = leaves_of(size)
    proof, root, leaf = path(index, leaves), mth(leaves), leaf_hash(leaves[index])
    bent = data.draw(st.integers(0, len(proof) - 1))
    other = [one if n != bent else sha(one) for n, one in enumerate(proof)]
    assert not verify_inclusion(leaf, index, size, other, root)
    assert not verify_inclusion(leaf, index, size, proof[:-1], root)
    assert not verify_inclusion(leaf, index, size, [*proof, root], root)
    assert not verify_inclusion(leaf, (index + 1) % size, size, proof, root)
    assert not verify_inclusion(sha(leaf), index, size, proof, root)
    assert not verify_inclusion(leaf, index, size, proof, sha(root))


def test_a_proof_for_one_size_does_not_hold_for_a_larger_one() -> None:
    """Whose root the larger tree would have is not for the proof to say."""
    leaves = leaves_of(8)
    root = mth(leaves)
    for index in range(8):
        proof = path(index, leaves)
        assert verify_inclusion(leaf_hash(leaves[index]), index, 8, proof, root)
        assert not verify_inclusion(leaf_hash(leaves[index]), index, 16, proof, root)
    for first in range(1, 8):
        proof = subproof(first, leaves, True)
        assert verify_consistency(first, 8, mth(leaves[:first]), root, proof)
        assert not verify_consistency(first, 16, mth(leaves[:first]), root, proof)


@given(st.integers(2, 100), st.data())
def test_a_bent_consistency_proof_does_not_hold(second: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, second - 1))
    leaves = leaves_of(second)
    proof, before, after = subproof(first, leaves, True), mth(leaves[:first]), mth(leaves)
    bent = data.draw(st.integers(0, len(proof) - 1))
    other = [one if n != bent else sha(one) for n, one in enumerate(proof)]
    assert not verify_consistency(first, second, before, after, other)
    assert not verify_consistency(first, second, before, after, proof[:-1])
    assert not verify_consistency(first, second, before, after, [*proof, after])
    assert not verify_consistency(first, second, sha(before), after, proof)
    assert not verify_consistency(first, second, before, sha(after), proof)
    assert not verify_consistency(first, first, before, after, [])


def test_a_rewritten_log_has_no_proof() -> None:
    leaves = leaves_of(50)
    rewritten = [*leaves[:7], b"another", *leaves[8:]]
    _, hashes = grown(rewritten)
    for first in range(8, 50):
        proof = [span_hash(span, hashes) for span in consistency_spans(first, 50)]
        assert not verify_consistency(first, 50, mth(leaves[:first]), mth(rewritten), proof)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 1), (7, 5)])
def test_nothing_is_proved_of_a_leaf_that_is_not_there(index: int, size: int) -> None:
    assert not verify_inclusion(EMPTY, index, size, [], EMPTY)
    with pytest.raises(OutOfTree):
        inclusion_spans(index, size)


@pytest.mark.parametrize(("first", "second"), [(0, 0), (0, 5), (-1, 5), (6, 5)])
def test_nothing_is_proved_of_an_empty_tree_or_of_one_that_shrinks(first: int, second: int) -> None:
    assert not verify_consistency(first, second, EMPTY, EMPTY, [])
    with pytest.raises(OutOfTree):
        consistency_spans(first, second)
