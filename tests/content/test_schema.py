"""YAML against a schema: what is refused, on which line, and that numbers stay exact."""

import time
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field

from app.content.files import TEXT_LIMIT
from app.content.schema import Number, Schema, Slug, Text, parse_yaml, read_yaml

PATH = Path("some.yml")


class Persons(Schema):
    kind: Literal["persons"]
    level: Slug


class Metric(Schema):
    kind: Literal["metric"]
    metric: Slug
    at_least: Number


Rule = Annotated[Persons | Metric, Field(discriminator="kind")]


class Sample(Schema):
    id: Slug
    cut: Number = Decimal(0)
    title: Text | None = None
    rules: tuple[Rule, ...] = ()


def complaints(text: str, first_line: int = 1) -> list[tuple[int, str]]:
    document, found = parse_yaml(text, PATH, Sample, first_line)
    assert (document is None) == bool(found)
    return [(complaint.line, complaint.message) for complaint in found]


def parsed(text: str) -> Sample:
    document, found = parse_yaml(text, PATH, Sample)
    assert document is not None, found
    return document.value


def test_decimals_are_exactly_what_was_written() -> None:
    assert str(parsed("id: a\ncut: 0.70").cut) == "0.70"
    assert parsed("id: a\ncut: 12345678901.100001").cut == Decimal("12345678901.100001")
    assert parsed("id: a\ncut: 5").cut == 5


@pytest.mark.parametrize("cut", [".inf", "nan", "1e999999", "true", "12:30", "0x10", "9" * 400])
def test_what_only_resembles_a_number_is_refused(cut: str) -> None:
    assert [line for line, _ in complaints(f"id: a\ncut: {cut}")] == [2]


def test_words_of_older_yaml_stay_words() -> None:
    sample = parsed("id: no\ntitle: {es: yes, en: 2026-01-01}")
    assert (sample.id, sample.title) == ("no", {"es": "yes", "en": "2026-01-01"})


def test_every_error_has_the_line_of_its_key() -> None:
    text = "idd: a\ncut: x\ntitle:\n  es: ok\n  fr: non\nrules:\n  - kind: persons\n  - kind: metric\n    metric: A B\n"
    assert complaints(text) == [
        (1, "`id` is missing"),
        (1, "unknown key `idd`; did you mean `id`?"),
        (2, "`cut` must be a number"),
        (5, "`fr` must be `es` or `en`"),
        (7, "`level` is missing"),
        (8, "`at_least` is missing"),
        (9, "`metric` must be lower-case words joined by hyphens"),
    ]


def test_unknown_kinds_are_named() -> None:
    text = "id: a\nrules:\n  - kind: nothing\n  - level: a\n"
    expected = [(3, "`rules[1]`: `kind` must be one of `persons`, `metric`"), (4, "`rules[2]` has no `kind`")]
    assert complaints(text) == expected


def test_front_matter_counts_from_the_line_it_stands_on() -> None:
    assert complaints("id: A", first_line=2) == [(2, "`id` must be lower-case words joined by hyphens")]


def test_a_document_finds_lines_for_later_complaints() -> None:
    document, _ = parse_yaml("id: a\nrules:\n  - kind: metric\n    metric: m\n    at_least: 1\n", PATH, Sample)
    assert document is not None
    assert document.line("rules", 0, "metric") == 4
    assert document.line("rules", 0, "nothing") == 3
    assert document.line("rules", 7) == 2
    assert str(document.complain("no", "rules", 0, "at_least")) == "some.yml:5: no"


def test_missing_languages_have_the_line_of_their_text() -> None:
    document, _ = parse_yaml("id: a\ntitle:\n  es: hola\n", PATH, Sample)
    assert document is not None
    assert [complaint.line for complaint in document.missing_languages(("es", "en"))] == [2]
    assert document.missing_languages(("es",)) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("id: !!python/object/apply:os.system [ls]", 1),
        ("id: !x a", 1),
        ("id: a\ntitle: &t {es: a}", 2),
        ("id: a\ntitle: *t", 2),
        ("id: a\ncut: 1\nid: b", 3),
        ("id: a\ntitle: {es: a, es: b}", 2),
        ("id: a\n---\nid: b", 2),
        ("? [a]\n: b", 1),
        ("id: a\ntitle: \x00", 2),
        ("id: a\ntitle: \u2028", 2),
        ("id: [", 1),
        ("- a", 1),
    ],
)
def test_yaml_we_do_not_read(text: str, line: int) -> None:
    assert [found for found, _ in complaints(text)] == [line]


def test_a_merge_key_is_an_unknown_key() -> None:
    assert complaints("id: a\n<<: {cut: 1}") == [(2, "unknown key `<<`")]


@pytest.mark.parametrize("bomb", ["[" * 100_000, "- " * 100_000, "{a: " * 50_000, "? " * 50_000, "!" * 100_000])
def test_deep_yaml_is_refused_at_once(bomb: str) -> None:
    start = time.process_time()
    assert complaints(bomb)
    assert time.process_time() - start < 2


def test_files_are_limited_and_in_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "some.yml"
    path.write_bytes(b"id: a\ncut: \xff\n")
    assert [complaint.line for complaint in read_yaml(path, Sample)[1]] == [2]
    path.write_bytes(b"#" * (TEXT_LIMIT + 1))
    assert [complaint.message for complaint in read_yaml(path, Sample)[1]] == ["the file is larger than 256 KiB"]
    path.write_bytes("\ufeffid: a\r\ncut: 1\r\n".encode())
    document, _ = read_yaml(path, Sample)
    assert document is not None
    assert document.value.id == "a"
