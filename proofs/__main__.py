"""`make prove`: every long proof, with a line for what it did; exit status 1 when one does not hold."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from secrets import randbits
from time import monotonic

from proofs.kills import prove_kills
from proofs.regrades import prove_regrades

ROUNDS = 200
ATTEMPTS, REGRADE_KILLS = 100_000, 10
Proof = Callable[[Path, Random], Iterator[str]]
PROOFS: dict[str, Proof] = {
    "kill -9 under saves, SQLite": lambda folder, rng: prove_kills("sqlite", folder, ROUNDS, rng),
    "kill -9 under saves, PostgreSQL": lambda folder, rng: prove_kills("postgresql", folder, ROUNDS, rng),
    "kill -9 under a regrade, SQLite": lambda folder, rng: prove_regrades(
        "sqlite", folder, ATTEMPTS, REGRADE_KILLS, rng
    ),
    "kill -9 under a regrade, PostgreSQL": lambda folder, rng: prove_regrades(
        "postgresql", folder, ATTEMPTS, REGRADE_KILLS, rng
    ),
}


def main() -> int:
    """Run them one after another; the seed is printed, so that a run can be repeated."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else randbits(32)
    print(f"seed {seed}", flush=True)
    held = [_prove(name, proof, Random(seed)) for name, proof in PROOFS.items()]
    return 0 if all(held) else 1


def _prove(name: str, proof: Proof, rng: Random) -> bool:
    started = monotonic()
    print(f"== {name}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        lines = list(proof(Path(folder), rng))
    broken = any(line.startswith("BROKEN") for line in lines)
    print("\n".join(lines))
    print(f"{'does not hold' if broken else 'holds'}, {monotonic() - started:.0f} s", flush=True)
    return not broken


if __name__ == "__main__":
    sys.exit(main())
