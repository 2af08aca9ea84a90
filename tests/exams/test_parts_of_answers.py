"""Matching, ordering, blanks and the newer forms of numbers and texts: how they are written, and what they earn."""

from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exams.kinds import KINDS
from app.exams.kinds.ordering import shown_order
from tests.exams.making import make_item
from tests.exams.test_item_files import complaint, parse, read_one

KINDS_OF_PARTS = ("blanks", "matching", "ordering")
orders = st.permutations([0, 1, 2, 3])
scorings = st.sampled_from(["all", "partial"])
places = st.none() | st.integers(0, 3)
answers = {
    "blanks": st.lists(st.none() | st.sampled_from(["París", "paris", "2", "x"]), min_size=2, max_size=2),
    "matching": st.lists(places, min_size=3, max_size=3),
    "ordering": st.permutations([0, 1, 2, 3]).flatmap(
        lambda order: st.sets(st.integers(0, 3)).map(lambda gaps: [None if place in gaps else place for place in order])
    ),
}


def grade(item: dict[str, Any], answer: Any, order: list[int]) -> Fraction:
    return KINDS[item["kind"]].grade(item, answer, order)


@given(kind=st.sampled_from([name for name, kind in KINDS.items() if not kind.RATED]), order=orders, scoring=scorings)
def test_the_right_answer_earns_everything_and_none_nothing(kind: str, order: list[int], scoring: str) -> None:
    item = make_item(kind, scoring=scoring)
    right = KINDS[kind].right_answer(item, order)
    assert KINDS[kind].read_response(right, item, order) == right
    assert grade(item, right, order) == 1
    assert grade(item, None, order) == 0


@pytest.mark.parametrize("kind", KINDS_OF_PARTS)
@given(data=st.data(), order=orders)
def test_a_share_lies_between_nothing_and_everything(kind: str, data: st.DataObject, order: list[int]) -> None:
    answer = data.draw(answers[kind])
    all_of_it = grade(make_item(kind, scoring="all"), answer, order)
    by_parts = grade(make_item(kind, scoring="partial"), answer, order)
    assert all_of_it in (0, 1)
    assert 0 <= all_of_it <= by_parts <= 1
    assert (by_parts == 1) == (all_of_it == 1)


@given(chosen=st.lists(places, min_size=3, max_size=3), order=orders, scoring=scorings)
def test_matching_earns_the_same_in_any_order_of_the_form(chosen: list[Any], order: list[int], scoring: str) -> None:
    item = make_item("matching", scoring=scoring)
    shown = [None if position is None else order.index(position) for position in chosen]
    assert grade(item, shown, order) == grade(item, chosen, [0, 1, 2, 3])


@given(row=st.permutations([0, 1, 2, 3]), order=orders, scoring=scorings)
def test_ordering_earns_the_same_in_any_order_of_the_form(row: list[int], order: list[int], scoring: str) -> None:
    """`row` lists the elements, by their place in the file, as the candidate arranges them."""
    item = make_item("ordering", scoring=scoring)
    shown = [row.index(element) for element in shown_order(order)]
    steps = sum(row.index(element + 1) == row.index(element) + 1 for element in range(3))
    assert grade(item, shown, order) == (Fraction(steps, 3) if scoring == "partial" else int(row == [0, 1, 2, 3]))


@pytest.mark.parametrize("count", [2, 3, 4])
def test_an_ordering_is_never_shown_in_its_right_order(count: int) -> None:
    for order in permutations(range(count)):
        shown = shown_order(order)
        assert shown != sorted(order)
        assert sorted(shown) == sorted(order)


def test_parts_of_pairs_and_gaps_earn_their_share() -> None:
    pairs, gaps = make_item("matching", scoring="partial"), make_item("blanks", scoring="partial")
    assert [grade(pairs, answer, [0, 1, 2, 3]) for answer in ([2, None, None], [2, 0, 1], [0, 2, 0])] == [
        Fraction(1, 3),
        Fraction(2, 3),
        0,
    ]
    assert [grade(gaps, answer, []) for answer in (["lutecia", None], ["x", "2"], ["2", "París"])] == [
        Fraction(1, 2),
        Fraction(1, 2),
        0,
    ]


def test_pairs_as_an_author_writes_them() -> None:
    item = read_one("## Match {#a scoring=partial}\n- HTTP -> 80\n- Also `a->b` -> 80\n- SSH -> 22\n- -> 25\n")
    assert (item.kind, item.key) == ("matching", [0, 0, 1])
    assert [line.text for line in item.parts["prompts"]] == ["HTTP", "Also `a->b`", "SSH"]
    assert [(option.text, option.line) for option in item.options] == [("80", 6), ("22", 8), ("25", 9)]


def test_an_order_as_an_author_writes_it() -> None:
    item = read_one("## Put in order {#a}\n\nThe steps.\n\n1. First\n2. *Second*\n3. Third\n\n> Why: so.\n")
    assert (item.kind, item.key, item.stem.text) == ("ordering", [0, 1, 2], "The steps.")
    assert [option.text for option in item.options] == ["First", "*Second*", "Third"]


