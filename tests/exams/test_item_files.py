"""Reading items files: what is read, what is complained about, and on which line."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.exams.item_files import MOST_ITEMS, ItemSource, parse_item_file

FRONT = "---\ndomain: transport\nlang: en\n---\n"
FIRST_LINE = 5
CHOICE = "- [x] 443\n- [ ] 80\n"


def parse(body: str) -> tuple[list[ItemSource], list[str]]:
    """The items, and the complaints as `line: message`."""
    file, complaints = parse_item_file(FRONT + body, Path("transport.md"))
    assert file
    return list(file.items), [f"{complaint.line}: {complaint.message}" for complaint in complaints]


def read_one(body: str) -> ItemSource:
    items, complaints = parse(body)
    assert complaints == []
    [item] = items
    return item


def complaint(body: str) -> str:
    items, complaints = parse(body)
    assert items == []
    [only] = complaints
    return only


def test_every_part_of_an_item() -> None:
    item = read_one(
        "## Which port does HTTPS use? {#net-001 difficulty=1 objective=net.tls points=3 shuffle=no}\n"
        "\n"
        "By default.\n"
        "\n"
        "- [x] 443\n"
        "  > Right:\n"
        "  > IANA assigns it.\n"
        "- [ ] 80, which\n"
        "  is plain HTTP\n"
        "- [ ] 22\n"
        "\n"
        "> Why: RFC 9110\n"
        "> §4.2.2.\n"
    )
    head = item.head
    assert (head.id, head.title) == ("net-001", "Which port does HTTPS use?")
    assert (head.difficulty, head.objective, head.points, head.scoring, head.shuffle) == (1, "net.tls", 3, "all", False)
    assert (item.kind, item.key, item.line) == ("single_choice", 0, FIRST_LINE)
    assert (item.stem.text, item.stem.line) == ("By default.", FIRST_LINE + 2)
    assert [(option.text, option.line) for option in item.options] == [
        ("443", 9),
        ("80, which is plain HTTP", 12),
        ("22", 14),
    ]
    feedback = item.options[0].feedback
    assert feedback and (feedback.text, feedback.line) == ("Right:\nIANA assigns it.", 10)
    assert item.why and (item.why.text, item.why.line) == ("RFC 9110\n§4.2.2.", 16)


def test_what_is_left_out_has_a_default() -> None:
    head = read_one(f"## Port? {{#a}}\n{CHOICE}").head
    assert (head.difficulty, head.objective, head.points, head.scoring, head.shuffle) == (2, None, 1, "all", True)


@pytest.mark.parametrize(
    ("answers", "kind", "key"),
    [
        (CHOICE, "single_choice", 0),
        ("- [X] a\n- [ ] b\n- [x] c\n", "multiple_response", [0, 2]),
        ("= false\n", "true_false", False),
        ("= 600 +- 5\n", "numeric", {"value": "600", "tolerance": "5"}),
        ("= tres\n= 3\n", "short_text", ["tres", "3"]),
    ],
)
def test_the_answers_say_the_kind(answers: str, kind: str, key: object) -> None:
    item = read_one(f"## Stem {{#a}}\n{answers}")
    assert (item.kind, item.key) == (kind, key)
    assert len(item.options) == answers.count("- [")


def test_the_braces_say_the_kind_where_the_answers_do_not() -> None:
    assert read_one("## Stem {#a type=short_text}\n= 443\n").key == ["443"]
    assert read_one(f"## Stem {{#a type=multiple_response}}\n{CHOICE}").key == [0]


@pytest.mark.parametrize("fence", ["```", "~~~", "````"])
def test_fenced_code_is_stem_whatever_it_holds(fence: str) -> None:
    code = (
        f"{fence}markdown\n## Not an item {{#no}}\n- [x] not an option\n= not an answer\n> Why: not why\n```x\n{fence}"
    )
    item = read_one(f"## What does this show? {{#a}}\n\n{code}\n\n{CHOICE}")
    assert item.stem.text == code
    assert [option.text for option in item.options] == ["443", "80"]


def test_tables_quotes_and_lists_belong_to_the_stem() -> None:
    stem = "| a | b |\n|---|---|\n| 1 | 2 |\n\n> A quotation.\n\n- one\n- two"
    assert read_one(f"## Stem {{#a}}\n\n{stem}\n\n= 3\n").stem.text == stem


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("text\n", "5: there is text before the first item: an item begins with `## `"),
        (f"## Stem\n{CHOICE}", "5: the item has no id: end its heading with braces, `{#some-id}`"),
        ("## S {#a}\n\nWords.\n", "5: the item has no answers: add options (`- [x] …`) or accepted answers (`= …`)"),
        ("## S {#a}\n- [ ] a\n- [ ] b\n", "5: the item has no key: mark the right option with `[x]`"),
        ("## S {#a}\n- [x] a\n", "5: an item has 2 to 10 options; this one has 1"),
        ("## S {#a}\n- [x] a\n- [ ] b\n= c\n", "5: options (`- [ ]`) are expected here, not `=` lines"),
        (
            "## S {#a}\n= 3\n= 4\n",
            "5: the answers do not say the kind of item: give one number, or add `type=short_text`",
        ),
        ("## S {#a}\n- [x] a\n- [ ]\n", "7: the option is empty"),
        ("## S {#a}\n- [x] a\n- [ ] b\n- [ ] a\n", "8: the same option stands on line 6"),
        (
            "## S {#a}\n- [x] a\n- [ ] b\n* [ ] c\n",
            "8: an option is written `- [x] text` or `- [ ] text`, at the margin",
        ),
        (f"## S {{#a}}\n{CHOICE}> No.\n", "8: write `> Why: …`, or indent the explanation of an option by two spaces"),
        (
            f"## S {{#a}}\n{CHOICE}\nMore.\n",
            "9: only answers, their explanations and `> Why:` may follow the first answer",
        ),
        ("## S {#a}\n= b\n  > No.\n", "7: only options are explained one by one; write `> Why:`"),
        (f"## S {{#a}}\n{CHOICE}\n> Why: a\n\n> Why: b\n", "11: `> Why:` is written twice"),
        (f"## S {{#a}}\n{CHOICE}\n> Why: a\nb\n", "10: after `> Why:` each line begins with `>`, until the next item"),
        (f"## S {{#a}}\n{CHOICE}\n> Why: a\n\n- [ ] c\n", "11: answers stand before `> Why:`"),
        (
            f"## S {{#a scoring=partial}}\n{CHOICE}",
            "5: `scoring=partial` means nothing for `single_choice`: is an `[x]` missing?",
        ),
        (
            "## S {#a shuffle=no}\n= 3\n",
            "5: `shuffle=no` means nothing for `numeric`: only options can keep the order of the file",
        ),
        (
            "## S {#a type=numeric}\n= x\n",
            "5: a numeric item has one answer line: `= 600`, `= 600 +- 5`, `= 12.5 km +- 2%` or `= 5 .. 10`",
        ),
        (
            f"## S {{#a}}\n\n### Part\n\n{CHOICE}",
            "7: an item has no headings of its own, and `## ` begins one at the margin",
        ),
        ("## S {#a}\n\n- [x] List<String>\n- [ ] b\n", "7: `<string>` is not allowed (write `&lt;` for a plain `<`)"),
        ("## S {#a}\n\n![x](../media/x.png)\n\n= y\n", "7: `../media/x.png` leads nowhere"),
    ],
)
def test_complaints_name_the_line(body: str, expected: str) -> None:
    items, complaints = parse(body)
    assert complaints == [expected]


def test_a_key_in_the_stem_is_never_shown_by_mistake() -> None:
    _, complaints = parse(f"## S {{#a}}\n\n> Why: it is 443.\n\n{CHOICE}")
    assert "7: `> Why:` stands after the answers: here it would be shown to candidates" in complaints


def test_an_empty_accepted_answer() -> None:
    _, complaints = parse("## S {#a}\n= a\n=\n")
    assert "7: the accepted answer is empty" in complaints


def test_two_empty_options_are_empty_and_no_more() -> None:
    assert parse("## S {#a}\n- [x] a\n- [ ]\n- [ ]\n")[1] == ["7: the option is empty", "8: the option is empty"]


def test_a_code_block_that_never_ends_hides_no_item_in_silence() -> None:
    _, complaints = parse(f"## S {{#a}}\n\n```\ncode\n\n## T {{#b}}\n{CHOICE}")
    assert "7: the code block is never closed" in complaints


def test_code_is_no_part_of_an_option() -> None:
    _, complaints = parse("## S {#a}\n\n- [x] a\n\n  ```\n  code\n  ```\n\n- [ ] b\n")
    assert "9: an option is one paragraph: a code block belongs to the stem" in complaints


def test_one_bad_item_leaves_the_others() -> None:
    items, [_] = parse(f"## S {{#a}}\n= 1\n= 2\n\n## T {{#b}}\n{CHOICE}")
    assert [item.head.id for item in items] == ["b"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## S {#a}\n", "1: the file must begin with front matter between two `---` lines"),
        ("---\ndomain: a\n", "1: the front matter is not closed by a second `---` line"),
    ],
)
def test_a_file_without_front_matter(text: str, expected: str) -> None:
    file, complaints = parse_item_file(text, Path("a.md"))
    assert file is None
    assert [f"{complaint.line}: {complaint.message}" for complaint in complaints] == [expected]


def test_too_many_items() -> None:
    file, [only] = parse_item_file(FRONT + "## S {#a}\n" * (MOST_ITEMS + 1), Path("a.md"))
    assert file is None
    assert only.line == FIRST_LINE + MOST_ITEMS


def test_an_unknown_key_in_the_front_matter() -> None:
    file, [only] = parse_item_file(f"---\ndomain: a\nlang: en\ntopic: b\n---\n## S {{#a}}\n{CHOICE}", Path("a.md"))
    assert file is None
    assert (only.line, only.message) == (4, "unknown key `topic`")


words = st.text("abcdefgh ", min_size=1, max_size=12).map(str.strip).filter(bool)


@st.composite
def written_items(draw: st.DrawFn) -> dict:
    """What an author means by a choice item."""
    options = draw(st.lists(words, min_size=2, max_size=10, unique=True))
    places = st.integers(0, len(options) - 1)
    return {
        "title": draw(words),
        "stem": draw(st.lists(words, max_size=3)),
        "options": options,
        "right": draw(st.sets(places, min_size=1)),
        "feedback": draw(st.dictionaries(places, st.lists(words, min_size=1, max_size=2))),
        "why": draw(st.lists(words, max_size=2)),
        "points": draw(st.integers(1, 10)),
        "difficulty": draw(st.integers(1, 3)),
    }


def write(meant: dict, number: int) -> str:
    lines = [f"## {meant['title']} {{#item-{number} points={meant['points']} difficulty={meant['difficulty']}}}", ""]
    lines += [part for paragraph in meant["stem"] for part in (paragraph, "")]
    for place, option in enumerate(meant["options"]):
        lines.append(f"- [{'x' if place in meant['right'] else ' '}] {option}")
        lines += [f"  > {line}" for line in meant["feedback"].get(place, [])]
    lines += ["", f"> Why: {meant['why'][0]}", *(f"> {line}" for line in meant["why"][1:])] if meant["why"] else []
    return "\n".join([*lines, "", ""])


def understood(item: ItemSource) -> dict:
    return {
        "title": item.head.title,
        "stem": [paragraph for paragraph in item.stem.text.split("\n\n") if paragraph],
        "options": [option.text for option in item.options],
        "right": set(item.key) if isinstance(item.key, list) else {item.key},
        "feedback": {
            place: option.feedback.text.split("\n") for place, option in enumerate(item.options) if option.feedback
        },
        "why": item.why.text.split("\n") if item.why else [],
        "points": item.head.points,
        "difficulty": item.head.difficulty,
    }


@settings(deadline=None)
@given(st.lists(written_items(), max_size=3))
def test_what_was_meant_is_what_is_read(meant: list[dict]) -> None:
    items, complaints = parse("".join(write(item, number) for number, item in enumerate(meant)))
    assert complaints == []
    assert [understood(item) for item in items] == meant


PIECES = [
    "## S {#a}",
    "##",
    "- [x] a",
    "- [ ]",
    "= 1",
    "=",
    "  > f",
    "> Why: w",
    "> q",
    "```",
    "~~~",
    "text",
    "",
    "# h",
    "  x",
    "{#b}",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_any_jumble_is_read_or_complained_about(lines: list[str]) -> None:
    items, complaints = parse("\n".join(lines))
    assert items or complaints or not any(line.strip() for line in lines)
    last_line = FIRST_LINE + len(lines)
    assert all(1 <= int(complaint.split(":")[0]) <= last_line for complaint in complaints)
