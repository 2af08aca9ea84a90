"""`make prove`: every long proof, with a line for what it did; exit status 1 when one does not hold."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from secrets import randbits
from time import monotonic

from proofs.certificates import prove_certificates
from proofs.deadlines import prove_deadlines
from proofs.deeds import prove_deeds
from proofs.kills import prove_kills
from proofs.locks import prove_locks
from proofs.outsiders import prove_outsiders
from proofs.regrades import prove_regrades
from proofs.restarts import prove_restarts

ROUNDS = 200
ATTEMPTS, REGRADE_KILLS = 100_000, 10
EXAMPLES, DEEDS = 300, 60
RUNNING_OUT, WORKER_KILLS = 400, 60
RESTARTS = 40
CERTIFICATES, CERTIFICATE_KILLS = 1000, 20
Proof = Callable[[Path, Random], Iterator[str]]
PROOFS: dict[str, Proof] = {
    "certificates in the hands of others": prove_outsiders,
    "random deeds, SQLite": lambda folder, rng: prove_deeds("sqlite", folder, EXAMPLES, DEEDS, rng),
    "random deeds, PostgreSQL": lambda folder, rng: prove_deeds("postgresql", folder, EXAMPLES, DEEDS, rng),
    "SQLite locked by another process": prove_locks,
    "PostgreSQL restarted under saves": lambda folder, rng: prove_restarts(folder, RESTARTS, rng),
    "kill -9 of the worker while attempts run out, SQLite": lambda folder, rng: prove_deadlines(
        "sqlite", folder, RUNNING_OUT, WORKER_KILLS, rng
    ),
    "kill -9 of the worker while attempts run out, PostgreSQL": lambda folder, rng: prove_deadlines(
        "postgresql", folder, RUNNING_OUT, WORKER_KILLS, rng
    ),
    "kill -9 under saves, SQLite": lambda folder, rng: prove_kills("sqlite", folder, ROUNDS, rng),
    "kill -9 under saves, PostgreSQL": lambda folder, rng: prove_kills("postgresql", folder, ROUNDS, rng),
    "kill -9 under a bulk issue, SQLite": lambda folder, rng: prove_certificates(
        "sqlite", folder, CERTIFICATES, CERTIFICATE_KILLS, rng
    ),
    "kill -9 under a bulk issue, PostgreSQL": lambda folder, rng: prove_certificates(
        "postgresql", folder, CERTIFICATES, CERTIFICATE_KILLS, rng
    ),
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
