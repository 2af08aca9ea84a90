"""Files of facts: CSV as spreadsheets and CRMs write it, read line by line; what could be two things is refused."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO

from app.refusal import N_, Refusal

LARGEST = 20 * 1024 * 1024  # bytes
MOST_ROWS = 100_000
DELIMITERS = ",;\t|"


class BadFile(Refusal):
    """The file as a whole cannot be read; `detail` says what to do."""

    status = 422
    title = N_("The file cannot be read")


@dataclass(frozen=True)
class Complaint:
    """What is wrong with a row: its line in the file, the column, and words with `facts` to be put into them."""

    line: int
    column: str
    message: str
    facts: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        said = self.message % self.facts if self.facts else self.message
        return f"{self.line}: {self.column}: {said}" if self.column else f"{self.line}: {said}"


class BadRow(Exception):
    """A row that breaks the table; carries its complaint."""

    def __init__(self, complaint: Complaint) -> None:
        super().__init__(str(complaint))
        self.complaint = complaint


@dataclass(frozen=True)
class Table:
    """The columns of a file and its rows, which are read as they are asked for: pairs of a line and its cells."""

    header: tuple[str, ...]
    rows: Iterator[tuple[int, list[str]]]


def read_table(content: bytes) -> Table:
    """The file's columns and rows; raises BadFile, and BadRow while the rows are read."""
    text = _decoded(content)
    first, _, rest = text.partition("\n")
    delimiter, skipped = _delimiter(first), 0
    if first.lower().startswith("sep="):  # a line that Excel writes for itself
        delimiter, skipped, text = first[4:5] or ",", 1, rest
    lines = _lines(text, delimiter, skipped)
    try:
        _, header = next(lines)
    except (StopIteration, BadRow) as error:
        raise BadFile(N_("It has no line with the names of its columns.")) from error
    names = tuple(" ".join(name.split()) for name in header)
    return Table(names, _rows(lines, len(names)))


def _decoded(content: bytes) -> str:
    if len(content) > LARGEST:
        raise BadFile(N_("It is too large: divide it into files of up to 20 MB."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(N_("It is not in UTF-8. In Excel, save it as “CSV UTF-8”.")) from error
    if "\0" in text:
        raise BadFile(N_("It is not in UTF-8. In Excel, save it as “CSV UTF-8”."))
    return text


def _delimiter(head: str) -> str:
    """The one that stands most often between the names of the columns."""
    outside = "".join(head.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def _lines(text: str, delimiter: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Records and the line on which each begins: a quoted cell may go over several."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1 + skipped
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadRow(Complaint(begins, "", N_("The quotation marks of this row do not match."))) from error
        yield begins, cells
        begins = reader.line_num + 1 + skipped


def _rows(lines: Iterator[tuple[int, list[str]]], width: int) -> Iterator[tuple[int, list[str]]]:
    """The rows with something in them. What a report prints below its table, after an empty line, is none of them."""
    count, is_below = 0, False
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            is_below = True
            continue
        if is_below and width > 1 and len([cell for cell in cells if cell.strip()]) == 1:
            continue
        if len(cells) != width:
            words = N_("It has %(found)s cells and the first line has %(width)s: put quotation marks around commas.")
            raise BadRow(Complaint(line, "", words, {"found": str(len(cells)), "width": str(width)}))
        count += 1
        if count > MOST_ROWS:
            raise BadFile(N_("It has more than 100,000 rows: divide it into several files."))
        yield line, cells