def test_gaps_as_an_author_writes_them() -> None:
    item = read_one("## Complete {#a accents=keep}\n\nIt is [= Paris | París] and\n[=2].\n\n> Why: so.\n")
    assert (item.kind, item.key, item.gaps) == ("blanks", [["Paris", "París"], ["2"]], 2)
    assert item.stem.text == "It is \ufffc and\n\ufffc."
    assert item.head.rules == {"accents": "keep"}


def test_lists_arrows_and_numbers_may_stand_in_the_stem_of_an_item_with_options() -> None:
    item = read_one("## Which? {#a}\n\n1. One\n2. Two\n\n- a -> b\n\n- [x] Yes\n- [ ] No\n")
    assert (item.kind, item.stem.text) == ("single_choice", "1. One\n2. Two\n\n- a -> b")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("## S {#a}\n- a -> b\n- c->d\n", "7: a pair is written `- left -> right`"),
        ("## S {#a}\n- a->b\n- c -> d\n", "6: a pair is written `- left -> right`"),
        ("## S {#a}\n- a -> b -> c\n- c -> d\n", "6: a pair is written `- left -> right`"),
        ("## S {#a}\n- a -> \n- c -> d\n", "6: a pair is written `- left -> right`"),
        ("## S {#a}\n- a -> b\n- c -> b\n", "5: a matching item has at least 2 pairs and 2 different"),
        ("## S {#a}\n- a -> b\n- -> c\n", "5: a matching item has at least 2 pairs and 2 different"),
        ("## S {#a}\n" + "".join(f"- {n} -> {n}\n" for n in range(11)), "5: a matching item has at most 10 lines"),
        ("## S {#a}\n- a -> b\n- a -> c\n", "5: the same left-hand side stands twice"),
        ("## S {#a}\n- a -> b\n- c -> d\n- -> b\n", "5: a right-hand side without a left one stands once"),
        ("## S {#a shuffle=no}\n- a -> b\n- c -> d\n", "5: `shuffle=no` means nothing for `matching`"),
        ("## S {#a}\n1. a\n3. b\n", "7: elements are numbered"),
        ("## S {#a}\n1. a\n 2. b\n", "7: elements are numbered"),
        ("## S {#a}\n1) a\n2) b\n", "6: elements are numbered"),
        ("## S {#a}\n1. a\n", "5: an ordering item has 2 to 10 elements"),
        ("## S {#a}\n1. a\n2. a\n", "5: the same element stands twice"),
        ("## S {#a}\n1. a\n   more\n2. b\n", "7: only answers"),
        ("## S {#a}\n\nA [= ] gap\n", "7: an accepted form needs at least one letter"),
        ("## S {#a}\n\nA [= a | A] gap\n", "7: two accepted forms differ only"),
        ("## S {#a}\n\n" + "[= a] " * 11 + "\n", "5: a text has 1 to 10 gaps"),
        ("## S [= a] {#a}\n\nA [= b] gap\n", "5: gaps stand in the text below the heading"),
        ("## S {#a}\n\nA [= b] gap [ = c]\n", "7: a gap is written"),
        ("## S {#a}\n\nA [= b\n] gap [= c]\n", "7: a gap is written"),
        ("## S {#a}\n\nA [= b] gap\n- [x] c\n- [ ] d\n", "7: a gap is written"),
        ("## S {#a type=matching}\n- a -> b\n- c -> d\n- [x] e\n", "8: answers of `matching` are not written so"),
        ("## S {#a type=ordering}\n= 5\n1. a\n2. b\n", "6: answers of `ordering` are not written so"),
        ("## S {#a}\n= 5 km .. 10 km\n", "6: this is nearly a number"),
        ("## S {#a}\n= 5\n= 6,1 +- 2\n", "7: this is nearly a number"),
        ("## S {#a case=keep}\n= 5\n", "5: `case=…` means nothing for `numeric`"),
        ("## S {#a case=no}\n= five\n", "5: `case=no`: `case` is one of keep"),
    ],
)
def test_complaints_name_the_line(body: str, message: str) -> None:
    items, complaints = parse(body)
    assert items == []
    assert [said for said in complaints if said.startswith(message)], complaints


def test_a_short_text_keeps_what_its_item_says() -> None:
    plain, strict = make_item("short_text"), make_item("short_text", rules={"accents": "keep"})
    exact = make_item("short_text", rules={"accents": "keep", "case": "keep"})
    typed = ("Correo electrónico", "correo electrónico", "correo electronico", "Correo  electro\u0301nico")
    assert [[int(grade(item, text, [])) for text in typed] for item in (plain, strict, exact)] == [
        [1, 1, 1, 1],
        [1, 1, 0, 1],
        [1, 0, 0, 1],
    ]
    assert read_one("## S {#a case=keep}\n= HTTP\n= http\n").key == ["HTTP", "http"]
    assert "differ only" in complaint("## S {#a accents=keep}\n= HTTP\n= http\n")


