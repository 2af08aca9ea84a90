"""The table as it is printed: every row with its figures, its ratio to the limit and its target met or missed."""

import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from bench.limits import LIMIT_OF
from bench.rows import Figure
from bench.service import ROOT

DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}

HEAD = "| row | req/s | p50 ms | p95 ms | p99 ms | CPU ms | SQL | of the limit | bare views/s | target |"
RULE = "|---|--:|--:|--:|--:|--:|--:|--:|--:|---|"


@dataclass(frozen=True)
class Target:
    """What a row is to reach at 16 connections: at least so many a second, at most the rest.

    On a machine that answers `BARE_VIEWS` a second; on another in proportion to what it answered beside the row.
    """

    sqlite: float = 0
    postgresql: float = 0
    cpu_ms: float | None = None
    statements: int | None = None
    p99_ms: float | None = None


TARGETS = {
    "course page": Target(900, 500, cpu_ms=2),
    "start": Target(500, 500, cpu_ms=3, statements=12),
    "attempt page": Target(cpu_ms=2.5),
    "save": Target(800, 600, cpu_ms=1.5, statements=4, p99_ms=80),
    "submit + grade + issue": Target(400, 400, cpu_ms=4, statements=25),
    "scorecard": Target(cpu_ms=5),
    "verify page": Target(1500, 1000, cpu_ms=1),
    "certificate made": Target(60, 60),
}
BARE_VIEWS = 6200
BYTES_TARGET = 2500


def table(figures: Sequence[Figure], limits: Mapping[str, Figure], database: str, *, judged: bool) -> Iterator[str]:
    """The lines of the rows of one database at one number of connections."""
    yield HEAD
    yield RULE
    for figure in figures:
        limit = limits.get(LIMIT_OF.get(figure.row, ""))
        share = f"{figure.load.per_second / limit.load.per_second:.2f}" if limit else ""
        verdict = judge(figure, database) if judged else ""
        bare = f"{figure.bare_views:.0f}" if figure.bare_views else ""
        yield f"| {figure.row} | {_numbers(figure)} | {len(figure.statements)} | {share} | {bare} | {verdict} |"


def limit_table(limits: Mapping[str, Figure]) -> Iterator[str]:
    """The lines of the reference program."""
    yield "| limit | req/s | p50 ms | p95 ms | p99 ms | CPU ms |"
    yield "|---|--:|--:|--:|--:|--:|"
    for figure in limits.values():
        yield f"| {figure.row} | {_numbers(figure)} |"


def judge(figure: Figure, database: str) -> str:
    """`met`, or what was missed and by how much, as it were on the machine of the targets."""
    target = TARGETS.get(figure.row)
    if target is None:
        return ""
    slower = BARE_VIEWS / figure.bare_views
    rate, least = figure.load.per_second * slower, getattr(target, database)
    figures = [("req/s", rate, least, rate / least if least else 1)]
    for name, value, most in (
        ("CPU ms", figure.cpu_ms / slower, target.cpu_ms),
        ("SQL", len(figure.statements), target.statements),
        ("p99 ms", figure.load.percentile_ms(99) / slower, target.p99_ms),
    ):
        figures.append((name, value, most, most / value if most and value else 1))
    misses = [f"{value:.3g} for {wanted:g} {name}" for name, value, wanted, share in figures if share < 1]
    verdict = "within twice" if min(share for *_, share in figures) >= 1 / 2 else "missed"
    return f"{verdict}: {', '.join(misses)}" if misses else "met"


def judge_bytes(figure: float) -> str:
    """The same of the bytes kept of an attempt."""
    return "met" if figure <= BYTES_TARGET else f"missed: {figure:.0f} for {BYTES_TARGET}"


def heading(title: str, command: str) -> Iterator[str]:
    """What was measured, by which command, when and where."""
    yield f"# {title}"
    yield ""
    yield f"Printed by `{command}` on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC: {machine()}, commit {commit()}."
    yield ""


def keep(lines: Iterable[str], path: Path) -> None:
    """Print the lines as they come, and keep them once all are there."""
    printed = []
    for line in lines:
        print(line, flush=True)
        printed.append(f"{line}\n")
    path.write_text("".join(printed))


def note(text: str) -> None:
    """Say how far it is, beside the results."""
    print(text, file=sys.stderr, flush=True)


def machine() -> str:
    """What the figures belong to."""
    python = f"Python {platform.python_version()}"
    memory = psutil.virtual_memory().total / 2**30
    return f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB, {platform.system()}, {python}"


def commit() -> str:
    """The commit that the tree is at, marked when anything but the results has changed since."""
    changed = _git("status", "--porcelain", "--", ".", ":!bench/*.md")
    return _git("rev-parse", "--short", "HEAD") + ("-changed" if changed else "")


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def _numbers(figure: Figure) -> str:
    load = figure.load
    latencies = " | ".join(f"{load.percentile_ms(percent):.1f}" for percent in (50, 95, 99))
    return f"{load.per_second:.0f} | {latencies} | {figure.cpu_ms:.2f}"
