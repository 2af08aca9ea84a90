"""Tables as CSV files, which a spreadsheet opens as data whatever people have typed into them."""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from io import StringIO

from flask import Response

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for the system's old encoding


def csv_response(name: str, header: Sequence[object], rows: Iterable[Sequence[object]]) -> Response:
    """A download; `name` is the file's, without its ending."""
    text = StringIO(BYTE_ORDER_MARK, newline="")
    text.seek(0, 2)
    writer = csv.writer(text)
    writer.writerow([cell_text(cell) for cell in header])
    writer.writerows([cell_text(cell) for cell in row] for row in rows)
    disposition = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(text.getvalue(), mimetype="text/csv", headers=disposition)


def cell_text(cell: object) -> str:
    """The cell as it is written; a text that a spreadsheet would run as a formula gets an apostrophe before it."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    text = str(cell)
    if isinstance(cell, int | float | Decimal) or not text.startswith(FORMULA_STARTS):
        return text
    return f"'{text}"
