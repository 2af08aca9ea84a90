"""Essays and practical tasks: how a rubric is written, what is complained about, and that nobody but people grades."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from app.exams.bank import read_exams
from app.exams.kinds import KINDS
from tests.exams.making import make_item
from tests.exams.test_item_files import complaint, parse, read_one
from tests.factories import CANARY, write_exam

RUBRIC = "- (3) Names *both* risks\n- (2) Says why\n"
RATED = ("essay", "practical")
ITEMS = f"""\
## Compare two markets {{#compare-%(n)s type=essay words=300}}

A stem with a list:

- first
- second

- (3) Names {CANARY} risks
- (1) Says why

> Why: {CANARY} why

## Write a plan {{#plan-%(n)s type=practical files=2 types=pdf,zip}}
- (10) Has a {CANARY} date
"""
TWO = [{"domain": "all", "items": 2}]
MARGIN = "6: a line of a rubric is written `- (3) what earns the points`, at the margin"
AFTER = "8: only answers, their explanations and `> Why:` may follow the first answer"
SHUFFLE = "5: `shuffle=no` means nothing for `essay`: only options can keep the order of the file"


def test_the_registry_says_which_kinds_people_rate() -> None:
    assert tuple(name for name, kind in KINDS.items() if kind.RATED) == RATED


@pytest.mark.parametrize("kind", RATED)
def test_a_rubric_is_the_key(kind: str) -> None:
    item = read_one(f"## Stem {{#a type={kind}}}\n\nMore:\n\n- one\n- two\n\n{RUBRIC}\n> Why: because\n")
    assert (item.kind, item.key, item.head.points) == (kind, [{"points": 3}, {"points": 2}], 5)
    assert item.stem.text == "More:\n\n- one\n- two"
    assert [(line.text, line.line) for line in item.parts["rubric"]] == [("Names *both* risks", 12), ("Says why", 13)]
    assert item.options == ()
    assert item.why and item.why.text == "because"


def test_the_braces_may_repeat_what_the_rubric_adds_up_to() -> None:
    assert read_one(f"## Stem {{#a type=essay points=5}}\n{RUBRIC}").head.points == 5


def test_fenced_code_holds_no_rubric() -> None:
    code = "```\n- (9) no line of it\n```"
    item = read_one(f"## Stem {{#a type=essay}}\n\n{code}\n\n{RUBRIC}")
    assert (item.stem.text, item.head.points) == (code, 5)


@pytest.mark.parametrize(
    ("braces", "rubric", "expected"),
    [
        (
            "type=essay",
            "Words.\n",
            "5: the item has no rubric: say what earns how many points, `- (3) Names both risks`",
        ),
        ("type=essay", "- (0) a\n", "6: a line of a rubric is worth 1 to 10 points"),
        ("type=essay", "- (2) a\n- (11) b\n", "7: a line of a rubric is worth 1 to 10 points"),
        *[
            ("type=practical", f"{line}\n", MARGIN)
            for line in ("- () a", "- (x) a", "- (3 points) a", "* (3) a", " - (3) a", "- (3)", "- (3)a", "- (-3) a")
        ],
        ("type=essay", "- (3) a\n- (2) a\n", "5: the same line stands twice in the rubric"),
        (
            "type=essay",
            "".join(f"- (1) line {number}\n" for number in range(21)),
            "5: a rubric has at most 20 lines; this one has 21",
        ),
        (
            "type=essay points=4",
            RUBRIC,
            "5: `points=4` disagrees with the rubric, which adds up to 5: leave it out",
        ),
        ("difficulty=1", RUBRIC, "5: a rubric does not say the kind of item: add `type=essay` or `type=practical`"),
        ("type=essay", f"{RUBRIC}More.\n", AFTER),
        ("type=essay", f"- [x] a\n{RUBRIC}", "6: answers of `essay` are not written so"),
        ("type=essay", f"= a\n{RUBRIC}", "6: answers of `essay` are not written so"),
        ("type=essay pilot", RUBRIC, "5: `pilot` means nothing for `essay`: nobody rates what does not count"),
        (
            "type=essay scoring=partial",
            RUBRIC,
            "5: `scoring=partial` means nothing for `essay`: is an `[x]` missing?",
        ),
        ("type=essay shuffle=no", RUBRIC, SHUFFLE),
        ("type=essay files=2", RUBRIC, "5: `files=…` means nothing for `essay`"),
        ("type=practical words=9", RUBRIC, "5: `words=…` means nothing for `practical`"),
        *[
            (f"type=essay words={words}", RUBRIC, f"5: `words={words}`: the length asked for is 1 to 3000 words")
            for words in ("", "0", "3001", "-5", "many", "٣", "99999")
        ],
        ("type=practical files=6", RUBRIC, "5: `files=6`: `files` is one of 1, 2, 3, 4, 5"),
        *[
            (
                f"type=practical types={types}",
                RUBRIC,
                "5: `types=…` lists, each once and with commas between them, some of"
                " pdf, png, jpg, zip, txt, md, csv, docx, xlsx, pptx",
            )
            for types in ("", "exe", "pdf,", "pdf,pdf", "PDF", "html")
        ],
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(braces: str, rubric: str, expected: str) -> None:
    assert expected in parse(f"## S {{#a {braces}}}\n{rubric}")[1]


def test_only_what_is_wrong_is_said() -> None:
    assert complaint("## S {#a type=essay}\n- (0) a\n- (1) b\n").startswith("6:")


def test_a_rubric_is_stored_beside_its_texts(tmp_path: Path) -> None:
    write_exam(tmp_path, items=ITEMS, copies=1, blueprint=TWO)
    [exam], complaints = read_exams(tmp_path)
    assert complaints == []
    essay, practical = sorted(exam.items, key=lambda item: item["kind"])
    assert (essay["rubric"], essay["points"], essay["key"]) == ([{"points": 3}, {"points": 1}], 4, None)
    assert essay["text"]["es"]["rubric"] == [f"Names {CANARY} risks", "Says why"]
    assert essay["rules"] == {"words": "300"}
    assert (practical["rubric"], practical["points"]) == ([{"points": 10}], 10)


@pytest.mark.parametrize(
    ("es", "en", "difference"),
    [("(3)", "(2)", "rubric"), ("words=300", "words=200", "rules"), ("files=2", "files=1", "rules")],
)
def test_languages_agree_in_the_rubric(tmp_path: Path, es: str, en: str, difference: str) -> None:
    write_exam(tmp_path, items=ITEMS, copies=1, blueprint=TWO)
    [english] = tmp_path.glob("exams/*/items/en/all.md")
    english.write_text(english.read_text().replace(es, en))
    [told] = [str(complaint) for complaint in read_exams(tmp_path)[1]]
    assert told.endswith(f"in its {difference}")


def test_languages_that_differ_in_the_kind_are_told_apart(tmp_path: Path) -> None:
    write_exam(tmp_path, items="## A {#a-%(n)s}\n- one -> 1\n- two -> 2\n", copies=1, blueprint=TWO[:1])
    [english] = tmp_path.glob("exams/*/items/en/all.md")
    english.write_text(
        english.read_text().replace("- one -> 1\n- two -> 2\n", "- (3) one\n").replace("#a-1", "#a-1 type=essay")
    )
    [told] = [str(complaint) for complaint in read_exams(tmp_path)[1]]
    assert told.endswith("in its kind")


@pytest.mark.parametrize(("kind", "answer"), [("essay", "A good text"), ("practical", {"text": "", "files": [1]})])
def test_what_nobody_has_rated_has_earned_nothing(kind: str, answer: Any) -> None:
    item = make_item(kind)
    assert KINDS[kind].grade(item, answer, []) == Fraction(0)
    assert KINDS[kind].right_answer(item, []) is None


def test_a_candidate_is_told_the_limits() -> None:
    assert KINDS["essay"].public(make_item("essay"), "es", [])["shape"] == {
        "input": "long_text", "max_length": 20_000, "words": 300,
    }  # fmt: skip
    assert KINDS["practical"].public(make_item("practical"), "es", [])["shape"] == {
        "input": "files", "max_length": 20_000, "files": 2, "size": 10, "types": ["pdf", "zip"],
    }  # fmt: skip
    assert "words" not in KINDS["essay"].public(make_item("essay", rules={}), "es", [])["shape"]
