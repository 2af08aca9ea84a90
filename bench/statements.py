"""What a request asks of the database: the statements, and how the database would answer each."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from flask import Flask
from sqlalchemy import event

from app.extensions import db
from bench.client import HEAD_END, WrongAnswer

COLD = 2
SMALL = frozenset({"courses", "exams", "exam_items", "lessons", "programmes", "versions", "media"})
Statement = tuple[str, object]


def statements_of(app: Flask, requests: Iterator[bytes], status: int) -> list[Statement]:
    """The statements of one request, sign-in included, after a few that warm the memory of published content."""
    for asked in islice(requests, COLD):
        _answer(app, asked, status)
    with _heard(app) as heard:
        _answer(app, next(requests), status)
    return heard


def scans(app: Flask, statements: list[Statement]) -> list[str]:
    """The plans, among those of the statements, that read a whole table of those that grow."""
    with app.app_context(), db.engine.connect() as connection:
        prefix = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
        found = []
        for statement, parameters in statements:
            if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
                plan = connection.exec_driver_sql(prefix + statement, parameters)  # type: ignore[arg-type]
                found += [line for row in plan if _is_scan(line := str(row[-1]))]
        return found


def _is_scan(line: str) -> bool:
    found = re.search(r"Seq Scan on (\w+)|^SCAN (\w+)\b(?! USING)", line)
    return bool(found) and (found[1] or found[2]) not in SMALL  # type: ignore[index]


@contextmanager
def _heard(app: Flask) -> Iterator[list[Statement]]:
    heard: list[Statement] = []

    def hear(_connection: object, _cursor: object, statement: str, parameters: object, *_more: object) -> None:
        heard.append((statement, parameters))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", hear)
    yield heard
    event.remove(engine, "before_cursor_execute", hear)


def _answer(app: Flask, asked: bytes, status: int) -> None:
    """Have the application answer the bytes of a request in this process."""
    head, _, body = asked.partition(HEAD_END)
    first, *lines = head.decode().split("\r\n")
    method, path, _ = first.split(" ")
    headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    with app.app_context():  # a `g` of its own, where the visitor of the request is kept
        answer = app.test_client(use_cookies=False).open(path, method=method, headers=headers, data=body)
    if answer.status_code != status:
        raise WrongAnswer(f"expected {status}, got {answer.status}: {answer.text[:1000]}")
