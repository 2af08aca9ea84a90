"""The worker's process, for proofs that kill it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from sqlalchemy import update

from app.extensions import db
from app.mail.outbox import Task, TaskState
from app.transaction import writing
from bench.service import ROOT, Place

PATIENCE_S = 3600.0


@contextmanager
def flask_worker(where: Place) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker of the place's database, stopped afterwards, if it lives."""
    command = [str(Path(sys.executable).parent / "flask"), "--app", "wsgi", "worker"]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | where.environment)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def end_leases() -> None:
    """What a killed worker held comes back when its lease ends; a proof does not wait for that."""
    with writing() as at:
        held = update(Task).where(Task.state == TaskState.WAITING, Task.tries > 0, Task.due_at > at)
        db.session.execute(held.values(due_at=at))


def wait_for(holds: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    """Look again and again until it holds."""
    until = monotonic() + patience_s
    while not holds():
        assert monotonic() < until, "the worker stands still"
        sleep(0.05)
