"""Files of facts: what spreadsheets and CRMs write is read, and what could be two things is refused in plain words."""

from datetime import UTC, datetime

import pytest

from app.partners.fact_files import BadFile
from app.partners.fact_mapping import FactMapping, suggested
from app.partners.fact_rows import Entry, Reading, read_facts

OWN = "organisation,programme,metric,value,currency,valid_from,valid_to,source"
ROW = {
    "organisation": "andes",
    "programme": "small",
    "metric": "revenue",
    "value": "1234.50",
    "currency": "USD",
    "valid_from": "2026-01-31",
    "valid_to": "",
    "source": "CRM",
}


def read(text: str, mapping: FactMapping | None = None) -> Reading:
    return read_facts(text.encode(), mapping)


def row(**changes: str) -> str:
    return ",".join(f'"{cell}"' for cell in (ROW | changes).values())


def only(text: str) -> Entry:
    found = read(text)
    assert found.complaints == []
    (entry,) = found.entries
    return entry


@pytest.mark.once
@pytest.mark.parametrize(
    ("before", "delimiter"),
    [("", ","), ("\ufeff", ","), ("", ";"), ("\ufeff", "\t"), ("sep=;\r\n", ";"), ("\ufeffsep=,\n", ",")],
)
def test_marks_delimiters_and_line_ends_of_spreadsheets(before: str, delimiter: str) -> None:
    lines = [OWN, "andes,small,revenue,1234.50,USD,2026-01-31,,CRM"]
    entry = only(before + "\r\n".join(lines).replace(",", delimiter) + "\r\n")
    assert (entry.value, entry.currency, entry.source) == (123450, "USD", "CRM")
    assert entry.valid_from == datetime(2026, 1, 31, tzinfo=UTC)
    assert entry.line == 2 + before.count("\n")


@pytest.mark.once
def test_lines_are_counted_by_the_file_and_not_by_its_rows() -> None:
    two_lines, wrong = row(source="two\nlines"), row(value="x")
    found = read(f"{OWN}\n{two_lines}\n\n{wrong}\n")
    assert found.entries[0].source == "two lines"
    assert [str(one) for one in found.complaints] == [
        "5: value: Write the value in digits, with a point for decimals: 1234.50"
    ]


@pytest.mark.once
@pytest.mark.parametrize(
    ("part", "cell", "words"),
    [
        ("organisation", " ", "It is empty"),
        ("programme", "", "It is empty"),
        ("metric", "", "It is empty"),
        ("source", "", "It is empty"),
        ("source", "x" * 201, "It is too long: write up to 200"),
        ("source", "\x1b[31mred", "cannot be printed"),
        ("value", "", "Write the value in digits"),
        ("value", "10,000", "could part thousands or decimals"),
        ("value", "1234,5", "could part thousands or decimals"),
        ("value", "1.234", "USD has 2 decimals"),
        ("value", "-5", "not negative"),
        ("value", "(5.00)", "not negative"),
        ("value", "1E+05", "Write the value in digits"),
        ("value", "$5", "Write the value in digits"),
        ("value", "١٢", "Write the value in digits"),
        ("value", "9" * 17, "too large"),
        ("currency", "US$", "three letters of a currency"),
        ("currency", "", "has to be a whole number"),
        ("valid_from", "", "Write the date as 2026-12-31"),
        ("valid_from", "03/04/2026", "The day could be the month"),
        ("valid_from", "2026-02-30", "There is no such day"),
        ("valid_from", "0001-01-01", "between 1990 and 2100"),
        ("valid_from", "9999-12-31T23:59:59-12:00", "There is no such day"),
        ("valid_from", "46053", "Write the date as 2026-12-31"),
        ("valid_to", "2026-01-31", "must be after the first day"),
    ],
)
def test_each_wrong_cell_is_named_with_what_to_write(part: str, cell: str, words: str) -> None:
    found = read(f"{OWN}\n{row()}\n{row(**{part: cell})}\n")
    assert len(found.entries) == 1
    blamed = "value" if part == "currency" and not cell else part
    assert [(one.line, one.column) for one in found.complaints] in ([(3, blamed)], [(3, part), (3, "value")])
    assert any(words in str(one) for one in found.complaints)


@pytest.mark.once
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no line with the names"),
        (f"{OWN}\n".encode("utf-16"), "not in UTF-8"),
        ("organización\n".encode("cp1252"), "not in UTF-8"),
        (b"a\0b\n", "not in UTF-8"),
        (b"x" * (20 * 1024 * 1024 + 1), "too large"),
    ],
)
def test_a_file_that_is_no_table_says_what_to_do(content: bytes, words: str) -> None:
    with pytest.raises(BadFile) as refused:
        read_facts(content)
    assert words in str(refused.value.detail)


@pytest.mark.once
def test_columns_that_are_missing_or_there_twice_are_named() -> None:
    found = read("organisation,programme,metric,value,source,source\nandes,small,revenue,1,CRM,CRM\n")
    assert [str(one) for one in found.complaints] == [
        "1: valid_from: The file has no column of this name.",
        "1: source: The file has two columns of this name.",
    ]


