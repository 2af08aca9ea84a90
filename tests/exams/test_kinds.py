"""Each kind of item: its key, the responses it takes, its grading, and that nothing it shows gives the key away."""

import json
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exams.kinds import KINDS
from app.exams.kinds.kind import NO_RULES, OPTION_OR_ACCEPTED, AnswerLine, BadAnswer, BadKey
from app.exams.kinds.short_text import fold
from tests.exams.making import WITH_OPTIONS, make_item

CANARY = "canary-7f3a"
IN_FILE_ORDER = [0, 1, 2, 3]


def options(marks: str) -> list[AnswerLine]:
    """`"x  "` is three options, the first one right."""
    return [AnswerLine(f"Option {number}", mark == "x") for number, mark in enumerate(marks)]


def lines(*texts: str) -> list[AnswerLine]:
    return [AnswerLine(text) for text in texts]


def fitting(answers: list[AnswerLine]) -> list[str]:
    return [name for name, kind in KINDS.items() if kind.LINE is OPTION_OR_ACCEPTED and kind.fits(answers)]


def grade(item: dict[str, Any], answer: Any, order: list[int] | None = None) -> Fraction:
    return KINDS[item["kind"]].grade(item, answer, IN_FILE_ORDER if order is None else order)


def read(kind: str, raw: Any) -> Any:
    return KINDS[kind].read_response(raw, make_item(kind), IN_FILE_ORDER if kind in WITH_OPTIONS else [])


def test_the_registry_names_each_module_as_it_names_itself() -> None:
    assert {name: kind.NAME for name, kind in KINDS.items()} == {name: name for name in KINDS}


@pytest.mark.parametrize(
    ("answers", "kind", "key"),
    [
        (options(" x  "), "single_choice", 1),
        (options("x x "), "multiple_response", [0, 2]),
        (options("xxx"), "multiple_response", [0, 1, 2]),
        (lines("true"), "true_false", True),
        (lines("false"), "true_false", False),
        (lines("600"), "numeric", {"value": "600", "tolerance": "0"}),
        (lines("600 +- 5"), "numeric", {"value": "600", "tolerance": "5"}),
        (lines("-12.50 +- 2%"), "numeric", {"value": "-12.5", "tolerance": "1/4"}),
        (lines("HTTPS"), "short_text", ["HTTPS"]),
        (lines("3", "tres"), "short_text", ["3", "tres"]),
    ],
)
def test_the_answer_lines_say_the_kind_and_the_key(answers: list[AnswerLine], kind: str, key: Any) -> None:
    assert fitting(answers) == [kind]
    assert KINDS[kind].read_key(answers, NO_RULES) == key


@pytest.mark.parametrize(
    "answers", [[], options("   "), lines("3", "4"), lines("true", "false"), [*options(" "), *lines("a")]]
)
def test_answer_lines_that_no_kind_claims(answers: list[AnswerLine]) -> None:
    assert fitting(answers) == []


@pytest.mark.parametrize(
    ("kind", "answers", "message"),
    [
        ("single_choice", options("xx"), "2 are marked"),
        ("single_choice", options("  "), "no key"),
        ("single_choice", options("x"), "2 to 10 options"),
        ("single_choice", options("x" + " " * 10), "2 to 10 options"),
        ("single_choice", [*options("x "), *lines("a")], "not `=` lines"),
        ("multiple_response", lines("a"), "not `=` lines"),
        ("true_false", lines("yes"), "`= true` or `= false`"),
        ("true_false", options("x "), "`= true` or `= false`"),
        ("numeric", lines("6,5"), "one answer line"),
        ("numeric", lines("1e3"), "one answer line"),
        ("numeric", lines("9" * 19), "one answer line"),
        ("numeric", lines("6", "7"), "one answer line"),
        ("short_text", [], "one line"),
        ("short_text", options("x "), "no options"),
        ("short_text", lines("\u0301"), "at least one letter"),
        ("short_text", lines("a" * 201), "at most 200"),
        ("short_text", lines("Café", "cafe"), "differ only"),
    ],
)
def test_a_key_that_cannot_be_is_refused(kind: str, answers: list[AnswerLine], message: str) -> None:
    with pytest.raises(BadKey, match=message):
        KINDS[kind].read_key(answers, NO_RULES)


