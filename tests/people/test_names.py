"""Names: one way to write each, and nothing in them that is not seen."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.people.persons import HiddenCharacters, NameInvalid, clean_name

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ana   María\tRuiz ", "Ana María Ruiz"),
        (unicodedata.normalize("NFD", "Lucía Núñez"), "Lucía Núñez"),
        ("Ana\u200b Ru\u00adiz\ufeff", "Ana Ruiz"),
        ("\u200fمحمد علي\u200e", "محمد علي"),
        ("e\u034f\u0301va", "éva"),
        ("An\u200da Ru\u200ciz\u200d", "Ana Ruiz"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("علی\u200c رضا\u200c", "علی رضا"),
        ("क्\u200dष", "क्\u200dष"),
        ("क\u200dष", "कष"),
        ("Wang\u3164Wei", "WangWei"),
        ("王小明", "王小明"),
        ("ကြို့ဖြူ", "ကြို့ဖြူ"),
        ("O’Brien-Smith Jr.", "O’Brien-Smith Jr."),
    ],
)
def test_a_name_is_written_in_one_way(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept
    assert clean_name(kept) == kept


@pytest.mark.parametrize(
    "typed", ["", " x ", "\u200b\u200b\u200b", "\u3164\u3164", "\u2800 \u2800", "a\u200b", "12 34", "··"]
)
def test_what_is_empty_once_all_is_seen_is_no_name(typed: str) -> None:
    with pytest.raises(NameInvalid):
        clean_name(typed)
    with pytest.raises(NameInvalid):
        clean_name("a" * 121)


@pytest.mark.parametrize(
    "typed",
    [
        *(f"Ana {chr(code)}zuR" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))),
        "Ana\x07 Ruiz",
        "Ana\0Ruiz",
        "Ana \ud800Ruiz",
        "Ana \ue000Ruiz",
        "Ana \U000e0041Ruiz",
        "Ana \u0378Ruiz",
        "\u0301Ana",
        "A\u0310\u0311\u0312\u0313\u0314na",
        "Ana" + "\u0336" * 60,
    ],
)
def test_what_changes_how_a_name_reads_is_refused(typed: str) -> None:
    with pytest.raises(HiddenCharacters):
        clean_name(typed)


@given(st.text(max_size=130))
def test_a_name_that_is_kept_hides_nothing(typed: str) -> None:
    try:
        kept = clean_name(typed)
    except NameInvalid:
        return
    assert kept == clean_name(kept) == unicodedata.normalize("NFC", kept)
    assert {unicodedata.bidirectional(letter) for letter in kept} & {"LRO", "RLO", "LRE", "RLE", "PDF"} == set()
    assert not {letter for letter in kept if unicodedata.category(letter) in ("Cc", "Cf", "Cs")} - set("\u200c\u200d")
