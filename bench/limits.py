"""The rows of the reference program, and which of the product's rows each is the limit of."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, cycle

from flask import Flask

from bench.client import exchange, request
from bench.reference import ITEMS, create_reference, fill_reference
from bench.rows import Figure, Operation, bare_views, run
from bench.service import Place, Service, serving

PEOPLE = 64
PROGRAM = "bench.reference:create_reference()"
LIMIT_OF = {
    "course page": "course page",
    "lesson page": "course page",
    "scorecard": "course page",
    "verify page": "verify page",
    "start": "start",
    "attempt page": "attempt page",
    "save": "save",
    "submit + grade + issue": "submit",
}


@contextmanager
def reference(place: Place, server: str) -> Iterator[tuple[Flask, Service]]:
    """The reference program over a place of its own, here and behind a server."""
    os.environ.update(place.environment)
    app = create_reference()
    fill_reference(app.extensions["engine"], PEOPLE)
    with serving(place, server, PROGRAM) as service:
        yield app, service


def measure_limits(app: Flask, service: Service, connections: int, seconds: float) -> list[Figure]:
    """What the machine can do with each shape at so many connections."""
    return [run(service, operation, connections, seconds) for operation in _operations(app, service)]


def _operations(app: Flask, service: Service) -> Iterator[Operation]:
    yield Operation("bare view", bare_views())
    yield Operation("bare one-row insert", cycle([request("POST", "/insert")]))
    users = [_cookie(app, user) for user in range(1, PEOPLE + 1)]
    yield Operation("course page", cycle([request("GET", "/course", user) for user in users]))
    yield Operation("verify page", cycle([request("GET", f"/verify/certificate-{n}") for n in range(1, PEOPLE + 1)]))
    yield Operation("start", cycle([request("POST", "/start", user) for user in users]))
    sittings = [(user, _start(service, user)) for user in users]
    yield Operation("attempt page", cycle([request("GET", f"/attempt?attempt={own}", user) for user, own in sittings]))
    yield Operation("save", _saves(sittings))
    yield Operation("submit", cycle([request("POST", f"/submit?attempt={own}", user) for user, own in sittings]))


def _cookie(app: Flask, user: int) -> dict[str, str]:
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return {"Cookie": f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps({'user': user})}"}


def _start(service: Service, user: dict[str, str]) -> int:
    answer = exchange(service.address, request("POST", "/start", user))
    return int(json.loads(answer.partition(b"\r\n\r\n")[2])["attempt"])


def _saves(sittings: list[tuple[dict[str, str], int]]) -> Iterator[bytes]:
    for revision in count():
        for position in range(ITEMS):
            body = json.dumps({"position": position, "revision": revision, "answer": position % 4}).encode()
            for user, own in sittings:
                headers = user | {"Content-Type": "application/json"}
                yield request("POST", f"/save?attempt={own}", headers, body)
