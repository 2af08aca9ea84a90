"""Random deeds around exams beside a plain model: many more of them, in other orders, than the tests can do."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from app.extensions import db
from bench.service import application, place
from tests.sitting_machine import Sittings


def prove_deeds(database: str, folder: Path, examples: int, steps: int, rng: Random) -> Iterator[str]:
    """Yields what was done, and what the smallest example was of a deed that was not as foreseen."""
    many = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    with application(place(database, folder)).app_context():
        db.create_all()
        Sittings.root = folder / "content"
        try:
            run_state_machine_as_test(seed(rng.getrandbits(32))(Sittings), settings=many)
        except Exception as error:
            notes = "\n".join(getattr(error, "__notes__", ()))
            yield f"BROKEN {error!r}\n{notes}"
        yield f"{database}: {examples} examples of up to {steps} deeds each"
        db.engine.dispose()
