"""The rows of the table: each operation as people set it off, and the run that measures all of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, cycle, islice
from random import Random

from flask import Flask

from bench.cast import Candidate, Sitting, answer_all, sign_in, sittings
from bench.client import Load, drive, merged, request
from bench.population import Crowd
from bench.service import Place, Service, serving
from bench.statements import Statement, statements_of

READERS = 64
SAVERS = 64
YARD_S = 1.5
TURNS = 5
EXAM, ITEMS = "advanced", 20
COURSE = "/courses/documents-with-ai"
LESSON = f"{COURSE}/01-what-ai-does"
SCORECARD = "/scorecard?programme=email-reengagement"


@dataclass(frozen=True)
class Operation:
    """One row: its requests, and the status of a right answer. Whatever is cold gets warm in the first few."""

    row: str
    requests: Iterator[bytes]
    status: int = 200
    warm_up: int = 100


@dataclass(frozen=True)
class Figure:
    """What was measured of one row, and how many bare views a second the machine gave in turn with it."""

    row: str
    load: Load
    cpu_ms: float
    statements: Sequence[Statement] = ()
    bare_views: float = 0


def measure(
    app: Flask, place: Place, server: str, people: Crowd, connections: int, seconds: float, yard: Service | None = None
) -> list[Figure]:
    """Every row at so many connections, by people who have started nothing yet; `yard` answers bare views."""
    with app.app_context(), serving(place, server) as service:
        return [run(service, operation, connections, seconds, app, yard) for operation in operations(app, people)]


def operations(app: Flask, people: Crowd) -> Iterator[Operation]:
    """The rows, in an order in which each finds what it needs."""
    candidates = sign_in(app, people.person_ids)
    Random(1).shuffle(candidates)  # or all who submit at once would work for one organisation, and wait for each other
    yield from reading_operations(candidates[:READERS], people.credentials)
    yield from sitting_operations(candidates[READERS:])


def run(
    service: Service,
    operation: Operation,
    connections: int,
    seconds: float,
    app: Flask | None = None,
    yard: Service | None = None,
) -> Figure:
    """One row: warm up, then count the answers and the CPU that they took. The statements are counted in `app`.

    The row and the bare views take turns, as the speed of a machine may change from one second to the next.
    """
    statements = statements_of(app, operation.requests, operation.status) if app else []
    drive(service.address, islice(operation.requests, operation.warm_up), connections, operation.status, seconds)
    loads, bare, cpu_s = [], [], 0.0
    for _ in range(TURNS):
        if yard:
            bare.append(drive(yard.address, bare_views(), connections, 200, YARD_S / TURNS))
        before = service.cpu_s()
        loads.append(drive(service.address, operation.requests, connections, operation.status, seconds / TURNS))
        cpu_s += service.cpu_s() - before
    load = merged(loads)
    per_second = merged(bare).per_second if bare else 0
    return Figure(operation.row, load, 1000 * cpu_s / len(load.latencies), statements, per_second)


def bare_views() -> Iterator[bytes]:
    """Requests for the least that a program can answer."""
    return cycle([request("GET", "/healthz")])


def reading_operations(readers: list[Candidate], credentials: list[str]) -> Iterator[Operation]:
    """The pages that change nothing."""
    for row, path in (("course page", COURSE), ("lesson page", LESSON), ("scorecard", SCORECARD)):
        yield Operation(row, cycle([reader.get(path) for reader in readers]))
    pages = [f"/c/{credential}" for credential in credentials]
    yield Operation("verify page", cycle([request("GET", page) for page in pages[:READERS]]))
    # A certificate is made once and kept, so each request asks for one that nobody asked for before.
    yield Operation("certificate made", cycle([request("GET", f"{page}.pdf") for page in pages]), warm_up=8)


def sitting_operations(candidates: list[Candidate]) -> Iterator[Operation]:
    """An exam from its start to its result. Each operation is asked for when those before it are done."""
    start = f"/api/v1/exams/{EXAM}/attempts"
    starts = [candidate.send("POST", start, {"agreement": True}) for candidate in candidates]
    yield Operation("start", iter(starts), 201)
    begun = sittings(candidates)
    savers, finishers = begun[:SAVERS], begun[SAVERS:]
    yield Operation("attempt page", cycle([one.page(position) for position in range(ITEMS) for one in savers]))
    yield Operation("save", saves(savers))
    answer_all(finishers)
    yield Operation("submit + grade + issue", (one.submit() for one in finishers), warm_up=20)


def saves(savers: list[Sitting]) -> Iterator[bytes]:
    """Every answer in turn, each time on top of the revision before; without end."""
    for revision in count():
        for position in range(ITEMS):
            yield from (one.save(position, revision) for one in savers)