@pytest.mark.parametrize(
    ("kind", "raw", "answer"),
    [
        ("single_choice", 3, 3),
        ("multiple_response", [2, 0], [0, 2]),
        ("multiple_response", [], None),
        ("true_false", False, False),
        ("numeric", 7, "7"),
        ("numeric", 0.1, "0.1"),
        ("numeric", 1e-7, "0.0000001"),
        ("numeric", " 007,50 ", "7.5"),
        ("numeric", "−3.0", "-3"),
        ("numeric", "-0", "0"),
        ("numeric", ",5", "0.5"),
        ("numeric", "  ", None),
        ("short_text", "  Correo \t electrónico ", "Correo electrónico"),
        ("short_text", "a\u00a0b", "a b"),
        ("short_text", " ", None),
        ("blanks", ["  Paris ", None], ["Paris", None]),
        ("blanks", [" ", ""], None),
        ("matching", [None, 3, 3], [None, 3, 3]),
        ("matching", [None, None, None], None),
        ("ordering", [3, 0, None, 1], [3, 0, None, 1]),
        ("ordering", [None] * 4, None),
        ("hotspot", [0, 1000], [0, 1000]),
        ("hotspot", [None, 5], [None, 5]),
        ("hotspot", [None, None], None),
        ("essay", "  Uno\r\n\r\n dos \t\x0btres\u2028\n\n", "  Uno\n\n dos\ntres"),
        ("essay", "a\tb", "a\tb"),
        ("essay", "é" * 20_000, "é" * 20_000),
        ("essay", " \r\n ", None),
        ("practical", {"text": "Uno\r\ndos", "files": [7, 3]}, {"text": "Uno\ndos", "files": [7, 3]}),
        ("practical", {"files": [7]}, {"text": "", "files": [7]}),
        ("practical", {"text": "a"}, {"text": "a", "files": []}),
        *[("practical", nothing, None) for nothing in ({}, {"text": " \n", "files": []}, {"files": []})],
        *[(kind, None, None) for kind in KINDS],
    ],
)
def test_a_response_is_stored_in_one_spelling(kind: str, raw: Any, answer: Any) -> None:
    assert read(kind, raw) == answer


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        *[("single_choice", raw) for raw in (4, -1, True, "1", 1.0, [1], {})],
        *[("multiple_response", raw) for raw in (1, [0, 0], [4], [True], [[0]], ["0"], {"0": True}, "0")],
        *[("true_false", raw) for raw in (0, 1, "true", [])],
        *[("numeric", raw) for raw in ("seis", "1 000", "1,000.5", "1e3", "5 €", "٣", True, [5], "-", ".", "5.")],
        *[("numeric", raw) for raw in (float("nan"), float("inf"), 1e300, 10**40, "9" * 41)],
        *[("short_text", raw) for raw in (5, ["a"], "a" * 201, "a\x00b", "\ud800")],
        *[("blanks", raw) for raw in ("a", ["a"], ["a"] * 3, [1, "a"], [["a"], "b"], {"0": "a"}, ["a" * 201, None])],
        *[("matching", raw) for raw in (0, [0, 1], [0] * 4, [4, 0, 0], [-1, 0, 0], ["0", 0, 0], [True, 0, 0], "012")],
        *[("hotspot", raw) for raw in (5, [5], [5, 5, 5], [5, 1001], [-1, 5], [5, 5.0], ["5", 5], [True, 5], {"x": 5})],
        *[("essay", raw) for raw in (5, ["a"], {"text": "a"}, "a" * 20_001, "a\x00b", "a\x1bb", "\ud800")],
        *[("practical", raw) for raw in ("a", [7], {"file": [7]}, {"text": 5}, {"text": None}, {"files": 7})],
        *[("practical", {"files": raw}) for raw in ([1, 2, 3], [1, 1], [0], [-1], ["1"], [True], [1.0], [2**60], None)],
        *[("practical", {"text": raw, "files": [7]}) for raw in ("a" * 20_001, "a\x00b", "\ud800")],
        *[("ordering", raw) for raw in (0, [0, 1], [0, 1, 2, 4], [0, 0, 1, 2], ["0", 1, 2, 3], [[0], 1, 2, 3], {})],
    ],
)
def test_a_response_of_another_shape_is_refused(kind: str, raw: Any) -> None:
    with pytest.raises(BadAnswer) as refusal:
        read(kind, raw)
    assert refusal.value.status == 422
    assert str(refusal.value).endswith(".")


def test_a_number_too_long_to_be_written_is_refused() -> None:
    with pytest.raises(BadAnswer):
        read("numeric", 10**5000)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6))
def test_a_number_keeps_its_value_with_point_or_comma(number: Decimal) -> None:
    written = format(number, "f")
    stored = read("numeric", written)
    assert Fraction(stored) == Fraction(number)
    assert read("numeric", written.replace(".", ",")) == stored == read("numeric", stored)


handed_in = st.fixed_dictionaries({}, optional={"text": st.text(), "files": st.lists(st.integers(-1, 5))})


@given(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers(-1, 5)), handed_in)
)
def test_any_value_is_stored_or_refused_in_plain_words(raw: Any) -> None:
    for kind in KINDS:
        try:
            answer = read(kind, raw)
        except BadAnswer:
            continue
        json.dumps(answer).encode()
        order = IN_FILE_ORDER if kind in WITH_OPTIONS else []
        assert 0 <= KINDS[kind].grade(make_item(kind), answer, order) <= 1
        assert read(kind, answer) == answer


