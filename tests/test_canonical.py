"""Equal values have equal bytes and one name."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.canonical import canonical, fingerprint

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(JSON)
def test_bytes_say_the_whole_value(value: object) -> None:
    assert json.loads(canonical(value)) == value


def test_order_and_spaces_do_not_count() -> None:
    assert canonical({"b": [1, 2], "a": "ñ"}) == canonical({"a": "ñ", "b": [1, 2]}) == '{"a":"ñ","b":[1,2]}'.encode()


def test_what_json_cannot_say_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical(float("nan"))


def test_fingerprints_are_sha256() -> None:
    assert fingerprint(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
