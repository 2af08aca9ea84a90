"""Status lists: the specification's own example, and every bit where it should be."""

import gzip
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.credentials.data_integrity import proves, secured
from app.credentials.status_list import (
    SIZE,
    NoStatusList,
    bits_with,
    decode,
    encode,
    entry,
    is_set,
    list_credential,
    numbers,
    place,
)
from tests.badges import DID, badge_key, method

# The list of the specification (Bitstring Status List, examples), in which no bit is set.
SPECIFICATION = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"


def test_the_list_of_the_specification_is_read() -> None:
    assert decode(SPECIFICATION) == bits_with([]) == bytes(16_384)


def test_index_0_is_the_leftmost_bit() -> None:
    bits = bits_with([0, 10, SIZE - 1])
    assert (bits[0], bits[1], bits[-1]) == (0b10000000, 0b00100000, 0b00000001)
    assert [index for index in range(SIZE) if is_set(bits, index)] == [0, 10, SIZE - 1]


@settings(max_examples=30)
@given(st.sets(st.integers(0, SIZE - 1), max_size=40))
def test_what_is_set_is_read_back(indices: set[int]) -> None:
    bits = bits_with(indices)
    assert decode(encode(bits)) == bits
    assert encode(bits) == encode(bits_with(sorted(indices)))
    assert all(is_set(bits, index) for index in indices)


def test_every_credential_has_a_bit_of_its_own() -> None:
    assert [place(number) for number in (1, SIZE - 1, SIZE, 3 * SIZE + 7)] == [(1, 1), (1, SIZE - 1), (2, 0), (4, 7)]
    assert all(number in numbers(place(number)[0]) for number in (0, 1, SIZE - 1, SIZE, 10**6))


def test_the_id_of_an_entry_is_not_the_lists() -> None:
    assert entry("https://a.example/status/1", 5)["id"] == "https://a.example/status/1#5"


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "H4sI",
        "u",
        "u!!!!",
        "uAAAA",
        "u" + urlsafe_b64encode(gzip.compress(bytes(SIZE // 8 - 1))).decode(),
        "u" + urlsafe_b64encode(gzip.compress(bytes(50_000_000))).decode(),
        SPECIFICATION[:40],
    ],
    ids=["empty", "bare", "nothing", "letters", "no gzip", "short", "bomb", "cut"],
)
def test_what_is_no_list_is_refused(encoded: str) -> None:
    with pytest.raises(NoStatusList):
        decode(encoded)


@pytest.mark.parametrize("index", [-1, SIZE])
def test_there_is_no_bit_beyond_the_list(index: int) -> None:
    with pytest.raises(NoStatusList):
        is_set(bits_with([]), index)


def test_the_list_is_a_credential_every_word_of_which_is_signed() -> None:
    when = {"valid_from": "2026-01-01T00:00:00Z", "valid_until": "2026-01-02T00:00:00Z"}
    one = list_credential("https://acredita.example/status/1", bits_with([3]), issuer=DID, **when)
    assert one["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    assert one["credentialSubject"]["id"] == "https://acredita.example/status/1#list"
    proof = secured(one, sign=badge_key().sign, method=method(), created="2026-01-01T00:00:00Z")["proof"][0]
    other = list_credential("https://acredita.example/status/1", bits_with([]), issuer=DID, **when)
    assert proves(one, proof, badge_key().public_key())
    assert not proves(other, proof, badge_key().public_key())
