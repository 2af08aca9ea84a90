"""Lists that are searched, sorted and paged by the address alone."""

import unicodedata
from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

from flask import request
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import db

PAGE = 25
FARTHEST = 1_000_000  # an offset beyond it fits no database integer
Row = TypeVar("Row")


class Page(Pagination):
    """One page of a list whose rows and total are at hand."""

    def _query_items(self) -> list[Any]:
        return list(self._query_args["rows"])

    def _query_count(self) -> int:
        return int(self._query_args["total"])


def asked_page() -> int:
    """The page that the address asks for; what is no number is the first."""
    return min(max(1, request.args.get("page", 1, type=int)), FARTHEST)


def asked_sort(keys: Collection[str], default: str) -> str:
    """The key to sort by, with a hyphen before it for downwards."""
    sort = request.args.get("sort", default)
    return sort if sort.removeprefix("-") in keys else default


def asked_text(name: str = "q") -> str:
    """What to search for, with single spaces."""
    return " ".join(request.args.get(name, "").replace("\0", "").split())[:200]


def asked_choice(name: str, choices: Collection[str]) -> str:
    """One of the choices, or nothing."""
    value = request.args.get(name, "")
    return value if value in choices else ""


def page_of(fetch: Callable[[int], Sequence[Row]], total: int) -> Page:
    """The page asked for, or the last there is; `fetch` is given the number of the first row."""
    number = min(asked_page(), max(1, -(-total // PAGE)))
    return Page(page=number, per_page=PAGE, error_out=False, rows=fetch((number - 1) * PAGE), total=total)


def page_of_rows(rows: Sequence[Row]) -> Page:
    """A page of what is in memory."""
    return page_of(lambda first: rows[first : first + PAGE], len(rows))


def page_of_query(query: Select[*tuple[Any, ...]]) -> Page:
    """A page of what the database finds; each item is a row of the query's columns."""
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    return page_of(lambda first: db.session.execute(query.limit(PAGE).offset(first)).all(), total)


def contains(text: str, *columns: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """The condition that one of the columns has the text in it, whatever the case."""
    return or_(*(func.lower(column).contains(text.lower(), autoescape=True) for column in columns))


def matches(text: str, *fields: str | None) -> bool:
    """Whether every word of the text occurs in the fields, whatever the case and the accents."""
    haystack = fold(" ".join(filter(None, fields)))
    return all(word in haystack for word in fold(text).split())


def ordered(rows: Sequence[Row], key: Callable[[Row], Any], sort: str) -> list[Row]:
    """The rows by the key, downwards if the sort has a hyphen; those without a value come last either way."""
    known = [row for row in rows if key(row) is not None]
    rest = [row for row in rows if key(row) is None]
    return sorted(known, key=key, reverse=sort.startswith("-")) + rest


def fold(text: str) -> str:
    """What is compared: without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))
