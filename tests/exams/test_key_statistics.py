"""Whether keys give themselves away: probabilities against known values, and what is counted."""

import json
from math import comb
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.exams.key_statistics import Longer, count_p, lengths_of, spread_p, spreads_of
from tests.factories import write_exam

pytestmark = pytest.mark.once


def choice(key: int, *options: str, item_id: str = "a") -> dict[str, Any]:
    return {"id": item_id, "kind": "single_choice", "key": key, "text": {"en": {"options": list(options)}}}


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        # Upper tails of the tables of chi-square: 3.841 of 1 and 5.991 of 2 degrees, 7.815 of 3, 9.488 of 4, at 0.05.
        ([10, 10], 1.0),
        ([25, 25, 25, 25], 1.0),
        ([60, 40], 0.0455003),  # 4.0 of 1
        ([50, 30, 40], 0.0820850),  # 5.0 of 2: exp(-2.5)
        ([40, 20, 20, 20], 0.0073832),  # 12.0 of 3
        ([30, 20, 20, 20, 10], 0.0404277),  # 10.0 of 4: 6 exp(-5)
    ],
)
def test_chi_square_against_known_values(counts: list[int], expected: float) -> None:
    assert spread_p(counts) == pytest.approx(expected, abs=2e-6)


def test_few_keys_are_counted_out() -> None:
    assert spread_p([3, 0, 0]) == pytest.approx(3 / 27)
    assert spread_p([8, 0]) == pytest.approx(2 / 256)
    assert spread_p([1, 1]) == 1.0
    assert spread_p([12, 0, 0, 0]) == pytest.approx(4 / 4**12)


def test_counts_of_unlike_chances() -> None:
    assert count_p(8, [0.5] * 8) == pytest.approx(2 / 256)
    assert count_p(4, [0.5] * 8) == 1.0
    upper = sum(comb(20, k) * 0.25**k * 0.75 ** (20 - k) for k in range(12, 21))
    assert count_p(12, [0.25] * 20) == pytest.approx(2 * upper)
    assert count_p(0, [1 / 3] * 30) == pytest.approx(2 * (2 / 3) ** 30)
    assert count_p(2, [1.0, 1.0]) == 1.0
    assert count_p(0, []) == 1.0


def test_what_is_counted() -> None:
    items = [
        choice(0, "the <strong>right</strong> one", "one", item_id="long"),  # 13 characters against 3
        choice(1, "as long", "as wide", item_id="alike"),
        choice(2, "fourteen chars", "two", "x &amp; y", item_id="short"),
        {"id": "other", "kind": "true_false", "key": True, "text": {"en": {"options": []}}},
    ]
    told = lengths_of(items, "en")
    assert (told.items, told.longest) == (3, 2)
    assert told.expected == pytest.approx(1 / 2 + 1 + 1 / 3)
    assert told.much_longer == [Longer("long", 13, 3)]
    assert [spread.counts for spread in spreads_of(items)] == [[1, 1], [0, 0, 1]]


def test_forty_per_cent_longer_is_not_yet_much() -> None:
    assert lengths_of([choice(0, "x" * 14, "y" * 10)], "en").much_longer == []
    assert lengths_of([choice(0, "x" * 15, "y" * 10)], "en").much_longer == [Longer("a", 15, 10)]


def test_the_command_says_so_and_fails(app: Flask, tmp_path: Path) -> None:
    app.config["CONTENT_DIR"] = tmp_path
    run = app.test_cli_runner().invoke
    pick = "## Pick %(n)s {#pick-%(n)s}\n- [x] the right one by far\n- [ ] wrong\n- [ ] neither\n"
    write_exam(tmp_path, "suspect", items=pick, copies=9)
    fair = "## Say %(n)s {#say-%(n)s}\n- [ ] one\n- [x] two\n- [ ] six\n\n"
    fair += "## Tell %(n)s {#tell-%(n)s}\n- [x] one\n- [ ] two\n"
    write_exam(tmp_path, "fair", items=fair, copies=3)
    told = run(args=["exams", "keys"])
    assert told.exit_code == 1
    assert "  right ones by position, of 3 options: 9 0 0; p 0.000" in told.output.splitlines()
    assert "  es: the right one is the longest in 9 of 9 items, 3.0 expected; p 0.000" in told.output.splitlines()
    assert "    pick-1: the right one has 20 characters, the longest wrong one 7" in told.output.splitlines()
    assert run(args=["exams", "keys", "fair"]).exit_code == 0
    data = json.loads(run(args=["exams", "keys", "suspect", "--json"]).output)
    [exam] = data["exams"]
    assert (exam["exam"], exam["suspect"], exam["positions"][0]["counts"]) == ("suspect", True, [9, 0, 0])
    assert exam["lengths"]["en"]["much_longer"][0] == {"item_id": "pick-1", "right": 20, "wrong": 7}


def test_the_command_refuses_what_it_cannot_read(app: Flask, tmp_path: Path) -> None:
    app.config["CONTENT_DIR"] = tmp_path
    write_exam(tmp_path)
    run = app.test_cli_runner().invoke
    assert run(args=["exams", "keys", "nothing"]).exit_code == 1
    (tmp_path / "exams/fundamentals/exam.yml").write_text("id: x\n")
    told = run(args=["exams", "keys"])
    assert (told.exit_code, "see `content check`" in told.output) == (1, True)
