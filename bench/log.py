"""The log with a million leaves: what a proof takes, and what a further leaf costs until it is numbered and signed."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from statistics import quantiles
from time import perf_counter

from sqlalchemy import insert

from app.canonical import canonical
from app.extensions import db
from app.ledger.log import Kind, Leaf
from app.ledger.merkle import leaf_hash
from app.ledger.numbering import number_leaves
from app.ledger.proofs import growth, inclusion
from app.ledger.trees import LOG, extend, lock_head
from app.transaction import reading, writing
from bench.service import application, place

LEAVES, CHUNK = 1_000_000, 50_000
APPENDED, PROOFS = 20_000, 1_000
MOST_PROOF_MS, MOST_APPEND_MS = 5.0, 1.0


def log_lines(database: str, folder: Path) -> Iterator[str]:
    """The lines of a log on one database, with the targets met or missed."""
    app = application(place(database, folder))
    with app.app_context():
        db.create_all()
        for start in range(0, LEAVES, CHUNK):
            _fill(start)
        append_ms = _append_ms()
        rng = Random(1)
        proofs = _times_ms(lambda: inclusion(rng.randrange(LEAVES)))
        grown = _times_ms(lambda: growth(rng.randrange(1, LEAVES)))
        db.engine.dispose()
    verdict = "met" if proofs[0] <= MOST_PROOF_MS and append_ms <= MOST_APPEND_MS else "missed"
    yield f"A log of {LEAVES:,} leaves: appending, numbering and signing take {append_ms:.2f} ms a leaf; a proof of"
    yield f"inclusion {_said(proofs)}, of consistency {_said(grown)} ({verdict})."


def _fill(start: int) -> None:
    """A piece of the log as numbering would have left it."""
    datas = [_data(number) for number in range(start, start + CHUNK)]
    with writing() as at:
        rows = [
            {"kind": Kind.PDF, "about": f"{number}", "data": data, "at": at, "number": number}
            for number, data in enumerate(datas, start)
        ]
        db.session.execute(insert(Leaf), rows)
        extend(LOG, lock_head(LOG), [leaf_hash(data) for data in datas], at=at)


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
    return f"{times[0]:.1f} ms, p99 {times[1]:.1f}"
