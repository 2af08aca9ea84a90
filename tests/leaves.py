"""Leaves of both trees for tests: written, numbered and looked over. Each does its own transaction."""

from app.ledger.deeds import record
from app.ledger.log import append
from app.ledger.numbering import number_leaves
from app.ledger.sealing import seal_breaches
from app.transaction import snapshot, writing


def append_some(count: int, start: int = 0) -> None:
    """Leaves and deeds, in one transaction."""
    with writing() as at:
        for number in range(start, start + count):
            append({"kind": "pdf", "id": f"c{number}", "sha256": None}, at=at)
            record("tried", f"thing:{number}", by=None, at=at, number=number)


def number_all() -> None:
    """Until nothing is left."""
    more = True
    while more:
        with writing() as at:
            more = number_leaves(at=at)


def breaches() -> list[str]:
    with snapshot():
        return list(seal_breaches())
