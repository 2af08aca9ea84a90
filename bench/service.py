"""The service under measurement: a production server in processes of its own, its database, and the CPU both use."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import psutil
import psycopg
from flask import Flask

from app.factory import create_app
from app.transaction import engine_options
from bench.client import exchange, request
from tests.postgresql import fresh_database

ROOT = Path(__file__).parents[1]
WORKERS = 2
START_S = 60.0
SECRET = "only for measuring"
SERVER, OTHER_SERVER = "gunicorn", "granian"


@dataclass(frozen=True)
class Place:
    """Where a run keeps its data: the database's URL and the folder of the files."""

    url: str
    folder: Path

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file that our own processes read and write."""
        return self.url.startswith("sqlite")

    @property
    def environment(self) -> dict[str, str]:
        """The settings of every process of the run."""
        return {"DATABASE_URL": self.url, "DATA_DIR": str(self.folder), "SECRET_KEY": SECRET}


@dataclass(frozen=True)
class Service:
    """A running server: where it listens, and the processes whose CPU counts."""

    address: tuple[str, int]
    process: psutil.Process
    database: psutil.Process | None

    def cpu_s(self) -> float:
        """CPU used so far by the server with its workers and by the database, in seconds."""
        return sum(tree_cpu_s(root) for root in (self.process, self.database) if root)

    @property
    def workers(self) -> list[psutil.Process]:
        """The processes that answer requests."""
        children: list[psutil.Process] = self.process.children(recursive=True)
        return children


def place(database: str, folder: Path) -> Place:
    """An unused database, `sqlite` or `postgresql`, and its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return Place(f"sqlite:///{folder / 'acredita.db'}" if database == "sqlite" else fresh_database(), folder)


def application(where: Place) -> Flask:
    """The product over the place's database, in this process."""
    return create_app(
        {
            "DATA_DIR": where.folder,
            "SECRET_KEY": SECRET,
            "SQLALCHEMY_DATABASE_URI": where.url,
            "SQLALCHEMY_ENGINE_OPTIONS": engine_options(where.url),
        }
    )


@contextmanager
def serving(place: Place, server: str = SERVER, program: str = "wsgi:app") -> Iterator[Service]:
    """The program behind a production server with two workers, ready to answer, and stopped afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | place.environment | {"BASE_URL": f"http://localhost:{port}"}
    process = subprocess.Popen(_command(server, port, program), cwd=ROOT, env=environment, start_new_session=True)
    try:
        _await(("127.0.0.1", port), process)
        yield Service(("127.0.0.1", port), psutil.Process(process.pid), database_process(place))
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(START_S)


def _command(server: str, port: int, program: str) -> list[str]:
    """How the server is started (gunicorn reads gunicorn.conf.py); a program that ends in () makes the application."""
    made = program.endswith("()")
    options = {
        "granian": [
            *("--interface", "wsgi", "--port", str(port), "--workers", str(WORKERS), "--blocking-threads", "2"),
            *("--respawn-failed-workers", "--respawn-interval", "0.1", "--no-ws", "--no-log"),
            *(["--factory"] if made else []),
            program.removesuffix("()"),
        ],
        "gunicorn": ["--bind", f"127.0.0.1:{port}", program],
    }
    return [str(Path(sys.executable).parent / server), *options[server]]


def _await(address: tuple[str, int], process: "subprocess.Popen[bytes]") -> None:
    """Wait until the service answers. Each worker answers once before the measurement begins, in the warm-up."""
    deadline = monotonic() + START_S
    while monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            exchange(address, request("GET", "/healthz"))
            return
        except OSError:
            sleep(0.1)
    raise RuntimeError("the server did not start")


def tree_cpu_s(root: psutil.Process) -> float:
    """CPU of a process and all that came of it, those that have ended too."""
    used = root.cpu_times()
    total: float = used.user + used.system + used.children_user + used.children_system
    for child in root.children(recursive=True):
        try:
            times = child.cpu_times()
        except psutil.NoSuchProcess:  # ended between the list and the look: its parent counts it from now on
            continue
        total += times.user + times.system
    return total


def database_process(place: Place) -> psutil.Process | None:
    """The postmaster, found through one of its children."""
    if place.is_sqlite:
        return None
    with psycopg.connect(place.url.replace("+psycopg", "")) as connection:
        return psutil.Process(connection.info.backend_pid).parent()
