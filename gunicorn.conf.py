"""How gunicorn serves the product: `gunicorn wsgi:app` reads this file; every setting can be given on its command line.

Two processes of four threads keep two cores busy. SQLite has one writer, so a few processes are enough for it; with
PostgreSQL, start as many as there are cores.
"""

import os
import socket
import sys

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = 2
threads = 4
worker_class = "gthread"
keepalive = 75  # seconds: a page's script saves over the connection that it has
reuse_port = True  # a socket for each process, or whichever woke last would take nearly all connections, and keep them
control_socket_disable = True
loglevel = "warning"


def on_starting(server):  # type: ignore[no-untyped-def]
    """Sockets that may be shared would let a second service take part of the first one's requests."""
    for address in server.cfg.address:
        if isinstance(address, tuple):
            _require_free(address)


def _require_free(address: tuple[str, int]) -> None:
    with socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(address)
        except OSError as error:
            sys.exit(f"Cannot listen at {address[0]}:{address[1]} ({error.strerror}). Say another port: PORT=8001")


def post_worker_init(worker):  # type: ignore[no-untyped-def]
    """The process is about to answer people: let its pulse beat."""
    start = worker.wsgi.extensions.get("pulse")
    if start:
        start()