@pytest.mark.parametrize(
    ("line", "key", "unit"),
    [
        ("= 9.81 m/s² +- 0.05", {"value": "9.81", "tolerance": "1/20"}, ["m/s²"]),
        ("= 50 % +- 2%", {"value": "50", "tolerance": "1"}, ["%"]),
        ("= 5 .. 10", {"from": "5", "to": "10"}, []),
        ("= -5..-1.50 °C", {"from": "-5", "to": "-1.5"}, ["°C"]),
    ],
)
def test_numbers_with_units_and_ranges(line: str, key: dict[str, str], unit: list[str]) -> None:
    item = read_one(f"## S {{#a}}\n{line}\n")
    assert (item.kind, item.key) == ("numeric", key)
    assert [part.text for part in item.parts.get("units", ())] == unit


@pytest.mark.parametrize("line", ["= 10 .. 5", "= 5 .. 5"])
def test_a_range_runs_upwards(line: str) -> None:
    assert "from the lower number to the higher" in complaint(f"## S {{#a}}\n{line}\n")


def test_a_range_holds_both_its_ends_and_the_unit_may_be_typed() -> None:
    item = make_item("numeric", key={"from": "5", "to": "10"})
    for text in item["text"].values():
        text["units"] = ["km/h"]
    read = KINDS["numeric"].read_response
    assert [grade(item, answer, []) for answer in ("4.99", "5", "7.5", "10", "10.01")] == [0, 1, 1, 1, 0]
    assert [read(raw, item, []) for raw in ("7 km/h", "7,5km/h", "7")] == ["7", "7.5", "7"]
    assert KINDS["numeric"].public(item, "es", [])["shape"] == {"input": "number", "max_length": 40, "unit": "km/h"}


PICTURE = "![The map of a shop](../../media/shop.png)"


def test_a_picture_with_its_areas_as_an_author_writes_it() -> None:
    item = read_one(
        f"## Where? {{#a}}\n\nLook.\n\n{PICTURE}\n\n= rect 100,200 300,350\n= oval 500,500 80,60\n\n> Why: so.\n"
    )
    assert (item.kind, item.key) == ("hotspot", [["rect", 100, 200, 300, 350], ["oval", 500, 500, 80, 60]])
    assert item.stem.text == "Look.\n\n\ufffc"
    assert [(name, part.text, part.line) for name, [part] in item.parts.items()] == [
        ("images", "shop.png", 9),
        ("alts", "The map of a shop", 9),
    ]


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (f"{PICTURE}\n= rect 100,200 300\n", "7: an area is written"),
        (f"{PICTURE}\n= rect 300,200 100,350\n", "7: a rectangle goes from"),
        (f"{PICTURE}\n= rect 300,200 400,1001\n", "7: a rectangle goes from"),
        (f"{PICTURE}\n= oval 300,200 0,50\n", "7: a rectangle goes from"),
        (f"{PICTURE}\n= rect 1,2 3,4\n= cat\n", "8: answers of `hotspot` are not written so"),
        (f"{PICTURE}\n{PICTURE}\n= rect 1,2 3,4\n", "5: a hotspot item shows one picture"),
        ("= rect 1,2 3,4\n", "5: a hotspot item shows one picture"),
        ("![ ](../../media/a.png)\n= rect 1,2 3,4\n", "6: the picture is written"),
        ("![a](../media/a.png)\n= rect 1,2 3,4\n", "6: the picture is written"),
        ("![a](https://a.example/a.png)\n= rect 1,2 3,4\n", "6: the picture is written"),
        (f"{PICTURE}\n" + "= rect 1,2 3,4\n" * 11, "5: a hotspot item has 1 to 10 areas"),
        (f"{PICTURE}\n- [x] a\n- [ ] b\n", "6: `../../media/shop.png` leads nowhere"),
    ],
)
def test_what_is_wrong_with_a_picture_names_the_line(answers: str, message: str) -> None:
    items, complaints = parse(f"## Where? {{#a}}\n{answers}")
    assert [said for said in complaints if said.startswith(message)], (items, complaints)


def test_a_word_may_be_the_name_of_a_shape() -> None:
    assert read_one("## Which shape? {#a}\n= oval\n= rect angle\n").kind == "short_text"


@pytest.mark.parametrize(
    ("point", "right"),
    [
        ([100, 200], 1), ([301, 400], 1), ([302, 400], 0), ([100, 199], 0), ([200, 300], 1),
        ([500, 550], 1), ([500, 551], 0), ([600, 500], 1), ([601, 500], 0), ([590, 540], 0), ([None, 500], 0),
    ],
)  # fmt: skip
def test_the_edge_of_an_area_belongs_to_it(point: list[int], right: int) -> None:
    assert grade(make_item("hotspot"), point, []) == right
