"""Coverage: what the blueprint of an exam draws, beside what its bank holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.exams.blueprint import BankItem, Row


@dataclass(frozen=True)
class Cell:
    """So many items are drawn of so many; `drawn` is 0 where the blueprint has no row."""

    drawn: int
    held: int


@dataclass(frozen=True)
class DomainCoverage:
    """A domain: a cell for each difficulty (None: the rows that name none) and the sum of them."""

    domain: str
    cells: Mapping[int | None, Cell]
    total: Cell

    @property
    def any_drawn(self) -> bool:
        """Whether a row names no difficulty."""
        return self.cells[None].drawn > 0


def coverage(domains: Sequence[str], bank: Sequence[BankItem], blueprint: Sequence[Row]) -> list[DomainCoverage]:
    """A line for each domain of the exam, in its order."""
    return [_domain(domain, bank, blueprint) for domain in domains]


def _domain(domain: str, bank: Sequence[BankItem], blueprint: Sequence[Row]) -> DomainCoverage:
    items = [item for item in bank if item.domain == domain and not item.pilot]
    rows = [row for row in blueprint if row["domain"] == domain]
    cells = {
        difficulty: Cell(
            drawn=sum(row["items"] for row in rows if row["difficulty"] == difficulty),
            held=sum(difficulty in (None, item.difficulty) for item in items),
        )
        for difficulty in (1, 2, 3, None)
    }
    return DomainCoverage(domain, cells, Cell(sum(row["items"] for row in rows), len(items)))
