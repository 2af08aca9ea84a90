"""The log with a million leaves: what a proof takes, and what a further leaf costs until it is numbered and signed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count as count_from
from itertools import repeat
from pathlib import Path
from random import Random
from statistics import quantiles
from time import perf_counter

from sqlalchemy import insert, update

from app.canonical import canonical
from app.extensions import UtcDateTime, db
from app.ledger.log import Kind, Leaf
from app.ledger.merkle import Edge, grow, leaf_hash, stored
from app.ledger.numbering import number_leaves
from app.ledger.proofs import growth, inclusion
from app.ledger.trees import LOG, Head, lock_head
from app.transaction import reading, writing
from bench.report import note
from bench.service import application, place

LEAVES, CHUNK = 1_000_000, 100_000
APPENDED, PROOFS = 20_000, 1_000
MOST_PROOF_MS, MOST_APPEND_MS = 5.0, 1.0


def log_lines(database: str, folder: Path) -> Iterator[str]:
    """The lines of a log on one database, with the targets met or missed."""
    note(f"a log of {LEAVES:,} leaves")
    app = application(place(database, folder))
    with app.app_context():
        db.create_all()
        _fill(LEAVES)
        append_ms = _append_ms()
        rng = Random(1)
        proofs = _times_ms(lambda: inclusion(rng.randrange(LEAVES)))
        grown = _times_ms(lambda: growth(rng.randrange(1, LEAVES)))
        db.engine.dispose()
    yield f"In a log of {LEAVES:,} leaves:"
    yield f"- a leaf appended, numbered and signed: {append_ms:.2f} ms ({_judged(append_ms, MOST_APPEND_MS)})"
    yield f"- a proof of inclusion: {_said(proofs)}"
    yield f"- a proof of consistency: {_said(grown)}"


def _fill(count: int) -> None:
    """The log as numbering would have left it, but for the checkpoints: written the fastest way of each database."""
    edge: Edge = []
    for start in range(0, count, CHUNK):
        numbers = range(start, min(start + CHUNK, count))
        with writing() as at:
            instant = str(UtcDateTime().process_bind_param(at, db.engine.dialect))
            datas = [_data(number) for number in numbers]
            leaves = zip(repeat(Kind.PDF.value), map(str, numbers), datas, repeat(instant), numbers)
            _load("leaves", ("kind", "about", "data", "at", "number"), leaves)
            made = [one for data in datas for one in grow(edge, leaf_hash(data))]
            _load("nodes", ("tree", "place", "hash"), zip(repeat(LOG), count_from(stored(start)), made))
            lock_head(LOG)
            db.session.execute(update(Head).where(Head.tree == LOG).values(size=numbers.stop))


def _load(table: str, columns: Sequence[str], rows: Iterable[tuple[object, ...]]) -> None:
    driver, names = db.session.connection().connection.driver_connection, ", ".join(columns)
    assert driver is not None
    if db.engine.dialect.name == "sqlite":
        driver.executemany(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})", rows)
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _append_ms() -> float:
    """Milliseconds for each of many leaves that come in one transaction and are numbered in batches."""
    began = perf_counter()
    with writing() as at:
        rows = [{"kind": Kind.PDF, "about": f"{n}", "data": _data(n), "at": at} for n in range(APPENDED)]
        db.session.execute(insert(Leaf), rows)
    more = True
    while more:
        with writing() as at:
            more = number_leaves(at=at)
    return (perf_counter() - began) / APPENDED * 1000


def _times_ms(ask: Callable[[], object]) -> tuple[float, float]:
    """The median and the 99th percentile of many questions."""
    times = []
    for _ in range(PROOFS):
        began = perf_counter()
        with reading():
            ask()
        times.append((perf_counter() - began) * 1000)
    cuts = quantiles(times, n=100)
    return cuts[49], cuts[98]


def _data(number: int) -> bytes:
    """As long as a leaf is."""
    time = "2026-01-01T00:00:00.000000Z"
    return canonical({"kind": "pdf", "id": f"{number:026}", "sha256": "a" * 64, "time": time, "subject": "b" * 64})


def _said(times: tuple[float, float]) -> str:
    return f"{times[0]:.1f} ms, p99 {times[1]:.1f} ({_judged(times[0], MOST_PROOF_MS)})"


def _judged(took_ms: float, most_ms: float) -> str:
    return "met" if took_ms <= most_ms else f"missed: {took_ms:.2f} for {most_ms:g} ms"
