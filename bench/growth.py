"""`make growth`: the same operations over 1,000, 100,000 and 1,000,000 attempts, and whether any page feels it.

The services run side by side and are asked in turn, round after round, so that what the machine does meanwhile falls
on all of them alike; the figure is the median of the rounds.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median

from flask import Flask

from bench.client import Load, drive
from bench.population import fill, publish
from bench.report import DATABASES, heading, keep, note
from bench.rows import Operation, operations
from bench.service import Service, application, place, serving
from bench.statements import Statement, scans, statements_of

SIZES = (1_000, 100_000, 1_000_000)
PEOPLE = 600
ROUNDS, ROUND = 5, 80  # requests in each
LIMIT = 1.2


@dataclass(frozen=True)
class Site:
    """One size of the product: its application, its service, and the operations in their order."""

    app: Flask
    service: Service
    operations: Iterator[Operation]

    def next(self) -> tuple[Operation, list[Statement]] | None:
        """The next operation, warm, and what one request asks of the database; None after the last."""
        with self.app.app_context():
            operation = next(self.operations, None)
        if operation is None:
            return None
        statements = statements_of(self.app, operation.requests, operation.status)
        self.drive(operation, operation.warm_up)
        return operation, statements

    def drive(self, operation: Operation, requests: int) -> Load:
        """So many requests, one after another."""
        return drive(self.service.address, islice(operation.requests, requests), 1, operation.status, 60)


def main() -> None:
    """Print the results as they come, and keep them."""
    keep(results(), Path(__file__).parent / "growth.md")


def results() -> Iterator[str]:
    """The lines of the results."""
    yield from heading("What growth costs", "make growth")
    yield "p95 in milliseconds of one request after another, the median of the rounds; a row holds when none is more"
    yield f"than {LIMIT:g} times that of the smallest in the same round (again the median), and when no plan reads the"
    yield "whole of a table that grows."
    for database, title in DATABASES.items():
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            sites = [_site(database, Path(folder), size, stack) for size in SIZES]
            yield from ("", f"## {title}", "", f"| row | {' | '.join(f'{size:,}' for size in SIZES)} | |")
            yield "|---|" + "--:|" * len(SIZES) + "---|"
            yield from _rows(sites)


def _site(database: str, folder: Path, size: int, stack: ExitStack) -> Site:
    where = place(database, folder / str(size))
    app = application(where)
    with app.app_context():
        publish()
        crowd = fill(size, lambda line: note(f"{database}: {line}")).take(PEOPLE)
    return Site(app, stack.enter_context(serving(where)), operations(app, crowd))


def _rows(sites: list[Site]) -> Iterator[str]:
    while asked := [found for site in sites if (found := site.next())]:
        rounds = [
            [site.drive(operation, ROUND).percentile_ms(95) for site, (operation, _) in zip(sites, asked, strict=True)]
            for _ in range(ROUNDS)
        ]
        figures = [median(figures) for figures in zip(*rounds, strict=True)]
        cells = [asked[0][0].row, *(f"{figure:.1f}" for figure in figures), _judge(rounds, sites[-1], asked[-1][1])]
        yield f"| {' | '.join(cells)} |"


def _judge(rounds: list[list[float]], largest: Site, statements: list[Statement]) -> str:
    """`holds`, or by how much a larger one is slower in the same round, and the plans that read a whole table."""
    found = scans(largest.app, statements)
    growth = max(median(figures) for figures in zip(*([p95 / each[0] for p95 in each] for each in rounds), strict=True))
    if growth <= LIMIT and not found:
        return "holds"
    return "; ".join([f"{growth:.2f} times", *found])


if __name__ == "__main__":
    main()
