"""How gunicorn serves the product: `gunicorn wsgi:app` reads this file; every setting can be given on its command line.

Two processes of four threads keep two cores busy. SQLite has one writer, so a few processes are enough for it; with
PostgreSQL, start as many as there are cores.
"""

import os

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = 2
threads = 4
worker_class = "gthread"
keepalive = 75  # seconds: a page's script saves over the connection that it has
control_socket_disable = True
loglevel = "warning"


def post_worker_init(worker):  # type: ignore[no-untyped-def]
    """The process is about to answer people: let its pulse beat."""
    start = worker.wsgi.extensions.get("pulse")
    if start:
        start()
