"""CSV files hold data and nothing that a spreadsheet would run."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest
from flask import Flask

from app.web.csv_export import cell_text, csv_response


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_what_would_run_as_a_formula_is_made_plain(start: str) -> None:
    assert cell_text(f"{start}cmd|'/c calc'!A0") == f"'{start}cmd|'/c calc'!A0"


@pytest.mark.parametrize("text", ["Ana", "a=b", "1-2", "Ñandú", ""])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert cell_text(text) == text


def test_numbers_dates_and_nothing() -> None:
    assert cell_text(-5) == "-5"
    assert cell_text(None) == ""
    assert cell_text(datetime(2026, 3, 1, 10, 22, 7, 9, tzinfo=UTC)) == "2026-03-01T10:22:07+00:00"


def test_a_file_reads_back_as_it_was_written(app: Flask) -> None:
    row = ['say "so", twice', "two\nlines", "Łukasz"]
    response = csv_response("people", ["a", "b", "c"], [row])
    text = response.get_data().decode("utf-8-sig")
    assert list(csv.reader(StringIO(text, newline=""))) == [["a", "b", "c"], row]
    assert response.headers["Content-Disposition"] == 'attachment; filename="people.csv"'
    assert response.mimetype == "text/csv"
