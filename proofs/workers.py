"""The worker's process, for proofs that kill it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from time import monotonic, sleep

from sqlalchemy import update

from app.extensions import db
from app.mail.outbox import Task, TaskState
from app.transaction import writing
from app.worker import run
from bench.service import Place, application

PATIENCE_S = 3600.0

# A process has its modules from a server that imported them once: to import them takes longer than what is killed.
_processes = get_context("forkserver")
_processes.set_forkserver_preload(["proofs.workers"])


@contextmanager
def running_worker(where: Place) -> Iterator[BaseProcess]:
    """A worker of the place's database in a process of its own, stopped afterwards, if it lives."""
    process = _processes.Process(target=_work, args=(where,))
    process.start()
    try:
        yield process
    finally:
        process.terminate()
        process.join(60)


def _work(where: Place) -> None:
    with application(where).app_context():
        run()


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
