"""`make bench`: every row on both databases beside the limits of the machine, printed and kept in bench/results.md."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from app.extensions import db
from bench.certificates import certificate_lines
from bench.limits import measure_limits, reference
from bench.log import log_lines
from bench.partners import evaluation_lines, night_lines
from bench.population import Population, fill, publish
from bench.report import BARE_VIEWS, DATABASES, heading, judge_bytes, keep, limit_table, note, table
from bench.rows import measure
from bench.service import OTHER_SERVER, SERVER, Place, application, place
from bench.storage import bytes_per_attempt

CONNECTIONS = (16, 1)
SECONDS = 3
PEOPLE = 2000  # of a run: most start an exam each
STORED = 200
CERTIFICATES = 220


def main() -> None:
    """Print the results as they come, and keep them."""
    with tempfile.TemporaryDirectory() as folder:
        keep(results(Path(folder)), Path(__file__).parent / "results.md")


def results(folder: Path) -> Iterator[str]:
    """The lines of the results."""
    yield from heading("What the product costs", "make bench")
    yield "CPU counts our processes and the database's, SQL counts the sign-in; the limit is a bare program of the same"
    yield "shape (`bench/reference.py`) in the same run. Absolute figures belong to this machine; the ratios travel:"
    yield f"targets are of one that answers {BARE_VIEWS:,} bare views a second, and are judged by those it gave beside."
    for database, title in DATABASES.items():
        yield from _database(database, title, folder)


def _database(database: str, title: str, folder: Path) -> Iterator[str]:
    where = place(database, folder / database)
    app = application(where)
    with app.app_context():
        publish()
        population = fill(PEOPLE * (len(CONNECTIONS) + 1) + 2 * STORED + CERTIFICATES, note)
    for connections in CONNECTIONS:
        yield from _run(app, where, population, folder / f"limits-{database}-{connections}", title, connections)
    yield ""
    yield from _other_server(app, where, population, title)
    with app.app_context():
        yield from _bytes(population)
        yield ""
        with reference(place(database, folder / f"yard-{database}"), SERVER) as (_, yard):
            yield from certificate_lines(where, population.take(CERTIFICATES), yard)
            yield from ("", "Standings:")
            yield from evaluation_lines(yard)
        db.engine.dispose()
    yield from night_lines(database, folder / f"night-{database}")
    yield ""
    yield from log_lines(database, folder / f"log-{database}")


def _run(app: Flask, where: Place, population: Population, beside: Path, title: str, connections: int) -> Iterator[str]:
    note(f"{title}, {connections} at a time")
    database = "sqlite" if where.is_sqlite else "postgresql"
    with reference(place(database, beside), SERVER) as (program, yard):
        limits = {one.row: one for one in measure_limits(program, yard, connections, SECONDS)}
        figures = measure(app, where, SERVER, population.take(PEOPLE), connections, SECONDS, yard)
    yield from ("", f"## {title}, {connections} at a time, on {SERVER}", "")
    yield from table(figures, limits, database, judged=connections == max(CONNECTIONS))
    yield ""
    yield from limit_table(limits)


def _other_server(app: Flask, where: Place, population: Population, title: str) -> Iterator[str]:
    """The same on the server that was not chosen."""
    note(f"{title}, {OTHER_SERVER}")
    figures = measure(app, where, OTHER_SERVER, population.take(PEOPLE), max(CONNECTIONS), SECONDS)
    yield from (f"## {title}, {max(CONNECTIONS)} at a time, on {OTHER_SERVER}", "")
    yield from table(figures, {}, "", judged=False)


def _bytes(population: Population) -> Iterator[str]:
    """What an attempt takes in the database."""
    failed = bytes_per_attempt(population.take(STORED), passing=False)
    passed = bytes_per_attempt(population.take(STORED), passing=True)
    yield ""
    yield f"Bytes an attempt of 20 items adds to the database: {failed:.0f} ({judge_bytes(failed)}), {passed:.0f} with"
    yield "the credential and the standing that a pass brings."


if __name__ == "__main__":
    main()