@pytest.mark.once
def test_a_row_that_breaks_the_table_is_named() -> None:
    short = read(f"{OWN}\nandes,small,revenue,10,000,USD,2026-01-31,,CRM\n")
    assert "2: It has 9 cells and the first line has 8" in str(short.complaints[0])
    quote = read(f'{OWN}\n{row()}\n"andes,small\n')
    assert str(quote.complaints[0]) == "3: The quotation marks of this row do not match."
    assert quote.wrong == 1


@pytest.mark.once
def test_too_many_rows_are_refused() -> None:
    line = "andes,small,revenue,1,USD,2026-01-31,,CRM\n"
    with pytest.raises(BadFile, match="100,000 rows"):
        read(f"{OWN}\n{line * 100_001}")


@pytest.mark.once
def test_a_row_without_an_id_is_the_same_fact_in_every_file_and_two_in_one() -> None:
    once, twice = read(f"{OWN}\n{row()}\n"), read(f"{OWN}\n{row()}\n{row()}\n{row(value='1')}\n")
    ids = [entry.external_id for entry in twice.entries]
    assert ids[0] == once.entries[0].external_id
    assert len(set(ids)) == 3


SALESFORCE = """\
"Opportunity Name","Account Name","Amount Currency","Amount","Close Date","Stage","Opportunity ID"
"First","Andes","USD","10,000.00","1/31/2026","Closed Won","0068d00000AAA"
"Second","Andes","USD","","2/1/2026","Prospecting","0068d00000BBB"


"Opportunity Report"
"Copyright (c) 2026"
"Generated By: Somebody, 21/11/2026"
"""


@pytest.mark.once
def test_a_report_of_salesforce() -> None:
    header = SALESFORCE.splitlines()[0].replace('"', "").split(",")
    chosen = suggested("salesforce", header) | {"always_programme": "small", "dates": "month_first"}
    found = read(SALESFORCE, FactMapping(**chosen))
    assert found.complaints == []
    (won,) = found.entries
    assert (won.organisation, won.metric, won.value, won.source) == ("Andes", "revenue", 1000000, "Salesforce")
    assert (won.valid_from, won.external_id) == (datetime(2026, 1, 31, tzinfo=UTC), "0068d00000AAA")
    assert [one.external_id for one in found.left_out] == ["0068d00000BBB"]
    assert found.rows == 2


HUBSPOT = """\
Record ID,Deal Name,Deal Stage,Amount,Currency,Close Date,Associated Company
7001,First,closedwon,15000,EUR,2026-06-30 14:05,Andes
7002,Second,Closed Won,2500.75,EUR,2026-07-01 08:00,Andes
7003,Third,Closed lost,2500,EUR,2026-07-01 08:00,Andes
1.23E+11,Fourth,Closed Won,1,EUR,2026-07-01 08:00,Andes
"""


@pytest.mark.once
def test_the_deals_of_hubspot() -> None:
    chosen = suggested("hubspot-deals", HUBSPOT.splitlines()[0].split(",")) | {"always_programme": "small"}
    found = read(HUBSPOT, FactMapping(**chosen))
    assert [(one.external_id, one.value) for one in found.entries] == [("7001", 1500000), ("7002", 250075)]
    assert found.entries[0].valid_from == datetime(2026, 6, 30, 14, 5, tzinfo=UTC)
    assert [one.external_id for one in found.left_out] == ["7003"]
    assert "5: Record ID: A spreadsheet has rounded this id" in str(found.complaints[0])


@pytest.mark.once
def test_the_companies_of_hubspot_count_one_each() -> None:
    text = "Record ID,Company name,Partner,Lifecycle Stage,Create Date\n9001,Bluebay,Andes,Customer,2026-01-05 10:00\n"
    chosen = suggested("hubspot-companies", text.splitlines()[0].split(",")) | {"always_programme": "small"}
    (entry,) = read(text, FactMapping(**chosen)).entries
    assert (entry.organisation, entry.metric, entry.value, entry.currency) == ("Andes", "customers", 1, None)


@pytest.mark.once
@pytest.mark.parametrize(
    ("decimals", "cell", "minor"),
    [
        ("comma", "1.234,50", 123450),
        ("comma", "1234,5", 123450),
        ("point", "1,234.50", 123450),
        ("point", "12,34.50", None),
        ("comma", "1.23,50", None),
        ("comma", "1234.50", None),
    ],
)
def test_the_mapping_says_which_mark_parts_decimals(decimals: str, cell: str, minor: int | None) -> None:
    mapping = FactMapping(
        **{part: part for part in ROW},
        decimals=decimals,
        dates="day_first",  # type: ignore[arg-type]
    )
    found = read(f"{OWN}\n{row(value=cell, valid_from='31/12/2026')}\n", mapping)
    assert [entry.value for entry in found.entries] == ([minor] if minor else [])
    assert len(found.complaints) == (0 if minor else 1)