@pytest.mark.parametrize("kind", KINDS)
def test_no_answer_earns_nothing(kind: str) -> None:
    for scoring in ("all", "partial"):
        assert grade(make_item(kind, scoring=scoring), None) == 0


def test_a_false_statement_is_not_earned_by_leaving_it_open() -> None:
    item = make_item("true_false", key=False)
    assert [grade(item, answer) for answer in (False, True, None)] == [1, 0, 0]


def test_choices_are_graded_through_the_order_of_the_form() -> None:
    for order in permutations(IN_FILE_ORDER):
        earned = [grade(make_item(key=1), position, list(order)) for position in range(4)]
        assert earned == [int(file_position == 1) for file_position in order]


@pytest.mark.parametrize(
    ("answer", "all_of_it", "partial"),
    [
        ([0, 2], 1, 1),
        ([0], 0, Fraction(1, 2)),
        ([0, 1], 0, 0),
        ([0, 1, 2], 0, Fraction(1, 2)),
        ([0, 1, 2, 3], 0, 0),
        ([1, 3], 0, 0),
    ],
)
def test_multiple_response_by_all_and_by_shares(answer: list[int], all_of_it: int, partial: Fraction) -> None:
    assert grade(make_item("multiple_response", scoring="all"), answer) == all_of_it
    assert grade(make_item("multiple_response", scoring="partial"), answer) == partial


@pytest.mark.parametrize("scoring", ["all", "partial"])
def test_multiple_response_is_graded_through_the_order_of_the_form(scoring: str) -> None:
    item = make_item("multiple_response", key=[0, 2], scoring=scoring)
    for order in permutations(IN_FILE_ORDER):
        right = sorted((order.index(0), order.index(2)))
        wrong = sorted((order.index(1), order.index(3)))
        assert [grade(item, chosen, list(order)) for chosen in (right, wrong)] == [1, 0]


@pytest.mark.parametrize(("answer", "earned"), [("595", 1), ("605", 1), ("605.0001", 0), ("594.9", 0), ("-600", 0)])
def test_the_tolerance_is_inclusive_and_exact(answer: str, earned: int) -> None:
    assert grade(make_item("numeric"), answer) == earned


@pytest.mark.parametrize("answer", ["correo electronico", "CORREO  ELECTRÓNICO", "Ｅ-mail", "e-\u00admail"])
def test_case_accents_width_and_spaces_do_not_count(answer: str) -> None:
    assert grade(make_item("short_text"), answer) == 1


@pytest.mark.parametrize("answer", ["correo", "email", "correoelectronico"])
def test_other_words_do_count(answer: str) -> None:
    assert grade(make_item("short_text"), answer) == 0


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def with_canaries(kind: str, key: Any) -> dict[str, Any]:
    item = make_item(kind, key=key, objective=CANARY)
    told = item["text"]["en"] | {"feedback": [CANARY] * 4, "why": CANARY, "hint": CANARY, "rubric": [CANARY]}
    return item | {"text": {"es": told, "en": told}, "rubric": [{"points": CANARY}]}


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("single_choice", [0, 1, 2, 3]),
        ("multiple_response", [[0], [1, 2], [0, 1, 2, 3]]),
        ("true_false", [True, False]),
        ("numeric", [{"value": CANARY, "tolerance": "1"}, {"value": "2", "tolerance": CANARY}]),
        ("short_text", [[CANARY], ["a", "b", CANARY]]),
        ("blanks", [[[CANARY], ["a"]], [["b"], ["c", CANARY]]]),
        ("matching", [[0, 1, 2], [2, 2, 0]]),
        ("hotspot", [[["rect", 1, 2, 3, 4]], [["oval", 5, 6, 7, 8], [CANARY]]]),
        ("essay", [CANARY, None]),
        ("practical", [CANARY, None]),
    ],
)
def test_what_a_candidate_sees_is_the_same_whatever_is_right(kind: str, keys: list[Any]) -> None:
    order = [2, 0, 3, 1] if kind in WITH_OPTIONS else []
    views = []
    for key in keys:
        for scoring in ("all", "partial"):
            item = with_canaries(kind, key) | {"scoring": scoring}
            views.append(json.dumps(KINDS[kind].public(item, "en", order)))
    assert CANARY not in views[0]
    assert len(set(views)) == 1
    assert set(json.loads(views[0])) - {"prompts", "image", "alt"} == {"kind", "stem", "options", "shape"}


def test_options_are_shown_in_the_order_of_the_form() -> None:
    shown = KINDS["single_choice"].public(make_item(), "es", [2, 0, 3, 1])
    assert shown["options"] == ["Option 2", "Option 0", "Option 3", "Option 1"]
    assert shown["shape"] == {"input": "radio", "count": 4}
